"""Who may do what."""

from __future__ import annotations

import dataclasses

import pytest
from starlette.testclient import TestClient

from contracts.broker.app import create_app


@pytest.fixture
def guarded(broker):
    """Ask a broker that is guarded by a full and a read-only account, with more settings."""

    def ask(method, path, auth=None, headers=None, **settings):
        broker.settings = dataclasses.replace(
            broker.settings,
            basic_auth_enabled=True,
            basic_auth_username="full",
            basic_auth_password="s3cret",
            basic_auth_read_only_username="reader",
            basic_auth_read_only_password="r3ad",
            **settings,
        )
        with TestClient(create_app(broker)) as client:
            return client.request(method, path, auth=auth, headers=headers)

    return ask


@pytest.mark.parametrize("path", ["/", "/nowhere", "/pacticipants/a%0Ab"])
def test_without_an_account_everything_is_a_401_before_any_other_answer(guarded, path):
    response = guarded("GET", path)

    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Basic realm="Restricted area"')


@pytest.mark.parametrize(
    ("method", "path", "auth", "allowed"),
    [
        ("GET", "/", ("full", "s3cret"), True),
        ("POST", "/pacticipants", ("full", "s3cret"), True),
        ("GET", "/", ("reader", "r3ad"), True),
        ("HEAD", "/", ("reader", "r3ad"), True),
        ("OPTIONS", "/", ("reader", "r3ad"), True),
        ("POST", "/pacticipants", ("reader", "r3ad"), False),
        ("POST", "/pacts/provider/P/for-verification", ("reader", "r3ad"), True),
        ("GET", "/", ("full", "wrong"), False),
        ("GET", "/", ("full", ""), False),
        ("GET", "/", ("", ""), False),
    ],
)
def test_an_account_may_do_what_it_is_for(guarded, method, path, auth, allowed):
    assert (guarded(method, path, auth).status_code != 401) is allowed


@pytest.mark.parametrize("header", ["Basic !", "Basic /w==", "Basic YQ==", "Bearer x", "Basic"])
def test_credentials_that_cannot_be_read_are_none(guarded, header):
    assert guarded("GET", "/", headers={"Authorization": header}).status_code == 401


def test_an_account_that_was_not_set_up_is_nobodys(broker):
    broker.settings = dataclasses.replace(broker.settings, basic_auth_enabled=True)

    with TestClient(create_app(broker)) as client:
        assert client.get("/", auth=("", "")).status_code == 401


def test_reading_can_be_public(guarded):
    assert guarded("GET", "/", allow_public_read=True).status_code == 200
    assert guarded("POST", "/pacticipants", allow_public_read=True).status_code == 401


def test_the_heartbeat_can_be_public(guarded):
    assert guarded("GET", "/diagnostic/status/heartbeat", public_heartbeat=True).status_code == 200
    assert guarded("GET", "/", public_heartbeat=True).status_code == 401


def test_badges_can_be_public(guarded):
    badge = "/pacts/provider/P/consumer/C/latest/badge.svg"

    assert guarded("GET", badge, enable_public_badge_access=True).status_code == 200
    assert guarded("GET", "/pacticipants", enable_public_badge_access=True).status_code == 401
