"""`/audit`: what changed or was refused, for an administrator."""

from __future__ import annotations

import base64
import dataclasses
import json

import pytest
from in_process import TestClient

from contracts.broker.actions import audits
from contracts.broker.api import audit as audit_api
from contracts.broker.app import create_app
from contracts.broker.serving.audit_keeper import AuditKeeper
from contracts.model.refusals import WINDOW


ADMIN = ("admin", "correct horse")


@pytest.fixture
def guarded(broker):
    """A client of a broker that requires credentials."""
    broker.settings = dataclasses.replace(
        broker.settings, basic_auth_enabled=True, basic_auth_username=ADMIN[0], basic_auth_password=ADMIN[1]
    )
    return TestClient(create_app(broker), client=("192.0.2.7", 50_000))


@pytest.fixture
def token(guarded):
    def token(*permissions):
        body = {"note": "ci", "permissions": [{"role": each} for each in permissions]}
        created = guarded.post("/tokens", json=body, auth=ADMIN).json()
        return created["uuid"], {"Authorization": f"Bearer {created['token']}"}

    return token


def events(client, auth=None, **query):
    response = client.get("/audit", params=query, auth=auth)
    assert response.status_code == 200, response.text
    return response.json()["events"]


def last(client, auth=None, **query):
    return events(client, auth, sort="-timestamp", **query)[0]


def test_a_change_is_recorded_with_who_what_when_from_where_and_its_request(guarded, token, clock):
    uuid, bearer = token("publish")
    clock.forward(minutes=1)
    headers = {**bearer, "X-Request-Id": "build-7"}
    assert guarded.put("/pacticipants/web/versions/1%2F2/tags/main", json={}, headers=headers).status_code == 201
    event = last(guarded, ADMIN)
    assert event == event | {
        "type": "change",
        "subject": f"token:{uuid}",
        "actor": "the token ci",
        "method": "PUT",
        "resource": "/pacticipants/{pacticipant}/versions/{version}/tags/{tag}",
        "names": {"pacticipant": "web", "version": "1/2", "tag": "main"},
        "address": "192.0.2.7",
        "requestId": "build-7",
        "timestamp": "2026-11-23T08:01:00.000000+00:00",
    }
    assert event["payload"] == {"method": "PUT", "path": event["resource"], "params": event["names"]}
    assert events(guarded, ADMIN)[0]["subject"] == "account:admin"


def test_names_of_the_body_say_what_a_publication_is_about_and_nothing_else_is_recorded(http):
    content = base64.b64encode(b'{"consumer": {"name": "web"}, "provider": {"name": "api"}, "secret": 1}').decode()
    contract = {"consumerName": "web", "providerName": "api", "specification": "pact", "content": content}
    body = {
        "pacticipantName": "web",
        "pacticipantVersionNumber": "1",
        "branch": "main",
        "buildUrl": "https://ci.example/7?token=hidden",
        "contracts": [contract | {"contentType": "application/json"}],
    }
    assert http.post("/contracts/publish", json=body).status_code == 200
    event = last(http)
    assert event["names"] == {"pacticipantName": "web", "pacticipantVersionNumber": "1", "branch": "main"}
    assert "hidden" not in str(event)
    assert content not in str(event)


def test_an_empty_log_is_the_document_that_pactflows_clients_expect(http):
    response = http.get("/audit", headers={"Accept": "application/json"})
    assert response.headers["content-type"].partition(";")[0] in {"application/json", "application/hal+json"}
    assert response.json() == {"events": [], "_links": {"self": response.json()["_links"]["self"]}}


def test_reads_and_changes_that_fail_are_not_recorded(http):
    http.get("/pacticipants")
    http.post("/pacticipants/provider/for-verification", json={})
    http.post("/pacts/provider/web/for-verification", json={})
    assert http.delete("/pacticipants/unknown").status_code == 404
    assert http.post("/pacticipants", content="{", headers={"Content-Type": "application/json"}).status_code == 400
    assert events(http) == []


def test_a_change_has_one_entry_however_many_transactions_it_takes(http):
    http.post("/pacticipants", json={"name": "web"})
    http.put("/pacticipants/web/labels/blue", json={})
    http.delete("/pacticipants/web")
    assert [each["method"] for each in events(http)] == ["POST", "PUT", "DELETE"]


def test_a_test_of_a_webhook_is_recorded_with_its_status(http):
    body = {"events": [{"name": "contract_published"}], "request": {"method": "POST", "url": "http://127.0.0.1:9/x"}}
    assert http.post("/webhooks/execute", json=body).status_code == 200
    event = last(http)
    assert (event["resource"], event["status"]) == ("/webhooks/execute", 200)


def test_each_change_is_recorded_with_the_status_of_its_response(http):
    pact = {"consumer": {"name": "web"}, "provider": {"name": "api"}, "interactions": []}
    content = base64.b64encode(json.dumps(pact).encode()).decode()
    contract = {"consumerName": "web", "providerName": "api", "specification": "pact", "content": content}
    publication = {
        "pacticipantName": "web",
        "pacticipantVersionNumber": "3",
        "contracts": [contract | {"contentType": "application/json"}],
    }
    webhook = {"events": [{"name": "contract_published"}], "request": {"method": "POST", "url": "http://127.0.0.1:9/"}}
    http.post("/environments", json={"name": "live", "production": True})
    live = http.get("/environments").json()["_embedded"]["environments"][0]["uuid"]
    pair = "/pacts/provider/api/consumer/web"
    requests = [
        ("PUT", "/pacticipants/web/labels/blue", {}, (201, 200)),
        ("PUT", "/pacticipants/web/versions/1", {}, (201, 200)),
        ("PUT", "/pacticipants/web/versions/1/tags/prod", {}, (201, 200)),
        ("PUT", "/pacticipants/web/branches/main/versions/1", {}, (201, 200)),
        ("PATCH", "/pacticipants/api", {"displayName": "API"}, (201, 200)),
        ("PUT", f"{pair}/version/1", pact, (201, 200)),
        ("POST", f"/pacticipants/web/versions/1/released-versions/environment/{live}", {}, (201, 200)),
        ("POST", f"/pacticipants/web/versions/1/deployed-versions/environment/{live}", {}, (201,)),
        ("PUT", "/webhooks/0123456789abcdef", webhook, (201, 200)),
        ("POST", "/contracts/publish", publication, (200,)),
        ("POST", "/pacts/provider/api/verification-started", {"providerVersion": "1", "pacts": []}, (200,)),
        ("DELETE", f"{pair}/version/1", None, (200,)),
        ("DELETE", f"{pair}/versions", None, (204,)),
        ("DELETE", "/pacticipants/web/branches", None, (202,)),
        ("DELETE", "/webhooks/0123456789abcdef", None, (204,)),
    ]
    for method, path, body, statuses in requests:
        for status in statuses:
            response = http.request(method, path, json=body)
            assert response.status_code == status, f"{method} {path}: {response.text}"
            event = last(http)
            assert (event["method"], event["status"]) == (method, status), path


def test_what_is_created_is_recorded_with_its_uuid(http):
    body = {"events": [{"name": "contract_published"}], "request": {"method": "POST", "url": "http://127.0.0.1:9/x"}}
    webhook = http.post("/webhooks", json=body).headers["location"].rpartition("/")[2]
    assert last(http)["names"] == {"uuid": webhook}
    token = http.post("/tokens", json={"note": "ci"}).json()
    event = last(http)
    assert event["names"] == {"note": "ci", "uuid": token["uuid"]}
    assert token["token"] not in str(events(http))


def test_the_address_is_the_one_before_a_trusted_proxy(broker):
    def address(**settings):
        broker.settings = dataclasses.replace(broker.settings, **settings)
        client = TestClient(create_app(broker), client=("192.0.2.7", 50_000))
        client.put("/pacticipants/web/labels/blue", json={}, headers={"X-Forwarded-For": "198.51.100.9"})
        return last(client)["address"]

    assert address() == "192.0.2.7"
    assert address(trusted_proxies=("192.0.2.0/24",)) == "198.51.100.9"


def test_a_change_through_a_form_is_recorded_as_the_change_itself(http):
    http.post("/pacticipants", json={"name": "web"})
    form = http.get("/ui/requests", params={"method": "DELETE", "path": "/pacticipants/web"})
    value = form.text.partition('name="token" value="')[2].partition('"')[0]
    fields = {"method": "DELETE", "path": "/pacticipants/web", "token": value}
    assert http.post("/ui/requests", data=fields, follow_redirects=False).status_code == 303
    event = last(http)
    assert (event["method"], event["resource"]) == ("DELETE", "/pacticipants/{pacticipant}")
    assert event["names"] == {"pacticipant": "web"}


def test_wrong_credentials_are_recorded_without_what_was_typed(guarded):
    guarded.get("/pacticipants/web", auth=("admin", "hunter2"))
    guarded.get("/pacticipants/web", auth=("my-password", "hunter2"))
    guarded.delete("/pacticipants/web", headers={"Authorization": "Bearer contracts_hunter2"})
    guarded.get("/pacticipants/web")
    event = events(guarded, ADMIN)[0]
    assert (event["type"], event["status"], event["subject"]) == ("refusal", 401, "anonymous")
    assert event["resource"] == "/pacticipants/{pacticipant}"
    assert event["names"] == {"pacticipant": "web", "credentials": "the account admin"}
    assert "hunter2" not in str(events(guarded, ADMIN))
    assert "my-password" not in str(events(guarded, ADMIN))


def test_a_missing_permission_is_recorded_with_the_token(guarded, token):
    uuid, bearer = token("publish")
    assert guarded.delete("/pacticipants/web", headers=bearer).status_code == 403
    event = last(guarded, ADMIN)
    assert (event["type"], event["status"], event["subject"]) == ("refusal", 403, f"token:{uuid}")
    assert (event["method"], event["resource"]) == ("DELETE", "/pacticipants/{pacticipant}")


def test_too_many_attempts_are_recorded_too(guarded):
    assert events(guarded, ADMIN) == []  # a password that worked is of use until the end
    for number in range(11):
        guarded.get("/pacticipants", auth=("admin", str(number)))
    assert [each["status"] for each in events(guarded, ADMIN)] == [401, 429]


def test_a_web_page_of_another_site_is_recorded(http):
    assert http.post("/pacticipants", json={"name": "web"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert last(http)["status"] == 403


def test_many_refusals_add_few_entries_which_count_them(guarded, broker, clock):
    for number in range(10):
        guarded.get(f"/pacticipants/{number}")
    assert len(events(guarded, ADMIN)) == 1
    clock.forward(seconds=WINDOW.total_seconds())
    AuditKeeper(broker).look(remove=False)
    first, counted = events(guarded, ADMIN)
    assert (first["requests"], counted["requests"], counted["resource"]) == (1, 9, "/pacticipants/{pacticipant}")


def test_what_was_counted_is_recorded_when_the_broker_stops(guarded, broker):
    guarded.get("/pacticipants")
    guarded.get("/pacticipants")
    AuditKeeper(broker).stop()
    assert [each["requests"] for each in events(guarded, ADMIN)] == [1, 1]


@pytest.mark.parametrize("roles", [(), ("publish", "deploy", "webhooks")])
def test_only_an_administrator_sees_the_log(guarded, token, roles):
    _, bearer = token(*roles)
    assert guarded.get("/audit", headers=bearer).status_code == 403
    assert guarded.get("/audit").status_code == 401
    assert guarded.get("/audit", auth=ADMIN).status_code == 200


def test_a_refused_change_of_the_reading_account_has_its_name(broker):
    accounts = {f"basic_auth_{name}": "full" for name in ("username", "password")}
    accounts |= {f"basic_auth_read_only_{name}": "reader" for name in ("username", "password")}
    broker.settings = dataclasses.replace(broker.settings, basic_auth_enabled=True, **accounts)
    client = TestClient(create_app(broker))
    assert client.put("/pacticipants/web/labels/a", json={}, auth=("reader", "reader")).status_code == 401
    refusal = last(client, ("full", "full"), type="refusal")
    assert (refusal["subject"], refusal["status"]) == ("account:reader", 401)


def test_a_page_is_never_longer_than_the_longest(http, monkeypatch):
    monkeypatch.setattr(audit_api, "MOST", 2)
    for number in range(3):
        http.put(f"/pacticipants/web/labels/{number}", json={})
    document = http.get("/audit?pageSize=5000&type=change").json()
    assert len(document["events"]) == 2
    assert "next" in document["_links"]


def test_pages_lead_through_the_whole_log(http):
    for number in range(7):
        http.put(f"/pacticipants/web/labels/{number}", json={})
    seen, url = [], "/audit?pageSize=3&type=change"
    while url:
        document = http.get(url).json()
        seen += [each["number"] for each in document["events"]]
        url = document["_links"].get("next", {}).get("href")
    assert seen == list(range(1, 8))
    assert [each["number"] for each in events(http, sort="-timestamp", pageSize=2, pageNumber=2)] == [5, 4]
    sixth = events(http)[5]["uuid"]
    assert [each["number"] for each in events(http, **{"from": sixth})] == [6, 7]


def test_events_are_filtered_as_pactflows_clients_do(guarded, token, clock):
    uuid, bearer = token("publish")
    clock.forward(hours=1)
    since = clock().isoformat()
    guarded.put("/pacticipants/web/labels/blue", json={}, headers=bearer)
    assert [each["method"] for each in events(guarded, ADMIN, userUuid=uuid)] == ["PUT"]
    assert [each["method"] for each in events(guarded, ADMIN, since=since)] == ["PUT"]
    assert [each["method"] for each in events(guarded, ADMIN, until=since)] == ["POST"]
    assert [each["method"] for each in events(guarded, ADMIN, name="web")] == ["PUT"]
    assert [each["method"] for each in events(guarded, ADMIN, subject="account:admin")] == ["POST"]
    assert events(guarded, ADMIN, type="refusal") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("since", "yesterday"), ("type", "else"), ("sort", "name"), ("from", "x"), ("page", "0")],
)
def test_a_wrong_parameter_is_named(http, field, value):
    response = http.get("/audit", params={field: value})
    assert response.status_code == 400
    assert field in response.json()["errors"]


def test_old_entries_go_by_their_own_rule_and_the_chain_stays_intact(http, broker, clock):
    for number in range(3):
        http.put(f"/pacticipants/web/labels/{number}", json={})
        clock.forward(days=1)
    broker.settings = dataclasses.replace(broker.settings, audit_max_age=2)
    clock.forward(hours=1)
    AuditKeeper(broker).look(remove=True)
    removal = last(http)
    assert (removal["type"], removal["subject"], removal["names"]["entries"]) == (
        "system",
        "system:audit-retention",
        "2",
    )
    assert [each["number"] for each in events(http)] == [3, 4]
    assert audits.verify(broker.database).problem == ""
    broker.settings = dataclasses.replace(broker.settings, audit_max_age=0)
    clock.forward(days=9_999)
    assert audits.remove_old(broker) == 0
