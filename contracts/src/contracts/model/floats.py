"""The notation of floats in Ruby's JSON library, because the identity of a content is a hash of its JSON.

The notation has changed more than once. The reference broker requires 2.19.9, which writes them as `CURRENT` does;
in brokers with older libraries the same content has another identity.
Source: CHANGES of the json gem, 2.11, 2.12 and 2.15; Ruby's Float#to_s before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign

from contracts.model import grisu


_TRAILING_ZEROS = 7
_MOST_DECIMALS = 6
"""A number with at most this many decimals has no exponent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """When floats have an exponent.

    Whole numbers have one from 10 to the power of *whole* on; with None, as soon as more than seven zeros would follow
    their digits (of negative ones six). Others with more than six decimals have one from 10 to the power of *decimals*
    on, and below its inverse.
    """

    whole: int | None
    decimals: int

    def write(self, number: float) -> str:
        """Return *number*, which is finite, as JSON."""
        sign = "-" if copysign(1.0, number) < 0 else ""
        if not number:
            return f"{sign}0.0"
        digits, exponent = grisu.digits(abs(number))
        # the number is 0.DIGITS times 10 to the power of `point`
        point = len(digits) + exponent
        zeros, magnitude = point - len(digits), abs(point - 1)
        if zeros >= 0:
            if magnitude < (len(digits) + _TRAILING_ZEROS - len(sign) if self.whole is None else self.whole):
                return f"{sign}{digits}{'0' * zeros}.0"
        elif -zeros <= _MOST_DECIMALS or magnitude < self.decimals:
            whole = digits[:point] if point > 0 else "0"
            return f"{sign}{whole}.{'0' * -point}{digits[max(point, 0) :]}"
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{'-' if point < 1 else '+'}{magnitude}"


class _RubyNotation(Notation):
    """The notation of Float#to_s: Python's repr, but a mantissa always has a fraction."""

    __slots__ = ()

    def write(self, number: float) -> str:
        mantissa, e, exponent = repr(number).partition("e")
        return mantissa + ("" if "." in mantissa or not e else ".0") + e + exponent


CURRENT = Notation(whole=15, decimals=10)
FORMER = (
    Notation(whole=None, decimals=10),  # json 2.12 to 2.14
    Notation(whole=None, decimals=4),  # json 2.11
    _RubyNotation(whole=16, decimals=4),  # json before 2.11
)
