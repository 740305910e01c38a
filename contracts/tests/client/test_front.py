"""The front of a broker passes on what is asked and answered, except for what would be waited for."""

from __future__ import annotations

import threading

import pytest
import requests
from fake_broker import Answer

from contracts.client import Broker, front


@pytest.fixture
def ask(fake):
    """Ask the front as a program of its own would: nothing is followed, nothing added."""

    def ask(method, path, **options):
        with Broker(f"{fake.base_url}/base") as broker, front.serve(broker) as url:
            assert url.endswith("/base")
            return requests.request(method, f"{url}{path}", timeout=15, allow_redirects=False, **options)

    return ask


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_requests_and_answers_are_passed_on(fake, ask, method):
    fake.on(method, "/base/a%2Fb?c=%20d", Answer(201, {"said": "ü"}))
    headers = {"Authorization": "Bearer t0k", "Accept": "application/hal+json"}
    answer = ask(method, "/a%2Fb?c=%20d", data=b'{"x": 1}', headers=headers)
    assert (answer.status_code, answer.json()) == (201, {"said": "ü"})
    assert answer.headers["Content-Type"] == "application/hal+json;charset=utf-8"
    [received] = fake.requests
    assert received.body == b'{"x": 1}'
    assert (received.headers["Authorization"], received.headers["Accept"]) == ("Bearer t0k", "application/hal+json")
    assert received.headers["Host"] == fake.base_url.removeprefix("http://")


def test_no_credentials_are_added(fake, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    fake.on("GET", "/", Answer(document={}))
    with Broker(fake.base_url, token="mine") as broker, front.serve(broker) as url, requests.Session() as verifier:
        verifier.trust_env = False
        assert verifier.get(f"{url}/", timeout=5).status_code == 200
    assert "Authorization" not in fake.requests[0].headers


@pytest.mark.parametrize("answer", [Answer(401, {"error": "who?"}), Answer(404), Answer(204), Answer(409)])
def test_what_is_an_answer_stays_as_it_is(fake, ask, answer):
    fake.on("POST", "/base/x", answer)
    got = ask("POST", "/x")
    assert (got.status_code, got.content) == (answer.status, answer.bytes())


@pytest.mark.parametrize("answer", [Answer(500), Answer(503), Answer(429, headers={"Retry-After": "60"}), Answer(408)])
def test_what_the_broker_fails_to_answer_is_a_refusal_with_its_reason(fake, ask, answer):
    fake.on("POST", "/base/x", answer)
    got = ask("POST", "/x")
    assert got.status_code == 400
    said = f"The broker failed POST {fake.base_url}/base/x: it answered with status {answer.status}."
    assert got.json() == {"errors": [said]}


def test_a_broker_that_hangs_up_is_a_refusal_too(fake, ask):
    fake.on("PUT", "/base/x", None)
    got = ask("PUT", "/x")
    assert (got.status_code, "it did not answer" in got.json()["errors"][0]) == (400, True)


def test_a_broker_that_says_nothing_is_given_up(fake, ask, monkeypatch):
    monkeypatch.setattr(front.timeouts, "READ_TIMEOUT_SECONDS", 0.2)
    release = threading.Event()
    fake.on("GET", "/base/x", Answer(document={}, hold=release))
    got = ask("GET", "/x")
    release.set()
    assert (got.status_code, "did not answer (ReadTimeout)" in got.json()["errors"][0]) == (400, True)


def test_what_passes_within_a_second_is_asked_again(fake, ask):
    fake.on("POST", "/base/x", Answer(503), None, Answer(201, {}))
    assert ask("POST", "/x").status_code == 201


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_redirect_within_the_broker_stays_behind_the_front(fake, ask, elsewhere):
    place = "http://other.example.com" if elsewhere else fake.base_url
    fake.on("GET", "/base/x", Answer(301, headers={"Location": f"{place}/base/y"}))
    location = ask("GET", "/x").headers["Location"]
    assert location == ("http://other.example.com/base/y" if elsewhere else "/base/y")
