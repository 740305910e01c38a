"""The part of GitHub's expression language that our workflows use.

Anything else is an error: with a guessed condition, fake-ci would play another pipeline than GitHub.

Source: GitHub's documentation of workflow expressions: literals, operators, contexts, status functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class ExpressionError(Exception):
    """An expression that cannot be evaluated here; the message contains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexts:
    """The contexts that an expression can use, by name (`github`, `needs`, …), and whether all before has succeeded."""

    values: Mapping[str, Any]
    succeeded: bool = True


def interpolate(text: str, contexts: Contexts) -> str:
    """Replace each `${{ expression }}` in *text* by its value, as GitHub does.

    Raises:
        ExpressionError: if an expression uses something unknown.
    """
    return _TEMPLATE.sub(lambda template: _text(evaluate(template[1], contexts)), text)


def holds(condition: str | None, contexts: Contexts) -> bool:
    """Return whether a job or step with the `if:` *condition* runs.

    A condition without a status function also requires that everything before succeeded.

    Raises:
        ExpressionError: if the condition uses something unknown.
    """
    if condition is None:
        return contexts.succeeded
    template = _TEMPLATE.fullmatch(condition.strip())
    expression = template[1] if template else condition
    uses_status = re.search(r"\b(always|success|failure|cancelled)\s*\(", expression)
    return (bool(uses_status) or contexts.succeeded) and _truth(evaluate(expression, contexts))


def evaluate(expression: str, contexts: Contexts) -> Any:
    """Return the value of *expression*: None, a bool, a number, a string, or a part of a context.

    Raises:
        ExpressionError: if it uses something unknown.
    """
    reader = _Reader(expression, contexts)
    value = reader.alternatives()
    if reader.rest:
        raise reader.problem()
    return value


_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}")
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^']|'')*')
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z_][\w-]*)
    | (?P<operator>==|!=|&&|\|\||[!().,])
    )\s*""",
    re.VERBOSE,
)
_CONSTANTS = {"true": True, "false": False, "null": None}


class _Reader:
    """Reads an expression from left to right; one method for each level of precedence, weakest first."""

    def __init__(self, expression: str, contexts: Contexts) -> None:
        self.expression, self.contexts = expression, contexts
        self.rest: list[tuple[str, str]] = []
        position = 0
        while position < len(expression):
            token = _TOKEN.match(expression, position)
            if token is None:
                raise self.problem()
            self.rest.append((str(token.lastgroup), token[str(token.lastgroup)]))
            position = token.end()

    def problem(self) -> ExpressionError:
        return ExpressionError(f"This expression can only be evaluated on GitHub: {self.expression.strip()}")

    def alternatives(self) -> Any:
        value = self.conjunction()
        while self._take("||"):
            other = self.conjunction()
            value = value if _truth(value) else other
        return value

    def conjunction(self) -> Any:
        value = self.comparison()
        while self._take("&&"):
            other = self.comparison()
            value = other if _truth(value) else value
        return value

    def comparison(self) -> Any:
        value = self.negation()
        if self._take("=="):
            return _equal(value, self.negation())
        if self._take("!="):
            return not _equal(value, self.negation())
        return value

    def negation(self) -> Any:
        return not _truth(self.negation()) if self._take("!") else self.operand()

    def operand(self) -> Any:
        if self._take("("):
            value = self.alternatives()
            self._expect(")")
            return value
        kind, token = self.rest.pop(0) if self.rest else ("", "")
        match kind:
            case "string":
                return token[1:-1].replace("''", "'")
            case "number":
                return float(token) if "." in token else int(token)
            case "name" if token in _CONSTANTS:
                return _CONSTANTS[token]
            case "name" if self._take("("):
                return self._call(token)
            case "name":
                return self._property(token)
            case _:
                raise self.problem()

    def _property(self, name: str) -> Any:
        if name not in self.contexts.values:
            raise self.problem()
        value = self.contexts.values[name]
        while self._take("."):
            kind, key = self.rest.pop(0) if self.rest else ("", "")
            if kind != "name":
                raise self.problem()
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _call(self, function: str) -> Any:
        arguments = []
        while not self._take(")"):
            arguments.append(self.alternatives())
            if not self._take(","):
                self._expect(")")
                break
        match function, arguments:
            case "always", []:
                return True
            case "success", []:
                return self.contexts.succeeded
            case "failure", []:
                return not self.contexts.succeeded
            case "cancelled", []:
                return False
            case "toJSON", [value]:
                return json.dumps(value, indent=2)
            case _:
                raise self.problem()

    def _take(self, operator: str) -> bool:
        if self.rest[:1] != [("operator", operator)]:
            return False
        self.rest.pop(0)
        return True

    def _expect(self, operator: str) -> None:
        if not self._take(operator):
            raise self.problem()


def _truth(value: Any) -> bool:
    return isinstance(value, (Mapping, list)) or bool(value)


def _equal(left: Any, right: Any) -> bool:
    """Compare as GitHub does: strings without regard to case, values of different types as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if type(left) is type(right):
        return bool(left == right)
    return _number(left) == _number(right)


def _number(value: Any) -> float:
    try:
        return float(0 if value is None or value == "" else value)
    except (TypeError, ValueError):
        return float("nan")


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
        case Mapping():
            return "Object"
        case _:
            return "Array"
