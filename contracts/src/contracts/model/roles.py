"""Roles: permissions under a uuid, as PactFlow's clients name them. They are fixed; each has one permission.

The uuid of a permission is always the same, so nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from uuid import UUID, uuid5

from contracts.model.permissions import ADMIN, READ, WEBHOOKS, Permission, Role


_NAMESPACE = UUID("7d1a6c6e-9a4b-4b57-8a57-0d1a4f7f5c11")


def uuid_of(permission: Permission) -> str:
    """Return the uuid of the role with *permission*.

    >>> uuid_of(ADMIN)
    'd344f52d-56bd-50ff-b2fa-d875b890bd9f'
    """
    return str(uuid5(_NAMESPACE, json.dumps(permission.document(), sort_keys=True)))


def available(teams: Iterable[str]) -> tuple[Permission, ...]:
    """Return the permission of each role: the unlimited ones, and one to publish as each of *teams*."""
    unlimited = (Permission(role=Role.PUBLISH), Permission(role=Role.DEPLOY), WEBHOOKS, ADMIN)
    limited = (Permission(role=Role.PUBLISH, names=frozenset(), teams=frozenset({each})) for each in sorted(teams))
    return (*unlimited, *limited)


def of(permissions: Iterable[Permission]) -> list[Permission]:
    """Return those of *permissions* that are roles: all but reading, which every account may do."""
    return [each for each in permissions if each != READ]


def chosen(uuids: Collection[str], roles: Iterable[Permission]) -> tuple[Permission, ...]:
    """Return the permissions of the roles with these *uuids*; without any, an account may read.

    Raises:
        KeyError: with the first uuid that none of *roles* has.
    """
    by_uuid = {uuid_of(each): each for each in roles}
    return tuple(by_uuid[each] for each in dict.fromkeys(uuids)) or (READ,)
