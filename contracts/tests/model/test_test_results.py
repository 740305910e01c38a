"""The test results of verifiers, read for display."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import test_results
from contracts.model.test_results import Mismatch, TestResult


WORDS = st.sampled_from(
    [
        "tests",
        "examples",
        "status",
        "success",
        "mismatches",
        "exceptions",
        "description",
        "identifier",
        "exception",
        "message",
        "actualHeaders",
        "actualBody",
        "differences",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("failed"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=30,
)


@given(JSON)
def test_any_document_is_read_or_unknown(document):
    results = test_results.read(document)
    assert results is None or all(isinstance(each, TestResult) for each in results)


@pytest.mark.parametrize("document", [None, "text", 1, {}, [1], [{}], [{"success": None}]])
def test_an_unknown_format_is_none(document):
    assert test_results.read(document) is None


@pytest.mark.parametrize("document", [[], {"tests": []}])
def test_no_results_are_no_unknown_format(document):
    assert test_results.read(document) == ()


def test_the_checks_of_pact_ruby_are_of_a_part_of_the_response():
    interaction = {"interactionDescription": "one", "interactionProviderState": None, "status": "failed"}
    checks = [
        interaction
        | {
            "testDescription": "has status code 200",
            "exception": {"class": "E", "message": "\nexpected: 200\n     got: 500\n\n(compared using eql?)\n"},
        },
        interaction
        | {
            "testDescription": '"Content-Type" which equals "application/json"',
            "differences": [{"description": '* Expected "application/json" but got nil at $'}],
        },
        interaction
        | {
            "testDescription": "has a matching body",
            "differences": [{"description": '* Expected "9.95" but got 9.95 at $.price'}],
        },
    ]
    (result,) = test_results.read({"tests": checks})
    assert [(each.attribute, each.place) for each in result.mismatches] == [
        ("status", ""),
        ("header", "Content-Type"),
        ("body", "$.price"),
    ]
    assert (result.mismatches[0].expected, result.mismatches[0].actual) == ("200", "500")


def test_a_mismatch_has_its_place_and_values():
    mismatch = {
        "attribute": "body",
        "identifier": "$.a",
        "description": "it differs",
        "expected": {"b": 1},
        "actual": "c",
    }
    (result,) = test_results.read([{"success": False, "mismatches": [mismatch, "no object"]}])
    assert result.mismatches == (
        Mismatch(attribute="body", place="$.a", description="it differs", expected='{\n  "b": 1\n}', actual="c"),
    )


def test_the_checks_of_one_interaction_are_one_result():
    interaction = {"interactionDescription": "one", "interactionProviderState": "a state"}
    checks = [
        interaction | {"status": "passed", "actualStatus": 200, "actualHeaders": {"A": "b"}, "actualBody": {"c": 1}},
        interaction | {"status": "failed", "testDescription": "has a body", "exception": {"message": "m"}},
        {"interactionDescription": "two", "status": "passed"},
    ]
    first, second = test_results.read({"tests": checks})
    assert (first.success, first.description, first.state, second.success) == (False, "one", "a state", True)
    assert first.problems == ("has a body: m",)
    assert first.actual == '200\nA: b\n\n{\n  "c": 1\n}'
