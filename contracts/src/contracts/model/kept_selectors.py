"""What is kept when old data is removed.

Selectors say which versions, and which branches, are kept; what a team's answers depend on is kept besides, whatever
they say. One class for each kind of selector; `parse_versions` and `parse_branches` make them of JSON.
Source: Pact Broker protocol, data retention.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, TypeVar


Presence = Literal["deployed", "released"]
Selector = TypeVar("Selector")


class InvalidSelectors(ValueError):
    """Selectors of what is kept cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Every version, of one application or (None) of all; with *max_age*, those made in as many days."""

    pacticipant: str | None = None
    max_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The version of each application that was made last."""

    pacticipant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """Versions with a tag, or (None) with any; with *latest* the last of each tag."""

    tag: str | None = None
    latest: bool = False
    pacticipant: str | None = None
    max_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBranch:
    """Versions on a branch, or (None) on any; with *latest* the head of each branch."""

    branch: str | None = None
    latest: bool = False
    pacticipant: str | None = None
    max_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMainBranch:
    """Versions on their application's main branch; with *latest* its head."""

    latest: bool = False
    pacticipant: str | None = None
    max_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InEnvironment:
    """What is deployed, or released and supported, or (*presence* None) either; in one environment or (None) in any."""

    presence: Presence | None = None
    environment: str | None = None
    pacticipant: str | None = None


KeptVersions = Every | Latest | Tagged | OnBranch | OnMainBranch | InEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBranches:
    """Branches with one of these *names*, or (empty) any name; with *max_age*, those used in as many days."""

    names: tuple[str, ...] = ()
    max_age: int | None = None


KEPT_VERSIONS: tuple[KeptVersions, ...] = (
    Tagged(latest=True),
    OnBranch(latest=True),
    Latest(),
    InEnvironment(presence="deployed"),
    InEnvironment(presence="released"),
    Every(max_age=90),
)
KEPT_BRANCHES = (KeptBranches(max_age=90),)

_OTHER_WORDS = {"pacticipant_name": "pacticipant", "environment_name": "environment"}
_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")
_EITHER = ("deployed", "released")
_FLAGS = ("latest", "main_branch", *_EITHER)
_KEYS = ("pacticipant", "tag", "branch", "environment", "max_age", *_FLAGS)


def parse_versions(text: str) -> tuple[KeptVersions, ...]:
    """The selectors of kept versions in *text*, a JSON list, in its order.

    Raises:
        InvalidSelectors: if one of them cannot be used.
    """
    return tuple(_each(text, _versions))


def parse_branches(text: str) -> tuple[KeptBranches, ...]:
    """The selectors of kept branches in *text*, a JSON list, in its order; an empty one removes no branch.

    Raises:
        InvalidSelectors: if one of them cannot be used.
    """
    return tuple(_each(text, _branches))


def text(selectors: Iterable[KeptVersions | KeptBranches]) -> str:
    """The JSON list that describes *selectors*, as `parse_versions` and `parse_branches` take it."""
    return json.dumps([document(each) for each in selectors], separators=(",", ":"), ensure_ascii=False)


def document(selector: KeptVersions | KeptBranches) -> dict[str, Any]:
    """*selector* in the protocol's words."""
    match selector:
        case Tagged():
            first: dict[str, Any] = {"tag": selector.tag or True}
        case OnBranch():
            first = {"branch": selector.branch or True}
        case OnMainBranch():
            first = {"main_branch": True}
        case InEnvironment():
            first = {selector.presence: True} if selector.presence else dict.fromkeys(_EITHER, True)
        case Latest():
            first = {"latest": True}
        case KeptBranches():
            first = {"branch": list(selector.names)} if selector.names else {}
        case Every():
            first = {}
    for name in ("latest", "environment", "pacticipant", "max_age"):
        if value := getattr(selector, name, None):
            first[name] = value
    return first


def _each(text: str, parse: Callable[[Mapping[str, Any]], Selector]) -> Iterable[Selector]:
    try:
        documents = json.loads(text)
    except ValueError as error:
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


def _words(given: object) -> dict[str, Any]:
    """What is *given*, by the keys that are known; the reference broker takes `maxAge` for `max_age`."""
    if not isinstance(given, dict):
        _refuse("not an object")
    words = {_CAPITAL.sub(r"_\1", key).lower(): value for key, value in given.items()}
    return {_OTHER_WORDS.get(word, word): value for word, value in words.items()}


def _versions(given: Mapping[str, Any]) -> KeptVersions:
    _require_known(given, _KEYS)
    for name in _FLAGS:
        if not isinstance(given.get(name, False), bool):
            _refuse(f"{name} is true or false")
    for name in ("pacticipant", "environment"):
        if name in given:
            _text(given, name)
    kinds = [name for name in ("tag", "branch", "main_branch", *_PRESENT) if given.get(name)]
    if len(kinds) > 1 and not set(kinds) <= {*_PRESENT}:
        _refuse(f"{' and '.join(kinds)} cannot be given together")
    if given.get("latest") and "max_age" in given:
        _refuse("latest and max_age cannot be given together")
    return _kind(given, kinds[0] if kinds else "")


_PRESENT = ("environment", *_EITHER)


def _kind(given: Mapping[str, Any], kind: str) -> KeptVersions:
    pacticipant, latest, max_age = given.get("pacticipant"), bool(given.get("latest")), _max_age(given)
    match kind:
        case "tag":
            return Tagged(tag=_name(given, "tag"), latest=latest, pacticipant=pacticipant, max_age=max_age)
        case "branch":
            return OnBranch(branch=_name(given, "branch"), latest=latest, pacticipant=pacticipant, max_age=max_age)
        case "main_branch":
            return OnMainBranch(latest=latest, pacticipant=pacticipant, max_age=max_age)
        case "":
            if latest:
                return Latest(pacticipant=pacticipant)
            if pacticipant is None and max_age is None:
                _refuse("it says nothing of what is kept")
            return Every(pacticipant=pacticipant, max_age=max_age)
        case _:
            if latest or max_age is not None:
                _refuse("what is deployed or released is kept whole, without latest and max_age")
            return InEnvironment(
                presence=_presence(given), environment=given.get("environment"), pacticipant=pacticipant
            )


def _presence(given: Mapping[str, Any]) -> Presence | None:
    if given.get("deployed") and given.get("released"):
        return None
    if given.get("deployed"):
        return "deployed"
    return "released" if given.get("released") else None


def _branches(given: Mapping[str, Any]) -> KeptBranches:
    _require_known(given, ("branch", "max_age"))
    names = given.get("branch", [])
    names = names if isinstance(names, list) else [names]
    if not all(isinstance(each, str) and each for each in names):
        _refuse("branch is a name, or a list of names")
    if not names and "max_age" not in given:
        _refuse("it says nothing of what is kept")
    return KeptBranches(names=tuple(names), max_age=_max_age(given))


def _require_known(given: Mapping[str, Any], keys: Iterable[str]) -> None:
    if unknown := sorted(given.keys() - set(keys)):
        _refuse(f"'{unknown[0]}' is not known; known are {', '.join(keys)}")


def _name(given: Mapping[str, Any], name: str) -> str | None:
    """The name of a tag or branch; None for any."""
    return None if given[name] is True else _text(given, name)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given[name]
    if not isinstance(value, str) or not value:
        _refuse(f"{name} is a name")
    return value


def _max_age(given: Mapping[str, Any]) -> int | None:
    value = given.get("max_age")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        _refuse("max_age is a number of days, 1 or more")
    return value


def _refuse(message: str) -> NoReturn:
    raise InvalidSelectors(message)
