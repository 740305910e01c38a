"""The exchange of `contracts login`: a code of the browser for a token, once, with the command's verifier."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from datetime import timedelta

import pytest
from in_process import TestClient
from starlette.responses import Response

from contracts.broker.api.sessions import Sessions
from contracts.broker.app import create_app
from contracts.broker.grants import GRANTS
from contracts.broker.people import Person


BASE = "https://broker.example.org"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ANN = Person(subject="42", name="Ann", groups=("shop",))


@pytest.fixture
def sessions(broker):
    broker.settings = dataclasses.replace(
        broker.settings,
        base_url=(BASE,),
        sign_in_issuer="https://issuer.example.org",
        sign_in_client_id="contracts",
        sign_in_permissions=GRANTS.read('{"shop": [{"role": "publish", "names": ["web"]}]}'),
    )
    return Sessions(broker)


@pytest.fixture
def command(broker, sessions):  # noqa: ARG001, people can sign in
    """A client without credentials."""
    return TestClient(create_app(broker), base_url=BASE)


def exchange(command, code, verifier=VERIFIER, **more):
    return command.post("/session-tokens", json={"code": code, "verifier": verifier, "machine": "laptop"} | more)


def code_for(sessions, person, **left):
    """A code of a session that lasts an hour, or as long as *left* says."""
    ends_at = sessions._runtime.now() + timedelta(**(left or {"hours": 1}))
    return sessions.code(person, CHALLENGE, ends_at.timestamp())


def test_a_code_becomes_one_token_with_the_permissions_of_the_person(command, sessions, clock):
    code = code_for(sessions, ANN)
    response = exchange(command, code)
    assert response.status_code == 201
    token = response.json()
    assert token["note"] == "login on laptop"
    assert token["createdBy"] == "Ann"
    assert token["permissions"] == [{"role": "publish", "names": ["web"]}]
    headers = {"Authorization": f"Bearer {token['token']}"}
    assert command.put("/pacticipants/web/versions/1", json={}, headers=headers).status_code == 201
    assert command.put("/pacticipants/api/versions/1", json={}, headers=headers).status_code == 403

    assert exchange(command, code).status_code == 403
    clock.forward(hours=1)  # the token ends with the session
    assert command.get("/pacticipants", headers=headers).status_code == 401


def test_a_code_is_of_no_use_without_the_verifier_or_after_a_minute(command, sessions, clock):
    code = code_for(sessions, ANN)
    assert exchange(command, code, "w" * 64).status_code == 403
    assert exchange(command, f"{code[:-3]}aaa").status_code == 403
    clock.forward(minutes=1)
    refused = exchange(command, code)
    assert refused.status_code == 403
    assert "Start again: contracts login" in refused.text


@pytest.mark.parametrize("verifier", ["w" * 42, "w" * 129, "é" * 64, "w" * 63 + "\n"])
def test_a_verifier_of_another_form_is_refused(command, sessions, verifier):
    response = exchange(command, code_for(sessions, ANN), verifier)
    assert response.status_code == 400
    assert response.json()["errors"] == {"verifier": ["must be 43 to 128 letters, digits or -._~"]}


def test_a_code_is_no_session_and_a_session_is_no_code(command, sessions):
    code = code_for(sessions, ANN)
    page = command.get("/pacticipants", headers={"Cookie": f"__Host-contracts_session={code}"})
    assert page.status_code == 401
    response = Response()
    sessions.start(response, ANN)
    session = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    with_session = command.get("/pacticipants", headers={"Cookie": f"__Host-contracts_session={session}"})
    assert with_session.status_code == 200
    assert exchange(command, session).status_code == 403


def test_a_person_who_lost_their_group_gets_no_token(command, sessions):
    code = code_for(sessions, dataclasses.replace(ANN, groups=("sales",)))
    assert "Ann is in no group" in exchange(command, code).text


def test_a_login_token_shows_and_revokes_itself_but_no_other(command, sessions):
    first = exchange(command, code_for(sessions, ANN)).json()
    other = exchange(command, code_for(sessions, ANN)).json()
    headers = {"Authorization": f"Bearer {first['token']}"}
    assert command.get(f"/tokens/{first['uuid']}", headers=headers).json()["createdBy"] == "Ann"
    assert command.delete(f"/tokens/{other['uuid']}", headers=headers).status_code == 403
    assert command.post("/tokens", json={"note": "more"}, headers=headers).status_code == 403
    assert command.delete(f"/tokens/{first['uuid']}", headers=headers).status_code == 204


def test_the_page_to_sign_in_needs_no_credentials(command):
    document = command.get("/session-tokens").json()
    assert document["_links"]["pb:sign-in"]["href"] == f"{BASE}/ui/sign-in/command"


def test_a_broker_without_a_sign_in_says_so(http):
    response = http.get("/session-tokens")
    assert response.status_code == 404
    assert "contracts token create" in response.text
