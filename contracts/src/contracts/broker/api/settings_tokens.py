"""`/settings/tokens`: the tokens as PactFlow's clients list and replace them.

PactFlow shows the value of each token. This broker does not have it, so a list shows its first characters.
Source: the contracts of PactFlow's Terraform provider and MCP server.
"""

from __future__ import annotations

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import tokens as api
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link
from contracts.broker.api.resources import Resources
from contracts.broker.store import tokens
from contracts.model.tokens import Token


routes = Resources("tokens")


@routes.get(urls.SETTINGS_TOKENS)
def list_settings_tokens(call: Call) -> Response:
    with call.reading() as connection:
        listed = tokens.all(connection, api.owner_of(call.request.scope))
    items = [settings_token_document(each, f"{each.start}…") for each in listed]
    return call.hal({"_embedded": {"items": items}, "_links": {"self": link(call.url, "Tokens")}})


@routes.post(urls.SETTINGS_TOKEN_REGENERATE, accepts=None)
def regenerate_settings_token(call: Call, uuid: str) -> Response:
    token, secret = api.regenerate(call, uuid)
    return call.hal(settings_token_document(token, secret), 201)


def settings_token_document(token: Token, value: str) -> Document:
    """Return the document of *token* for PactFlow's clients, with as much of the secret part as *value* has."""
    return {"uuid": token.uuid, "description": token.note, "value": value}
