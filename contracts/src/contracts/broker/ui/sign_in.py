"""Signing in and out: the pages around the provider's own.

Browsers without a session are sent here, and from here to the provider, which sends them back with a code.
`contracts login` opens a page, too: it asks the person, and gives a code to the command, at a port of the same machine.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from contracts.broker import urls
from contracts.broker.api.sessions import Sessions
from contracts.broker.people import SignIn, SignInFailed
from contracts.broker.ui import submissions
from contracts.broker.ui.forms import is_local
from contracts.broker.ui.pages import SECURITY_HEADERS, Pages


log = logging.getLogger(__name__)

_PRIVATE = SECURITY_HEADERS | {"Cache-Control": "no-store"}
_TEXT = re.compile(r"[A-Za-z0-9_-]{32,128}")  # a state or a challenge
_LONGEST_PORT = 5
_PORTS = 65_536
_LONGEST_PATH = 2_000  # it is in a cookie, of which browsers keep 4 kB
_MOST_AT_ONCE = 4  # a provider that does not respond takes no thread of other requests


def add(pages: Pages, sessions: Sessions) -> None:
    """Add the pages to *pages*.

    Raises:
        SettingsError: if people cannot sign in by the settings.
    """
    door = _Door(pages, sessions)
    pages.router.routes += [
        Route(urls.SIGN_IN, door.begin),
        Route(urls.SIGN_IN_RETURN, door.finish),
        Route(urls.SIGN_OUT, door.signed_out),
        Route(urls.SIGN_OUT, door.sign_out, methods=["POST"]),
        Route(urls.SIGN_IN_COMMAND, door.ask_for_command),
        Route(urls.SIGN_IN_COMMAND, door.allow_command, methods=["POST"]),
    ]


class _Door:
    def __init__(self, pages: Pages, sessions: Sessions) -> None:
        settings = pages.runtime.settings
        self.pages = pages
        self.sessions = sessions
        self.sign_in = SignIn(settings, pages.base + urls.SIGN_IN_RETURN)
        self._places = CapacityLimiter(_MOST_AT_ONCE)

    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider."""
        following = local(request.query_params.get("next", ""))
        try:
            url, attempt = await run_sync(self.sign_in.begin, following, limiter=self._places)
        except SignInFailed as error:
            return self._failed(error, following)
        response = RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
        self.sessions.remember(response, attempt)
        return response

    async def finish(self, request: Request) -> Response:
        """Begin a session for the person whom the provider sends back, and show the page that they came for."""
        answer = dict(request.query_params)
        if (attempt := self.sessions.attempt(request.scope, answer.get("state", ""))) is None:
            return self._failed(
                SignInFailed("This browser has not begun to sign in, or it took too long. Sign in again")
            )
        try:
            person = await run_sync(self.sign_in.finish, attempt, answer, limiter=self._places)
        except SignInFailed as error:
            log.warning("Someone could not sign in: %s", error)
            response = self._failed(error, attempt.following)
        else:
            log.info("%s signed in", person.name)
            response = RedirectResponse(self.pages.base + local(attempt.following), 303, headers=_PRIVATE)
            self.sessions.start(response, person)
        self.sessions.forget(response, attempt)
        return response

    async def sign_out(self, _request: Request) -> Response:
        """End the session."""
        response = RedirectResponse(self.pages.base + urls.SIGN_OUT, 303, headers=_PRIVATE)
        self.sessions.end(response)
        return response

    async def signed_out(self, _request: Request) -> Response:
        """Show that the session has ended; that of the provider may last longer."""
        issuer = self.pages.runtime.settings.sign_in_issuer
        text = f"You have signed out of this broker. You may still be signed in at {issuer}."
        return self._page("Signed out", text, urls.INDEX)

    async def ask_for_command(self, request: Request) -> Response:
        """Ask whether the command may act for the person."""
        if (command := _command(request.query_params)) is None or self.sessions.person(request.scope) is None:
            return self._page(
                "Nothing to allow", "Run the command again, and open the URL that it prints: contracts login.", "", 400
            )
        token = submissions.token(request)
        html = self.pages.render(
            "sign_in_command.html",
            section="",
            title="Allow the command?",
            token=token,
            command=command,
            hours=self.pages.runtime.settings.sign_in_hours,
        )
        policy = _PRIVATE["Content-Security-Policy"].replace(
            "form-action 'self'", f"form-action 'self' http://127.0.0.1:{command['port']}"
        )  # browsers apply it to redirections, too
        response = HTMLResponse(html, headers=_PRIVATE | {"Content-Security-Policy": policy})
        return submissions.with_cookie(response, request, token)

    async def allow_command(self, request: Request) -> Response:
        """Send a code to the command on the person's machine, which exchanges it for a token."""
        entries = await submissions.entries(request) or {}
        person, command = (
            self.sessions.person(request.scope),
            _command({name: each[0] for name, each in entries.items()}),
        )
        if person is None or command is None or not submissions.is_genuine(request, entries):
            return self._page("Nothing was allowed", "The form has expired. Start again: contracts login.", "", 403)
        code = self.sessions.code(person, command["challenge"], self.sessions.ends_at(request.scope))
        query = urlencode({"code": code, "state": command["state"]})
        return RedirectResponse(f"http://127.0.0.1:{command['port']}/?{query}", 303, headers=_PRIVATE)

    def _failed(self, error: SignInFailed, following: str = urls.INDEX) -> Response:
        again = f"{urls.SIGN_IN}?{urlencode({'next': following})}"
        return self._page("You are not signed in", f"{error}.", again, 403)

    def _page(self, title: str, text: str, again: str, status: int = 200) -> Response:
        html = self.pages.render(
            "sign_in.html", section="", title=title, text=text, again=self.pages.base + again if again else ""
        )
        return HTMLResponse(html, status, headers=_PRIVATE)


def local(following: str) -> str:
    """Return the path of a page of this broker; another address becomes the first page."""
    is_page = len(following) <= _LONGEST_PATH and is_local(following)
    return following if is_page and not following.startswith(urls.SIGN_IN + "/return") else urls.INDEX


def _command(fields: Mapping[str, str]) -> dict[str, str] | None:
    """Return the port, state and challenge of a command that asks for a token; None if they are not valid."""
    port = fields.get("port", "")
    texts = {name: fields.get(name, "") for name in ("state", "challenge")}
    is_port = port.isascii() and port.isdecimal() and len(port) <= _LONGEST_PORT and 0 < int(port) < _PORTS
    if not is_port or not all(map(_TEXT.fullmatch, texts.values())):
        return None
    return {"port": port, **texts}
