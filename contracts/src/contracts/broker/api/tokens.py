"""`/tokens`: what programs present instead of a password. An account that may do everything sees them all.

A person who has signed in sees their own, and creates some with at most their own permissions.

An addition of this broker. The token itself is in the response that creates it, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field
from starlette.responses import Response
from starlette.types import Scope

from contracts.broker import urls
from contracts.broker.api import rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, timestamp
from contracts.broker.api.permissions import IDENTITY
from contracts.broker.api.resources import Resources
from contracts.broker.store import audit_trail, tokens
from contracts.broker.store.database import Connection
from contracts.model import permissions
from contracts.model import tokens as model
from contracts.model.errors import Forbidden, InvalidFields
from contracts.model.permissions import READ, Identity, Permission
from contracts.model.tokens import NewToken, Token


DEFAULT_DAYS = 365
MOST_DAYS = 3650


class TokenBody(Body):
    """A token to create; without permissions it may read. *expiresInDays* null means that it never expires."""

    note: rules.Line
    permissions: list[dict[str, Any]] = Field(default_factory=list)
    expires_in_days: int | None = Field(default=DEFAULT_DAYS, alias="expiresInDays")


routes = Resources("tokens")


@routes.get(urls.TOKENS)
def list_tokens(call: Call) -> Response:
    with call.reading() as connection:
        listed = tokens.all(connection, owner_of(call.request.scope))
    document: Document = {
        "_embedded": {"tokens": [token_document(call, each) for each in listed]},
        "_links": {"self": link(call.url, "Tokens")},
    }
    return call.hal(document)


@routes.post(urls.TOKENS, body=TokenBody)
def create_token(call: Call) -> Response:
    body = call.body(TokenBody)
    sender: Identity | None = call.request.scope.get(IDENTITY)
    token, secret = create(call, body, sender.subject if sender is not None and sender.is_person else None)
    location = call.links.to(urls.TOKEN, uuid=token.uuid)
    return call.hal(token_document(call, token) | {"token": secret}, 201, location=location)


def create(call: Call, body: TokenBody, owner: str | None) -> tuple[Token, str]:
    """Create a token of the person *owner*, or of a program; return it, and its secret part."""
    granted = _permissions(body, {team for team, _ in call.runtime.settings.teams})
    expires_at = _expiry(body, call.now())
    secret, uuid = model.generate(), call.runtime.uuid()
    sender: Identity | None = call.request.scope.get(IDENTITY)
    _require_covered(sender, granted)
    new = NewToken(
        uuid=uuid,
        note=body.note,
        start=secret[: model.SHOWN],
        digest=model.digest(secret),
        permissions=granted,
        created_by=sender.name if sender is not None else "",
        created_at=call.now(),
        expires_at=expires_at,
        owner=owner,
    )
    with call.writing() as connection:
        tokens.add(connection, new)
        audit_trail.note(uuid=uuid)
        return tokens.find(connection, uuid), secret


@routes.get(urls.TOKEN)
def show_token(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        token = _find(call, connection, uuid)
    return call.hal(token_document(call, token))


@routes.delete(urls.TOKEN)
def revoke_token(call: Call, uuid: str) -> Response:
    with call.writing() as connection:
        tokens.remove(connection, _find(call, connection, uuid).id)
    call.runtime.bearers.forget()
    return Response(status_code=204)


@routes.post(urls.TOKEN_REGENERATE, accepts=None)
def regenerate_token(call: Call, uuid: str) -> Response:
    token, secret = regenerate(call, uuid)
    return call.hal(token_document(call, token) | {"token": secret}, 201)


def regenerate(call: Call, uuid: str) -> tuple[Token, str]:
    """Replace the secret part of a token that the sender may manage; return the token, and its new secret part."""
    secret = model.generate()
    with call.writing() as connection:
        token = _find(call, connection, uuid)
        _require_covered(call.request.scope.get(IDENTITY), token.permissions)
        tokens.replace_digest(connection, token.id, start=secret[: model.SHOWN], digest=model.digest(secret))
        token = tokens.find(connection, uuid)
    call.runtime.bearers.forget()
    return token, secret


def _require_covered(sender: Identity | None, granted: tuple[Permission, ...]) -> None:
    """Refuse to give *sender* a secret that may do more than the sender.

    Raises:
        Forbidden: with what is missing.
    """
    if sender is not None and (missing := sender.lacks(granted)):
        raise Forbidden(
            f"{sender.name} may not {' and '.join(map(str, missing))}, and a token may do no more than its creator. "
            "Someone who may do everything here can create it"
        )


def _permissions(body: TokenBody, teams: AbstractSet[str]) -> tuple[Permission, ...]:
    problems, granted = [], []
    for number, each in enumerate(body.permissions, 1):
        try:
            permission = permissions.read(each)
        except ValueError as error:
            problems.append(f"number {number}: {error}")
            continue
        granted.append(permission)
        problems += [
            f"number {number}: there is no team '{team}' in PACT_BROKER_TEAMS"
            for team in sorted(permission.teams - teams)
        ]
    if problems:
        raise InvalidFields({"permissions": problems})
    return tuple(granted) or (READ,)


def _expiry(body: TokenBody, now: datetime) -> datetime | None:
    if body.expires_in_days is None:
        return None
    if not 1 <= body.expires_in_days <= MOST_DAYS:
        raise InvalidFields({"expiresInDays": [f"must be from 1 to {MOST_DAYS}, or null"]})
    return now + timedelta(days=body.expires_in_days)


def _find(call: Call, connection: Connection, uuid: str) -> Token:
    sender: Identity | None = call.request.scope.get(IDENTITY)
    is_itself = sender is not None and sender.subject == f"token:{uuid}"
    return tokens.find(connection, uuid, None if is_itself else owner_of(call.request.scope))


def owner_of(scope: Scope) -> str | None:
    """Return the person to whose tokens the sender of a request is limited; None if all are theirs to manage."""
    sender: Identity | None = scope.get(IDENTITY)
    return None if sender is None or sender.is_admin else sender.subject


def token_document(call: Call, token: Token) -> Document:
    """Return the document of *token*, without its secret part."""
    return {
        "uuid": token.uuid,
        "note": token.note,
        "start": token.start,
        "permissions": [each.document() for each in token.permissions],
        "createdBy": token.created_by,
        "createdAt": timestamp(token.created_at),
        "expiresAt": None if token.expires_at is None else timestamp(token.expires_at),
        "expired": token.has_expired(call.now()),
        "lastUsedAt": None if token.last_used_at is None else timestamp(token.last_used_at),
        "_links": {
            "self": link(call.links.to(urls.TOKEN, uuid=token.uuid), "Token", token.note),
            "pb:regenerate": link(call.links.to(urls.TOKEN_REGENERATE, uuid=token.uuid), "POST to replace the token"),
        },
    }
