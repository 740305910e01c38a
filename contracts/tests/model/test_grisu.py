"""Digits of floats, by Grisu2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import grisu


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        (1.0, ("1", 0)),
        (100.0, ("1", 2)),
        (0.1, ("1", -1)),
        (5e-324, ("5", -324)),
        (1.7976931348623157e308, ("17976931348623157", 292)),
        (2.2250738585072014e-308, ("22250738585072014", -324)),
        (0.7147335514, ("7147335513999999", -16)),
        (9.46e21, ("9459999999999999", 6)),
    ],
)
def test_the_digits_are_those_of_the_library(number, digits):
    assert grisu.digits(number) == digits


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_the_digits_are_always_those_of_the_number(number):
    digits, exponent = grisu.digits(number)
    assert float(f"{digits}e{exponent}") == number
