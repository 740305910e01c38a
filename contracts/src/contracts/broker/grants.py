"""What the groups of a company permit: permissions for people who sign in, by the name of their group."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from contracts.broker.setting_kinds import Kind, json_object
from contracts.model import permissions as rules
from contracts.model.permissions import Permission


EVERYONE = "*"
"""Instead of a group: everyone who can sign in."""

Grants = tuple[tuple[str, tuple[Permission, ...]], ...]
"""The names of groups, each with its permissions."""


def groups_with_a_grant(grants: Grants, groups: Collection[str]) -> list[str]:
    """Return those of a person's *groups* that permit something, and `*` if everyone may do something."""
    return [group for group, _ in grants if group == EVERYONE or group in groups]


def permissions_of(grants: Grants, groups: Collection[str]) -> tuple[Permission, ...]:
    """Return what *groups* permit together."""
    return tuple(dict.fromkeys(each for group, granted in grants if group in groups for each in granted))


def _parse(raw: str) -> Grants:
    document = json_object(raw)
    return tuple((group, _granted(group, granted)) for group, granted in document.items())


def _granted(group: str, granted: Any) -> tuple[Permission, ...]:
    if not isinstance(granted, list) or not granted or not all(isinstance(each, dict) for each in granted):
        raise ValueError(f"the group {group!r} needs a list of permissions")
    try:
        return tuple(rules.read(each) for each in granted)
    except ValueError as error:
        raise ValueError(f"the group {group!r}: {error}") from None


def _text(grants: Grants) -> str:
    document = {group: [each.document() for each in granted] for group, granted in grants}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) if document else ""


GRANTS: Kind[Grants] = Kind(
    takes='a JSON object such as `{"platform":[{"role":"admin"}],"*":[{"role":"read"}]}`', parse=_parse, text=_text
)
