"""Names: how they are shown, and which look alike."""

from __future__ import annotations

import pytest

from contracts.model.names import display_name, look_alike


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("my-service", "My Service"),
        ("ABCService", "ABC Service"),
        ("A4Service", "A4 Service"),
        ("SNSPactEventConsumer", "SNS Pact Event Consumer"),
        ("foo.pretend-consumer", "Foo Pretend Consumer"),
        ("Client-XX", "Client XX"),
        ("providerJSWorkshop", "Provider JS Workshop"),
        ("e2e Provider Example", "E2e Provider Example"),
        ("MP - Our Provider", "MP - Our Provider"),
        ("Stock::Api", "Stock::Api"),
        ("my.dotted.name", "My Dotted Name"),
        ("one--two", "One -two"),
    ],
)
def test_a_name_is_shown_in_words(name, shown):
    assert display_name(name) == shown


@pytest.mark.parametrize(
    "name", ["accounts", "account-api", "AccountProvider", "account service", "ACCOUNT", "Account::Api"]
)
def test_a_name_looks_like_one_of_the_same_words(name):
    assert look_alike(name, ["Till", "Account Service"]) == ["Account Service"]


@pytest.mark.parametrize("name", ["Accounts Receivable", "Accounting", "Bank Account"])
def test_a_name_of_other_words_looks_like_nobodys(name):
    assert look_alike(name, ["Account Service"]) == []
