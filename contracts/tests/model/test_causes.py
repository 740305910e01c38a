"""The causes of a verdict: each class, with its evidence and its command."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.model.cause_facts import CauseClass, Facts
from contracts.model.causes import explain
from contracts.model.matrix_documents import (
    FailedInteraction,
    Response,
    ResponseRow,
    ResultDetails,
    Side,
    Trigger,
)


NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
PACT, RESULT = "https://broker/pact", "https://broker/result"
LIVE = (Side(name="ledger", number="7", branches=("main",)),)
DOCUMENT = Path(__file__).parents[3] / "docs" / "causes.md"


def row(success=None, by=None, *, branches=(), consumer="till", provider="ledger", minutes=0, **more):
    verified_at = None if success is None else NOW + timedelta(minutes=minutes)
    return ResponseRow(
        consumer=Side(name=consumer, number="1"),
        provider=Side(name=provider, number=by, branches=branches),
        success=success,
        verified_at=verified_at,
        result_url=None if success is None else RESULT,
        pact_url=PACT,
        **more,
    )


def facts(*rows, deployable=None, reason="", **more):
    response = Response(deployable=deployable, reason=reason, rows=rows)
    fixed = {"pacticipant": "till", "version": "1", "environment": "live", "now": NOW, "version_exists": True}
    return Facts(**(fixed | {"response": response} | more))


def missing(*others, **more):
    """Till 1 has no result of Ledger 7, which is in live; *others* are the results of other versions."""
    return facts(row(), **{"in_environment": {"ledger": LIVE}, "rows_of_pacts": others, **more})


def requested(status, *, minutes=1, event="contract_requiring_verification_published", logs_url="https://broker/logs"):
    moment = NOW - timedelta(minutes=minutes)
    trigger = Trigger(event=event, status=status, triggered_at=moment, logs_url=logs_url)
    return missing(triggers={PACT: [trigger]})


def without_response(**more):
    names = {"applications": ("ledger", "till"), "environments": ("live", "test")}
    return facts(**({"response": None, "version_exists": None} | names | more))


ASK = "contracts can-i-deploy --pacticipant till --version 1 --to-environment live"
VERIFY = f"contracts verify --provider ledger --version 7 --app MODULE:NAME --pact-url {PACT} --publish"
PUBLISH = "contracts publish pacts --pacticipant till --version 1"

EXAMPLES = {
    CauseClass.UNKNOWN_ENVIRONMENT: (
        without_response(environment="tset"),
        "The environment tset does not exist. Did you mean test?",
        ASK.replace("live", "test"),
    ),
    CauseClass.UNKNOWN_APPLICATION: (
        without_response(pacticipant="ledgre"),
        "The application ledgre does not exist. Did you mean ledger?",
        ASK.replace("till", "ledger"),
    ),
    CauseClass.NEVER_PUBLISHED: (
        facts(version_exists=False, other_numbers=("3", "2")),
        "Version 1 of till was never published.",
        PUBLISH,
    ),
    CauseClass.OTHER_NAME: (
        facts(version_exists=False, other_owners=("till-web",)),
        "till has no version 1, but till-web has one.",
        ASK.replace("till", "till-web"),
    ),
    CauseClass.OTHER_VERSION: (
        facts(version_exists=False, version="abc1234", other_numbers=("2", "abc1234def5678")),
        "Version abc1234 of till does not exist, but version abc1234def5678 does.",
        ASK.replace("--version 1", "--version abc1234def5678"),
    ),
    CauseClass.NOTHING_PUBLISHED: (
        facts(deployable=True),
        "The verdict is a yes only because no pact involves version 1 of till.",
        PUBLISH,
    ),
    CauseClass.NOTHING_DEPLOYED: (
        facts(row(), in_environment={"ledger": ()}),
        "ledger has no result for the pact of version 1 of till. None of its versions is deployed or released to live.",
        'contracts record-deployment --pacticipant ledger --version "$VERSION" --environment live',
    ),
    CauseClass.EMPTY_PACT: (missing(empty_pacts=frozenset({PACT})), "The pact has no interactions", PUBLISH),
    CauseClass.FAILED: (
        facts(row(success=False, by="7"), deployable=False, rows_of_pacts=[row(success=True, by="6", minutes=-9)]),
        "Version 7 of ledger breaks the pact of version 1 of till.",
        VERIFY.removesuffix(" --publish"),
    ),
    CauseClass.FAILED_WHILE_PENDING: (
        facts(row(success=False, by="7"), deployable=False, rows_of_pacts=[row(success=False, by="7")]),
        "No version has ever kept it, so it is pending",
        VERIFY.removesuffix(" --publish"),
    ),
    CauseClass.OWN_RESULT_MISSING: (
        facts(row(consumer="kiosk", provider="till")),
        "Version 1 of till has no result for the pact of version 1 of kiosk. Verify this version",
        f"contracts verify --provider till --version 1 --app MODULE:NAME --pact-url {PACT} --publish",
    ),
    CauseClass.VERIFIED_ON_OTHER_BRANCH: (
        missing(row(success=True, by="8", branches=("feat",))),
        "Only versions on other branches have one: feat.",
        VERIFY,
    ),
    CauseClass.VERIFIED_BY_OTHER_VERSION: (
        missing(row(success=True, by="8", branches=("main",))),
        "Only other versions have one.",
        VERIFY,
    ),
    CauseClass.NOT_REQUESTED: (missing(triggers={PACT: []}), "No webhook of this pact requested", VERIFY),
    CauseClass.REQUEST_FAILED: (
        requested("failure"),
        "The webhook that requests its verification failed.",
        "contracts webhook-log --consumer till --provider ledger --log",
    ),
    CauseClass.IN_PROGRESS: (
        requested("success"),
        "A webhook requested it; the provider may be verifying it now.",
        f"{ASK} --wait-seconds 600",
    ),
    CauseClass.LATE: (requested("success", minutes=45), "A webhook requested it 45 minutes ago", VERIFY),
    CauseClass.RESULT_MISSING: (missing(), "The broker does not say whether a webhook requested it.", VERIFY),
    CauseClass.IGNORED: (
        facts(row(success=False, by="7", ignored=True), deployable=True),
        "The question ignores the pact of version 1 of till with ledger, which has a failure.",
        ASK,
    ),
    CauseClass.LIMIT: (
        missing(row(success=True, by="8"), limit=1),
        "The broker lists only the newest 1 results of this pact.",
        ASK,
    ),
    CauseClass.UNEXPLAINED: (facts(reason="no result"), "The broker gives only this reason: no result", ASK),
}


@pytest.mark.parametrize("kind", CauseClass)
def test_each_class_has_its_text_and_command(kind):
    known_facts, text, command = EXAMPLES[kind]
    (cause,) = explain(known_facts)
    assert cause.kind is kind
    assert text in cause.text
    assert cause.command == command


def test_the_document_has_a_section_for_each_class_with_cause_example_and_fix():
    document = DOCUMENT.read_text("utf-8")
    sections = re.split(r"^## ", document, flags=re.MULTILINE)[1:]
    titles = [each.partition("\n")[0] for each in sections]
    assert titles == [str(kind) for kind in CauseClass]
    for section in sections:
        assert re.findall(r"^\*\*(\w+)\.\*\*", section, flags=re.MULTILINE) == ["Cause", "Example", "Fix"], section


@pytest.mark.parametrize("kind", CauseClass)
def test_the_example_of_the_document_is_the_text_of_the_cause(kind):
    section = DOCUMENT.read_text("utf-8").partition(f"## {kind}\n")[2].partition("\n## ")[0]
    (cause,) = explain(EXAMPLES[kind][0])
    assert f"> {cause.text}" in section
    assert cause.command in section


def test_a_yes_with_every_result_has_no_cause():
    assert explain(facts(row(success=True, by="7"), deployable=True, in_environment={"ledger": LIVE})) == []


def test_a_version_in_the_environment_without_a_row_has_a_cause():
    both = (*LIVE, Side(name="ledger", number="8"))
    (cause,) = explain(facts(row(success=True, by="7"), deployable=True, in_environment={"ledger": both}))
    assert (cause.kind, cause.evidence["provider_version"]) == (CauseClass.RESULT_MISSING, "8")


def test_a_failure_has_its_interactions_its_build_and_its_beginning_as_evidence():
    details = ResultDetails(
        build_url="https://ci/7",
        failed=(
            FailedInteraction(description="a product", mismatch="expected 200"),
            FailedInteraction(description="b"),
        ),
    )
    history = [
        row(success=True, by="5", minutes=-9),
        row(success=False, by="6", minutes=-5),
        row(success=False, by="7", minutes=0),
    ]
    known_facts = facts(row(success=False, by="7"), deployable=False, rows_of_pacts=history, results={RESULT: details})
    (cause,) = explain(known_facts)
    assert cause.evidence == {
        "result": RESULT,
        "failed_since": (NOW - timedelta(minutes=5)).isoformat(),
        "build": "https://ci/7",
        "interactions": ["a product: expected 200", "b"],
    }


def test_a_failure_and_a_missing_result_are_two_causes():
    rows = (row(success=False, by="7"), row(provider="stock"))
    known_facts = facts(*rows, in_environment={"ledger": LIVE, "stock": (Side(name="stock", number="3"),)})
    assert [each.kind for each in explain(known_facts)] == [CauseClass.FAILED, CauseClass.RESULT_MISSING]


def test_an_unknown_environment_and_an_unknown_application_are_both_named():
    known_facts = without_response(pacticipant="x", environment="y")
    assert [each.kind for each in explain(known_facts)] == [
        CauseClass.UNKNOWN_ENVIRONMENT,
        CauseClass.UNKNOWN_APPLICATION,
    ]
    assert [each.command.split()[1] for each in explain(known_facts)] == ["create-environment", "publish"]


@pytest.mark.parametrize(("number", "other"), [("v1.2", "1.2"), ("abc1234", "web-abc1234def")])
def test_another_form_of_a_number_is_another_version(number, other):
    (cause,) = explain(facts(version_exists=False, version=number, other_numbers=("1", other)))
    assert (cause.kind, cause.evidence["version"]) == (CauseClass.OTHER_VERSION, other)


def test_a_short_number_is_not_part_of_a_longer_one():
    (cause,) = explain(facts(version_exists=False, version="12", other_numbers=("512",)))
    assert cause.kind is CauseClass.NEVER_PUBLISHED


def test_a_request_that_the_broker_still_sends_is_in_progress():
    (cause,) = explain(requested("retrying"))
    assert (cause.kind, cause.evidence["status"]) == (CauseClass.IN_PROGRESS, "retrying")


def test_a_webhook_of_another_event_is_not_a_request():
    (cause,) = explain(requested("success", event="provider_verification_published"))
    assert cause.kind is CauseClass.NOT_REQUESTED


def test_a_command_can_be_pasted_whatever_the_names_are():
    (cause,) = explain(facts(version_exists=False, pacticipant="my till", version="a;b"))
    assert cause.command == "contracts publish pacts --pacticipant 'my till' --version 'a;b'"
