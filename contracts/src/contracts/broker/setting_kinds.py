"""The description of a setting, as metadata of its field: the kind of its values, a help text and a second name.

A `Kind` reads a value from a variable or an option, checks it, and writes it back without secrets.
Everything else about settings derives from these: `contracts broker --help`, `contracts settings`, and the table in
docs/operations.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from contracts.broker.foreign_settings import PREFIX
from contracts.broker.schedules import Schedule
from contracts.model import kept_selectors
from contracts.model.kept_selectors import KeptBranches, KeptVersions
from contracts.model.redaction import MASK, without_password


Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)

Teams = tuple[tuple[str, tuple[str, ...]], ...]
"""The names of teams, each with the names of its applications."""

_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_MOST_MINUTES = 525_600  # a year

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


class SettingsError(ValueError):
    """Settings that cannot be used; the message names the variables, the reason, and what to do."""


class InvalidValue(ValueError):
    """A value that its setting cannot take; the message continues the setting's name: "must be …, not …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Value]):
    """The values that a setting takes; *takes* describes them with an article: "a whole number".

    *parse* and *check* raise a ValueError, whose message is the reason, or empty.
    *mask* removes secrets from a text.
    """

    takes: str
    parse: Callable[[str], Value]
    check: Callable[[Value], None] = lambda _: None
    text: Callable[[Value], str] = str
    mask: Callable[[str], str] = str

    def read(self, raw: str) -> Value:
        """Return the value that *raw* stands for, from a variable or an option.

        Raises:
            InvalidValue: if it is not of this kind.
        """
        try:
            value = self.parse(raw)
            self.check(value)
        except ValueError as error:
            raise self._invalid(raw, error) from None
        return value

    def require(self, value: Value) -> None:
        """Refuse a *value* that is out of range.

        Raises:
            InvalidValue: with the reason.
        """
        try:
            self.check(value)
        except ValueError as error:
            raise self._invalid(self.text(value), error) from None

    def shown(self, value: Value) -> str:
        """Return *value* as a variable takes it, without secrets."""
        return self.mask(self.text(value))

    def _invalid(self, raw: str, error: ValueError) -> InvalidValue:
        reason = f": {error}" if str(error) else ""
        return InvalidValue(f"must be {self.takes}, not '{self.mask(raw)}'{reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting called *name*, and its *alias*, an optional second name; *help* is Markdown.

    *option* is that of `contracts broker`, empty if there is none.
    """

    name: str
    default: Any
    kind: Kind[Any]
    help: str
    alias: str
    option: str

    @property
    def variable(self) -> str:
        """The environment variable of the setting."""
        return PREFIX + self.name.upper()

    @property
    def alias_variable(self) -> str | None:
        """The second environment variable of the setting."""
        return PREFIX + self.alias.upper() if self.alias else None

    @property
    def default_text(self) -> str:
        """The default, as the variable takes it."""
        return self.kind.shown(self.default)

    def variable_in(self, environ: Mapping[str, str]) -> str | None:
        """Return the variable of *environ* that sets this, under its name or its alias; None for the default."""
        return next((each for each in (self.variable, self.alias_variable) if each and each in environ), None)


def setting(default: Value, kind: Kind[Value], text: str, *, alias: str = "", option: str = "") -> Value:
    """Return a dataclass field for a setting; *text* is its help."""
    metadata = {"kind": kind, "help": text, "alias": alias, "option": option}
    specified: Value = field(default=default, repr=kind not in (PASSWORD, ADDRESS), metadata=metadata)
    return specified


def described(fields: Iterable[Field[Any]]) -> dict[str, Setting]:
    """Return the settings that the *fields* of a dataclass are, by name."""
    return {each.name: Setting(name=each.name, default=each.default, **each.metadata) for each in fields}


def number(at_least: int = 0, at_most: int | None = None, unit: str = "") -> Kind[int]:
    """Return the kind of whole numbers in a range, of a *unit* in the plural."""
    return Kind(
        takes=f"a whole number{f' of {unit}' if unit else ''}{_range(at_least, at_most)}",
        parse=_whole_number,
        check=lambda value: _require_range(value, at_least, at_most),
    )


def numbers(at_least: int = 0, unit: str = "") -> Kind[tuple[int, ...]]:
    """Return the kind of lists of whole numbers from *at_least* on, of a *unit* in the plural."""

    def check(values: tuple[int, ...]) -> None:
        for value in values:
            _require_range(value, at_least, None)

    return Kind(
        takes=f"whole numbers{f' of {unit}' if unit else ''}{_range(at_least, None)}, separated by spaces",
        parse=lambda raw: tuple(_whole_number(each) for each in raw.split()),
        check=check,
        text=_joined,
    )


def _minutes(raw: str) -> float:
    if not _DECIMAL.fullmatch(raw):
        raise ValueError
    return float(raw)


def _require_minutes(value: float) -> None:
    if not 0 < value <= _MOST_MINUTES:
        raise ValueError


def choice(options: type[Choice], synonyms: dict[str, Choice]) -> Kind[Choice]:
    """Return the kind of the members of *options*, in any case; *synonyms* are further words for them."""
    *first, last = options
    return Kind(
        takes=f"{', '.join(first)} or {last}",
        parse=lambda raw: synonyms.get(raw.lower()) or _member(options, raw.lower()),
    )


def _range(at_least: int, at_most: int | None) -> str:
    return f", at least {at_least}" if at_most is None else f" from {at_least} to {at_most}"


def _require_range(value: int, at_least: int, at_most: int | None) -> None:
    if value < at_least or (at_most is not None and value > at_most):
        raise ValueError


def _whole_number(raw: str) -> int:
    try:
        return int(raw)
    except ValueError:
        raise ValueError from None


def _member(options: type[Choice], word: str) -> Choice:
    try:
        return options(word)
    except ValueError:
        raise ValueError from None


def _boolean(raw: str) -> bool:
    try:
        return _BOOLEANS[raw.lower()]
    except KeyError:
        raise ValueError from None


def _joined(values: tuple[object, ...]) -> str:
    return " ".join(str(each) for each in values)


def _words(raw: str) -> tuple[str, ...]:
    return tuple(raw.split())


def _files(raw: str) -> tuple[Path, ...]:
    paths = tuple(Path(each) for each in raw.split())
    for path in paths:
        if not path.is_file():
            raise ValueError(f"{path} does not exist")
    return paths


def _require_urls(values: tuple[str, ...]) -> None:
    for value in values:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError(f"use https://{without_password(value) or 'example.org'}")


def _require_networks(values: tuple[str, ...]) -> None:
    for value in values:
        try:
            ip_network(value, strict=False)
        except ValueError:
            raise ValueError(f"{value} is neither an address nor a network") from None


def _require_hosts(values: tuple[str, ...]) -> None:
    for value in values:
        if len(value) > 1 and value.startswith("/") and value.endswith("/"):
            try:
                re.compile(value[1:-1])
            except re.error as error:
                raise ValueError(f"{value} is not a regular expression ({error})") from None


def json_object(raw: str) -> dict[str, Any]:
    """Return the JSON object of *raw*, which may be empty.

    Raises:
        ValueError: if it is none.
    """
    try:
        document = json.loads(raw or "{}")
    except ValueError:
        raise ValueError("it is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("it is not an object")  # noqa: TRY004, a wrong value
    return document


def _teams(raw: str) -> Teams:
    document = json_object(raw)
    for team, names in document.items():
        if not team or not isinstance(names, list) or not all(isinstance(each, str) and each for each in names):
            raise ValueError(f"the team {team!r} needs a list of names")
    return tuple((team, tuple(names)) for team, names in document.items())


def _without_passwords(text: str) -> str:
    return " ".join(without_password(each) for each in text.split())


PORT = number(0, 65_535)
BOOLEAN: Kind[bool] = Kind(takes="true or false", parse=_boolean, text=lambda value: str(value).lower())
TEXT: Kind[str] = Kind(takes="text", parse=str)
ADDRESS: Kind[str] = Kind(takes="text", parse=str, mask=without_password)
PASSWORD: Kind[str] = Kind(takes="text", parse=str, mask=lambda value: MASK if value else "")
MINUTES: Kind[float] = Kind(
    takes="a number of minutes above 0, such as 30 or 0.5",
    parse=_minutes,
    check=_require_minutes,
    text=lambda value: f"{value:g}",
)
WORDS: Kind[tuple[str, ...]] = Kind(takes="words separated by spaces", parse=_words, text=_joined)
HOSTS: Kind[tuple[str, ...]] = Kind(
    takes="hosts, patterns and networks separated by spaces", parse=_words, check=_require_hosts, text=_joined
)
NETWORKS: Kind[tuple[str, ...]] = Kind(
    takes="addresses and networks separated by spaces", parse=_words, check=_require_networks, text=_joined
)
URLS: Kind[tuple[str, ...]] = Kind(
    takes="whole URLs separated by spaces", parse=_words, check=_require_urls, text=_joined, mask=_without_passwords
)
FILES: Kind[tuple[Path, ...]] = Kind(takes="paths of existing files separated by spaces", parse=_files, text=_joined)
TEAMS: Kind[Teams] = Kind(
    takes='a JSON object such as `{"shop":["web","cart"]}`',
    parse=_teams,
    text=lambda teams: json.dumps(dict(teams), ensure_ascii=False, separators=(",", ":")) if teams else "",
)
SCHEDULE: Kind[Schedule] = Kind(
    takes="a cron schedule such as '15 2 * * *'",
    parse=lambda raw: Schedule(text=raw),
    text=lambda value: value.text,
)
KEPT_VERSIONS: Kind[tuple[KeptVersions, ...]] = Kind(
    takes='a JSON list such as `[{"latest":true},{"max_age":90}]`',
    parse=kept_selectors.parse_versions,
    text=kept_selectors.text,
)
KEPT_BRANCHES: Kind[tuple[KeptBranches, ...]] = Kind(
    takes='a JSON list such as `[{"branch":"next"},{"max_age":90}]`',
    parse=kept_selectors.parse_branches,
    text=kept_selectors.text,
)
