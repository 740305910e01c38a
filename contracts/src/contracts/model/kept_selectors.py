"""The selectors of versions and branches that a cleaning keeps.

A cleaning also keeps the versions that other results depend on, whatever the selectors say.
`parse_versions` and `parse_branches` read them from JSON.
Source: Pact Broker protocol, data retention.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, assert_never

from contracts.model.criteria import InEnvironment, OnBranch, OnMainBranch, Presence, Tagged


KeptCriterion = Tagged | OnBranch | OnMainBranch | InEnvironment
Selector = TypeVar("Selector")


class InvalidSelectors(ValueError):
    """A selector cannot be used; the message says which one, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersions:
    """Versions that meet a *criterion*, or (None) all; of one *pacticipant*, or (None) of all.

    With *latest*, only the newest of each application, tag or branch; with *max_age*, only those of the last *max_age*
    days.
    """

    criterion: KeptCriterion | None = None
    latest: bool = False
    pacticipant: str | None = None
    max_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBranches:
    """Branches with one of *names*, or (empty) any name; with *max_age*, those used in the last *max_age* days."""

    names: tuple[str, ...] = ()
    max_age: int | None = None


KEPT_VERSIONS = (
    KeptVersions(criterion=Tagged(), latest=True),
    KeptVersions(criterion=OnBranch(), latest=True),
    KeptVersions(latest=True),
    KeptVersions(criterion=InEnvironment(presence="deployed")),
    KeptVersions(criterion=InEnvironment(presence="released")),
    KeptVersions(max_age=90),
)
KEPT_BRANCHES = (KeptBranches(max_age=90),)

_OTHER_WORDS = {"pacticipant_name": "pacticipant", "environment_name": "environment"}
_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")
_EITHER = ("deployed", "released")
_PLACES = ("environment", *_EITHER)
_FLAGS = ("latest", "main_branch", *_EITHER)
_KEYS = ("pacticipant", "tag", "branch", "environment", "max_age", *_FLAGS)


def parse_versions(text: str) -> tuple[KeptVersions, ...]:
    """Parse *text*, a JSON list of selectors of versions to keep.

    Raises:
        InvalidSelectors: if one of them cannot be used.
    """
    return tuple(_each(text, _versions))


def parse_branches(text: str) -> tuple[KeptBranches, ...]:
    """Parse *text*, a JSON list of selectors of branches to keep; with an empty list, no branch is removed.

    Raises:
        InvalidSelectors: if one of them cannot be used.
    """
    return tuple(_each(text, _branches))


def text(selectors: Iterable[KeptVersions | KeptBranches]) -> str:
    """Return *selectors* as a JSON list that `parse_versions` or `parse_branches` can read."""
    return json.dumps([document(each) for each in selectors], separators=(",", ":"), ensure_ascii=False)


def document(selector: KeptVersions | KeptBranches) -> dict[str, Any]:
    """Return *selector* as a JSON object with the protocol's keys."""
    optional: dict[str, Any]
    if isinstance(selector, KeptVersions):
        words = _criterion_words(selector.criterion)
        optional = {"latest": selector.latest, "pacticipant": selector.pacticipant, "max_age": selector.max_age}
    else:
        words, optional = {}, {"branch": list(selector.names), "max_age": selector.max_age}
    return words | {word: value for word, value in optional.items() if value}


def _criterion_words(criterion: KeptCriterion | None) -> dict[str, Any]:
    match criterion:
        case None:
            return {}
        case Tagged(tag=tag):
            return {"tag": tag or True}
        case OnBranch(branch=branch):
            return {"branch": branch or True}
        case OnMainBranch():
            return {"main_branch": True}
        case InEnvironment(environment=environment, presence=presence):
            words: dict[str, Any] = dict.fromkeys([presence] if presence else _EITHER, True)
            return words | ({"environment": environment} if environment else {})
        case _:
            assert_never(criterion)


def _each(text: str, parse: Callable[[Mapping[str, Any]], Selector]) -> Iterable[Selector]:
    try:
        documents = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidSelectors(f"not JSON ({error})") from None
    if not isinstance(documents, list):
        raise InvalidSelectors("not a list")
    for index, each in enumerate(documents):
        try:
            yield parse(_words(each))
        except InvalidSelectors as error:
            raise InvalidSelectors(
                f"{json.dumps(each, ensure_ascii=False)} (number {index + 1}) cannot be used: {error}"
            ) from None


def _words(value: object) -> dict[str, Any]:
    """Return a selector with normalised keys; the reference broker also accepts `maxAge` for `max_age`."""
    if not isinstance(value, dict):
        _refuse("not an object")
    words = {_CAPITAL.sub(r"_\1", key).lower(): member for key, member in value.items()}
    return {_OTHER_WORDS.get(word, word): value for word, value in words.items()}


def _versions(selector: Mapping[str, Any]) -> KeptVersions:
    _require_known(selector, _KEYS)
    for name in _FLAGS:
        if not isinstance(selector.get(name, False), bool):
            _refuse(f"{name} must be true or false")
    for name in ("pacticipant", "environment"):
        if name in selector:
            _text(selector, name)
    kinds = [name for name in ("tag", "branch", "main_branch", *_PLACES) if selector.get(name)]
    if len(kinds) > 1 and not set(kinds) <= {*_PLACES}:
        _refuse(f"{' and '.join(kinds)} cannot be combined")
    if selector.get("latest") and "max_age" in selector:
        _refuse("latest and max_age cannot be combined")
    return _kept(selector, kinds[0] if kinds else "")


def _kept(selector: Mapping[str, Any], kind: str) -> KeptVersions:
    criterion: KeptCriterion | None
    pacticipant, latest, max_age = selector.get("pacticipant"), bool(selector.get("latest")), _max_age(selector)
    match kind:
        case "tag":
            criterion = Tagged(tag=_name(selector, "tag"))
        case "branch":
            criterion = OnBranch(branch=_name(selector, "branch"))
        case "main_branch":
            criterion = OnMainBranch()
        case "":
            if not latest and pacticipant is None and max_age is None:
                _refuse("it does not say what to keep")
            criterion = None
        case _:
            if latest or max_age is not None:
                _refuse("environment, deployed and released cannot be combined with latest or max_age")
            criterion = InEnvironment(environment=selector.get("environment"), presence=_presence(selector))
    return KeptVersions(criterion=criterion, latest=latest, pacticipant=pacticipant, max_age=max_age)


def _presence(selector: Mapping[str, Any]) -> Presence | None:
    if selector.get("deployed") and selector.get("released"):
        return None
    if selector.get("deployed"):
        return "deployed"
    return "released" if selector.get("released") else None


def _branches(selector: Mapping[str, Any]) -> KeptBranches:
    _require_known(selector, ("branch", "max_age"))
    names = selector.get("branch", [])
    names = names if isinstance(names, list) else [names]
    if not all(isinstance(each, str) and each for each in names):
        _refuse("branch must be a name or a list of names")
    if not names and "max_age" not in selector:
        _refuse("it does not say what to keep")
    return KeptBranches(names=tuple(names), max_age=_max_age(selector))


def _require_known(selector: Mapping[str, Any], keys: Iterable[str]) -> None:
    if unknown := sorted(selector.keys() - set(keys)):
        _refuse(f"'{unknown[0]}' is unknown. The keys are {', '.join(keys)}")


def _name(selector: Mapping[str, Any], name: str) -> str | None:
    """The name of a tag or branch; None for any."""
    return None if selector[name] is True else _text(selector, name)


def _text(selector: Mapping[str, Any], name: str) -> str:
    value = selector[name]
    if not isinstance(value, str) or not value:
        _refuse(f"{name} must be a name")
    return value


def _max_age(selector: Mapping[str, Any]) -> int | None:
    value = selector.get("max_age")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        _refuse("max_age must be a number of days, at least 1")
    return value


def _refuse(message: str) -> NoReturn:
    raise InvalidSelectors(message)
