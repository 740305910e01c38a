"""Names: validity, display names, and names that look alike."""

from __future__ import annotations

import pytest

from contracts.model.names import display_name, look_alike, problem


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
        ("a.b.c", "A B.c"),
        ("a-b-c-d", "A B-c D"),
    ],
)
def test_a_name_is_shown_in_words(name, shown):
    assert display_name(name) == shown


@pytest.mark.parametrize(
    "name", ["accounts", "account-api", "AccountProvider", "account service", "ACCOUNT", "Account::Api"]
)
def test_a_name_looks_like_one_of_the_same_words(name):
    assert look_alike(["Shop", name], ["Till", "Account Service"]) == {name: ["Account Service"]}


@pytest.mark.parametrize("name", ["Accounts Receivable", "Accounting", "Bank Account"])
def test_a_name_of_other_words_looks_like_no_other(name):
    assert look_alike([name], ["Account Service"]) == {}


def test_a_name_can_look_like_several():
    assert look_alike(["accounts"], ["Account Service", "Till", "ACCOUNT"]) == {
        "accounts": ["Account Service", "ACCOUNT"]
    }


def test_many_names_are_compared_with_many_in_time_that_grows_with_their_number():
    new, existing = ([f"{side} {number} y" for number in range(20_000)] for side in ("new", "old"))
    assert look_alike([*new, "Old-7-Y"], existing) == {"Old-7-Y": ["old 7 y"]}


@pytest.mark.parametrize("character", ["\0", "\t", "\n", "\r", "\x18", "\x1f", "\x7f", "\x85", "\u2028", "\ud800"])
def test_a_name_cannot_contain_characters_that_headers_and_paths_cannot(character):
    assert problem(f"2{character}") is not None


@pytest.mark.parametrize("name", ["", " ", ".", "..", "x" * 501])
def test_a_name_cannot_be_dots(name):
    assert problem(name) is not None


@pytest.mark.parametrize("name", ["...", ".a", "a b", "feat/ü & <x>", '1.0+a"b\\', "é" * 500, "😀", "%0A"])
def test_any_other_text_is_a_valid_name(name):
    assert problem(name) is None


@pytest.mark.parametrize("new", ["Caf\u0065\u0301", "Ca\u200bf\u00e9", "\uff23af\u00e9"])
def test_another_way_to_write_the_same_characters_looks_alike(new):
    assert look_alike([new], ["Caf\u00e9"]) == {new: ["Caf\u00e9"]}
