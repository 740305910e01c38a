"""The selectors of versions and branches that a cleaning keeps.

A cleaning also keeps the versions that other results depend on, whatever the selectors say.
One class for each kind of selector; `parse_versions` and `parse_branches` read them from JSON.
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
    """A selector cannot be used; the message says which one, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Every version, of one application or (None) of all; with *max_age*, those of the last *max_age* days."""

    pacticipant: str | None = None
    max_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The newest version of each application."""

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
    """Versions deployed, or released and supported, or (None) either; in one environment or (None) in any."""

    presence: Presence | None = None
    environment: str | None = None
    pacticipant: str | None = None


KeptVersions = Every | Latest | Tagged | OnBranch | OnMainBranch | InEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBranches:
    """Branches with one of *names*, or (empty) any name; with *max_age*, those used in the last *max_age* days."""

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
    kinds = [name for name in ("tag", "branch", "main_branch", *_PRESENT) if selector.get(name)]
    if len(kinds) > 1 and not set(kinds) <= {*_PRESENT}:
        _refuse(f"{' and '.join(kinds)} cannot be combined")
    if selector.get("latest") and "max_age" in selector:
        _refuse("latest and max_age cannot be combined")
    return _kind(selector, kinds[0] if kinds else "")


_PRESENT = ("environment", *_EITHER)


def _kind(selector: Mapping[str, Any], kind: str) -> KeptVersions:
    pacticipant, latest, max_age = selector.get("pacticipant"), bool(selector.get("latest")), _max_age(selector)
    match kind:
        case "tag":
            return Tagged(tag=_name(selector, "tag"), latest=latest, pacticipant=pacticipant, max_age=max_age)
        case "branch":
            return OnBranch(branch=_name(selector, "branch"), latest=latest, pacticipant=pacticipant, max_age=max_age)
        case "main_branch":
            return OnMainBranch(latest=latest, pacticipant=pacticipant, max_age=max_age)
        case "":
            if latest:
                return Latest(pacticipant=pacticipant)
            if pacticipant is None and max_age is None:
                _refuse("it does not say what to keep")
            return Every(pacticipant=pacticipant, max_age=max_age)
        case _:
            if latest or max_age is not None:
                _refuse("environment, deployed and released cannot be combined with latest or max_age")
            return InEnvironment(
                presence=_presence(selector), environment=selector.get("environment"), pacticipant=pacticipant
            )


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
