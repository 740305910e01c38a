"""What the descriptions of mismatches say, in the words of each verifier."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import mismatch_texts


@pytest.mark.parametrize(
    ("description", "actual"),
    [
        ("Expected 'z' to match 'k-\\d+'", "z"),
        ('Type mismatch: Expected 1 (Integer) to be the same type as {"n":1} (Object)', "1"),
        ('Type mismatch: Expected [1] (Array) to be the same type as {"a":1} (Object)', "[1]"),
        ("Expected 'other' (String) to be equal to 'exact value' (String)", "other"),
        ("Expected [] (size 0) to have minimum size of 1", "[]"),
        ("Expected 'gestern' to match a date pattern of 'yyyy-MM-dd': Error(Nom(\"gestern\", TakeWhileMN))", "gestern"),
        ("Expected 2 (Integer) to be a decimal number", "2"),
        ("Expected 'coffee' to include 'tea'", "coffee"),
        ("Expected '' (String) to not be empty", ""),
        ("Expected null (Null) to be equal to 'x' (String)", "null"),
        ("Mismatch with header 'X-R': Expected 'wrong' to match 'r\\d'", "wrong"),
        ("Expected a List with 2 elements but received 3 elements", "3 elements"),
        ("Expected body 'hello' to match 'hullo' using equality but did not match", "hullo"),
        ("expected 200 but was 500", "500"),
        ("expected status of 200 but was 500", "500"),
        ("Expected null (Null) to equal 100 (Integer)", "null"),
        ("Expected body type of 'application/json' but received 'text/plain'", "text/plain"),
        ('* Expected "9.95" but got 9.95 at $.price.amount', "9.95"),
        ('* Expected a String (like "a") but got an Integer (1) at $.name', "an Integer (1)"),
        ("Expected a header 'X-H' but was missing", None),
        ("Actual map is missing the following keys: a", None),
        ("'a' is not a valid semantic version - unexpected character", None),
        ("Variant at index 0 ({}) was not found in the actual list", None),
        ("", None),
        ("Expected 'a' to match 'b'" + "b" * 2_000, None),
    ],
)
def test_the_actual_value_is_read_from_a_description(description, actual):
    assert mismatch_texts.actual_in(description) == actual


def test_older_verifiers_write_the_expected_value_first():
    description = "Expected 'tea' to be equal to 'coffee'"
    assert mismatch_texts.actual_in(description, '"tea"') == "coffee"
    assert mismatch_texts.actual_in(description, '"coffee"') == "tea"


@pytest.mark.parametrize(
    ("description", "place"),
    [
        ('* Could not find key "unit" (keys present are: amount, currency) at $.price', "$.price.unit"),
        ('* Could not find key "unit price" in empty Hash at $', "$['unit price']"),
        ("* Expected nil but got 1 at $.items[0]", "$.items[0]"),
        ("expected 200 but was 500", ""),
    ],
)
def test_the_place_is_read_from_the_description_of_pact_ruby(description, place):
    assert mismatch_texts.place_in(description) == place


@given(st.text() | st.text(alphabet="'\"Expectdbutwas (){}1$. "))
def test_any_description_can_be_read(description):
    mismatch_texts.actual_in(description, description)
    mismatch_texts.missing_keys(description)
    mismatch_texts.place_in(description)
