"""Webhooks in SQL."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hooks import new_webhook

from contracts.broker.store import labels, pacticipants, webhooks
from contracts.model.errors import NotFound, PacticipantNotFound
from contracts.model.secrets import Sealed
from contracts.model.webhooks import EVENTS, Side, Webhook


SEALED = Sealed("sealed:v1:0123456789ab:c2VhbGVk")


@pytest.fixture
def ids(database, clock):
    """Till (a shop), Kiosk, Ledger (core) and Stock, by name."""
    with database.writing() as connection:
        ids_by_name = {
            name: pacticipants.ensure(connection, name, clock()).id for name in ("Till", "Kiosk", "Ledger", "Stock")
        }
        labels.add(connection, ids_by_name["Till"], "shop", clock())
        labels.add(connection, ids_by_name["Ledger"], "core", clock())
    return ids_by_name


@pytest.fixture
def create(database, clock):
    numbers = itertools.count()

    def create(**fields):
        with database.writing() as connection:
            return webhooks.create(connection, f"uuid-{next(numbers)}", new_webhook(**fields), clock())

    return create


def test_a_webhook_is_read_as_it_was_stored(database, ids, create, clock):
    headers = {"a": "b", "authorization": SEALED}
    request = {"headers": headers, "body": {"x": [1, None, "é"]}, "username": "u", "password": SEALED, "method": "put"}
    webhook = create(
        consumer=Side(name="Till"), provider=Side(label="core"), description="d", events=EVENTS[3:1:-1], **request
    )
    assert ids
    assert webhook == Webhook(
        id=webhook.id,
        uuid="uuid-0",
        description="d",
        enabled=True,
        consumer=Side(name="Till"),
        provider=Side(label="core"),
        request=new_webhook(**request).request,
        events=EVENTS[3:1:-1],
        created_at=clock(),
        updated_at=clock(),
    )
    assert all(
        isinstance(each, Sealed) for each in (webhook.request.password, webhook.request.headers["authorization"])
    )
    with database.reading() as connection:
        assert webhooks.find(connection, "uuid-0") == webhook
        assert webhooks.get_by_id(connection, webhook.id) == webhook


@pytest.mark.parametrize("secret", [{"password": "p"}, {"headers": {"x-token": "t"}}, {"headers": {"x": SEALED[:]}}])
def test_a_secret_in_clear_text_is_never_stored(create, secret):
    with pytest.raises(ValueError, match="must be encrypted"):
        create(**secret)


@pytest.mark.parametrize("body", [None, "text", "", 0, False, [], {}])
def test_any_body_is_stored(create, body):
    assert create(body=body).request.body == body


def test_an_event_named_twice_is_stored_once(create):
    assert create(events=(EVENTS[1], EVENTS[0], EVENTS[1])).events == (EVENTS[1], EVENTS[0])


def test_a_missing_webhook_is_an_error_or_none(database):
    with database.reading() as connection:
        assert webhooks.get(connection, "nobody") is None
        assert webhooks.get_by_id(connection, 1) is None
        assert webhooks.all(connection) == []
        with pytest.raises(NotFound, match="'nobody'"):
            webhooks.find(connection, "nobody")


def test_an_application_that_is_not_there_cannot_be_named(database, create):
    with pytest.raises(PacticipantNotFound, match="'Nobody'"):
        create(consumer=Side(name="Nobody"))
    with database.reading() as connection:
        assert webhooks.all(connection) == []


def test_a_webhook_is_replaced_whole(database, ids, create, clock):
    webhook = create(consumer=Side(name="Till"), headers={"a": "b"}, description="d")
    clock.forward(hours=1)
    replacement = new_webhook(
        provider=Side(name="Ledger"), events=EVENTS[:1], enabled=False, url="http://127.0.0.1:9/other"
    )
    with database.writing() as connection:
        changed = webhooks.replace(connection, webhook, replacement, clock())
    assert ids
    assert changed == replace(
        webhook,
        description=None,
        enabled=False,
        consumer=None,
        provider=Side(name="Ledger"),
        request=replacement.request,
        events=EVENTS[:1],
        updated_at=webhook.created_at + timedelta(hours=1),
    )


def test_a_webhook_is_removed(database, create):
    webhook, other = create(), create()
    with database.writing() as connection:
        webhooks.remove(connection, webhook)
    with database.reading() as connection:
        assert webhooks.all(connection) == [other]


def test_the_webhooks_of_a_pair_name_just_these_applications(database, ids, create):
    created = {
        (consumer, provider): create(
            consumer=Side(name=consumer) if consumer else None, provider=Side(name=provider) if provider else None
        )
        for consumer in ("Till", None)
        for provider in ("Ledger", None)
    }
    with database.reading() as connection:
        for (consumer, provider), webhook in created.items():
            listed = webhooks.of(connection, consumer_id=ids.get(consumer), provider_id=ids.get(provider))
            assert listed == [webhook]


@pytest.mark.parametrize(
    ("sides", "hears_of"),
    [
        ({}, {("Till", "Ledger"), ("Till", "Stock"), ("Kiosk", "Ledger"), ("Kiosk", "Stock")}),
        ({"consumer": Side(name="Till")}, {("Till", "Ledger"), ("Till", "Stock")}),
        ({"provider": Side(name="Stock")}, {("Till", "Stock"), ("Kiosk", "Stock")}),
        ({"consumer": Side(name="Kiosk"), "provider": Side(label="core")}, {("Kiosk", "Ledger"), ("Kiosk", "Stock")}),
        (
            {"enabled": False},
            {("Till", "Ledger"), ("Till", "Stock"), ("Kiosk", "Ledger"), ("Kiosk", "Stock")},
        ),
    ],
)
def test_a_webhook_is_a_candidate_unless_it_names_another_application(database, ids, create, sides, hears_of):
    webhook = create(**sides)
    heard = set()
    with database.reading() as connection:
        for consumer in ("Till", "Kiosk"):
            matching = webhooks.candidates(connection, ids[consumer], [ids["Ledger"], ids["Stock"]])
            assert all(each == [webhook] for each in matching.values())
            heard |= {(consumer, name) for name, each in ids.items() if each in matching}
    assert heard == hears_of


def test_webhooks_of_the_requested_providers_come_oldest_first(database, ids, create):
    created = [create(), create(provider=Side(name="Ledger"))]
    with database.reading() as connection:
        assert webhooks.candidates(connection, ids["Till"], [ids["Ledger"]]) == {ids["Ledger"]: created}
