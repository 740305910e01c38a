"""Badges over HTTP: always an image."""

from __future__ import annotations

import re

import pytest
from estates import Estate

from contracts.broker.actions import decide


pytestmark = pytest.mark.usefixtures("estate")


@pytest.fixture
def estate(broker):
    estate = Estate(broker)
    estate.environment("live")
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    estate.version("Ledger", "10", branch="main", tags=("prod",))
    return estate


@pytest.fixture
def words(http):
    """The words of a badge, left and right."""

    def words(path):
        answer = http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        return tuple(re.findall(r"<text[^>]*>([^<]*)</text>", answer.text))

    return words


PACT = "/pacts/provider/Ledger/consumer/Till"


def test_a_pacts_badge_follows_its_results(words, estate):
    assert words(f"{PACT}/latest/badge") == ("till/ledger pact", "unknown")
    estate.verify("Till", "1", by="10")
    assert words(f"{PACT}/latest/badge.svg") == ("till/ledger pact", "verified")
    assert words(f"{PACT}/latest/dev/badge?label=consumer") == ("till pact", "verified")
    estate.publish("Till", "2", "b")
    assert words(f"{PACT}/latest/badge") == ("till/ledger pact", "changed")
    assert words(f"{PACT}/latest-untagged/badge?initials=true") == ("till/ledger pact", "unknown")


def test_a_badge_of_tagged_versions_is_about_their_result(words, estate):
    path = "/matrix/provider/Ledger/latest/prod/consumer/Till/latest/dev/badge"
    assert words(path) == ("till (dev)/ledger (prod) pact", "unknown")
    estate.verify("Till", "1", by="10", success=False)
    assert words(path) == ("till (dev)/ledger (prod) pact", "failed")
    assert words(path.replace("prod", "none")) == ("till (dev)/ledger (none) pact", "unknown")
    assert words(path.replace("dev", "none")) == ("pact not found", "unknown")


def test_the_badge_of_a_deployment_names_version_and_environment(words):
    by_tag = "/pacticipants/Till/latest-version/dev/can-i-deploy/to/prod/badge"
    by_branch = "/pacticipants/Till/branches/main/latest-version/can-i-deploy/to-environment/live/badge"
    assert words(by_tag) == ("can-i-deploy", "dev to prod")
    assert words(f"{by_branch}?label=go-live_now") == ("go-live_now", "main to live")


def test_the_badge_of_a_merge_has_the_verdict_and_may_be_cached_briefly(words, http, estate):
    path = "/pacticipants/Till/main-branch/can-i-merge/badge"
    assert words(path) == ("can-i-merge", "unknown")
    estate.verify("Till", "1", by="10")
    assert words(path) == ("can-i-merge", "success")
    assert http.get(path).headers["cache-control"] == "max-age=30"
    assert http.get(f"{PACT}/latest/badge").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/pacts/provider/No/consumer/Body/latest/badge", ("pact not found", "unknown")),
        (f"{PACT}/latest/none/badge", ("pact not found", "unknown")),
        (f"{PACT}/latest-untagged/badge", ("pact not found", "unknown")),
        ("/pacticipants/Nobody/main-branch/can-i-merge/badge", ("pacticipant", "not found")),
        ("/pacticipants/Till/latest-version/none/can-i-deploy/to/prod/badge", ("version", "not found")),
        (
            "/pacticipants/Till/branches/none/latest-version/can-i-deploy/to-environment/live/badge",
            ("branch", "not found"),
        ),
        (
            "/pacticipants/Till/branches/main/latest-version/can-i-deploy/to-environment/none/badge",
            ("environment", "not found"),
        ),
        (f"{PACT}/latest/badge?label[]=x", ("till/ledger pact", "unknown")),
    ],
)
def test_something_missing_has_a_badge_that_says_so(words, path, expected):
    assert words(path) == expected


def test_even_a_broken_broker_gives_an_image(words, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(decide, "can_i_merge", broken)
    left, right = words("/pacticipants/Till/main-branch/can-i-merge/badge")
    assert left == "error"
    assert right.removeprefix("reference: ") in caplog.text


def test_a_client_that_accepts_no_image_gets_none(http):
    assert http.get(f"{PACT}/latest/badge", headers={"accept": "application/hal+json"}).status_code == 406
