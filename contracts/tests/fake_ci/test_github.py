import queue

import pytest
import requests

from contracts.fake_ci.github import GitHubStandIn, Status


@pytest.fixture
def dispatched():
    return queue.Queue()


@pytest.fixture
def github(dispatched):
    with GitHubStandIn(
        repository="acme/shop", token="secret", on_dispatch=lambda *received: dispatched.put(received)
    ) as github:
        yield github


def post(github, path, document, token="Bearer secret"):
    headers = {"Authorization": token} if token else {}
    return requests.post(f"{github.url}{path}", json=document, headers=headers, timeout=60)


DISPATCH = {"event_type": "changed", "client_payload": {"pact_url": "http://broker/pact"}}


@pytest.mark.parametrize("token", ["Bearer secret", "token secret", "bearer secret"])
def test_a_good_dispatch_is_accepted_and_passed_on(github, dispatched, token):
    answer = post(github, "/repos/acme/shop/dispatches", DISPATCH, token)

    assert (answer.status_code, answer.content) == (204, b"")
    assert dispatched.get(timeout=60) == ("changed", {"pact_url": "http://broker/pact"})


def test_a_dispatch_without_a_payload_is_accepted(github, dispatched):
    assert post(github, "/repos/acme/shop/dispatches", {"event_type": "changed"}).status_code == 204
    assert dispatched.get(timeout=60) == ("changed", {})


@pytest.mark.parametrize(
    ("path", "document", "token", "status", "message"),
    [
        ("/repos/acme/shop/dispatches", DISPATCH, None, 401, "Bad credentials"),
        ("/repos/acme/shop/dispatches", DISPATCH, "Bearer other", 401, "Bad credentials"),
        ("/repos/acme/shop/dispatches", DISPATCH, "Basic secret", 401, "Bad credentials"),
        ("/repos/acme/other/dispatches", DISPATCH, "Bearer secret", 404, "Not Found"),
        ("/repos/acme/other/statuses/" + "1" * 40, {"state": "success"}, "Bearer secret", 404, "Not Found"),
        ("/elsewhere", DISPATCH, "Bearer secret", 404, "Not Found"),
        ("/repos/acme/shop/dispatches", {"event_type": "x" * 101}, "Bearer secret", 422, "100 are allowed"),
        (
            "/repos/acme/shop/dispatches",
            {"event_type": "x", "client_payload": dict.fromkeys("abcdefghijk")},
            "Bearer secret",
            422,
            "10 are allowed",
        ),
        ("/repos/acme/shop/statuses/abc", {"state": "success"}, "Bearer secret", 422, "No commit found for SHA: abc"),
        ("/repos/acme/shop/statuses/" + "1" * 40, {"state": "great"}, "Bearer secret", 422, "state must be one of"),
        ("/repos/acme/shop/statuses/" + "1" * 40, [], "Bearer secret", 422, "not a JSON object"),
        (
            "/repos/acme/shop/statuses/" + "1" * 40,
            {"state": "success", "description": "x" * 141},
            "Bearer secret",
            422,
            "longer than 140",
        ),
    ],
)
def test_the_stand_in_refuses_what_github_refuses(github, dispatched, path, document, token, status, message):
    answer = post(github, path, document, token)

    assert answer.status_code == status
    assert message in answer.json()["message"]
    assert dispatched.empty()
    assert github.statuses == []


def test_a_body_that_is_not_json_is_refused(github):
    answer = requests.post(
        f"{github.url}/repos/acme/shop/dispatches",
        data=b"{",
        headers={"Authorization": "Bearer secret"},
        timeout=60,
    )

    assert answer.status_code == 400


def test_a_commit_status_is_recorded(github):
    document = {"state": "pending", "context": "pact", "target_url": None}

    answer = post(github, "/repos/acme/shop/statuses/" + "1" * 40, document)

    assert (answer.status_code, answer.json()) == (201, {"state": "pending"})
    assert github.statuses == [Status(sha="1" * 40, state="pending", context="pact", description="", target_url="")]


def test_outside_its_block_the_stand_in_has_no_address():
    github = GitHubStandIn(repository="acme/shop", token="secret", on_dispatch=print)

    with pytest.raises(RuntimeError, match="only within its `with` block"):
        _ = github.url
