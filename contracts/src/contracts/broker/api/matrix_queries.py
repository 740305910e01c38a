"""Reading a question to the matrix from a query string.

Source: Pact Broker protocol, parameters of `GET /matrix`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from contracts.broker.api.queries import texts
from contracts.model.criteria import Criterion, InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.errors import InvalidQuery
from contracts.model.matrix import Ignored, LatestBy, Question, Scope, Selector, VersionFilter


MOST_SELECTORS = 200

_PLACES = ("tag", "mainBranch", "environment", "latest")
IGNORED = texts("ignore[]", "ignore[][pacticipant]", "ignore[][version]")
OPTIONS = (*texts(*_PLACES, "latestby", "success[]", "limit"), *IGNORED)
EVERYTHING = (*texts(*(f"q[][{each}]" for each in ("pacticipant", "version", "branch", *_PLACES))), *OPTIONS)

_LARGEST_LIMIT = 2**31 - 1
_SUCCESSES: Mapping[str, bool | None] = {"true": True, "false": False, "": None}


@dataclass(slots=True, kw_only=True)
class Draft:
    """A question as far as it could be read, with what is wrong with it, one sentence each."""

    selectors: list[Selector] = field(default_factory=list)
    scope: Scope | None = None
    latest_by: LatestBy | None = None
    successes: frozenset[bool | None] = frozenset({True, False, None})
    limit: int | None = None
    ignored: list[Ignored] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    environment: str | None = None
    problems: list[str] = field(default_factory=list)

    def question(self, selectors: Sequence[Selector] = ()) -> Question:
        """The question; of *selectors* where they are given, else of its own.

        Raises:
            InvalidQuery: with everything that is wrong.
        """
        if self.problems:
            raise InvalidQuery(self.problems)
        return Question(
            selectors=tuple(selectors or self.selectors),
            others=self.scope,
            latest_by=self.latest_by,
            successes=self.successes,
            limit=self.limit,
            ignored=tuple(self.ignored),
        )

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what is wrong, and go on: a person wants to hear of all of it at once."""
        try:
            yield
        except InvalidQuery as error:
            self.problems += error.errors


def read(query: Mapping[str, Any]) -> Draft:
    """The question that a nested *query* asks; blank values count as absent, unknown parameters as none."""
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
    """Everything in *query* but its selectors."""
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
    return draft


def ignored(query: Mapping[str, Any]) -> list[Ignored]:
    """What *query* says is to be ignored: `ignore[][pacticipant]`, with `ignore[][version]` or not, or `ignore[]`.

    Raises:
        InvalidQuery: if it is not said in that form.
    """
    return [
        Ignored(pacticipant=text(element, "pacticipant"), version=text(element, "version") or None)
        for element in _elements(query, "ignore")
    ]


def _elements(query: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    elements = query.get(name) or []
    if not isinstance(elements, list):
        raise InvalidQuery([f"{name} must be a list: write {name}[][pacticipant]=NAME"])
    if len(elements) > MOST_SELECTORS:
        raise InvalidQuery([f"{name} has {len(elements)} elements: at most {MOST_SELECTORS} can be answered at once"])
    return [each if isinstance(each, dict) else {"pacticipant": each} for each in elements]


def text(given: Mapping[str, Any], name: str) -> str:
    """The parameter *name*; empty where it is not given.

    Raises:
        InvalidQuery: if it is a list or a hash.
    """
    value = given.get(name, "")
    if not isinstance(value, str):
        raise InvalidQuery([f"{name} must be given once, as plain text"])
    return value


def _version_filter(given: Mapping[str, Any]) -> VersionFilter:
    criteria: list[Criterion] = []
    if number := text(given, "version"):
        criteria.append(Numbered(number=number))
    if branch := text(given, "branch"):
        criteria.append(OnBranch(branch=branch))
    return VersionFilter(criteria=(*criteria, *_places(given)), latest=text(given, "latest") == "true")


def _places(given: Mapping[str, Any]) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    if tag := text(given, "tag"):
        criteria.append(Tagged(tag=tag))
    if text(given, "mainBranch") == "true":
        criteria.append(OnMainBranch())
    if environment := text(given, "environment"):
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
    given = query.get("success")
    if given is None:
        return frozenset({True, False, None})
    values = given if isinstance(given, list) else [given]
    if not all(isinstance(each, str) and each in _SUCCESSES for each in values):
        raise InvalidQuery(["success takes true, false, or nothing for what is not verified: write success[]=true"])
    return frozenset(_SUCCESSES[each] for each in values)
