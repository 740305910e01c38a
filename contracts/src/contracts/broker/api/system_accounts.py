"""`/admin/system-accounts`: the tokens of programs, as PactFlow's clients create and list them.

A system account of PactFlow is a program with tokens. Here it is one token: they share the uuid, and the name of the
account is the token's note. The tokens of people are not among them. An account that is not active has expired.
Source: the contracts of PactFlow's Terraform provider and MCP server.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import rules
from contracts.broker.api import tokens as api
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link
from contracts.broker.api.resources import Resources
from contracts.broker.api.settings_tokens import settings_token_document
from contracts.broker.api.tokens import TokenBody
from contracts.broker.store import tokens
from contracts.broker.store.database import Connection
from contracts.model import roles as model
from contracts.model.errors import InvalidFields, NotFound
from contracts.model.permissions import Permission
from contracts.model.tokens import Token


_SYSTEM = 1
"""What PactFlow's clients call the type of a program; the type of a person is 0."""


class SystemAccountBody(TokenBody):
    """A token to create, whose note is the *name* of the account; PactFlow's other fields are ignored."""

    note: rules.Line = Field(alias="name")


class UserBody(Body):
    """An account to rename, to end now, or to make active for another year; what is missing stays."""

    name: rules.Line | None = None
    active: bool | None = None


class RolesBody(Body):
    """The uuids of all roles of an account; without any it may read."""

    roles: list[str]


routes = Resources("tokens")


@routes.get(urls.SYSTEM_ACCOUNTS)
def list_system_accounts(call: Call) -> Response:
    with call.reading() as connection:
        accounts = [each for each in tokens.all(connection) if each.owner is None]
    document: Document = {
        "users": [_document(call, each) for each in accounts],
        "_embedded": {"roles": [_role(each) for each in _roles(call)]},
        "_links": {"self": link(call.url, "System accounts")},
    }
    return call.hal(document)


@routes.post(urls.SYSTEM_ACCOUNTS, body=SystemAccountBody)
def create_system_account(call: Call) -> Response:
    token, secret = api.create(call, call.body(SystemAccountBody), owner=None)
    location = call.links.to(urls.SYSTEM_ACCOUNT, uuid=token.uuid)
    return call.hal(_document(call, token) | {"token": secret}, 201, location=location)


@routes.get(urls.SYSTEM_ACCOUNT, urls.ADMIN_USER)
def show_system_account(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        return call.hal(_document(call, _find(connection, uuid)))


@routes.get(urls.SYSTEM_ACCOUNT_TOKENS)
def list_tokens_of_system_account(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        token = _find(connection, uuid)
    items = [settings_token_document(token, f"{token.start}…")]
    return call.hal({"_embedded": {"items": items}, "_links": {"self": link(call.url, "Tokens", token.note)}})


@routes.put(urls.ADMIN_USER, body=UserBody)
def update_system_account(call: Call, uuid: str) -> Response:
    body = call.body(UserBody)
    with call.writing() as connection:
        token = _find(connection, uuid)
        expires_at = _expiry(token, call.now(), active=body.active)
        tokens.change(connection, token.id, note=body.name or token.note, expires_at=expires_at)
        token = _find(connection, uuid)
    call.runtime.bearers.forget()
    return call.hal(_document(call, token))


@routes.put(urls.ADMIN_USER_ROLES, body=RolesBody)
def set_roles_of_system_account(call: Call, uuid: str) -> Response:
    uuids = call.body(RolesBody).roles
    with call.writing() as connection:
        token = _find(connection, uuid)
        try:
            permissions = model.chosen(uuids, (*_roles(call), *token.permissions))
        except KeyError as error:
            raise InvalidFields(
                {"roles": [f"there is no role {error}; GET {urls.SYSTEM_ACCOUNTS} lists them"]}
            ) from None
        tokens.replace_permissions(connection, token.id, permissions)
    call.runtime.bearers.forget()
    return Response(status_code=204)


def _roles(call: Call) -> tuple[Permission, ...]:
    return model.available(team for team, _ in call.runtime.settings.teams)


def _expiry(token: Token, now: datetime, *, active: bool | None) -> datetime | None:
    """Return when *token* expires once it is *active* or not; one that is already keeps its time."""
    if active is None or active is not token.has_expired(now):
        return token.expires_at
    return now + timedelta(days=api.DEFAULT_DAYS) if active else now


def _find(connection: Connection, uuid: str) -> Token:
    token = tokens.find(connection, uuid)
    if token.owner is not None:
        raise NotFound(f"The token with the uuid '{uuid}' is a person's, not a system account's")
    return token


def _document(call: Call, token: Token) -> Document:
    return {
        "uuid": token.uuid,
        "name": token.note,
        "type": _SYSTEM,
        "active": not token.has_expired(call.now()),
        "permissions": [each.document() for each in token.permissions],
        "_embedded": {"roles": [_role(each) for each in model.of(token.permissions)]},
        "_links": {
            "self": link(call.links.to(urls.SYSTEM_ACCOUNT, uuid=token.uuid), "System account", token.note),
            "pb:token": link(call.links.to(urls.TOKEN, uuid=token.uuid), "Token"),
        },
    }


def _role(permission: Permission) -> Document:
    text = str(permission)
    scope = {"scope": permission.role.value, "label": text, "description": f"An account with it may {text}"}
    return {"uuid": model.uuid_of(permission), "name": text[:1].upper() + text[1:], "permissions": [scope]}
