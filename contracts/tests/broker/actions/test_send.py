"""Webhooks with secrets: references, and their own credentials."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from hooks import add_webhook, document
from listeners import Listener, Reply

from contracts.broker.vault_keys import add_to_file, generate


VALUE = "s3cr3t/v&lue"


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


@pytest.fixture
def secret(http):
    response = http.post("/secrets", json={"name": "CI_TOKEN", "value": VALUE})
    assert response.status_code == 201, response.text
    return response.json()


def test_references_are_filled_everywhere_but_in_the_host(http, listener, secret):  # noqa: ARG001
    request = {
        "url": f"{listener.url}/${{user.CI_TOKEN}}?t=${{user.CI_TOKEN}}&c=${{pactbroker.consumerName}}",
        "headers": {"Authorization": "Bearer ${user.CI_TOKEN}", "X-Plain": "${user.CI_TOKEN}"},
        "body": {"token": "${user.CI_TOKEN}", "other": "${user.lower}"},
    }
    http.post("/secrets", json={"name": "lower", "value": "another"})
    sent = http.post("/webhooks/execute", json=document("x", request=request))

    (arrived,) = listener.wait_for(1)
    assert arrived.path.startswith("/s3cr3t%2Fv%26lue?t=s3cr3t%2Fv%26lue&c=")
    assert (arrived.headers["authorization"], arrived.headers["x-plain"]) == (f"Bearer {VALUE}", VALUE)
    assert arrived.json == {"token": VALUE, "other": "another"}
    assert sent.json()["request"]["headers"]["authorization"] == "Bearer ${user.CI_TOKEN}"
    assert sent.json()["request"]["body"] == {"token": "${user.CI_TOKEN}", "other": "${user.lower}"}
    assert "s3cr3t" not in sent.text


def test_references_are_filled_in_user_name_and_password(http, listener, secret):  # noqa: ARG001
    request = {"url": f"{listener.url}/hook", "username": "ci", "password": "${user.CI_TOKEN}"}
    created = http.post("/webhooks", json=document("x", request=request)).json()
    sent = http.post(f"/webhooks/{created['uuid']}/execute")

    basic = b64encode(f"ci:{VALUE}".encode()).decode()
    assert listener.wait_for(1)[0].headers["authorization"] == f"Basic {basic}"
    assert created["request"]["password"] == "${user.CI_TOKEN}"
    assert basic not in sent.text
    assert "s3cr3t" not in sent.text


def test_a_secret_shows_when_it_was_last_used(http, clock, listener, secret):
    assert "lastUsedAt" not in secret
    webhook = document(f"{listener.url}/hook", request={"body": "${user.CI_TOKEN}"})

    uses = []
    for seconds in (0, 30, 31):
        clock.forward(seconds=seconds)
        http.post("/webhooks/execute", json=webhook)
        uses.append(http.get(f"/secrets/{secret['uuid']}").json()["lastUsedAt"][11:19])

    assert uses == ["08:00:00", "08:00:00", "08:01:01"]


def test_a_reference_to_a_missing_secret_is_refused(http):
    problem = "refers to the secret 'NONE', which does not exist. Create it first: contracts secret create --name NONE"
    for field, change in {
        "request.url": {"url": "http://127.0.0.1/${user.NONE}"},
        "request.headers.x": {"headers": {"X": "a ${user.NONE}"}},
        "request.username": {"username": "${user.NONE}"},
        "request.password": {"password": "${user.NONE}"},
        "request.body": {"body": {"deep": [{"${user.NONE}": 1}]}},
    }.items():
        webhook = document("http://127.0.0.1/hook", request=change)
        for response in (http.post("/webhooks", json=webhook), http.put("/webhooks/0123456789abcdef", json=webhook)):
            assert (response.status_code, response.json()) == (400, {"errors": {field: [problem]}})
    assert http.get("/webhooks").json()["_links"]["pb:webhooks"] == []


def test_a_reference_in_the_host_is_refused(http, secret):  # noqa: ARG001
    for url in ("http://${user.CI_TOKEN}/hook", "http://a:${user.CI_TOKEN}@127.0.0.1/", "http://127.0.0.1:${user.X}/"):
        response = http.post("/webhooks", json=document(url))
        assert response.json() == {"errors": {"request.url": ["cannot have a template parameter in its host"]}}


def test_a_secret_that_was_deleted_is_a_failed_attempt_that_says_so(http, listener, secret):
    webhook = document(f"{listener.url}/hook", request={"body": "${user.CI_TOKEN}"})
    uuid = http.post("/webhooks", json=webhook).json()["uuid"]
    http.delete(f"/secrets/{secret['uuid']}")

    sent = http.post(f"/webhooks/{uuid}/execute").json()

    assert not sent["success"]
    assert "The webhook refers to the secret 'CI_TOKEN', which does not exist. Create it" in sent["logs"]
    assert listener.arrived == []


def test_a_key_that_is_missing_is_a_failed_attempt_that_says_which(broker, http, listener):
    webhook = add_webhook(broker, url=f"{listener.url}/hook", password="hush", username="ci")
    broker.vault.file.write_text(f"{generate()}\n")

    sent = http.post(f"/webhooks/{webhook.uuid}/execute").json()

    assert not sent["success"]
    assert "which this broker does not have. Add that key after the first one" in sent["logs"]
    assert listener.arrived == []


def test_own_credentials_are_encrypted_at_rest_and_sent_in_clear_text(broker, http, listener):
    headers = {"X-Api-Key": "k3y-of-mine", "X-Custom": "ghp_0123", "X-Plain": "plain"}
    request = {"url": f"{listener.url}/hook", "headers": headers, "username": "ci", "password": "hush-hush"}
    uuid = http.post("/webhooks", json=document("x", request=request)).json()["uuid"]
    with broker.database.reading() as connection:
        stored = str(connection.exec_driver_sql("SELECT headers, password FROM webhooks").all())

    assert not any(each in stored for each in ("k3y-of-mine", "ghp_0123", "hush-hush"))
    assert "plain" in stored
    http.post(f"/webhooks/{uuid}/execute")
    arrived = listener.wait_for(1)[0].headers
    assert {name: arrived[name.lower()] for name in headers} == headers
    assert arrived["authorization"] == f"Basic {b64encode(b'ci:hush-hush').decode()}"


def test_a_stolen_ciphertext_is_a_text_like_any_other(broker, http, listener):
    """Who can read the database, and may create webhooks, cannot have it decrypted."""
    stolen = broker.vault.encrypt("hush-hush")
    request = {"url": f"{listener.url}/hook", "headers": {"X-Plain": stolen}, "username": "a", "password": stolen}
    uuid = http.post("/webhooks", json=document("x", request=request | {"body": {"x": stolen}})).json()["uuid"]

    http.post(f"/webhooks/{uuid}/execute")
    http.post("/webhooks/execute", json=document("x", request=request))

    for arrived in listener.wait_for(2):
        assert arrived.headers["x-plain"] == stolen
        assert arrived.headers["authorization"] == f"Basic {b64encode(f'a:{stolen}'.encode()).decode()}"


def test_stars_keep_a_secret_under_its_key(broker, http, listener):
    request = {"headers": {"X-Token": "t0ken-1"}, "username": "ci", "password": "hush-hush"}
    url = f"{listener.url}/hook"
    uuid = http.post("/webhooks", json=document(url, request=request)).json()["uuid"]
    add_to_file(broker.vault.file)

    shown = http.get(f"/webhooks/{uuid}").json()["request"]
    assert http.put(f"/webhooks/{uuid}", json=document(url, request=shown)).status_code == 200
    http.post(f"/webhooks/{uuid}/execute")

    assert listener.wait_for(1)[0].headers["x-token"] == "t0ken-1"


def test_what_the_target_echoes_is_masked(http, listener, secret):  # noqa: ARG001
    listener.answers["/echo"] = Reply(echo=True)
    request = {"url": f"{listener.url}/echo", "body": {"token": "${user.CI_TOKEN}"}}

    sent = http.post("/webhooks/execute", json=document("x", request=request))

    assert VALUE not in json.dumps(sent.json()["response"])
