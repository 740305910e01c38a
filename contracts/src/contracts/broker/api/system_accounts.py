"""`/admin/system-accounts`: the tokens of programs, as PactFlow's clients create and list them.

A system account of PactFlow is a program with tokens. Here it is one token: they share the uuid, and the name of the
account is the token's note. The tokens of people are not among them.
Source: the contracts of PactFlow's Terraform provider and MCP server.
"""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import rules
from contracts.broker.api import tokens as api
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link
from contracts.broker.api.resources import Resources
from contracts.broker.api.settings_tokens import settings_token_document
from contracts.broker.api.tokens import TokenBody
from contracts.broker.store import tokens
from contracts.model.errors import NotFound
from contracts.model.tokens import Token


_SYSTEM = 1
"""What PactFlow's clients call the type of a program; the type of a person is 0."""


class SystemAccountBody(TokenBody):
    """A token to create, whose note is the *name* of the account; PactFlow's other fields are ignored."""

    note: rules.Line = Field(alias="name")


routes = Resources("tokens")


@routes.get(urls.SYSTEM_ACCOUNTS)
def list_system_accounts(call: Call) -> Response:
    with call.reading() as connection:
        accounts = [each for each in tokens.all(connection) if each.owner is None]
    users = [_document(call, each) for each in accounts]
    return call.hal({"users": users, "_links": {"self": link(call.url, "System accounts")}})


@routes.post(urls.SYSTEM_ACCOUNTS, body=SystemAccountBody)
def create_system_account(call: Call) -> Response:
    token, secret = api.create(call, call.body(SystemAccountBody), owner=None)
    location = call.links.to(urls.SYSTEM_ACCOUNT, uuid=token.uuid)
    return call.hal(_document(call, token) | {"token": secret}, 201, location=location)


@routes.get(urls.SYSTEM_ACCOUNT)
def show_system_account(call: Call, uuid: str) -> Response:
    return call.hal(_document(call, _find(call, uuid)))


@routes.get(urls.SYSTEM_ACCOUNT_TOKENS)
def list_tokens_of_system_account(call: Call, uuid: str) -> Response:
    token = _find(call, uuid)
    items = [settings_token_document(token, f"{token.start}…")]
    return call.hal({"_embedded": {"items": items}, "_links": {"self": link(call.url, "Tokens", token.note)}})


def _find(call: Call, uuid: str) -> Token:
    with call.reading() as connection:
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
        "_links": {
            "self": link(call.links.to(urls.SYSTEM_ACCOUNT, uuid=token.uuid), "System account", token.note),
            "pb:token": link(call.links.to(urls.TOKEN, uuid=token.uuid), "Token"),
        },
    }
