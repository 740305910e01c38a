"""The builds that the broker trusts: a TOML file says which may publish as which applications.

audience = "https://broker.example.org"

[[builds]]
service = "github"
match = { repository = "org/web", ref = "refs/heads/main" }
publish = ["web"]
deploy = ["production"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from contracts.model import ci_services
from contracts.model.ci_services import SERVICES, Claims, Service
from contracts.model.permissions import READ, WEBHOOKS, Permission, Role


_FILE_FIELDS = {"audience", "builds", "require_attested_results"}
_ENTRY_FIELDS = {"service", "issuer", "audience", "keys", "match", "publish", "publish_teams", "deploy", "webhooks"}
_ENTRY = re.compile(r"^\s*\[\[\s*[\"']?builds[\"']?\s*\]\]", re.MULTILINE)


class InvalidBuilds(ValueError):
    """A file of trusted builds that cannot be used; the message begins with the line, and ends with what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedBuild:
    """An entry: what a build may do whose token is from *issuer* for *audience*, and has the claims in *match*.

    *match* has the permitted values of each claim; `*` in one is any text. *keys* is the file with the issuer's keys.
    """

    service: Service
    issuer: str
    audience: str
    keys: str | None
    match: tuple[tuple[str, tuple[str, ...]], ...]
    permissions: tuple[Permission, ...]

    def is_about(self, claims: Claims) -> bool:
        """Whether the entry is about the repository in *claims*, which may lack other claims of *match*."""
        identifying = [each for each in self.match if each[0] in self.service.identifying]
        return all(_matches(claims.get(name), values) for name, values in identifying)

    def differences(self, claims: Claims) -> list[str]:
        """Return why the entry does not apply to *claims*, as parts of a sentence; empty if it applies."""
        wrong = [
            f"{name} is {_shown(claims.get(name))}, not {' or '.join(values)}"
            for name, values in self.match
            if not _matches(claims.get(name), values)
        ]
        if self._is_refused(claims):
            trigger = self.service.trigger
            what = f"{trigger} is {_shown(claims.get(trigger))}" if trigger else "it is for a pull request"
            return [*wrong, f"{what}, so it may run the code of a fork"]
        return wrong

    def _is_refused(self, claims: Claims) -> bool:
        if not self.service.is_proposed(claims):
            return False
        trigger = self.service.trigger
        named = dict(self.match).get(trigger, ()) if trigger else ()
        return not trigger or claims.get(trigger) not in named


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedBuilds:
    """The entries, and the environments that require attested results."""

    entries: tuple[TrustedBuild, ...]
    attested_environments: frozenset[str] = frozenset()

    def of_issuer(self, issuer: str) -> tuple[TrustedBuild, ...]:
        """Return the entries of *issuer*."""
        return tuple(each for each in self.entries if each.issuer == issuer)


def matching(entries: Iterable[TrustedBuild], claims: Claims) -> list[TrustedBuild]:
    """Return those of *entries* that apply to a token with *claims*."""
    audiences = claims.get("aud")
    audiences = audiences if isinstance(audiences, list) else [audiences]
    return [each for each in entries if each.audience in audiences and not each.differences(claims)]


def permissions(entries: Iterable[TrustedBuild], teams: Mapping[str, Iterable[str]]) -> tuple[Permission, ...]:
    """Return what all of *entries* permit together; *teams* has the applications of each team."""
    return tuple(dict.fromkeys(permission.of_teams(teams) for each in entries for permission in each.permissions))


def parse(text: str) -> TrustedBuilds:
    """Return the trusted builds of a TOML file.

    Raises:
        InvalidBuilds: if it cannot be used.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidBuilds(f"it is not valid TOML: {error}") from None
    lines = [text.count("\n", 0, each.end()) + 1 for each in _ENTRY.finditer(text)]
    _require_fields(document, _FILE_FIELDS, "")
    tables = document.get("builds")
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise InvalidBuilds("it has no [[builds]], so no build would be trusted: add one")
    entries = []
    for position, table in enumerate(tables):
        place = f"line {lines[position]}: " if len(lines) == len(tables) else f"entry {position + 1} of builds: "
        entries.append(_entry(table, document.get("audience"), place))
    _require_one_source_of_keys(entries)
    return TrustedBuilds(
        entries=tuple(entries),
        attested_environments=frozenset(_names(document, "require_attested_results", "")),
    )


def _entry(table: Mapping[str, Any], audience: object, place: str) -> TrustedBuild:
    _require_fields(table, _ENTRY_FIELDS, place)
    service = SERVICES.get(str(table.get("service")))
    if service is None:
        raise InvalidBuilds(f"{place}service must be one of {', '.join(SERVICES)}")
    audience = table.get("audience", audience)
    if not isinstance(audience, str) or not audience:
        raise InvalidBuilds(f'{place}the audience is missing: set audience = "https://…", the URL of this broker')
    issuer = table.get("issuer", service.issuer)
    if not isinstance(issuer, str) or not issuer:
        raise InvalidBuilds(f"{place}{service.name} has an issuer for each organisation: set issuer, as in its tokens")
    keys = table.get("keys")
    if keys is not None and (not isinstance(keys, str) or not keys):
        raise InvalidBuilds(f"{place}keys must be the path of a file with a JSON Web Key Set")
    return TrustedBuild(
        service=service,
        issuer=issuer,
        audience=audience,
        keys=None if keys is None else str(PurePath(keys)),
        match=_match(table.get("match"), service, place),
        permissions=_permissions(table, place),
    )


def _match(table: object, service: Service, place: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(table, dict):
        raise InvalidBuilds(f'{place}match is missing: set match = {{ {service.identifying[0]} = "…" }}')
    match = tuple((name, _values(value, name, place)) for name, value in table.items())
    values = dict(match)
    if not any(all(map(_is_definite, values[name])) for name in service.identifying if name in values):
        names = " or ".join(f'"{each}"' if "/" in each else each for each in service.identifying)
        raise InvalidBuilds(
            f"{place}match does not say whose builds, so every build on {service.name} would be trusted: add {names}, "
            "with the owner in full before any *"
        )
    named = values.get(service.trigger, ()) if service.trigger else ()
    for each in named:
        if "*" in each or each in service.never:
            why = "starts for forks too" if each in service.never else "must be named in full"
            raise InvalidBuilds(f'{place}{service.trigger} = "{each}" {why}: remove it')
    return match


def _values(value: object, name: str, place: str) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    texts = tuple(filter(None, map(ci_services.text, values)))
    if not texts or len(texts) != len(values):
        raise InvalidBuilds(f"{place}{name} in match must be a text or a list of texts")
    return texts


def _permissions(table: Mapping[str, Any], place: str) -> tuple[Permission, ...]:
    limited = []
    applications, teams = _names(table, "publish", place), _names(table, "publish_teams", place)
    if applications or teams:
        limited.append(Permission(role=Role.PUBLISH, names=frozenset(applications), teams=frozenset(teams)))
    if environments := _names(table, "deploy", place):
        limited.append(Permission(role=Role.DEPLOY, names=frozenset(environments)))
    webhooks = table.get("webhooks", False)
    if not isinstance(webhooks, bool):
        raise InvalidBuilds(f"{place}webhooks must be true or false")
    return (*limited, *([WEBHOOKS] if webhooks else []), READ)


def _names(table: Mapping[str, Any], field: str, place: str) -> list[str]:
    names = table.get(field, [])
    if not isinstance(names, list) or not all(isinstance(each, str) and each for each in names):
        raise InvalidBuilds(f'{place}{field} must be a list of names, such as {field} = ["web"]')
    if "*" in names:
        raise InvalidBuilds(f"{place}{field} must name each one: * is not a name")
    return names


def _require_fields(table: Mapping[str, Any], fields: set[str], place: str) -> None:
    if unknown := sorted(table.keys() - fields):
        raise InvalidBuilds(f"{place}{', '.join(unknown)} is not a field: use {', '.join(sorted(fields))}")


def _require_one_source_of_keys(entries: Iterable[TrustedBuild]) -> None:
    keys: dict[str, str | None] = {}
    for each in entries:
        if keys.setdefault(each.issuer, each.keys) != each.keys:
            raise InvalidBuilds(f"the entries of {each.issuer} name different keys: name the same file in each")


def _is_definite(value: str) -> bool:
    """Whether a pattern names an owner, which a name with any beginning does not."""
    start, star, _ = value.partition("*")
    return not star or "/" in start


def _matches(value: object, patterns: Iterable[str]) -> bool:
    values = value if isinstance(value, list) else [value]
    texts = [each for each in map(ci_services.text, values) if each is not None]
    return any(_pattern(pattern).fullmatch(each) for pattern in patterns for each in texts)


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)


def _shown(value: object) -> str:
    return ci_services.text(value) or "missing"
