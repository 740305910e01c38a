"""The one rule that triggers webhooks and explains why not."""

from __future__ import annotations

import pytest
from hooks import new_webhook

from contracts.model.webhook_decisions import (
    Occurrence,
    Reason,
    decide,
    decide_about,
    depends_on_facts,
    publication_events,
    result_events,
)
from contracts.model.webhooks import EVENTS, Limits, Side


PUBLISHED, CHANGED, REQUIRED, RESULT, SUCCEEDED, FAILED = EVENTS


def published(**changes):
    events = publication_events(content_changed=True, required=True)
    return Occurrence(**{"consumer": "Till", "provider": "Stock", "events": events, **changes})


def outcome(webhook, occurrence):
    return [(each.event, each.reason) for each in decide(webhook, occurrence)]


def test_a_webhook_without_limits_is_triggered_by_every_event_it_listens_to():
    assert outcome(new_webhook(), published()) == [(PUBLISHED, None), (REQUIRED, None), (CHANGED, None)]
    assert outcome(new_webhook(events=(CHANGED,)), published()) == [(CHANGED, None)]
    verified = published(events=result_events(success=True))
    assert outcome(new_webhook(), verified) == [(RESULT, None), (SUCCEEDED, None)]


@pytest.mark.parametrize(
    ("fields", "reason", "text"),
    [
        ({"consumer": Side(name="Kiosk")}, Reason.ANOTHER_APPLICATION, "It is for the consumer Kiosk, not Till."),
        ({"provider": Side(name="Ledger")}, Reason.ANOTHER_APPLICATION, "It is for the provider Ledger, not Stock."),
        (
            {"limits": Limits(consumers=("Kiosk", "Shop"))},
            Reason.ANOTHER_APPLICATION,
            "It is for the consumers Kiosk, Shop, not Till.",
        ),
        ({"enabled": False}, Reason.DISABLED, "It was disabled."),
        (
            {"events": (FAILED,)},
            Reason.ANOTHER_EVENT,
            f"It listens to {FAILED}; the events were {PUBLISHED}, {REQUIRED}, {CHANGED}.",
        ),
        (
            {"consumer": Side(label="core")},
            Reason.ANOTHER_LABEL,
            "It is for a consumer with the label core; the consumer had the labels shop.",
        ),
        (
            {"provider": Side(label="shop")},
            Reason.ANOTHER_LABEL,
            "It is for a provider with the label shop; the provider had no label.",
        ),
        (
            {"limits": Limits(labels=("core", "pay"))},
            Reason.ANOTHER_LABEL,
            "It is for applications with a label of core, pay; the contract had the labels shop.",
        ),
        (
            {"limits": Limits(branches=("main", "release/*"))},
            Reason.ANOTHER_BRANCH,
            "It is for the branches main, release/*; the consumer version was on the branch feat/x.",
        ),
    ],
)
def test_a_webhook_for_something_else_is_refused_once_with_a_reason(fields, reason, text):
    (decision,) = decide(new_webhook(**fields), published(consumer_labels=("shop",), branch="feat/x"))
    assert (decision.event, decision.reason, decision.text, decision.fires) == (None, reason, text, False)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(consumers=("Kiosk", "Till")),
        Limits(labels=("core", "shop")),
        Limits(labels=("core", "db")),
        Limits(branches=("main", "feat/*")),
        Limits(branches=("feat/?",)),
        Limits(consumers=("Till",), branches=("*",), labels=("db",)),
    ],
)
def test_one_alternative_of_each_limit_is_enough(limits):
    occurrence = published(consumer_labels=("shop",), provider_labels=("db",), branch="feat/x")
    assert all(each.fires for each in decide(new_webhook(limits=limits), occurrence))


def test_a_version_without_a_branch_matches_no_pattern():
    (decision,) = decide(new_webhook(limits=Limits(branches=("*",))), published())
    assert decision.reason is Reason.ANOTHER_BRANCH
    assert decision.text == "It is for the branches *; the consumer version was on no branch."


def test_events_that_a_publication_did_not_raise_have_their_reasons():
    quiet = published(events=publication_events(content_changed=False, required=False))
    assert outcome(new_webhook(events=(CHANGED, REQUIRED)), quiet) == [
        (CHANGED, Reason.SAME_CONTENT),
        (REQUIRED, Reason.NOT_REQUIRED),
    ]
    assert outcome(new_webhook(events=(PUBLISHED, CHANGED)), quiet) == [
        (PUBLISHED, None),
        (CHANGED, Reason.SAME_CONTENT),
    ]


def test_a_webhook_for_the_other_outcome_of_a_result_listens_to_another_event():
    verified = published(events=result_events(success=True))
    (decision,) = decide(new_webhook(events=(FAILED,)), verified)
    assert (decision.reason, decision.text) == (
        Reason.ANOTHER_EVENT,
        f"It listens to {FAILED}; the events were {RESULT}, {SUCCEEDED}.",
    )


def test_labels_and_branches_need_not_be_read_for_a_webhook_that_names_or_events_exclude():
    """A publication then takes no further statement."""
    occurrence = published()
    assert depends_on_facts(new_webhook(consumer=Side(label="core")), occurrence)
    for fields in ({"enabled": False}, {"events": (FAILED,)}, {"consumer": Side(name="Kiosk")}):
        assert not depends_on_facts(new_webhook(**fields), occurrence)


def test_the_decision_about_one_event_is_that_of_the_whole_occurrence():
    occurrence = published(events=publication_events(content_changed=False, required=False))
    listening = new_webhook(events=(PUBLISHED, CHANGED))
    assert decide_about(listening, occurrence, PUBLISHED).fires
    assert decide_about(listening, occurrence, CHANGED).reason is Reason.SAME_CONTENT
    assert decide_about(listening, occurrence, REQUIRED).reason is Reason.ANOTHER_EVENT
    assert decide_about(new_webhook(enabled=False), occurrence, PUBLISHED).reason is Reason.DISABLED
