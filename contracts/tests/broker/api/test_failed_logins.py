"""Windows of failed logins, with a clock of their own."""

from __future__ import annotations

import pytest

from contracts.broker.api import failed_logins
from contracts.broker.api.failed_logins import PATIENCE, FailedLogins, Login


class Seconds:
    """A clock in seconds."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def logins(seconds):
    return FailedLogins(3, 60, seconds)


def login(address="10.0.0.1", account="full", password="wrong"):
    return Login(address=address, account=account, credentials=f"Basic {account}:{password}")


def test_a_window_ends(logins, seconds):
    for _ in range(3):
        assert logins.wait_seconds(login()) == 0
        logins.fail(login())
    assert logins.wait_seconds(login()) == 60
    seconds.now += 59.5
    assert logins.wait_seconds(login()) == 1
    seconds.now += 0.5
    assert logins.wait_seconds(login()) == 0
    assert logins.fail(login()) == 1


def test_an_address_is_refused_for_every_account_and_no_other_address_is(logins):
    for each in range(3):
        logins.fail(login(account=f"account {each}"))

    assert logins.wait_seconds(login(account="full")) == 60
    assert logins.wait_seconds(login(account="")) == 60
    assert logins.wait_seconds(login(account=None)) == 0
    assert logins.wait_seconds(login("10.0.0.2")) == 0


def test_one_owner_of_ipv6_addresses_has_one_window(logins):
    for each in range(3):
        logins.fail(login(f"2001:db8::{each}"))

    assert logins.wait_seconds(login("2001:db8::ffff")) == 60
    assert logins.wait_seconds(login("2001:db8:0:1::1")) == 0


def test_credentials_that_worked_get_more_attempts_but_not_any_number(logins):
    """Otherwise an attacker behind the same address could go on, since only the right password is let through."""
    right = login(password="right")
    logins.succeed(right)
    for _ in range(3 * PATIENCE - 1):
        logins.fail(login())
    assert (logins.wait_seconds(login()), logins.wait_seconds(right)) == (60, 0)
    logins.fail(login())
    assert logins.wait_seconds(right) == 60


def test_credentials_that_worked_elsewhere_get_no_more_attempts(logins):
    logins.succeed(login("10.0.0.2", password="right"))
    for _ in range(3):
        logins.fail(login())

    assert logins.wait_seconds(login(password="right")) == 60


def test_an_account_that_is_guessed_from_everywhere_gets_one_attempt_of_each_address(logins):
    for each in range(3):
        logins.fail(login(f"10.0.1.{each}"))

    assert logins.wait_seconds(login("10.0.1.1")) == 60
    assert logins.wait_seconds(login("10.0.2.1")) == 0
    assert logins.wait_seconds(login("10.0.1.1", account="reader")) == 0


def test_no_limit_is_no_limit(seconds):
    logins = FailedLogins(0, 60, seconds)
    for _ in range(1000):
        logins.fail(login())

    assert logins.wait_seconds(login()) == 0


def test_memory_is_bounded_whatever_is_sent(logins, monkeypatch):
    monkeypatch.setattr(failed_logins, "MOST_REMEMBERED", 50)
    for each in range(200):
        attempt = login(f"10.0.0.{each}", account=f"{each}" * 10_000)
        logins.fail(attempt)
        logins.succeed(attempt)
        logins.is_first_line(f"10.0.0.{each}", "the account full")

    for remembered in (logins._addresses, logins._accounts, logins._pairs, logins._lines, logins._working):
        assert len(remembered) == 50
    assert all(len(each) <= 32 for each in logins._working)


def test_the_log_has_one_line_for_each_address_and_window(logins, seconds):
    assert [logins.is_first_line("10.0.0.1", "a token") for _ in range(3)] == [True, False, False]
    assert logins.is_first_line("10.0.0.2", "a token")
    seconds.now += 61
    assert logins.is_first_line("10.0.0.1", "a token")
