"""What every page has in common."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from in_process import TestClient

from contracts.broker.app import create_app
from contracts.broker.ui.pages import ago, short, web_address


NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        ({"seconds": 59}, "just now"),
        ({"seconds": -5}, "just now"),
        ({"minutes": 1}, "1 minute ago"),
        ({"minutes": 59}, "59 minutes ago"),
        ({"hours": 5}, "5 hours ago"),
        ({"days": 400}, "400 days ago"),
    ],
)
def test_how_long_ago(duration, text):
    assert ago(NOW - timedelta(**duration), NOW) == text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (COMMIT, "01234567"),
        (f"{COMMIT}+abcdef0123", "01234567+abcd"),
        (f"files-{COMMIT}", "files-01234567"),
        ("1.2.3", "1.2.3"),
        ("Z" * 40, "Z" * 40),
        ("1.0+build", "1.0+build"),
    ],
)
def test_a_commit_is_shown_by_its_first_characters(number, shown):
    assert short(number) == shown


def test_both_ends_of_a_long_number_are_shown():
    number = "gateway=1.2.3;accounts=4.5.6;payments=7.8.9;" * 6 + "x1"

    assert len(short(number)) == 50
    assert short(number).startswith("gateway=1.2.3")
    assert short(number).endswith("x1")
    assert short("1" * 50) == "1" * 50


@pytest.mark.parametrize(
    ("address", "leads"),
    [("https://ci/1", "https://ci/1"), ("HTTP://ci", "HTTP://ci"), ("javascript:alert(1)", "#"), ("", "#")],
)
def test_a_published_url_leads_to_the_web_or_nowhere(address, leads):
    assert web_address(address) == leads


def test_links_start_with_the_configured_base_url(broker):
    broker.settings = dataclasses.replace(broker.settings, base_url=("https://broker.example/pact/",))

    with TestClient(create_app(broker)) as client:
        page = client.get("/", headers={"Accept": "text/html"}).text

    assert 'href="https://broker.example/pact/ui/style.css"' in page
