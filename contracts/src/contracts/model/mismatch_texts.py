"""What verifiers say about a mismatch only in its description: the actual value, the missing keys, and the place.

Source: the descriptions of Pact-Rust (pact-python, pact-js, pact-net), Pact-JVM and pact-ruby.
"""

from __future__ import annotations

import re


_LONGEST = 2_000  # characters of a description that is read
_QUOTED = re.compile(r"'(.*)'|\"(.*)\"", re.DOTALL)
_TYPE = r"(?: \((?:String|Integer|Decimal|Number|Boolean|Null|Object|Array|Map|List|size \d+)\))?"
_SUBJECT = re.compile(
    r"(?:Mismatch with \w+ (?P<quote>['\"]).*?(?P=quote): )?(?:Type mismatch: )?"
    rf"Expected (?P<first>'.*?'|[^'a-zA-Z].*?|null|true|false){_TYPE} to "
    rf"(?:(?P<equal>(?:be )?equal(?: to)?|be the same type as) (?P<second>.*?){_TYPE}$"
    r"|(?:not )?be |match |have |include |contain )",
    re.DOTALL,
)
_OUTCOME = re.compile(
    rf"(?:\* )?expected .*? but (?:was|received|got) (?P<actual>.+?){_TYPE}(?: at \$\S*)?$", re.DOTALL | re.IGNORECASE
)
_BODY = re.compile(r"Expected body '.*' to match '(?P<actual>.*)' using equality", re.DOTALL)
_MISSING = re.compile(r"Actual map is missing the following keys: (?P<keys>.+)$", re.DOTALL)
_NO_KEY = re.compile(r"Could not find key \"(?P<key>.+?)\" .* at (?P<place>\$\S*)$", re.DOTALL)
_PLACE = re.compile(r" at (?P<place>\$\S*)$")


def actual_in(description: str, expected: str | None = None) -> str | None:
    """Return the actual value in *description*, or None; *expected* is the example in the contract, if it is known.

    >>> actual_in("Expected 'one' (String) to be an integer")
    'one'
    >>> actual_in("expected 200 but was 500")
    '500'
    >>> actual_in("Expected a header 'X-H' but was missing") is None
    True
    """
    if len(description) > _LONGEST:
        return None
    if outcome := _BODY.match(description) or _OUTCOME.match(description):
        actual = _unquoted(outcome["actual"])
        return None if actual.startswith("missing") else actual
    if (subject := _SUBJECT.match(description)) is None:
        return None
    first = _unquoted(subject["first"])
    # older versions of Pact-Rust write the expected value first
    if subject["equal"] and expected is not None and first == _unquoted(expected):
        return _unquoted(subject["second"])
    return first


def missing_keys(description: str) -> tuple[str, ...]:
    """Return the keys that the actual object lacks.

    >>> missing_keys("Actual map is missing the following keys: id, name")
    ('id', 'name')
    """
    missing = _MISSING.match(description[:_LONGEST])
    return tuple(missing["keys"].split(", ")) if missing else ()


def place_in(description: str) -> str:
    """Return the place that pact-ruby writes at the end of *description*, or an empty text.

    >>> place_in('* Expected "9.95" but got 9.95 at $.price.amount')
    '$.price.amount'
    """
    description = description[-_LONGEST:]
    if no_key := _NO_KEY.search(description):
        return below(no_key["place"], no_key["key"])
    place = _PLACE.search(description)
    return place["place"] if place else ""


def below(place: str, key: str) -> str:
    """Return the place of *key* in the object at *place*."""
    return f"{place}.{key}" if re.fullmatch(r"[\w-]+", key) else f"{place}['{key}']"


def _unquoted(text: str) -> str:
    quoted = _QUOTED.fullmatch(text)
    return text if quoted is None else quoted[1] if quoted[1] is not None else quoted[2]
