"""What an account may do: its permissions, each a role that may be limited to names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from contracts.model.attestations import Attestation


ANONYMOUS = "anonymous"
"""The subject of requests without credentials."""


class Role(StrEnum):
    """A kind of change; every account may read."""

    READ = "read"
    PUBLISH = "publish"
    """Pacts, results, versions, branches, tags and deployments of applications, which are the names."""
    DEPLOY = "deploy"
    """Deployments and releases to environments, which are the names; also needs *publish* for the application."""
    WEBHOOKS = "webhooks"
    ADMIN = "admin"
    """Everything, also deletions, environments and tokens."""


PERSON = "person:"
"""The start of the subject of a person who has signed in; the rest is theirs at the provider."""
LIMITED = frozenset({Role.PUBLISH, Role.DEPLOY})
"""The roles that can be limited to names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A role for everything, or only for *names*; *publish* also for the applications of *teams*.

    Raises:
        ValueError: if the role cannot be limited, or is limited to nothing.
    """

    role: Role
    names: frozenset[str] | None = None
    teams: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.names is not None and self.role not in LIMITED:
            raise ValueError(f"the role {self.role} has no names")
        if self.teams and (self.role is not Role.PUBLISH or self.names is None):
            raise ValueError("only the role publish has teams, and only if it is limited")
        if self.names is not None and not self.names and not self.teams:
            raise ValueError(f"the role {self.role} is limited to no name")

    def __str__(self) -> str:
        """Return the permission as part of a sentence."""
        if self.role is Role.ADMIN:
            return "do everything"
        if self.role is Role.WEBHOOKS:
            return "change webhooks"
        if self.role is Role.READ:
            return "read"
        teams = [f"the team {each}" for each in sorted(self.teams)]
        names = ", ".join([*sorted(self.names), *teams]) if self.names is not None else ""
        if self.role is Role.PUBLISH:
            return f"publish as {names or 'any application'}"
        return f"deploy to {names or 'any environment'}"

    def covers(self, need: Permission) -> bool:
        """Whether this permission is enough for all of *need*."""
        if self.role is Role.ADMIN or need.role is Role.READ:
            return True
        if self.role is not need.role:
            return False
        return self.names is None or (need.names is not None and need.names <= self.names and need.teams <= self.teams)

    def of_teams(self, teams: Mapping[str, Iterable[str]]) -> Permission:
        """Return the permission with the names of its teams' applications; an unknown team has none.

        >>> team = Permission(role=Role.PUBLISH, names=frozenset(), teams=frozenset({"shop"}))
        >>> team.covers(publish("web")), team.of_teams({"shop": ["web", "cart"]}).covers(publish("web"))
        (False, True)
        """
        if self.names is None or not self.teams:
            return self
        members = {name for team in self.teams for name in teams.get(team, ())}
        return replace(self, names=self.names | members)

    def document(self) -> dict[str, Any]:
        """Return the permission as JSON: `{"role": "publish", "names": ["web"], "teams": ["shop"]}`."""
        names = {"names": sorted(self.names)} if self.names else {}
        teams = {"teams": sorted(self.teams)} if self.teams else {}
        return {"role": self.role.value} | names | teams


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who sends a request, for example `the token ci-web`, with the permissions that this account has."""

    name: str
    permissions: tuple[Permission, ...]
    subject: str = ""
    """What stays the same when the name changes, for the audit log: `token:UUID`, `account:NAME`, `person:ID`,
    `anonymous` or `build:ISSUER:REPOSITORY`."""
    build: Attestation | None = None
    """The build, if it presents the token of its CI service."""

    @property
    def is_person(self) -> bool:
        """Whether a person has signed in."""
        return self.subject.startswith(PERSON)

    @property
    def is_admin(self) -> bool:
        """Whether everything is permitted."""
        return any(each.role is Role.ADMIN for each in self.permissions)

    def lacks(self, needs: Iterable[Permission]) -> list[Permission]:
        """Return those of *needs* that no permission covers.

        >>> ci = Identity(name="the token ci", permissions=(publish("web"),))
        >>> ci.lacks([publish("web")])
        []
        >>> print(*ci.lacks([publish("api"), deploy("production")]), sep="; ")
        publish as api; deploy to production
        """
        return [need for need in needs if not any(each.covers(need) for each in self.permissions)]


ADMIN = Permission(role=Role.ADMIN)
READ = Permission(role=Role.READ)
WEBHOOKS = Permission(role=Role.WEBHOOKS)


def publish(application: str) -> Permission:
    """The permission to publish as *application*."""
    return Permission(role=Role.PUBLISH, names=frozenset({application}))


def deploy(environment: str) -> Permission:
    """The permission to deploy to *environment*."""
    return Permission(role=Role.DEPLOY, names=frozenset({environment}))


def read(document: Mapping[str, Any]) -> Permission:
    """Return the permission of a JSON *document*.

    Raises:
        ValueError: if it is not a permission; the text says why.
    """
    role = document.get("role")
    if not isinstance(role, str) or role not in set(Role):
        raise ValueError(f"the role must be one of {', '.join(Role)}")
    names, teams = _texts(document, "names"), _texts(document, "teams")
    if teams is None:
        return Permission(role=Role(role), names=names)
    return Permission(role=Role(role), names=names or frozenset(), teams=teams)


def _texts(document: Mapping[str, Any], field: str) -> frozenset[str] | None:
    values = document.get(field)
    if values is None:
        return None
    if not isinstance(values, list) or not all(isinstance(each, str) and each for each in values):
        raise ValueError(f"{field} must be a list of texts")
    return frozenset(values)
