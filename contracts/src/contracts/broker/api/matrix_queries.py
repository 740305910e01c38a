"""Reading a question to the matrix from a query string.

Source: Pact Broker protocol, parameters of `GET /matrix`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from contracts.broker.api import waits
from contracts.broker.api.queries import texts
from contracts.model.criteria import Criterion, InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.errors import InvalidQuery
from contracts.model.matrix import Ignored, MatrixQuestion, Scope, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy


MAX_SELECTORS = 200

_PLACES = ("tag", "mainBranch", "environment", "latest")
IGNORED = texts("ignore[]", "ignore[][pacticipant]", "ignore[][version]")
OPTIONS = (*texts(*_PLACES, "latestby", "success[]", "limit"), *IGNORED, waits.PARAMETER)
EVERYTHING = (*texts(*(f"q[][{each}]" for each in ("pacticipant", "version", "branch", *_PLACES))), *OPTIONS)

_LARGEST_LIMIT = 2**31 - 1
_SUCCESSES: Mapping[str, bool | None] = {"true": True, "false": False, "": None}


@dataclass(slots=True, kw_only=True)
class Draft:
    """The parts of a question that could be read, and the *problems* of the others, one sentence each."""

    selectors: list[Selector] = field(default_factory=list)
    scope: Scope | None = None
    latest_by: LatestBy | None = None
    successes: frozenset[bool | None] = frozenset({True, False, None})
    limit: int | None = None
    ignored: list[Ignored] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    environment: str | None = None
    wait_seconds: int | None = None
    problems: list[str] = field(default_factory=list)

    def question(self, selectors: Sequence[Selector] = ()) -> MatrixQuestion:
        """The question about *selectors*, or without them about its own.

        Raises:
            InvalidQuery: with every problem.
        """
        if self.problems:
            raise InvalidQuery(self.problems)
        return MatrixQuestion(
            selectors=tuple(selectors or self.selectors),
            others=self.scope,
            latest_by=self.latest_by,
            successes=self.successes,
            limit=self.limit,
            ignored=tuple(self.ignored),
        )

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Collect the problems of the block, so that the response has all of them."""
        try:
            yield
        except InvalidQuery as error:
            self.problems += error.errors


def read(query: Mapping[str, Any]) -> Draft:
    """Return the question of a nested *query*; blank values and unknown parameters are ignored."""
    draft = options(query)
    with draft.noting():
        elements = _elements(query, "q")
        if not elements:
            raise InvalidQuery(["Nothing is selected: give at least one q[][pacticipant]"])
        for element in elements:
            with draft.noting():
                selector = Selector(pacticipant=text(element, "pacticipant"), version_filter=_version_filter(element))
                draft.selectors.append(selector)
        draft.names = [each["pacticipant"] for each in elements if isinstance(each.get("pacticipant"), str)]
    return draft


def options(query: Mapping[str, Any]) -> Draft:
    """Return the question of *query* without its selectors."""
    draft = Draft()
    with draft.noting():
        draft.environment = text(query, "environment") or None
        draft.scope = _scope(query)
    with draft.noting():
        draft.latest_by = _latest_by(query)
    with draft.noting():
        draft.limit = _limit(query)
    with draft.noting():
        draft.successes = _successes(query)
    with draft.noting():
        draft.ignored = ignored(query)
    with draft.noting():
        draft.wait_seconds = waits.seconds(query)
    return draft


def ignored(query: Mapping[str, Any]) -> list[Ignored]:
    """Return the ignore selectors of *query*: `ignore[][pacticipant]`, perhaps with `ignore[][version]`, or `ignore[]`.

    Raises:
        InvalidQuery: if they have another form.
    """
    return [
        Ignored(pacticipant=text(element, "pacticipant"), version=text(element, "version") or None)
        for element in _elements(query, "ignore")
    ]


def _elements(query: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    elements = query.get(name) or []
    if not isinstance(elements, list):
        raise InvalidQuery([f"{name} must be a list. Write {name}[][pacticipant]=NAME"])
    if len(elements) > MAX_SELECTORS:
        raise InvalidQuery([f"{name} has {len(elements)} elements. Use at most {MAX_SELECTORS}"])
    return [each if isinstance(each, dict) else {"pacticipant": each} for each in elements]


def text(parameters: Mapping[str, Any], name: str) -> str:
    """Return the parameter *name*; empty if it is absent.

    Raises:
        InvalidQuery: if it is a list or a hash.
    """
    value = parameters.get(name, "")
    if not isinstance(value, str):
        raise InvalidQuery([f"{name} must be plain text. Add it once"])
    return value


def _version_filter(parameters: Mapping[str, Any]) -> VersionFilter:
    criteria: list[Criterion] = []
    if number := text(parameters, "version"):
        criteria.append(Numbered(number=number))
    if branch := text(parameters, "branch"):
        criteria.append(OnBranch(branch=branch))
    return VersionFilter(criteria=(*criteria, *_places(parameters)), latest=text(parameters, "latest") == "true")


def _places(parameters: Mapping[str, Any]) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    if tag := text(parameters, "tag"):
        criteria.append(Tagged(tag=tag))
    if text(parameters, "mainBranch") == "true":
        criteria.append(OnMainBranch())
    if environment := text(parameters, "environment"):
        criteria.append(InEnvironment(environment=environment))
    return tuple(criteria)


def _scope(query: Mapping[str, Any]) -> Scope | None:
    version_filter = VersionFilter(criteria=_places(query), latest=text(query, "latest") == "true")
    return None if version_filter.anything else Scope(version_filter=version_filter)


def _latest_by(query: Mapping[str, Any]) -> LatestBy | None:
    value = text(query, "latestby")
    if not value:
        return None
    try:
        return LatestBy(value)
    except ValueError:
        raise InvalidQuery([f"latestby must be one of {', '.join(LatestBy)}, but is '{value}'"]) from None


def _limit(query: Mapping[str, Any]) -> int | None:
    value = text(query, "limit")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or not value.strip("0"):
        raise InvalidQuery(["limit must be a whole number of at least 1"])
    return _LARGEST_LIMIT if len(value) > len(str(_LARGEST_LIMIT)) else min(int(value), _LARGEST_LIMIT)


def _successes(query: Mapping[str, Any]) -> frozenset[bool | None]:
    success = query.get("success")
    if success is None:
        return frozenset({True, False, None})
    values = success if isinstance(success, list) else [success]
    if not all(isinstance(each, str) and each in _SUCCESSES for each in values):
        raise InvalidQuery(["success must be true, false or empty (a missing result). Write success[]=true"])
    return frozenset(_SUCCESSES[each] for each in values)
