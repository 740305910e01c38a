"""The differences of a failed interaction, field by field, with what its contract says about each field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from contracts.model import marked_lines, matching_rules, mismatch_texts, rule_texts
from contracts.model.interactions import ExchangeSide
from contracts.model.marked_lines import Line, Path
from contracts.model.matching_rules import Rules
from contracts.model.test_results import Mismatch


LONGEST_TEXT = 10_000  # characters of a body that is not JSON
_WHOLE_BODY_LINES = 200
_CONTEXT_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A mismatch for display: its *place*, and what was *expected* and what came (*actual*), each or None.

    With a *rule*, the expected value is only an example.
    """

    place: str
    expected: str | None
    rule: str
    actual: str | None
    description: str


def of(mismatches: Iterable[Mismatch], side: ExchangeSide | None) -> tuple[tuple[Difference, ...], tuple[Line, ...]]:
    """Return the differences from the expected *side*, and the lines of its body with marks at their places."""
    body = _value(side)
    rules = matching_rules.of(side.source) if side else Rules()
    single = [field for each in mismatches for field in _fields(each, body)]
    differences = tuple(_difference(each, side, body, rules) for each in single)
    return differences, _marked(body, single) if body is not None else ()


def _fields(mismatch: Mismatch, body: Any) -> Iterator[Mismatch]:
    """Iterate over *mismatch* once for each key that is missing, as far as the expected *body* has them."""
    keys = mismatch_texts.missing_keys(mismatch.description)
    path = marked_lines.path_of(mismatch.place)
    try:
        expected = marked_lines.at(body, path) if keys and path is not None else None
    except LookupError:
        expected = None
    if not isinstance(expected, dict) or not all(each in expected for each in keys):
        yield mismatch
        return
    for each in keys:
        place = mismatch_texts.below(mismatch.place, each)
        yield replace(mismatch, place=place, description=f"The key {each} is missing", expected=None, actual=None)


def _value(side: ExchangeSide | None) -> Any:
    """Return the JSON value of the body of *side*, or None."""
    if side is None or not isinstance(side.content, str):
        return side.content if side else None
    try:
        return json.loads(side.content)
    except (ValueError, RecursionError):
        return None


def _difference(mismatch: Mismatch, side: ExchangeSide | None, body: Any, rules: Rules) -> Difference:
    example, rule = _expected(mismatch, side, body, rules)
    expected = example if mismatch.expected is None else mismatch.expected
    actual = mismatch.actual
    return Difference(
        place=f"{mismatch.attribute} {mismatch.place}".strip(),
        expected=expected,
        rule=rule,
        actual=mismatch_texts.actual_in(mismatch.description, expected) if actual is None else actual,
        description=mismatch.description,
    )


def _expected(mismatch: Mismatch, side: ExchangeSide | None, body: Any, rules: Rules) -> tuple[str | None, str]:
    """Return the example in the contract at the place of *mismatch*, or None, and the rule for it, or an empty text."""
    if side is None:
        return None, ""
    if mismatch.attribute == "status":
        return side.title, rules.note("status", (), 0)
    if mismatch.attribute in {"header", "headers", "metadata"}:
        name = mismatch.place.lower()
        value = {name.lower(): value for name, value in side.headers}.get(name)
        note = rules.note_of_values("header", name, [value or ""]) or rules.note("metadata", (mismatch.place,), value)
        return value, note
    path = marked_lines.path_of(mismatch.place)
    return (None, "") if mismatch.attribute != "body" or path is None else _expected_body(path, side, body, rules)


def _expected_body(path: Path, side: ExchangeSide, body: Any, rules: Rules) -> tuple[str | None, str]:
    if body is None:
        text = None if path else side.content
        return (text[:LONGEST_TEXT], rules.note("body", (), text)) if text else (None, "")
    try:
        example = marked_lines.at(body, path)
    except LookupError:
        return None, rules.note("body", path, rule_texts.UNKNOWN)
    return (json.dumps(example, indent=2, ensure_ascii=False) if path else None), rules.note("body", path, example)


def _marked(body: Any, mismatches: Iterable[Mismatch]) -> tuple[Line, ...]:
    """Return *body* with marks; of a long one only the lines around them. Empty if no place is known."""
    paths = (marked_lines.path_of(each.place) for each in mismatches if each.attribute == "body")
    places = {each for each in paths if each}
    if not places:
        return ()
    try:
        lines = marked_lines.lines(body, places)
    except RecursionError:
        return ()
    return lines if len(lines) <= _WHOLE_BODY_LINES else marked_lines.around(lines, _CONTEXT_LINES)
