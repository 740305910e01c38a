"""People who have signed in, at the door: their session is their credentials, and browsers without one are sent to it.

A session reads everything, but changes only what the broker's own forms send: a form has a token that no other site can
know, and a request straight to the API has none. Import this module only if people can sign in.
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Scope

from contracts.broker import urls
from contracts.broker.api import paths
from contracts.broker.api.permissions import IDENTITY
from contracts.broker.api.sessions import Sessions
from contracts.broker.settings import Settings
from contracts.model.permissions import Identity


_OPEN = {urls.SIGN_IN, urls.SIGN_IN_RETURN, urls.SIGN_OUT, urls.SESSION_TOKENS}
_CHANGED_BY_FORMS = {
    urls.FORM,
    urls.APPLICATION_FORM,
    urls.DEPLOYMENT_FORM,
    urls.ENVIRONMENT_FORM,
    urls.WEBHOOK_FORM,
    urls.TOKEN_FORM,
    urls.SECRET_FORM,
    urls.SIGN_OUT,
    urls.SIGN_IN_COMMAND,
}
_HARMLESS = {"GET", "HEAD", "OPTIONS"}


class People:
    """The door for people, by their *sessions*."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._base = settings.base_url[0].rstrip("/")
        self._sessions = sessions

    def is_open(self, scope: Scope) -> bool:
        """Whether the request is a part of signing in, for which nobody needs credentials."""
        return paths.raw(scope).rstrip("/") in _OPEN

    def identity(self, scope: Scope) -> Identity | Response | None:
        """Return the person whose session the request has, or the response that refuses it; None without a session."""
        identity = self._sessions.identity(scope)
        if identity is None or scope["method"] in _HARMLESS or paths.raw(scope).rstrip("/") in _CHANGED_BY_FORMS:
            return identity
        scope[IDENTITY] = identity  # for the audit log
        text = (
            "A session of a browser changes data only through the forms of the broker's pages. Programs need a token: "
            "contracts login, or contracts token create"
        )
        return PlainTextResponse(f"{text}\n", 403)

    def invitation(self, scope: Scope) -> Response | None:
        """Return a redirection to the sign-in if a browser requests a page; None for every other client."""
        headers = Headers(scope=scope)
        is_page = "text/html" in headers.get("accept", "") and headers.get("sec-fetch-mode", "navigate") == "navigate"
        if scope["method"] != "GET" or not is_page:
            return None
        query = scope["query_string"].decode("latin-1")
        following = paths.raw(scope) + (f"?{query}" if query else "")
        return RedirectResponse(f"{self._base}{urls.SIGN_IN}?{urlencode({'next': following})}", 303)
