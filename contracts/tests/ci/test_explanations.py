"""Why an interaction failed, in one sentence."""

import pytest

from contracts.ci.explanations import explain
from contracts.verification.interactions import Interaction


def failed(*mismatches, problems=("it differs",)):
    return Interaction(
        consumer="web",
        description="a request for one",
        states=(),
        success=False,
        pending=False,
        problems=problems,
        mismatches=mismatches,
    )


RESPONSE = "the response of stock to 'a request for one'"
MISSING = "Actual map is missing the following keys: price, size"


@pytest.mark.parametrize(
    ("mismatch", "sentence"),
    [
        (
            {"type": "StatusMismatch", "expected": 201, "actual": 200, "mismatch": "expected 201 but was 200"},
            f"web needs status 201 in {RESPONSE}, but gets 200",
        ),
        (
            {"type": "BodyMismatch", "path": "$", "actual": '["id","name"]', "mismatch": MISSING},
            f"web needs price, size in {RESPONSE}, but gets only id, name",
        ),
        (
            {"type": "BodyMismatch", "path": "$.item", "actual": "[]", "mismatch": MISSING},
            f"web needs price, size of $.item in {RESPONSE}, but gets an empty object",
        ),
        (
            {"type": "BodyMismatch", "path": "$.item", "actual": "?", "mismatch": MISSING},
            f"web needs price, size of $.item in {RESPONSE}, but gets something else",
        ),
        (
            {"type": "BodyMismatch", "path": "$.id", "mismatch": "Expected '2' to match '^a$'"},
            f"web does not accept $.id in {RESPONSE}: Expected '2' to match '^a$'",
        ),
        (
            {"type": "HeaderMismatch", "key": "X-A", "mismatch": "Expected a header 'X-A' but was missing"},
            f"web needs another header X-A in {RESPONSE}: Expected a header 'X-A' but was missing",
        ),
        ({"type": "MetadataMismatch", "mismatch": "it differs"}, f"web does not accept {RESPONSE}: it differs"),
    ],
    ids=["status", "missing fields", "missing fields below", "unreadable fields", "value", "header", "other"],
)
def test_a_mismatch_says_who_needs_what_and_what_it_gets(mismatch, sentence):
    assert explain(failed(mismatch), provider="stock") == sentence


def test_more_mismatches_are_counted():
    mismatch = {"type": "StatusMismatch", "expected": 201, "actual": 200}
    assert explain(failed(mismatch, mismatch), provider="stock").endswith("but gets 200 (1 more mismatch)")


def test_a_failure_without_a_mismatch_names_its_problems():
    assert (
        explain(failed(problems=("the state failed",)), provider="stock") == "web: a request for one: the state failed"
    )
