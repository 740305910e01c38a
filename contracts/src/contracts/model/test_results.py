"""The test results that verifiers publish with a verification result, read for display.

Two formats are in use; anything else is unreadable.

* A list with an element for each interaction: pact-python, pact-js, pact-jvm, pact-net, and `contracts verify`.

      {"interactionId": "…", "interactionDescription": "…", "success": false,
       "mismatches": [{"attribute": "body", "identifier": "$.id", "description": "…", "expected": …, "actual": …}],
       "exceptions": [{"message": "…", "exceptionClass": "…"}]}

* An object with an element for each check of an interaction, such as its status: pact-ruby and what wraps it.

      {"tests": [{"interactionDescription": "…", "interactionProviderState": "…", "testDescription": "…",
                  "status": "failed", "differences": [{"description": "…"}], "exception": {"message": "…"},
                  "actualStatus": …, "actualHeaders": …, "actualBody": …}]}

Source: what the official verifiers publish.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contracts.model import mismatch_texts


_PASSED = "passed"
_HEADER = re.compile(r'"(?P<name>[^"]+)" (?:which|with)\b')
_COMPARED = re.compile(r"^\s*expected: (?P<expected>.+)\n\s*got: (?P<actual>.+?)(?: \(using ==\))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A difference between contract and provider.

    *attribute* is the part of the response, such as `body`; *place* is a path or a header's name, or empty.
    *expected* and *actual* are texts, or None if the verifier did not publish them.
    """

    attribute: str
    place: str = ""
    description: str
    expected: str | None = None
    actual: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """The outcome of one interaction; *problems* are errors other than mismatches, such as a failed provider state.

    *interaction_id* is the `_id` of the interaction in the contract, *state* its first provider state; either can be
    empty. *actual* is the provider's response as text, or empty if the verifier did not publish it.
    """

    __test__ = False  # not a test, for pytest

    success: bool
    interaction_id: str = ""
    description: str = ""
    state: str = ""
    mismatches: tuple[Mismatch, ...] = ()
    problems: tuple[str, ...] = ()
    actual: str = ""


def read(document: object) -> tuple[TestResult, ...] | None:
    """Return the outcome of each interaction in *document*; None if its format is unknown.

    >>> read([{"interactionId": "a1", "success": True}])
    (TestResult(success=True, interaction_id='a1', description='', state='', mismatches=(), problems=(), actual=''),)
    >>> read([])
    ()
    >>> read("free text") is None
    True
    """
    checks = document.get("tests", document.get("examples")) if isinstance(document, dict) else document
    if not isinstance(checks, list) or not all(isinstance(each, dict) for each in checks):
        return None
    if isinstance(document, dict):
        return _of_checks(checks) if all("status" in each for each in checks) else None
    if all(isinstance(each.get("success"), bool) for each in checks):
        return tuple(_of_interaction(each) for each in checks)
    return None


def _of_interaction(each: dict[str, Any]) -> TestResult:
    return TestResult(
        success=each["success"],
        interaction_id=_text(each.get("interactionId")),
        description=_text(each.get("interactionDescription")),
        mismatches=tuple(_mismatch(mismatch) for mismatch in _objects(each.get("mismatches"))),
        problems=tuple(filter(None, map(_problem, _objects(each.get("exceptions"))))),
    )


def _mismatch(mismatch: dict[str, Any]) -> Mismatch:
    description, diff = _text(mismatch.get("description")), _text(mismatch.get("diff"))
    return Mismatch(
        attribute=_text(mismatch.get("attribute")),
        place=_text(mismatch.get("identifier")),
        description=f"{description}\n{diff}".strip("\n"),
        expected=_value(mismatch, "expected"),
        actual=_value(mismatch, "actual"),
    )


def _problem(exception: dict[str, Any]) -> str:
    kind = _text(exception.get("exceptionClass") or exception.get("class"))
    return ": ".join(filter(None, (kind, _text(exception.get("message")))))


@dataclass(slots=True)
class _Checks:
    """The checks of one interaction."""

    description: str
    state: str
    success: bool = True
    mismatches: list[Mismatch] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    actual: str = ""

    def add(self, check: dict[str, Any]) -> None:
        """Add the outcome of a *check*."""
        self.actual = self.actual or _response(check)
        if check["status"] == _PASSED:
            return
        self.success = False
        description = _text(check.get("testDescription"))
        attribute, place = _checked(description)
        exception = check.get("exception")
        if differences := [_text(each.get("description")) for each in _objects(check.get("differences"))]:
            self.mismatches += [
                Mismatch(
                    attribute=attribute,
                    place=mismatch_texts.place_in(each) if attribute == "body" else place,
                    description=each.removeprefix("* "),
                )
                for each in differences
            ]
        elif isinstance(exception, dict):  # otherwise, its message repeats the differences
            self._add_problem(exception, attribute, place, description)

    def _add_problem(self, exception: dict[str, Any], attribute: str, place: str, description: str) -> None:
        if values := _COMPARED.search(_text(exception.get("message"))):
            mismatch = Mismatch(
                attribute=attribute,
                place=place,
                description=f"The check “{description}” failed",
                expected=values["expected"],
                actual=values["actual"],
            )
            self.mismatches.append(mismatch)
        else:
            problem = _problem(exception)
            self.problems.append(f"{description}: {problem}" if description else problem)


def _checked(description: str) -> tuple[str, str]:
    """Return the part of the response that pact-ruby checked, and the name of a header: `body`, `status`, `header`."""
    if header := _HEADER.match(description):
        return "header", header["name"]
    return next(((part, "") for part in ("status", "body") if part in description), (description, ""))


def _of_checks(tests: Iterable[dict[str, Any]]) -> tuple[TestResult, ...]:
    """Combine the checks of each interaction, in the order of its first one."""
    by_interaction: dict[tuple[str, str], _Checks] = {}
    for check in tests:
        key = _text(check.get("interactionDescription")), _text(check.get("interactionProviderState"))
        by_interaction.setdefault(key, _Checks(*key)).add(check)
    return tuple(
        TestResult(
            success=each.success,
            description=each.description,
            state=each.state,
            mismatches=tuple(each.mismatches),
            problems=tuple(each.problems),
            actual=each.actual,
        )
        for each in by_interaction.values()
    )


def _response(check: dict[str, Any]) -> str:
    """Return the provider's response in *check* as text."""
    headers = check.get("actualHeaders")
    lines = [_text(check.get("actualStatus"))]
    lines += [f"{name}: {_text(value)}" for name, value in headers.items()] if isinstance(headers, dict) else []
    body = check.get("actualBody", check.get("actualContents"))
    lines += ["", _pretty(body)] if body is not None else []
    return "\n".join(lines).strip("\n")


def _value(mismatch: dict[str, Any], key: str) -> str | None:
    return _pretty(mismatch[key]) if mismatch.get(key) is not None else None


def _pretty(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
