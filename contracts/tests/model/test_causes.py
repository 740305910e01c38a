"""The causes of a verdict: each class, with its evidence and its command."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.model.cause_classes import CauseClass
from contracts.model.cause_facts import Facts, Subject, Target, by_pact
from contracts.model.causes import explain
from contracts.model.matrix_documents import (
    FailedInteraction,
    JobFacts,
    Response,
    ResponseRow,
    ResultDetails,
    Side,
    Trigger,
)
from contracts.model.pact_causes import PactFacts, explain_pact
from contracts.model.webhook_causes import WebhookEvent, WebhookFacts, events_of_decisions, explain_webhook


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


def facts(*rows, deployable=None, reason="", subject=None, environment="live", **more):
    response = Response(deployable=deployable, reason=reason, rows=rows)
    subjects = (Subject(**{"pacticipant": "till", "version": "1"} | (subject or {})),)
    more |= {name: by_pact(more[name]) for name in ("rows_of_pacts", "jobs") if name in more}
    fixed = {"subjects": subjects, "target": Target(environment=environment), "now": NOW, "response": response}
    return Facts(**fixed | more)


def missing(*others, **more):
    """Till 1 has no result of Ledger 7, which is in live; *others* are the results of other versions."""
    return facts(row(), **{"in_target": {"ledger": LIVE}, "rows_of_pacts": others, **more})


def requested(status, *, minutes=1, event="contract_requiring_verification_published", logs_url="https://broker/logs"):
    moment = NOW - timedelta(minutes=minutes)
    trigger = Trigger(event=event, status=status, triggered_at=moment, logs_url=logs_url)
    return missing(triggers={PACT: [trigger]})


def job(state, *, number="7", minutes=5, deadline=25, started=None, **more):
    times = {"requested_at": NOW - timedelta(minutes=minutes), "deadline": NOW + timedelta(minutes=deadline)}
    times["started_at"] = None if started is None else NOW - timedelta(minutes=started)
    sides = {"consumer": Side(name="till", number="1"), "provider": Side(name="ledger", number=number)}
    return JobFacts(**sides, state=state, **{"attempts": 1} | times | more)


def without_response(**more):
    names = {"applications": ("ledger", "till"), "environments": ("live", "test")}
    return facts(**({"response": None} | names | more))


def pact(*results, **more):
    """The pact of Till 1, which Ledger 7 in live has verified, unless *results* says otherwise."""
    shown = results or (row(success=True, by="7", minutes=-120),)
    of_live = [each for each in shown if each.provider.number == "7"]
    evident = facts(*of_live, in_target={"ledger": LIVE}, rows_of_pacts=shown)
    sides = {"consumer": Side(name="till", number="1"), "provider": "ledger", "url": PACT, "branch": "main"}
    return PactFacts(facts=evident, results=() if more else shown, **sides, **more)


def webhook(*, events=None, enabled=True, with_decisions=True, **event):
    """The webhook that builds Ledger; of one *event*, unless *events* says otherwise."""
    subject, happened_at = "The publication of the pact of version 1 of till with ledger", NOW - timedelta(minutes=5)
    happening = WebhookEvent(**{"subject": subject, "triggered": True, "happened_at": happened_at} | event)
    return WebhookFacts(
        uuid=UUID,
        description="Build ledger",
        enabled=enabled,
        names_of_events=("contract_published",),
        pair="till and ledger",
        events=([happening] if enabled else []) if events is None else events,
        with_decisions=with_decisions,
        now=NOW,
    )


UUID = "48ce7b2c-8d6a-4a39-9f1b-0d8a3c2f5e11"
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
        without_response(subject={"pacticipant": "ledgre"}),
        "The application ledgre does not exist. Did you mean ledger?",
        ASK.replace("till", "ledger"),
    ),
    CauseClass.UNKNOWN_BRANCH: (
        facts(subject={"version": None, "options": ("--branch", "mian"), "branch": "mian", "branches": ("main",)}),
        "till has no branch mian. Did you mean main?",
        ASK.replace("--version 1", "--branch main"),
    ),
    CauseClass.NEVER_PUBLISHED: (
        facts(subject={"exists": False, "other_numbers": ("3", "2")}),
        "Version 1 of till was never published.",
        PUBLISH,
    ),
    CauseClass.OTHER_NAME: (
        facts(subject={"exists": False, "other_owners": ("till-web",)}),
        "till has no version 1, but till-web has one.",
        ASK.replace("till", "till-web"),
    ),
    CauseClass.OTHER_VERSION: (
        facts(subject={"exists": False, "version": "abc1234", "other_numbers": ("2", "abc1234def5678")}),
        "Version abc1234 of till does not exist, but version abc1234def5678 does.",
        ASK.replace("--version 1", "--version abc1234def5678"),
    ),
    CauseClass.NOTHING_PUBLISHED: (
        facts(deployable=True),
        "The verdict is a yes only because no pact involves version 1 of till.",
        PUBLISH,
    ),
    CauseClass.NOTHING_DEPLOYED: (
        facts(row(), in_target={"ledger": ()}),
        "ledger has no result for the pact of version 1 of till. None of its versions is deployed or released to live.",
        'contracts record-deployment --pacticipant ledger --version "$VERSION" --environment live',
    ),
    CauseClass.NOTHING_ON_MAIN: (
        facts(row(), in_target={"ledger": ()}, target=Target(main_branches=True)),
        "ledger has no result for the pact of version 1 of till. None of its versions is on its main branch.",
        VERIFY.replace(" --version 7", ""),
    ),
    CauseClass.EMPTY_PACT: (missing(empty_pacts=frozenset({PACT})), "The pact has no interactions", PUBLISH),
    CauseClass.FAILED: (
        facts(
            row(success=False, by="7", minutes=-120),
            deployable=False,
            rows_of_pacts=[row(success=True, by="6", minutes=-180)],
        ),
        "Version 7 of ledger breaks the pact of version 1 of till; it first failed 2 hours ago.",
        VERIFY.removesuffix(" --publish"),
    ),
    CauseClass.FAILED_WHILE_PENDING: (
        facts(
            row(success=False, by="7", minutes=-120),
            deployable=False,
            rows_of_pacts=[row(success=False, by="7", minutes=-120)],
        ),
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
    CauseClass.REQUESTED_FOR_OTHER_VERSION: (
        missing(jobs=[job("dispatched", number="8")]),
        "It was requested only for other versions: 8.",
        VERIFY,
    ),
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
    CauseClass.LOST: (
        missing(jobs=[job("lost")]),
        "It was requested once, and no result arrived in time. The broker requests it again.",
        f"{ASK} --wait-seconds 600",
    ),
    CauseClass.DEAD: (
        missing(jobs=[job("dead", attempts=3, result_expected=False, uuid=UUID)]),
        "It was requested 3 times, and no result arrived. The broker does not request it again.",
        f"contracts jobs retry --uuid {UUID}",
    ),
    CauseClass.NOT_ATTESTED: (
        facts(row(by="7", unattested=True), in_target={"ledger": LIVE}, environment="production"),
        (
            "Version 7 of ledger has a result for the pact of version 1 of till, but no trusted build of ledger "
            "published it, which production requires. Publish it from the pipeline of ledger."
        ),
        VERIFY,
    ),
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
    CauseClass.VERIFIED: (
        pact(row(success=True, by="7", minutes=-120), row(success=False, by="6", minutes=-180)),
        "Version 7 of ledger verified the pact of version 1 of till 2 hours ago.",
        ASK.removesuffix(" --to-environment live"),
    ),
    CauseClass.PENDING: (
        pact(pending=True, wip=False),
        "The pact of version 1 of till is pending for the branch main of ledger: a failure does not fail its build.",
        VERIFY.replace(" --version 7", ""),
    ),
    CauseClass.WORK_IN_PROGRESS: (
        pact(pending=True, wip=True),
        "The pact of version 1 of till is work in progress for the branch main of ledger",
        VERIFY.replace(" --version 7", ""),
    ),
    CauseClass.WEBHOOK_DISABLED: (
        webhook(enabled=False),
        "The webhook Build ledger is disabled, so no event sends it.",
        f"contracts create-or-update-webhook --uuid {UUID} --enabled",
    ),
    CauseClass.WEBHOOK_NOT_TRIGGERED: (
        webhook(triggered=False, reason="same_content", text="The content of the contract was the same."),
        "did not trigger the webhook. The content of the contract was the same.",
        f"contracts describe-webhook --uuid {UUID}",
    ),
    CauseClass.WEBHOOK_UNUSED: (
        webhook(events=()),
        "No event has triggered the webhook Build ledger. It is for contract_published of till and ledger.",
        f"contracts describe-webhook --uuid {UUID}",
    ),
    CauseClass.WEBHOOK_SENDING: (
        webhook(status="retrying"),
        "triggered the webhook; the broker sends the request again.",
        f"contracts webhook-log --uuid {UUID} --log",
    ),
    CauseClass.WEBHOOK_FAILED: (
        webhook(status="failure"),
        "triggered the webhook, but its request failed.",
        f"contracts webhook-log --uuid {UUID} --log",
    ),
    CauseClass.WEBHOOK_SENT: (
        webhook(status="success"),
        "triggered the webhook, which was sent with success.",
        f"contracts webhook-log --uuid {UUID} --log",
    ),
}


def causes_of(example):
    if isinstance(example, PactFacts):
        return explain_pact(example)
    if isinstance(example, WebhookFacts):
        return explain_webhook(example)
    return explain(example)


@pytest.mark.parametrize("kind", CauseClass)
def test_each_class_has_its_text_and_command(kind):
    evident_facts, text, command = EXAMPLES[kind]
    cause = causes_of(evident_facts)[0]
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
    cause = causes_of(EXAMPLES[kind][0])[0]
    assert f"> {cause.text}" in section
    assert cause.command in section


def test_a_yes_with_every_result_has_no_cause():
    assert explain(facts(row(success=True, by="7"), deployable=True, in_target={"ledger": LIVE})) == []


def test_a_version_in_the_environment_without_a_row_has_a_cause():
    both = (*LIVE, Side(name="ledger", number="8"))
    (cause,) = explain(facts(row(success=True, by="7"), deployable=True, in_target={"ledger": both}))
    assert (cause.kind, cause.evidence["provider_version"]) == (CauseClass.RESULT_MISSING, "8")


def test_a_failure_has_its_interactions_its_build_and_its_beginning_as_evidence():
    details = ResultDetails(
        build_url="https://ci/7",
        failed=(
            FailedInteraction(description="a product", mismatch="body $.id", expected="1", actual="2"),
            FailedInteraction(description="b"),
        ),
    )
    history = [
        row(success=True, by="5", minutes=-9),
        row(success=False, by="6", minutes=-5, branches=("feat",)),
        row(success=False, by="7", minutes=0),
    ]
    evident_facts = facts(
        row(success=False, by="7"), deployable=False, rows_of_pacts=history, results={RESULT: details}
    )
    (cause,) = explain(evident_facts)
    assert cause.evidence == {
        "result": RESULT,
        "failed_since": (NOW - timedelta(minutes=5)).isoformat(),
        "first_failed_by": "version 6 of ledger (feat)",
        "build": "https://ci/7",
        "interactions": ["a product: body $.id (expected 1, actual 2)", "b"],
    }


def test_a_failure_and_a_missing_result_are_two_causes():
    rows = (row(success=False, by="7"), row(provider="stock"))
    evident_facts = facts(*rows, in_target={"ledger": LIVE, "stock": (Side(name="stock", number="3"),)})
    assert [each.kind for each in explain(evident_facts)] == [CauseClass.FAILED, CauseClass.RESULT_MISSING]


def test_an_unknown_environment_and_an_unknown_application_are_both_named():
    evident_facts = without_response(subject={"pacticipant": "x"}, environment="y")
    assert [each.kind for each in explain(evident_facts)] == [
        CauseClass.UNKNOWN_ENVIRONMENT,
        CauseClass.UNKNOWN_APPLICATION,
    ]
    assert [each.command.split()[1] for each in explain(evident_facts)] == ["create-environment", "publish"]


@pytest.mark.parametrize(("number", "other"), [("v1.2", "1.2"), ("abc1234", "web-abc1234def")])
def test_another_form_of_a_number_is_another_version(number, other):
    (cause,) = explain(facts(subject={"exists": False, "version": number, "other_numbers": ("1", other)}))
    assert (cause.kind, cause.evidence["version"]) == (CauseClass.OTHER_VERSION, other)


def test_a_short_number_is_not_part_of_a_longer_one():
    (cause,) = explain(facts(subject={"exists": False, "version": "12", "other_numbers": ("512",)}))
    assert cause.kind is CauseClass.NEVER_PUBLISHED


def test_a_request_that_the_broker_still_sends_is_in_progress():
    (cause,) = explain(requested("retrying"))
    assert (cause.kind, cause.evidence["status"]) == (CauseClass.IN_PROGRESS, "retrying")


def test_a_webhook_of_another_event_is_not_a_request():
    (cause,) = explain(requested("success", event="provider_verification_published"))
    assert cause.kind is CauseClass.NOT_REQUESTED


def test_a_command_can_be_pasted_whatever_the_names_are():
    (cause,) = explain(facts(subject={"exists": False, "pacticipant": "my till", "version": "a;b"}))
    assert cause.command == "contracts publish pacts --pacticipant 'my till' --version 'a;b'"


@pytest.mark.parametrize(
    ("state", "kind", "remark"),
    [
        (job("needed", result_expected=False), CauseClass.NOT_REQUESTED, "No webhook requests its verification."),
        (
            job("needed", logs_url="/logs"),
            CauseClass.IN_PROGRESS,
            "The broker is sending the webhook that requests it,",
        ),
        (job("needed"), CauseClass.NOT_REQUESTED, "the broker does so in 25 minutes unless a result arrives."),
        (job("needed", deadline=0), CauseClass.NOT_REQUESTED, "the broker does so within a minute unless a result"),
        (job("dispatched"), CauseClass.IN_PROGRESS, "A webhook requested it 5 minutes ago; no build has reported yet."),
        (job("dispatched", requested_at=None), CauseClass.IN_PROGRESS, "A webhook requested it; no build has reported"),
        (job("started", started=2), CauseClass.IN_PROGRESS, "The provider's build started it 2 minutes ago."),
        (job("started", started=2, deadline=-1), CauseClass.LATE, "the result should have arrived 1 minute ago."),
        (job("dispatched", deadline=-180), CauseClass.LATE, "the result should have arrived 3 hours ago."),
    ],
)
def test_a_job_says_how_far_the_verification_is(state, kind, remark):
    (cause,) = explain(missing(jobs=[state], triggers={PACT: []}))
    assert (cause.kind, remark in cause.text) == (kind, True)
    assert cause.evidence["state"] == state.state


@pytest.mark.parametrize("state", ["done", "unwanted", "a word of a newer broker"])
def test_a_job_in_another_state_explains_nothing(state):
    (cause,) = explain(missing(jobs=[job(state)], triggers={PACT: []}))
    assert cause.kind is CauseClass.NOT_REQUESTED


def test_the_job_of_a_row_belongs_to_it_also_if_an_earlier_version_began_it():
    of_earlier_version = replace(job("started", started=1), consumer=Side(name="till", number="0"))
    (cause,) = explain(facts(row(by="7", job=of_earlier_version), in_target={"ledger": LIVE}))
    assert cause.kind is CauseClass.IN_PROGRESS


def test_a_job_counts_before_the_results_of_other_versions_unless_nothing_starts_it():
    others = row(success=True, by="8")
    (cause,) = explain(missing(others, jobs=[job("started", started=1)]))
    assert cause.kind is CauseClass.IN_PROGRESS
    (cause,) = explain(missing(others, jobs=[job("needed", result_expected=False)]))
    assert cause.kind is CauseClass.VERIFIED_BY_OTHER_VERSION


def test_the_command_repeats_the_whole_question():
    subjects = (Subject(pacticipant="till", version="1"), Subject(pacticipant="shop", options=("--branch", "main")))
    question = facts(subjects=subjects, ignoring=("--ignore", "legacy"), reason="no result")
    (cause,) = explain(question)
    assert cause.command == (
        "contracts can-i-deploy --pacticipant till --version 1 --pacticipant shop --branch main --ignore legacy "
        "--to-environment live"
    )


def test_a_merge_is_asked_again_as_a_merge():
    (cause,) = explain(facts(reason="no result", target=Target(main_branches=True)))
    assert cause.command == "contracts can-i-merge --pacticipant till --version 1"


def test_a_second_subject_that_does_not_exist_is_named():
    subjects = (
        Subject(pacticipant="till", version="1", exists=True),
        Subject(pacticipant="shop", version="2", exists=False),
    )
    (cause,) = explain(facts(subjects=subjects))
    assert cause.text == "Version 2 of shop was never published."


def test_a_pact_has_the_causes_of_the_versions_that_have_not_verified_it():
    both = (*LIVE, Side(name="ledger", number="8"))
    result = row(success=True, by="7", minutes=-120)
    evident = facts(result, in_target={"ledger": both}, rows_of_pacts=[result])
    sides = {"consumer": Side(name="till", number="1"), "provider": "ledger", "url": PACT}
    causes = explain_pact(PactFacts(facts=evident, results=[result], pending=True, wip=False, **sides))
    assert [each.kind for each in causes] == [
        CauseClass.VERIFIED,
        CauseClass.VERIFIED_BY_OTHER_VERSION,
        CauseClass.PENDING,
    ]


def test_the_newest_result_of_a_version_says_whether_it_verified_the_pact():
    results = [row(success=False, by="7", minutes=-1), row(success=True, by="7", minutes=-9)]
    assert explain_pact(pact(*results))[0].kind is CauseClass.FAILED


def test_a_webhook_that_is_disabled_has_its_newest_events_as_well():
    event = WebhookEvent(subject="The publication", triggered=False, text="It was disabled.")
    causes = explain_webhook(webhook(enabled=False, events=[event] * 9))
    assert [each.kind for each in causes] == [CauseClass.WEBHOOK_DISABLED, *[CauseClass.WEBHOOK_NOT_TRIGGERED] * 5]


@pytest.mark.parametrize("status", ["not_run", None])
def test_a_request_that_was_not_sent_yet_is_under_way(status):
    (cause,) = explain_webhook(webhook(status=status))
    assert (cause.kind, "has not sent it yet" in cause.text) == (CauseClass.WEBHOOK_SENDING, True)


def test_another_broker_does_not_say_what_did_not_trigger_a_webhook():
    (cause,) = explain_webhook(webhook(events=(), with_decisions=False))
    assert "This broker does not say which events it decided against." in cause.text


def test_the_decisions_of_a_broker_are_read():
    decision = {"event": "contract_published", "triggered": False, "reason": "disabled", "text": "It was disabled."}
    sides = {"consumer": {"name": "till", "version": "1"}, "provider": {"name": "ledger", "version": "7"}}
    result = {
        "occurrence": "verification_result",
        "createdAt": "2026-05-04T11:00:00Z",
        "decisions": [decision],
        **sides,
    }
    (event,) = events_of_decisions({"_embedded": {"events": [result | sides]}})
    assert event == WebhookEvent(
        subject="The result by version 7 for the pact of version 1 of till with ledger",
        triggered=False,
        happened_at=NOW - timedelta(hours=1),
        event="contract_published",
        reason="disabled",
        text="It was disabled.",
    )
