"""The token of a build on GitHub: when it is requested, and to whom it is sent."""

from __future__ import annotations

import json

import pytest
from fake_broker import Answer
from listeners import Listener, Reply

from contracts.client import Broker, Refused, Unreachable, UsageError
from contracts.client.build_tokens import BuildToken
from contracts.client.urls import place


CHALLENGE = {"Www-Authenticate": 'Basic realm="Restricted area", Bearer realm="builds"'}
EXPIRED = {"Www-Authenticate": 'Bearer realm="Restricted area", error="invalid_token"'}
INDEX = Answer(document={"_links": {"pb:pacticipants": {"href": "/pacticipants"}}})


@pytest.fixture
def github():
    with Listener() as listener:
        listener.answers["/token"] = Reply(body=json.dumps({"value": "signed.by.github"}).encode())
        yield listener


@pytest.fixture
def job(github):
    """The variables of a job on GitHub that may request a token."""
    return {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{github.url}/token?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-s3cret",
    }


def asking(received):
    """Respond as a broker that takes tokens of builds."""
    is_build = received.headers.get("Authorization") == "Bearer signed.by.github"
    return INDEX if is_build else Answer(status=401, headers=CHALLENGE)


def test_a_broker_that_asks_for_it_gets_a_token_for_itself(fake, github, job):
    fake.on("GET", "/", asking)

    with Broker(fake.base_url, environ=job) as broker:
        broker.check()
        broker.headers()

    (request,) = github.arrived
    assert request.path == f"/token?api-version=2.0&audience={fake.base_url.replace(':', '%3A').replace('/', '%2F')}"
    assert request.headers["authorization"] == "Bearer runner-s3cret"
    assert [each.headers.get("Authorization") for each in fake.requests] == [None] + ["Bearer signed.by.github"] * 2


def test_the_audience_can_be_set(fake, github, job):
    fake.on("GET", "/", asking)

    with Broker(fake.base_url, environ=job | {"PACT_BROKER_TOKEN_AUDIENCE": "the broker"}) as broker:
        broker.check()

    assert github.arrived[0].path.endswith("&audience=the%20broker")


@pytest.mark.parametrize(
    ("credentials", "answer"),
    [
        ({}, INDEX),
        ({}, Answer(status=401, headers={"Www-Authenticate": 'Basic realm="Restricted area"'})),
        ({}, Answer(status=401, headers={"Www-Authenticate": 'Bearer realm="other", audience="https://other"'})),
        ({"token": "mine"}, Answer(status=401, headers=CHALLENGE)),
        ({"username": "me", "password": "p"}, Answer(status=401, headers=CHALLENGE)),
    ],
)
def test_without_a_question_or_with_other_credentials_none_is_requested(fake, github, job, credentials, answer):
    fake.on("GET", "/", answer)

    with Broker(fake.base_url, environ=job, **credentials) as broker:
        if answer is INDEX:
            broker.check()
        else:
            with pytest.raises(Refused):
                broker.check()

    assert github.arrived == []


def test_outside_github_none_is_requested(fake, github, job):
    fake.on("GET", "/", Answer(status=401, headers=CHALLENGE))

    with Broker(fake.base_url, environ=job | {"GITHUB_ACTIONS": ""}) as broker, pytest.raises(Refused):
        broker.check()

    assert github.arrived == []


def test_a_token_that_is_refused_is_not_requested_again_and_again(fake, github, job):
    fake.on(
        "GET",
        "/",
        lambda received: Answer(status=401, headers=EXPIRED if received.headers.get("Authorization") else CHALLENGE),
    )

    with Broker(fake.base_url, environ=job) as broker:
        for _ in range(3):
            with pytest.raises(Refused):
                broker.check()

    assert len(github.arrived) == 1


def test_an_old_token_is_replaced(github, job):
    seconds = [0.0]
    token = BuildToken(job, place("https://broker.example.org"), now=lambda: seconds[0])

    assert token.answer(CHALLENGE["Www-Authenticate"]) == "signed.by.github"
    assert token.answer(EXPIRED["Www-Authenticate"]) is None
    seconds[0] = 60
    assert token.answer(EXPIRED["Www-Authenticate"]) == "signed.by.github"
    assert len(github.arrived) == 2


def test_another_host_gets_no_token(fake, github, job):
    with Listener() as other:
        fake.on("GET", "/", Answer(status=302, headers={"Location": f"{other.url}/"}))
        with Broker(fake.base_url, environ=job) as broker, pytest.raises(Exception, match="credentials stay with"):
            broker.check()

    assert (other.arrived, github.arrived) == ([], [])


def test_a_token_is_not_sent_without_encryption(github, job):
    with pytest.raises(UsageError, match=r"http://broker\.example\.org asks .* Set PACT_BROKER_BASE_URL"):
        BuildToken(job, place("http://broker.example.org")).answer(CHALLENGE["Www-Authenticate"])

    assert github.arrived == []


def test_a_job_without_the_permission_says_how_to_get_it(job):
    del job["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]

    with pytest.raises(UsageError, match="Add `permissions: id-token: write` to the job"):
        BuildToken(job, place("https://broker.example.org")).answer(CHALLENGE["Www-Authenticate"])


@pytest.mark.parametrize(
    "reply",
    [Reply(status=500), Reply(body=b"[]"), Reply(body=b"{}"), Reply(status=302, headers={"Location": "/other"})],
)
def test_a_failure_of_github_shows_no_secret(github, job, reply):
    github.answers["/token"] = reply

    with pytest.raises(Unreachable, match="GitHub sent no token for this build") as failure:
        BuildToken(job, place("https://broker.example.org")).answer(CHALLENGE["Www-Authenticate"])

    assert "s3cret" not in str(failure.value)
    assert "/other" not in [each.path for each in github.arrived]
