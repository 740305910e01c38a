"""The decimal digits of a float by the Grisu2 algorithm: almost always the shortest, and always exact.

Ruby's JSON library uses it: about one float in a thousand has more digits than in Python, or a different last digit
 (0.7147335514 becomes 0.7147335513999999).
Source: Florian Loitsch, Printing Floating-Point Numbers Quickly and Accurately with Integers (2010); the powers of ten
and the rounding are those of the library fpconv.
"""

from __future__ import annotations

import struct
from functools import cache, lru_cache
from typing import NamedTuple


_HIDDEN_BIT = 1 << 52
_BIAS = 1023 + 52
_64_BITS = (1 << 64) - 1
_FIRST_POWER, _STEP, _POWERS = -348, 8, 87
_LEAST, _MOST = -60, -32  # the exponents that a scaled number may have
_LOG_2 = 0.30102999566398114


class _Float(NamedTuple):
    """*fraction* times 2 to the power of *exponent*."""

    fraction: int
    exponent: int

    def normalized(self) -> _Float:
        shift = 64 - self.fraction.bit_length()
        return _Float(self.fraction << shift, self.exponent - shift)

    def times(self, other: _Float) -> _Float:
        return _Float((self.fraction * other.fraction + (1 << 63)) >> 64, self.exponent + other.exponent + 64)


@lru_cache(maxsize=10_000)  # every notation asks for the same number
def digits(number: float) -> tuple[str, int]:
    """The digits of *number*, which is positive and finite, and the power of ten by which they are multiplied."""
    value = _read(number)
    upper = _Float(value.fraction * 2 + 1, value.exponent - 1).normalized()
    shift = 2 if value.fraction == _HIDDEN_BIT else 1
    below = _Float((value.fraction << shift) - 1, value.exponent - shift)
    lower = _Float(below.fraction << (below.exponent - upper.exponent), upper.exponent)
    power, ten = _scale(upper.exponent)
    scaled, upper, lower = (each.times(ten) for each in (value.normalized(), upper, lower))
    high, low = upper.fraction - 1, lower.fraction + 1
    text, exponent = _generate(high - scaled.fraction, high, high - low, -upper.exponent)
    return text, exponent - power


def _read(number: float) -> _Float:
    (bits,) = struct.unpack("<Q", struct.pack("<d", number))
    fraction, exponent = bits & (_HIDDEN_BIT - 1), bits >> 52
    return _Float(fraction + _HIDDEN_BIT, exponent - _BIAS) if exponent else _Float(fraction, 1 - _BIAS)


def _scale(exponent: int) -> tuple[int, _Float]:
    """The power of ten, and its value, by which a number with this binary *exponent* comes into reach."""
    index = (int(-(exponent + _POWERS) * _LOG_2) - _FIRST_POWER) // _STEP
    while not _LEAST <= (current := exponent + _power(index).exponent + 64) <= _MOST:
        index += 1 if current < _LEAST else -1
    return _FIRST_POWER + index * _STEP, _power(index)


@cache
def _power(index: int) -> _Float:
    """The power of ten of that *index*, to the nearest 64 bits."""
    power = _FIRST_POWER + index * _STEP
    numerator, denominator = (10**power, 1) if power >= 0 else (1, 10**-power)
    exponent = numerator.bit_length() - denominator.bit_length() - 64
    while True:
        above, under = (numerator, denominator << exponent) if exponent > 0 else (numerator << -exponent, denominator)
        fraction = (2 * above + under) // (2 * under)
        if fraction.bit_length() == 64:  # noqa: PLR2004, as many bits as it has
            return _Float(fraction, exponent)
        exponent += 1 if fraction.bit_length() > 64 else -1  # noqa: PLR2004, as above


def _generate(distance: int, high: int, delta: int, bits: int) -> tuple[str, int]:
    """Digits between *high* less *delta* and *high*, *distance* from it; the last *bits* are behind the point."""
    one = 1 << bits
    whole, rest = high >> bits, high & (one - 1)
    generated: list[int] = []
    for kappa in range(9, -1, -1):
        digit, whole = divmod(whole, 10**kappa)
        if digit or generated:
            generated.append(digit)
        left = (whole << bits) + rest
        if left <= delta:
            _round(generated, delta, left, 10**kappa << bits, distance)
            return "".join(map(str, generated)), kappa
    kappa, unit = 0, 1
    while True:
        rest, delta, unit, kappa = rest * 10, delta * 10 & _64_BITS, unit * 10, kappa - 1
        digit, rest = rest >> bits, rest & (one - 1)
        if digit or generated:
            generated.append(digit)
        if rest < delta:
            _round(generated, delta, rest, one, distance * unit & _64_BITS)
            return "".join(map(str, generated)), kappa


def _round(generated: list[int], delta: int, left: int, unit: int, distance: int) -> None:
    """Take from the last digit what brings it nearer to the number."""
    while left < distance and delta - left >= unit:
        if left + unit >= distance and distance - left <= left + unit - distance:
            return
        generated[-1] -= 1
        left += unit
