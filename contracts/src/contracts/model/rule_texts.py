"""Matching rules and generators in words.

Source: Pact specification, versions 2 to 4: matching rules, generators.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any


Matcher = Mapping[str, Any]
"""A rule, or a generator, as the contract has it."""

UNKNOWN = object()
"""The example of a value whose type is not known."""

_PLAIN = {
    "integer": "any integer",
    "decimal": "any decimal number",
    "real": "any decimal number",
    "number": "any number",
    "boolean": "true or false",
    "null": "null",
    "equality": "exactly this value",
    "notEmpty": "any value that is not empty",
    "semver": "any semantic version",
    "arrayContains": "a list with these elements among others, in any order",
    "values": "any keys, each value like this one",
}
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (str, "any text"),
    (int, "any number"),
    (float, "any number"),
    (dict, "an object with these fields"),
    (type(None), "null"),
)
_MOMENTS = {"date": "a date", "time": "a time", "timestamp": "a date and time", "datetime": "a date and time"}


def name(matcher: Matcher) -> str:
    """Return the name of the rule of *matcher*; version 2 leaves some out."""
    if "match" in matcher:
        return str(matcher["match"])
    return "regex" if "regex" in matcher else "type"


def sentence(matchers: Sequence[Matcher], word: str, example: Any, *, exact: bool) -> str:
    """Return what a value may be, if *matchers*, combined by *word*, are for it (*exact*) or for what it is in.

    It is empty if the value must equal the *example*; that can be `UNKNOWN`.
    """
    kinds = {name(each) for each in matchers}
    if kinds == {"equality"} or (kinds == {"null"} and example is None):
        return ""
    texts = (_matched(each, example, exact=exact) for each in matchers)
    return f" {word} ".join(filter(None, dict.fromkeys(texts)))


def _matched(matcher: Matcher, example: Any, *, exact: bool) -> str:
    kind = name(matcher)
    if kind == "type":
        return _of_type(matcher if exact else {}, example)
    if kind in _MOMENTS:
        return _MOMENTS[kind] + _form(matcher.get("format") or matcher.get(kind))
    if kind in _SENTENCES:
        return _SENTENCES[kind](matcher)
    return _PLAIN.get(kind, f"matched by the rule {kind}")


def _form(form: object) -> str:
    return f" in the form {form}" if form else ""


def _each(what: str, matcher: Matcher) -> str:
    texts = (
        "like this one" if name(each) == "type" else _matched(each, UNKNOWN, exact=True) for each in inner(matcher)
    )
    return f"each {what}: {' and '.join(dict.fromkeys(texts)) or 'any'}"


def _of_type(matcher: Matcher, example: Any) -> str:
    least, most = matcher.get("min"), matcher.get("max")
    if isinstance(example, list):
        if least is None and most is None:
            return "any number of elements, each like the first"
        count = (
            f"{least} to {most}"
            if None not in {least, most}
            else f"at least {least}"
            if most is None
            else f"at most {most}"
        )
        return f"{count} element{'' if count.endswith(' 1') else 's'}, each like the first"
    if isinstance(example, dict):
        return ""  # its fields say the rest
    return next((text for kind, text in _TYPES if isinstance(example, kind)), "any value of the same type")


_STATUSES = {
    "info": "any status from 100 to 199",
    "success": "any status from 200 to 299",
    "redirect": "any status from 300 to 399",
    "clientError": "any status from 400 to 499",
    "serverError": "any status from 500 to 599",
    "nonError": "any status below 400",
    "error": "any status from 400",
}


def _status(status: object) -> str:
    if isinstance(status, list):
        return f"one of {', '.join(map(str, status))}"
    return _STATUSES.get(str(status), f"any {status} status")


_SENTENCES: Mapping[str, Callable[[Matcher], str]] = {
    "regex": lambda matcher: f"any text that matches {matcher.get('regex', '')}",
    "include": lambda matcher: f"any text that contains {json.dumps(matcher.get('value'), ensure_ascii=False)}",
    "contentType": lambda matcher: f"any content of the type {matcher.get('value', '')}",
    "statusCode": lambda matcher: _status(matcher.get("status")),
    "eachKey": lambda matcher: _each("key", matcher),
    "eachValue": lambda matcher: _each("value", matcher),
}
_GENERATED: Mapping[str, Callable[[Matcher], str]] = {
    "RandomInt": lambda each: f"a random integer{_range(each)} is used",
    "RandomDecimal": lambda each: f"a random decimal number{_size(each, 'digits', 'digit')} is used",
    "RandomHexadecimal": lambda each: f"a random hexadecimal number{_size(each, 'digits', 'digit')} is used",
    "RandomString": lambda each: f"a random text{_size(each, 'size', 'character')} is used",
    "RandomBoolean": lambda _: "true or false, at random, is used",
    "ProviderState": lambda each: (
        f"in a verification, the provider state gives the value of {each.get('expression', 'an expression')}"
    ),
    "Regex": lambda each: f"a random text that matches {each.get('regex', '')} is used",
    "Date": lambda each: f"{_moment('date', each)} is used",
    "Time": lambda each: f"{_moment('time', each)} is used",
    "DateTime": lambda each: f"{_moment('date and time', each)} is used",
    "MockServerURL": lambda _: "in the test of the consumer, the address is that of the mock server",
    "Uuid": lambda each: f"a random UUID{_form(each.get('format'))} is used",
}


def _range(generator: Matcher) -> str:
    least, most = generator.get("min"), generator.get("max")
    if least is None or most is None:
        return ""
    return f" from {least} to {most}"


def _size(generator: Matcher, key: str, unit: str) -> str:
    size = generator.get(key)
    return "" if size is None else f" of {size} {unit}{'' if size == 1 else 's'}"


def _moment(kind: str, generator: Matcher) -> str:
    """Return the moment that a generator gives: now, or what an expression such as `+ 1 day` makes of it."""
    expression = generator.get("expression")
    return f"the current {kind}{f', {expression},' if expression else ''}{_form(generator.get('format'))}"


def generated(generator: Matcher) -> str:
    """Return the value that *generator* puts in place of the example."""
    kind = str(generator.get("type"))
    if kind in _GENERATED:
        return _GENERATED[kind](generator)
    return f"generated by {kind}"


def inner(matcher: Matcher) -> tuple[Matcher, ...]:
    """Return the matchers that `eachKey` and `eachValue` have for each of them."""
    rules = matcher.get("rules")
    return tuple(each for each in rules if isinstance(each, dict)) if isinstance(rules, list) else ()
