"""Webhooks over HTTP."""

from __future__ import annotations

import pytest
from hooks import document


BASE = "http://testserver"
URL = "http://127.0.0.1:9/x"


@pytest.fixture(autouse=True)
def _applications(http):
    for name in ("Till", "Ledger"):
        http.post("/pacticipants", json={"name": name})


def _create(http, path="/webhooks", **changes):
    response = http.post(path, json=document(URL, **changes))
    assert response.status_code == 201
    assert response.headers["location"] == f"{BASE}/webhooks/{response.json()['uuid']}"
    return response.json()


def test_a_webhook_is_made_and_found_at_its_address(http):
    request = {"headers": {"X-Thing": "1"}, "body": {"a": ["${pactbroker.providerName}", None]}, "username": "u"}
    webhook = _create(http, description="Build", consumer={"name": "Till"}, provider={"label": "core"}, request=request)
    url = f"{BASE}/webhooks/{webhook['uuid']}"
    assert webhook == {
        "uuid": webhook["uuid"],
        "description": "Build",
        "consumer": {"name": "Till"},
        "provider": {"label": "core"},
        "enabled": True,
        "request": {
            "method": "POST",
            "url": URL,
            "headers": {"x-thing": "1"},
            "body": {"a": ["${pactbroker.providerName}", None]},
            "username": "u",
        },
        "events": [{"name": "contract_published"}],
        "signing": {"createdAt": "2026-11-23T08:00:00+00:00"},
        "signingSecret": webhook["signingSecret"],
        "createdAt": "2026-11-23T08:00:00+00:00",
        "_links": {
            "self": {"title": "Build", "href": url},
            "pb:execute": {"title": "Test the webhook by sending it now", "href": f"{url}/execute"},
            "pb:signing-secret": {
                "title": "POST to replace the signing secret, DELETE to end signing",
                "href": f"{url}/signing-secret",
            },
            "pb:decisions": {
                "title": "What events did with the webhook, and why",
                "href": f"{BASE}/webhook-decisions?webhook={webhook['uuid']}",
            },
            "pb:dry-run": {
                "title": "The request that an event would send, without sending it",
                "href": f"{url}/dry-run{{?event,consumer,provider,version}}",
                "templated": True,
            },
            "pb:consumer": {"title": "Consumer", "name": "Till", "href": f"{BASE}/pacticipants/Till"},
            "pb:providers": {
                "title": "Providers by label",
                "name": "core",
                "href": f"{BASE}/pacticipants/label/core",
            },
            "pb:pact-webhooks": {
                "title": "Webhooks of the pair",
                "href": f"{BASE}/webhooks/provider//consumer/Till",
            },
            "pb:webhooks": {"title": "Webhooks", "href": f"{BASE}/webhooks"},
        },
    }
    assert len(webhook["uuid"]) == 22
    del webhook["signingSecret"]  # only the response of the creation has it
    assert http.get(f"/webhooks/{webhook['uuid']}").json() == webhook


def test_a_webhook_for_everything_names_no_application(http):
    webhook = http.post("/webhooks", json={"request": {"method": "POST", "url": URL}}).json()
    assert (webhook["description"], webhook["events"]) == ("POST 127.0.0.1", [{"name": "contract_content_changed"}])
    fields = {"uuid", "description", "enabled", "request", "events", "createdAt", "_links"}
    assert set(webhook) == fields | {"signing", "signingSecret"}
    links = {"self", "pb:execute", "pb:decisions", "pb:signing-secret", "pb:dry-run", "pb:webhooks"}
    assert set(webhook["_links"]) == links


def test_a_webhook_of_a_pair_that_is_named_links_to_the_pairs(http):
    webhook = _create(http, provider={"name": "Ledger"}, consumer={"name": "Till"})
    assert webhook["_links"]["pb:pact-webhooks"]["href"] == f"{BASE}/webhooks/provider/Ledger/consumer/Till"


def test_a_webhook_can_be_created_with_a_chosen_uuid(http, clock):
    url = "/webhooks/my-own-identifier-0001"
    first = http.put(url, json=document(URL, description="Build"))
    clock.forward(hours=1)
    second = http.put(url, json=document(f"{URL}2", enabled=False))
    assert (first.status_code, second.status_code) == (201, 200)
    assert "location" not in first.headers
    assert second.json() == http.get(url).json()
    assert second.json()["description"] == "Build"
    assert (second.json()["enabled"], second.json()["request"]["url"]) == (False, f"{URL}2")
    assert second.json()["updatedAt"] == "2026-11-23T09:00:00+00:00"


def test_a_side_that_is_left_out_becomes_any(http):
    webhook = _create(http, consumer={"name": "Till"})
    assert "consumer" not in http.put(f"/webhooks/{webhook['uuid']}", json=document(URL)).json()


SECRET = {
    "username": "u",
    "password": "s3cret",
    "headers": {"Authorization": "Bearer t0ken", "X-Api-Key": "k3y", "X": "1"},
}


def test_secrets_are_never_shown(http):
    webhook = _create(http, request=SECRET)
    assert webhook["request"]["headers"] == {"authorization": "*" * 10, "x-api-key": "*" * 10, "x": "1"}
    assert webhook["request"]["password"] == "*" * 10
    url = f"/webhooks/{webhook['uuid']}"
    for response in (http.get(url), http.put(url, json=document(URL, request=SECRET)), http.get("/webhooks")):
        assert not any(each in response.text for each in ("s3cret", "t0ken", "k3y"))


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({}, "s3cret"),
        ({"password": "**********"}, "s3cret"),
        ({"password": "*"}, "s3cret"),
        ({"password": None}, None),
        ({"password": "new"}, "new"),
    ],
)
def test_a_password_that_is_not_sent_again_stays(http, broker, sent, stored):
    webhook = _create(http, request=SECRET)
    http.put(f"/webhooks/{webhook['uuid']}", json=document(URL, request=sent))
    assert _stored(broker, webhook["uuid"]).password == stored


def test_starred_headers_stay_and_absent_headers_are_removed(http, broker):
    webhook = _create(http, request=SECRET)
    sent = {"headers": {"AUTHORIZATION": "**********"}}
    http.put(f"/webhooks/{webhook['uuid']}", json=document(URL, request=sent))
    assert _stored(broker, webhook["uuid"]).headers == {"authorization": "Bearer t0ken"}


def _stored(broker, uuid):
    from contracts.broker.store import webhooks  # noqa: PLC0415, to look inside is this function's alone

    with broker.database.reading() as connection:
        return webhooks.find(connection, uuid).request.unsealed(broker.vault.decrypt)


def test_a_webhook_is_removed_once(http):
    url = f"/webhooks/{_create(http)['uuid']}"
    assert [http.delete(url).status_code for _ in range(2)] == [204, 404]
    assert http.get(url).status_code == 404


def test_every_webhook_is_listed_by_name_alone(http):
    created = [_create(http, description=each) for each in ("one", "two")]
    assert http.get("/webhooks").json() == {
        "_links": {
            "self": {"title": "Webhooks", "href": f"{BASE}/webhooks"},
            "pb:create": {"title": "Create a webhook", "href": f"{BASE}/webhooks"},
            "pb:webhooks": [
                {"title": "A webhook", "name": each["description"], "href": f"{BASE}/webhooks/{each['uuid']}"}
                for each in created
            ],
            "curies": [{"name": "pb", "href": f"{BASE}/doc/webhooks-{{rel}}", "templated": True}],
        }
    }


@pytest.mark.parametrize(
    ("path", "sides"),
    [
        ("/webhooks/provider/Ledger/consumer/Till", {"consumer": {"name": "Till"}, "provider": {"name": "Ledger"}}),
        (
            "/pacts/provider/Ledger/consumer/Till/webhooks",
            {"consumer": {"name": "Till"}, "provider": {"name": "Ledger"}},
        ),
        ("/webhooks/provider/Ledger", {"provider": {"name": "Ledger"}}),
        ("/webhooks/consumer/Till", {"consumer": {"name": "Till"}}),
    ],
)
def test_a_path_names_the_applications(http, path, sides):
    _create(http)
    _create(http, consumer={"name": "Ledger"}, provider={"name": "Till"})
    webhook = _create(http, path)
    assert {role: side for role, side in webhook.items() if role in {"consumer", "provider"}} == sides
    listed = http.get(path).json()["_links"]["pb:webhooks"]
    assert [each["href"] for each in listed] == [f"{BASE}/webhooks/{webhook['uuid']}"]


@pytest.mark.parametrize(
    "path", ["/webhooks/provider/Ledger/consumer/No", "/webhooks/provider/No", "/webhooks/consumer/No"]
)
def test_a_path_with_an_unknown_application_is_a_404(http, path):
    assert http.get(path).status_code == 404
    response = http.post(path, json=document(URL))
    assert response.status_code == 404
    assert "'No'" in response.json()["error"]
    assert http.post(path, json={}).status_code == 400


def test_other_content_types_are_refused_and_change_nothing(http):
    assert (
        http.post(
            "/webhooks",
            content=b'{"request": {"method": "POST", "url": "http://localhost/"}}',
            headers={"Content-Type": "text/plain"},
        ).status_code
        == 415
    )
    assert http.get("/webhooks").json()["_links"]["pb:webhooks"] == []


def test_a_name_that_is_made_is_never_an_option_to_the_command_that_gets_it(broker):
    tokens = [broker.token() for _ in range(1_000)]
    assert [each for each in tokens if each.startswith("-")] == []
    assert {len(each) for each in tokens} == {22}
