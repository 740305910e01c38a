"""The part of GitHub's expression language that our workflows use.

Anything else is an error: with a guessed condition, fake-ci would play another pipeline than GitHub.

Source: GitHub's documentation of workflow expressions: literals, operators, contexts, status functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.fake_ci.expression_values import COMPARISONS, FUNCTIONS, All, item, text, truth


class ExpressionError(Exception):
    """An expression that cannot be evaluated here; the message contains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexts:
    """The contexts that an expression can use, by name (`github`, `needs`, …), and whether all before has succeeded."""

    values: Mapping[str, Any]
    succeeded: bool = True


def interpolate(template: str, contexts: Contexts) -> str:
    """Replace each `${{ expression }}` in *template* by its value, as GitHub does.

    Raises:
        ExpressionError: if an expression uses something unknown.
    """
    return _TEMPLATE.sub(lambda place: text(evaluate(place[1], contexts)), template)


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
    return (bool(uses_status) or contexts.succeeded) and truth(evaluate(expression, contexts))


def unknown_in(template: str, names: frozenset[str], *, condition: bool = False) -> Iterator[str]:
    """Yield the reason for each expression in *template* that cannot be evaluated here; *names* are those of contexts.

    A *condition* may be an expression itself.
    """
    contexts = Contexts(values=dict.fromkeys(names))
    bodies = _TEMPLATE.findall(template) or ([template] if condition else [])
    for expression in bodies:
        try:
            evaluate(expression, contexts)
        except ExpressionError as problem:
            yield str(problem)


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
    | (?P<operator>==|!=|<=|>=|&&|\|\||[!().,<>*\[\]])
    )\s*""",
    re.VERBOSE,
)
_STATUS_FUNCTIONS: Mapping[str, Callable[[bool], bool]] = {
    "always": lambda _: True,
    "success": lambda succeeded: succeeded,
    "failure": lambda succeeded: not succeeded,
    "cancelled": lambda _: False,
}
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
            value = value if truth(value) else other
        return value

    def conjunction(self) -> Any:
        value = self.comparison()
        while self._take("&&"):
            other = self.comparison()
            value = other if truth(value) else value
        return value

    def comparison(self) -> Any:
        value = self.negation()
        for operator, compare in COMPARISONS.items():
            if self._take(operator):
                return compare(value, self.negation())
        return value

    def negation(self) -> Any:
        return not truth(self.negation()) if self._take("!") else self.operand()

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
                return self._members(self._call(token))
            case "name":
                return self._property(token)
            case _:
                raise self.problem()

    def _property(self, name: str) -> Any:
        if name not in self.contexts.values:
            raise self.problem()
        return self._members(self.contexts.values[name])

    def _members(self, value: Any) -> Any:
        while True:
            if self._take("."):
                value = self._member(value)
            elif self._take("["):
                value = item(value, self.alternatives())
                self._expect("]")
            else:
                return value

    def _member(self, value: Any) -> Any:
        if self._take("*"):
            return All(value.values() if isinstance(value, Mapping) else value or ())
        kind, key = self.rest.pop(0) if self.rest else ("", "")
        if kind != "name":
            raise self.problem()
        return item(value, key)

    def _call(self, function: str) -> Any:
        arguments = []
        while not self._take(")"):
            arguments.append(self.alternatives())
            if not self._take(","):
                self._expect(")")
                break
        if not arguments and function in _STATUS_FUNCTIONS:
            return _STATUS_FUNCTIONS[function](self.contexts.succeeded)
        try:
            return FUNCTIONS[function](*arguments)
        except (KeyError, TypeError, ValueError, IndexError):
            raise self.problem() from None

    def _take(self, operator: str) -> bool:
        if self.rest[:1] != [("operator", operator)]:
            return False
        self.rest.pop(0)
        return True

    def _expect(self, operator: str) -> None:
        if not self._take(operator):
            raise self.problem()
