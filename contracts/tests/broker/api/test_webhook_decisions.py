"""`/webhook-decisions`, dry runs and replays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estates import Estate, statements
from hooks import add_webhook, claim_due

from contracts.broker.store import deliveries, labels, pacticipants, webhooks
from contracts.model.deliveries import DeliveryStatus, Execution, Next
from contracts.model.webhooks import EVENTS, Limits, Side


PUBLISHED, CHANGED, REQUIRED, RESULT, SUCCEEDED, FAILED = EVENTS
BASE = "http://testserver"


@pytest.fixture
def estate(broker):
    return Estate(broker)


def decided(http, **filters):
    response = http.get("/webhook-decisions", params=filters)
    assert response.status_code == 200, response.text
    return response.json()["_embedded"]["events"]


def reasons(event):
    return [(each.get("event"), each.get("reason")) for each in event["decisions"]]


def test_a_publication_records_what_it_triggered_with_the_masked_request(http, broker, estate):
    webhook = add_webhook(
        broker,
        description="Build",
        events=(PUBLISHED, CHANGED),
        headers={"authorization": "Bearer abcdef"},
        body={"of": "${pactbroker.consumerName}", "as": "abcdef"},
    )
    estate.publish("Till", "1", "a", branch="main")
    (event,) = decided(http, pacticipant="Till", version="1")
    assert (event["occurrence"], event["events"], event["recorded"]) == (
        "contract_publication",
        [PUBLISHED, CHANGED],
        True,
    )
    assert event["consumer"] == {"name": "Till", "version": "1"}
    assert event["provider"] == {"name": "Ledger"}
    assert http.get(event["_links"]["pb:pact"]["href"]).json()["interactions"][0]["description"] == "a"
    assert reasons(event) == [(PUBLISHED, None), (CHANGED, None)]
    decision = event["decisions"][0]
    assert decision["triggered"] is True
    assert decision["webhook"] == {"uuid": webhook.uuid, "description": "Build"}
    assert decision["request"] == {
        "method": "POST",
        "url": "http://127.0.0.1:9/hook",
        "headers": {"authorization": "**********"},
        "body": {"of": "Till", "as": "**********"},
    }
    assert (decision["delivery"]["status"], decision["delivery"]["attempts"]) == ("not_run", [])
    assert decision["_links"]["pb:logs"]["href"].endswith(f"/{decision['delivery']['uuid']}/logs")


def test_the_attempts_are_part_of_the_decision(http, broker, estate, clock):
    add_webhook(broker, events=(PUBLISHED,))
    estate.publish("Till", "1", "a")
    with broker.database.writing() as connection:
        (triggered,) = claim_due(connection, clock(), timedelta(seconds=1), 10)
        execution = Execution(success=True, logs="", created_at=clock())
        deliveries.record(connection, triggered.id, execution, Next(status=DeliveryStatus.SUCCESS, wait=None))
    (event,) = decided(http, pacticipant="Till", version="1")
    assert event["decisions"][0]["delivery"] == {
        "uuid": triggered.uuid,
        "status": "success",
        "attempts": [{"success": True, "createdAt": "2026-11-23T08:00:00+00:00"}],
    }


def test_a_publication_records_why_a_webhook_was_not_triggered(http, broker, estate):
    for name in ("Till", "Ledger"):
        with broker.database.writing() as connection:
            pacticipants.ensure(connection, name, broker.now())
    add_webhook(broker, description="off", enabled=False)
    add_webhook(broker, description="results", events=(RESULT,))
    add_webhook(broker, description="label", consumer=Side(label="core"))
    add_webhook(broker, description="branch", limits=Limits(branches=("release/*",)))
    add_webhook(broker, description="content", events=(CHANGED, REQUIRED))
    add_webhook(broker, description="consumers", limits=Limits(consumers=("Kiosk",)))
    estate.publish("Till", "1", "a", branch="main")
    estate.publish("Till", "2", "a", branch="main")
    (event,) = decided(http, pacticipant="Till", version="2")
    assert [
        (each["webhook"]["description"], each.get("event"), each["triggered"], each.get("reason"))
        for each in event["decisions"]
    ] == [
        ("off", None, False, "disabled"),
        ("results", None, False, "another_event"),
        ("label", None, False, "another_label"),
        ("branch", None, False, "another_branch"),
        ("content", CHANGED, False, "same_content"),
        ("content", REQUIRED, False, "no_version_requires_verification"),
        ("consumers", None, False, "another_application"),
    ]
    assert event["decisions"][3]["text"] == (
        "It is for the branches release/*; the consumer version was on the branch main."
    )


def test_limits_decide_about_results_too(http, broker, estate):
    add_webhook(broker, events=(SUCCEEDED,), limits=Limits(branches=("main",)))
    estate.publish("Till", "1", "a", branch="main")
    estate.publish("Till", "2", "a", branch="feat")
    estate.verify("Till", "2", by="10")
    estate.publish("Till", "3", "c", branch="main")
    estate.verify("Till", "3", by="10")
    refused, fired = decided(http, pacticipant="Ledger", version="10")[::-1]
    assert reasons(refused) == [(None, "another_branch")]
    assert reasons(fired) == [(SUCCEEDED, None)]
    assert (fired["occurrence"], fired["provider"]) == ("verification_result", {"name": "Ledger", "version": "10"})
    assert http.get(fired["_links"]["pb:verification-result"]["href"]).json()["success"] is True


def test_a_label_of_the_provider_is_enough_for_a_list_of_labels(http, broker, estate, clock):
    estate.publish("Till", "1", "a")
    with broker.database.writing() as connection:
        labels.add(connection, pacticipants.find(connection, "Ledger").id, "core", clock())
    add_webhook(broker, events=(PUBLISHED,), limits=Limits(labels=("shop", "core")))
    estate.publish("Till", "2", "a")
    (event,) = decided(http, pacticipant="Till", version="2")
    assert reasons(event) == [(PUBLISHED, None)]


def test_each_provider_version_that_needs_a_result_has_its_decision(http, broker, estate):
    add_webhook(broker, events=(REQUIRED,))
    estate.version("Ledger", "10", branch="main")
    estate.publish("Till", "1", "a", branch="main")
    (event,) = decided(http, pacticipant="Till", version="1")
    assert [each["providerVersion"] for each in event["decisions"]] == ["10"]


def test_a_repeated_publication_says_that_its_webhook_was_triggered_before(http, broker, estate):
    add_webhook(broker, events=(PUBLISHED,))
    estate.publish("Till", "1", "a")
    estate.publish("Till", "1", "a")
    again, first = decided(http, pacticipant="Till", version="1")
    assert reasons(again) == [(PUBLISHED, "triggered_before")]
    assert again["decisions"][0]["delivery"]["uuid"] == first["decisions"][0]["delivery"]["uuid"]


def test_a_webhook_without_a_record_is_explained_by_its_applications_and_age(http, broker, estate, clock):
    estate.publish("Till", "1", "a")
    with broker.database.writing() as connection:
        pacticipants.ensure(connection, "Kiosk", broker.now())
    other = add_webhook(broker, consumer=Side(name="Kiosk"))
    old = add_webhook(broker)
    clock.forward(seconds=5)
    new = add_webhook(broker)
    expected = ((other, "another_application"), (new, "created_later"), (old, "not_recorded"))
    for webhook, reason in expected:
        (event,) = decided(http, pacticipant="Till", version="1", webhook=webhook.uuid)
        assert (event["recorded"], reasons(event)) == (False, [(None, reason)])


def test_the_decisions_about_one_webhook_are_linked_from_it(http, broker, estate):
    mine, _ = add_webhook(broker, events=(PUBLISHED,)), add_webhook(broker, events=(CHANGED,))
    estate.publish("Till", "1", "a")
    estate.publish("Kiosk", "1", "b", provider="Stock")
    href = http.get(f"/webhooks/{mine.uuid}").json()["_links"]["pb:decisions"]["href"]
    events = http.get(href).json()["_embedded"]["events"]
    assert [(each["consumer"]["name"], reasons(each)) for each in events] == [
        ("Kiosk", [(PUBLISHED, None)]),
        ("Till", [(PUBLISHED, None)]),
    ]
    pact = http.get("/pacts/provider/Ledger/consumer/Till/version/1").json()
    assert len(http.get(pact["_links"]["pb:webhook-decisions"]["href"]).json()["_embedded"]["events"]) == 1


def test_a_deleted_webhook_or_pact_leaves_readable_records(http, broker, estate):
    webhook = add_webhook(broker, events=(PUBLISHED,))
    estate.publish("Till", "1", "a")
    estate.publish("Till", "2", "b")
    http.delete(f"/webhooks/{webhook.uuid}")
    (event,) = decided(http, pacticipant="Till", version="1")
    assert event["decisions"][0]["delivery"]["status"] == "not_run"
    http.delete("/pacts/provider/Ledger/consumer/Till/version/1")
    assert decided(http, pacticipant="Till", version="1") == []
    assert http.delete("/integrations/provider/Ledger/consumer/Till").status_code == 204


@pytest.mark.parametrize(
    ("filters", "field"),
    [({}, "pacticipant"), ({"pacticipant": "Till"}, "version"), ({"version": "1", "webhook": "x"}, "pacticipant")],
)
def test_the_filters_name_a_version_or_a_webhook(http, filters, field):
    response = http.get("/webhook-decisions", params=filters)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_records_take_one_statement_more_and_none_without_webhooks(broker, estate):
    estate.publish("Till", "1", "a")
    estate.publish("Till", "2", "a")
    with statements(broker.database) as executed:
        estate.publish("Till", "3", "a")
    without = len(executed)
    assert not [each for each in executed if "webhook_decisions" in each]
    add_webhook(broker, enabled=False)
    with statements(broker.database) as executed:
        estate.publish("Till", "4", "a")
    recorded = [each for each in executed if "webhook_decisions" in each]
    assert len(recorded) == 1
    assert len(executed) - without == 3, "the webhook, its events, and the record"


def test_a_dry_run_shows_the_request_and_sends_nothing(http, broker, estate):
    webhook = add_webhook(
        broker, events=(PUBLISHED,), headers={"authorization": "Bearer abcdef"}, body="v=${pactbroker.eventName}"
    )
    estate.publish("Till", "1", "a")
    before = http.get(f"/webhook-decisions?webhook={webhook.uuid}").json()
    tried = http.get(f"/webhooks/{webhook.uuid}/dry-run").json()
    assert (tried["event"], tried["triggered"], tried["pact"]["consumerVersion"]) == (PUBLISHED, True, "1")
    assert tried["request"]["body"] == f"v={PUBLISHED}"
    assert "<AUTHORIZATION>" in tried["curl"]
    assert "abcdef" not in str(tried)
    assert http.get(f"/webhook-decisions?webhook={webhook.uuid}").json() == before


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (PUBLISHED, None),
        (CHANGED, None),
        (REQUIRED, "no_version_requires_verification"),
        (RESULT, "no_result"),
    ],
)
def test_a_dry_run_of_each_event_says_whether_it_would_trigger(http, broker, estate, event, reason):
    webhook = add_webhook(broker)
    estate.publish("Till", "1", "a")
    tried = http.get(f"/webhooks/{webhook.uuid}/dry-run", params={"event": event}).json()
    assert (tried["triggered"], tried.get("reason")) == (reason is None, reason)


def test_a_dry_run_of_a_result_depends_on_its_outcome(http, broker, estate):
    webhook = add_webhook(broker)
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="10", success=False)
    address = f"/webhooks/{webhook.uuid}/dry-run?event="
    assert http.get(address + FAILED).json()["triggered"] is True
    assert http.get(address + SUCCEEDED).json()["reason"] == "another_event"


def test_a_dry_run_is_of_the_chosen_contract_or_has_example_values(http, broker, estate):
    webhook = add_webhook(broker, limits=Limits(branches=("main",)))
    address = f"/webhooks/{webhook.uuid}/dry-run"
    assert http.get(address).json()["reason"] == "no_contract"
    estate.publish("Till", "1", "a", branch="feat")
    estate.publish("Till", "2", "a", branch="main")
    chosen = {"consumer": "Till", "provider": "Ledger", "event": PUBLISHED}
    assert http.get(address, params=chosen).json()["triggered"] is True
    tried = http.get(address, params=chosen | {"version": "1"}).json()
    assert (tried["reason"], tried["pact"]["consumerVersion"]) == ("another_branch", "1")


@pytest.mark.parametrize(("query", "field"), [("event=typo", "event"), ("version=1&consumer=Till", "version")])
def test_a_dry_run_refuses_unknown_events_and_half_a_contract(http, broker, query, field):
    response = http.get(f"/webhooks/{add_webhook(broker).uuid}/dry-run?{query}")
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_a_dry_run_names_a_setting_that_forbids_the_request(http, broker):
    tried = http.get(f"/webhooks/{add_webhook(broker, method='GET').uuid}/dry-run").json()
    assert "its method must be one of: POST" in tried["problem"]


def test_a_replay_is_another_delivery_of_the_same_event(http, broker, estate):
    add_webhook(broker, events=(PUBLISHED,))
    estate.publish("Till", "1", "a")
    listed = "/pacts/provider/Ledger/consumer/Till/version/1/triggered-webhooks"
    (item,) = http.get(listed).json()["_embedded"]["triggeredWebhooks"]
    response = http.post(item["_links"]["pb:replay"]["href"])
    assert (response.status_code, response.json()["eventName"]) == (201, PUBLISHED)
    assert response.headers["location"] == response.json()["_links"]["pb:logs"]["href"]
    assert len(http.get(listed).json()["_embedded"]["triggeredWebhooks"]) == 2


def test_a_delivery_of_a_disabled_webhook_is_not_replayed(http, broker, estate):
    webhook = add_webhook(broker, events=(PUBLISHED,))
    estate.publish("Till", "1", "a")
    (event,) = decided(http, pacticipant="Till", version="1")
    with broker.database.writing() as connection:
        webhooks.remove(connection, webhook)
    address = f"/triggered-webhooks/{event['decisions'][0]['delivery']['uuid']}/replay"
    response = http.post(address)
    assert (response.status_code, "removed or disabled" in response.text) == (409, True)
    assert http.post("/triggered-webhooks/none/replay").status_code == 404
