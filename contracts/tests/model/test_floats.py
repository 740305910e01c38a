"""Floats as the versions of Ruby's JSON library write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import floats


SINCE_2_12, SINCE_2_11, BEFORE = floats.FORMER


@pytest.mark.parametrize(
    ("number", "current", "since_2_12", "since_2_11", "before"),
    [  # compared with the library itself
        (0.0001, "0.0001", "0.0001", "0.0001", "0.0001"),
        (1e-5, "0.00001", "0.00001", "0.00001", "1.0e-05"),
        (1e-7, "0.0000001", "0.0000001", "1e-7", "1.0e-07"),
        (1.5e-10, "1.5e-10", "1.5e-10", "1.5e-10", "1.5e-10"),
        (0.0001234567, "0.0001234567", "0.0001234567", "1.234567e-4", "0.0001234567"),
        (12345.1234567, "12345.1234567", "12345.1234567", "1.23451234567e+4", "12345.1234567"),
        (1e7, "10000000.0", "10000000.0", "10000000.0", "10000000.0"),
        (-1e7, "-10000000.0", "-1e+7", "-1e+7", "-10000000.0"),
        (1e8, "100000000.0", "1e+8", "1e+8", "100000000.0"),
        (1e14, "100000000000000.0", "1e+14", "1e+14", "100000000000000.0"),
        (1e15, "1e+15", "1e+15", "1e+15", "1000000000000000.0"),
        (1.2345678901234568e18, "1.2345678901234568e+18", "1234567890123456800.0", "1234567890123456800.0", None),
        (1e16, "1e+16", "1e+16", "1e+16", "1.0e+16"),
        (-2e300, "-2e+300", "-2e+300", "-2e+300", "-2.0e+300"),
        (-0.0, "-0.0", "-0.0", "-0.0", "-0.0"),
        (5e-324, "5e-324", "5e-324", "5e-324", "5.0e-324"),
        # not in the fewest digits, or not with the nearest
        (9.46e21, "9.459999999999999e+21", "9459999999999999000000.0", "9459999999999999000000.0", "9.46e+21"),
        (-878944052094366.8, "-878944052094366.7", "-878944052094366.7", "-878944052094366.7", "-878944052094366.8"),
    ],
)
def test_each_version_of_the_library_has_its_own_exponents(number, current, since_2_12, since_2_11, before):
    assert floats.CURRENT.write(number) == current
    assert SINCE_2_12.write(number) == since_2_12
    assert SINCE_2_11.write(number) == since_2_11
    assert BEFORE.write(number) == (before or current)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_notation_is_the_same_number(number):
    for notation in (floats.CURRENT, *floats.FORMER):
        read = json.loads(notation.write(number))
        assert isinstance(read, float)
        assert read == number
