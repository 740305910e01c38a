"""`/session-tokens`: the token of `contracts login`, for the code that the person's browser brought to the command.

An addition of this broker, which only `contracts login` uses. It needs no credentials: the code is signed, lasts a
minute, becomes one token at most, and needs the verifier, which never left the command.
Source: RFC 8252 (native applications), RFC 7636 (PKCE).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import link
from contracts.broker.api.permissions import IDENTITY
from contracts.broker.api.resources import Resources
from contracts.broker.api.tokens import token_document
from contracts.broker.store import tokens
from contracts.model import tokens as model
from contracts.model.errors import Forbidden, NotFound
from contracts.model.tokens import NewToken


if TYPE_CHECKING:
    from contracts.broker.api.sessions import Sessions


_LONGEST_NOTE = 100
_REFUSED = "The code is not valid, or has become a token already. Start again: contracts login"


_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def _verifier(text: str) -> str:
    if not _VERIFIER.fullmatch(text):
        raise ValueError("must be 43 to 128 letters, digits or -._~")
    return text


class CodeBody(Body):
    """What the command has: the *code* of the browser, its own *verifier*, and the name of its *machine*."""

    code: rules.Filled
    verifier: Annotated[str, AfterValidator(_verifier)]
    machine: str = ""


routes = Resources("tokens")


@routes.get(urls.SESSION_TOKENS)
def show_sign_in(call: Call) -> Response:
    _sessions(call)
    return call.hal({"_links": {"self": link(call.url), "pb:sign-in": link(call.links.base + urls.SIGN_IN_COMMAND)}})


@routes.post(urls.SESSION_TOKENS, body=CodeBody)
def create_session_token(call: Call) -> Response:
    sessions = _sessions(call)
    body = call.body(CodeBody)
    if (exchanged := sessions.exchanged(body.code, body.verifier)) is None:
        raise Forbidden(_REFUSED)
    person, uuid, ends_at = exchanged
    if (identity := sessions.identity_of(person)) is None:
        raise Forbidden(f"{person.name} is in no group that may use this broker")
    secret = model.generate()
    machine = "".join(each for each in body.machine if each.isprintable())[:_LONGEST_NOTE]
    new = NewToken(
        uuid=uuid,
        note=f"login on {machine or 'a machine'}",
        start=secret[: model.SHOWN],
        digest=model.digest(secret),
        permissions=sessions.permissions_of(person),
        created_by=identity.name,
        created_at=call.now(),
        expires_at=ends_at,
        owner=identity.subject,
    )
    call.request.scope[IDENTITY] = identity  # for the audit log
    with call.writing() as connection:
        if not tokens.add_once(connection, new):
            raise Forbidden(_REFUSED)
        token = tokens.find(connection, uuid)
    return call.hal(token_document(call, token) | {"token": secret}, 201)


def _sessions(call: Call) -> Sessions:
    sessions: Sessions | None = call.request.app.state.sessions
    if sessions is None:
        raise NotFound("People do not sign in to this broker. Use a token: contracts token create")
    return sessions
