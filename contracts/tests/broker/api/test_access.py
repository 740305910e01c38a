"""Who may do what."""

from __future__ import annotations

import dataclasses
import logging

import pytest
import requests
from estates import Estate
from in_process import TestClient

from contracts.broker.api import access
from contracts.broker.app import create_app
from contracts.testing import running_broker


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
def test_each_account_has_its_rights(guarded, method, path, auth, allowed):
    assert (guarded(method, path, auth).status_code != 401) is allowed


@pytest.mark.parametrize("header", ["Basic !", "Basic /w==", "Basic YQ==", "Bearer x", "Basic"])
def test_credentials_that_cannot_be_read_are_none(guarded, header):
    assert guarded("GET", "/", headers={"Authorization": header}).status_code == 401


def test_an_account_without_credentials_never_matches(broker):
    broker.settings = dataclasses.replace(
        broker.settings, basic_auth_enabled=True, basic_auth_username="full", basic_auth_password="s3cret"
    )

    with TestClient(create_app(broker)) as client:
        assert client.get("/", auth=("", "")).status_code == 401


def test_reading_can_be_public(guarded):
    assert guarded("GET", "/", allow_public_read=True).status_code == 200
    assert guarded("POST", "/pacticipants", allow_public_read=True).status_code == 401


def test_public_reading_includes_asking_for_pacts_to_verify_as_in_the_reference(guarded):
    question = "/pacts/provider/P/for-verification"

    assert guarded("POST", question, allow_public_read=True).status_code != 401
    assert guarded("POST", question, allow_public_read=False).status_code == 401
    assert guarded("POST", "/pacts/provider/P%2Ffor-verification", allow_public_read=True).status_code == 401


def test_the_heartbeat_can_be_public(guarded):
    assert guarded("GET", "/diagnostic/status/heartbeat", public_heartbeat=True).status_code == 200
    assert guarded("GET", "/", public_heartbeat=True).status_code == 401


def test_badges_can_be_public(guarded):
    badge = "/pacts/provider/P/consumer/C/latest/badge.svg"

    assert guarded("GET", badge, enable_public_badge_access=True).status_code == 200
    assert guarded("GET", "/pacticipants", enable_public_badge_access=True).status_code == 401


@pytest.mark.parametrize("auth", [None, ("reader", "r3ad")])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/pacts/provider/P/consumer/C/pact-version/1/metadata/x%2Fbadge"),
        ("GET", "/pacts/provider/P/consumer/C/latest/x%2Fbadge"),
        ("GET", "/pacts/provider/P/branch/x%2Fbadge.svg"),
        ("GET", "/groups/badge"),
        ("GET", "/pacts/provider/P/consumer/C/pact-version/badge"),
        ("POST", "/webhooks/consumer/for-verification"),
        ("POST", "/webhooks/provider/P/consumer/x%2Ffor-verification"),
        ("POST", "/pacts/provider/P%2Fprovider%2Ffor-verification"),
    ],
)
def test_a_name_that_ends_like_another_address_opens_nothing(guarded, method, path, auth):
    """What is public, or read-only, is a matter of the address itself."""
    response = guarded(method, path, auth, enable_public_badge_access=True)

    assert (response.status_code == 401) is (auth is None or method == "POST")


@pytest.mark.parametrize("end", ["", ".svg", "/"])
def test_badges_are_public_where_they_are_to_be(guarded, end):
    for path in (
        "/pacts/provider/P%2FQ/consumer/C/latest/badge",
        "/pacts/provider/P/consumer/C/latest/a%2Fb/badge",
        "/pacticipants/C/main-branch/can-i-merge/badge",
    ):
        assert guarded("GET", path + end, enable_public_badge_access=False).status_code == 401
        assert guarded("GET", path + end, enable_public_badge_access=True).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/hal+json", "text/html,*/*"])
@pytest.mark.parametrize("end", ["", "/", ".svg"])
def test_a_public_badge_is_an_image_also_where_a_tag_is_called_badge(broker, guarded, accept, end):
    Estate(broker).publish("C", "1", "a", provider="P", tags=("badge",))
    path = f"/pacts/provider/P/consumer/C/latest/badge{end}"

    response = guarded("GET", path, headers={"Accept": accept}, enable_public_badge_access=True)

    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, "image/svg+xml")


def test_the_reading_account_learns_that_it_may_only_read(guarded):
    refused = guarded("POST", "/pacticipants", ("reader", "r3ad"))

    assert (refused.status_code, refused.text) == (
        401,
        (
            "The account reader may only read. Use one that may write, or a token. Someone who may do everything here "
            "can create one: contracts token create\n"
        ),
    )


@pytest.mark.parametrize(
    ("auth", "who"),
    [
        (("full", "wrong"), "the account full"),
        (("s3cret", ""), "an unknown account"),
        (("x\ny", "p"), "an unknown account"),
    ],
)
def test_a_wrong_password_is_logged_without_it(guarded, caplog, auth, who):
    assert guarded("GET", "/pacticipants?q=1", auth).status_code == 401

    (record,) = (each for each in caplog.records if each.name == access.__name__)
    assert record.getMessage() == f"Wrong password for {who} from testclient: GET /pacticipants"


def test_a_request_without_a_password_is_not_a_guess(guarded, caplog):
    assert guarded("GET", "/").status_code == 401
    assert caplog.records == []


@pytest.fixture
def attempts(guarded, broker):
    """Log in again and again at one broker, from any address: `attempts("full", "wrong")` is a status."""
    guarded("GET", "/")
    app = create_app(broker)

    def attempt(name, password, address="10.0.0.1", path="/"):
        with TestClient(app, client=(address, 1)) as client:
            attempt.last = client.get(path, auth=(name, password))
        return attempt.last.status_code

    return attempt


def test_an_address_with_too_many_wrong_passwords_is_refused_unseen(attempts):
    assert [attempts("full", f"wrong {each}") for each in range(11)] == [401] * 10 + [429]
    assert attempts("full", "s3cret") == 429
    assert attempts("reader", "r3ad") == 429
    assert 200 <= int(attempts.last.headers["retry-after"]) <= 300
    assert attempts.last.text.startswith("Too many wrong passwords or tokens. Correct the password or token, and try")


def test_the_owner_of_an_attacked_account_gets_in_from_another_address(attempts):
    for each in range(12):
        attempts("full", "wrong", address=f"10.0.1.{each}")

    assert attempts("full", "s3cret", address="10.0.1.1") == 429
    assert attempts("full", "s3cret", address="10.0.0.9") == 200
    assert attempts("reader", "r3ad", address="10.0.1.1") == 200


def test_one_wrong_job_does_not_stop_the_other_builds_of_its_machine(attempts):
    assert attempts("full", "s3cret") == 200
    for _ in range(20):
        attempts("full", "old")

    assert attempts("full", "old") == 429
    assert attempts("full", "s3cret") == 200


def test_guesses_where_everyone_may_read_count_too(guarded, broker):
    guarded("GET", "/", allow_public_read=True)
    with TestClient(create_app(broker)) as client:
        assert {client.get("/", auth=("full", f"wrong {each}")).status_code for each in range(12)} == {200}
        assert client.put("/pacticipants/a", json={"name": "a"}, auth=("full", "s3cret")).status_code == 429


def test_a_wrong_password_is_a_line_once_in_each_window_with_the_number_that_is_refused(attempts, caplog):
    for each in range(15):
        attempts("full", f"wrong {each}", path="/pacticipants")

    first, limit = (each.getMessage() for each in caplog.records if each.name == access.__name__)
    assert first == "Wrong password for the account full from 10.0.0.1: GET /pacticipants"
    assert limit.startswith("10 failed logins from 10.0.0.1: the broker refuses further ones for up to 300 s")


def test_the_name_of_an_account_is_printable_in_the_log(broker, caplog):
    broker.settings = dataclasses.replace(broker.settings, basic_auth_username="a\nb", basic_auth_password="c")
    with TestClient(create_app(broker)) as client:
        client.get("/", auth=("a\nb", "d"))

    assert caplog.messages == [r"Wrong password for the account a\nb from testclient: GET /"]


@pytest.mark.parametrize("auth", [("full", "wrong"), ("nobody", "s3cret"), ("full", "s3cret")])
def test_every_login_takes_the_same_comparisons(guarded, monkeypatch, auth):
    """Four, of digests with the same length: the time says neither whether an account exists nor how long a text is."""
    compared = []

    def compare(one, other):
        compared.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr(access.secrets, "compare_digest", compare)

    guarded("GET", "/", auth)

    assert compared == [(32, 32)] * 4


def test_wrong_names_and_wrong_passwords_get_the_same_response(guarded):
    name, password = guarded("GET", "/", ("nobody", "x")), guarded("GET", "/", ("full", "x"))

    assert (name.status_code, name.text) == (password.status_code, password.text)
    assert set(name.headers) == set(password.headers)


@pytest.mark.parametrize(
    ("method", "path", "auth", "line"),
    [
        ("PUT", "/pacticipants/A%20b/versions/1/tags/t?x=1", ("full", "s3cret"), "by full: 201"),
        ("DELETE", "/pacticipants/A", ("full", "s3cret"), "by full: 404"),
        ("GET", "/", ("full", "s3cret"), None),
        ("POST", "/pacts/provider/P/for-verification", ("reader", "r3ad"), None),
    ],
)
def test_every_change_is_a_line_in_the_log(guarded, caplog, method, path, auth, line):
    with caplog.at_level(logging.INFO, access.__name__):
        guarded(method, path, auth)

    lines = [each.getMessage() for each in caplog.records if each.name == access.__name__]
    assert lines == ([] if line is None else [f"{method} {path.partition('?')[0]} {line}"])


def test_a_change_without_a_password_is_logged_too(http, caplog):
    with caplog.at_level(logging.INFO, access.__name__):
        http.post("/pacticipants", json={"name": "A"})

    assert "POST /pacticipants by nobody in particular: 201" in caplog.messages


def test_a_verifier_without_a_password_fetches_pacts_where_reading_is_public():
    """As pact-python's does, which drops the credentials of a broker's address."""
    account = {"basic_auth_username": "full", "basic_auth_password": "s3cret"}
    pact = {"consumer": {"name": "shop"}, "provider": {"name": "stock"}, "interactions": []}
    with running_broker(**account, allow_public_read=True) as running, requests.Session() as anybody:
        address = f"{running.base_url}/pacts/provider/stock/consumer/shop/version/1"
        requests.put(address, json=pact, auth=("full", "s3cret"), timeout=60).raise_for_status()

        index = anybody.get(running.base_url, timeout=60).json()
        question = index["_links"]["pb:provider-pacts-for-verification"]["href"].replace("{provider}", "stock")
        selectors = {"consumerVersionSelectors": [{"latest": True}]}
        (listed,) = anybody.post(question, json=selectors, timeout=60).json()["_embedded"]["pacts"]
        fetched = anybody.get(listed["_links"]["self"]["href"], timeout=60).json()
        results = fetched["_links"]["pb:publish-verification-results"]["href"]
        result = {"success": True, "providerApplicationVersion": "1"}

        assert fetched["provider"] == {"name": "stock"}
        assert anybody.post(results, json=result, timeout=60).status_code == 401
