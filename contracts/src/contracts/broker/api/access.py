"""Access control: who sends a request, before anything else, and a log line for each change.

Source: Pact Broker protocol, authentication.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.api import paths
from contracts.broker.api.access_log import ACCOUNT
from contracts.broker.api.acts import CLAIMED
from contracts.broker.api.failed_logins import FailedLogins, Login
from contracts.broker.api.permissions import IDENTITY
from contracts.broker.api.request_rates import Rates
from contracts.broker.api.visitors import VISITOR
from contracts.broker.bearers import Bearers
from contracts.broker.serving import logs
from contracts.broker.settings import Settings
from contracts.model.errors import Forbidden, InvalidBuildToken, IssuerUnavailable, Unavailable
from contracts.model.permissions import ADMIN, ANONYMOUS, READ, Identity
from contracts.model.tokens import PREFIX


if TYPE_CHECKING:
    from contracts.broker.api.people import People
    from contracts.broker.build_tokens import BuildTokens


log = logging.getLogger(__name__)

_MOST_CHECKED = 4  # tokens of builds at the same time: an issuer that does not respond keeps no other thread

_READS = {"GET", "HEAD", "OPTIONS"}
_ASK = {"WWW-Authenticate": 'Basic realm="Restricted area"'}
_ASK_FOR_TOKEN = {"WWW-Authenticate": 'Bearer realm="Restricted area", error="invalid_token"'}
_ASK_FOR_PASSWORD_OR_BUILD = {
    "WWW-Authenticate": 'Basic realm="Restricted area", Bearer realm="builds"'  # our client presents its build's token
}
_ASK_FOR_ANY_TOKEN = {"WWW-Authenticate": 'Bearer realm="Restricted area"'}
_GRANTED_BY = "Someone who may do everything here can create one: contracts token create"
_NOBODY = "nobody in particular"
_BUILD = "a build"
_FORBIDDEN = 403
_EVERYONE = Identity(name="everyone", permissions=(READ,), subject=ANONYMOUS)


class BasicAuth:
    """ASGI middleware: requires a token, or a user name and a password, if the settings say so, and logs changes.

    Wrong credentials are limited (see `failed_logins`), and the first of each window is logged.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        bearers: Bearers | None = None,
        build_tokens: BuildTokens | None = None,
        people: People | None = None,
        rates: Rates | None = None,
    ) -> None:
        self.app = app
        self.settings = settings
        self.bearers = bearers
        self.build_tokens = build_tokens
        self.people = people
        self.rates = rates
        self._checking = CapacityLimiter(_MOST_CHECKED)
        self.failed_logins = FailedLogins(settings.max_failed_logins, settings.failed_login_window)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or respond with 401."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = ""
        if self.settings.requires_credentials:
            identity = self._person(scope) or await self._identity(scope)
            if isinstance(identity, Response):
                too_many = None if self.rates is None else self.rates.refusal(scope)
                await (too_many or identity)(scope, receive, send)
                return
            name = identity.name if identity is not _EVERYONE else ""
            scope[IDENTITY] = identity
            VISITOR.set(identity)
            if name:
                scope[ACCOUNT] = name
            if identity is _EVERYONE and not self._is_open(scope):
                await self._ask_if_refused(scope, receive, send)
                return
        await self._check_build_token(scope)
        await self._through(scope, receive, send, name)

    async def _ask_if_refused(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; if reading is not enough for it, respond with 401, so that a browser asks for more."""
        is_refused = False

        async def sending(message: Message) -> None:
            nonlocal is_refused
            is_refused = is_refused or (message["type"] == "http.response.start" and message["status"] == _FORBIDDEN)
            if not is_refused:
                await send(message)

        await self._through(scope, receive, sending, "")
        if is_refused:
            response = self._unknown(scope, Headers(scope=scope).get("authorization", ""), "", 0)
            await response(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        """Whether the request is a part of signing in."""
        return self.people is not None and self.people.is_open(scope)

    async def _check_build_token(self, scope: Scope) -> None:
        """Check the header Build-Token here, so that an issuer that does not respond keeps no thread of a writer."""
        token = Headers(scope=scope).get("build-token")
        if token is None or self.build_tokens is None or scope["method"] != "POST":
            return
        with suppress(InvalidBuildToken, Forbidden, IssuerUnavailable):  # the handler reports them
            if self.build_tokens.remembered(token) is None:
                await run_sync(self.build_tokens.identify, token, limiter=self._checking)

    def _person(self, scope: Scope) -> Identity | Response | None:
        """Return the person who sends a request without other credentials, or the response that refuses it."""
        has_credentials = "authorization" in Headers(scope=scope)
        return None if self.people is None or has_credentials else self.people.identity(scope)

    async def _identity(self, scope: Scope) -> Identity | Response:
        """Return who sends the request, or the response that refuses it."""
        header = Headers(scope=scope).get("authorization", "")
        public = self._public(scope)
        scheme, _, token = header.partition(" ")
        is_token = scheme.lower() == "bearer" and bool(token.strip())
        credentials = _credentials(header)
        is_build = is_token and self.build_tokens is not None and not token.strip().startswith(PREFIX)
        # nobody guesses a signature, and the builds of a CI service share addresses
        limited = credentials is not None or (is_token and not is_build)
        login = _login(scope, header, credentials) if limited else None
        if login is not None and not is_token and (seconds := self.failed_logins.wait_seconds(login)):
            scope[CLAIMED] = self._claim(login)
            return _EVERYONE if public else _too_many_failures(seconds)
        reason = ""
        try:
            identity = await self._bearer(token.strip()) if is_token else self._account(credentials)
        except (Unavailable, IssuerUnavailable) as error:
            return _refuse(503, str(error), {"Retry-After": "2"})
        except Forbidden as error:
            scope[CLAIMED] = _BUILD
            return _EVERYONE if public else _refuse(403, str(error), {})
        except InvalidBuildToken as error:
            identity, reason = None, str(error)
            self._record_build(scope, reason)
        seconds = 0 if login is None else self._record(scope, login, succeeds=identity is not None)
        if identity is None:
            return _EVERYONE if public else self._unknown(scope, header, reason, seconds)
        if not is_token and not identity.is_admin and _changes(scope):
            scope[IDENTITY] = identity  # for the audit log
            text = f"The account {identity.name} may only read. Use one that may write, or a token. {_GRANTED_BY}"
            return _refuse(401, text, _ASK)
        return identity

    async def _bearer(self, token: str) -> Identity | None:
        if self.build_tokens is not None and not token.startswith(PREFIX):
            build = self.build_tokens.remembered(token)
            return build or await run_sync(self.build_tokens.identify, token, limiter=self._checking)
        if self.bearers is None or not token.startswith(PREFIX):
            return None
        return self.bearers.remembered(token) or await run_in_threadpool(self.bearers.look_up, token)

    async def _through(self, scope: Scope, receive: Receive, send: Send, account: str) -> None:
        if not _changes(scope) or self.settings.access_log:
            await self.app(scope, receive, send)
            return
        status: int | None = None

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            _log_change(scope["method"], paths.printable(scope), account, status)

    def _record(self, scope: Scope, login: Login, *, succeeds: bool) -> int:
        """Record the outcome of *login*; return the time to wait after too many wrong tokens, otherwise 0."""
        if succeeds:
            self.failed_logins.succeed(login)
            return 0
        who = scope[CLAIMED] = self._claim(login)
        failures = self.failed_logins.fail(login)
        if self.failed_logins.is_first_line(login.address, who):
            log.warning(
                "Wrong password for %s from %s: %s %s", who, login.address, scope["method"], paths.printable(scope)
            )
        if failures == self.failed_logins.most:
            log.warning(
                "%s failed logins from %s: the broker refuses further ones for up to %s s, except with credentials "
                "that worked from there",
                failures,
                login.address,
                self.settings.failed_login_window,
            )
        too_many = login.account is None and failures > self.failed_logins.most
        return self.failed_logins.wait_seconds(login) if too_many else 0

    def _record_build(self, scope: Scope, reason: str) -> None:
        scope[CLAIMED] = _BUILD
        address = _address(scope)
        if self.failed_logins.is_first_line(address, _BUILD):
            log.warning("%s, from %s: %s %s", reason, address, scope["method"], paths.printable(scope))

    def _claim(self, login: Login) -> str:
        """Return who *login* claims to be, without an unknown name: users may type their password there."""
        if login.account is None:
            return "a token"
        names = {self.settings.basic_auth_username, self.settings.basic_auth_read_only_username}
        return f"the account {_printable(login.account)}" if login.account in names else "an unknown account"

    def _public(self, scope: Scope) -> bool:
        """Return whether everyone may send this request."""
        settings = self.settings
        if self._is_open(scope):
            return True
        if _changes(scope):
            return False
        if settings.allow_public_read:
            return True
        # encoded, as it is routed: after a slash in a name, the rest would look like another path
        path = paths.raw(scope).rstrip("/")
        if scope["method"] not in _READS:
            return False
        if path == urls.STYLESHEET:  # of the page that refuses
            return True
        heartbeat = settings.public_heartbeat and path == urls.HEARTBEAT
        return heartbeat or (settings.enable_public_badge_access and urls.is_badge(path))

    def _unknown(self, scope: Scope, header: str, reason: str, seconds: int) -> Response:
        """Return the response to a request without valid credentials: what to present, and who can grant it."""
        if seconds:
            return _too_many_failures(seconds)
        if not header and self.people is not None and (invitation := self.people.invitation(scope)) is not None:
            return invitation
        login = " People sign in: contracts login" if self.people is not None else ""
        if header.lower().startswith("bearer ") and header[len("bearer ") :].strip():
            text = reason or f"The token is unknown, revoked or expired. {_GRANTED_BY}.{login}"
            return _refuse(401, text, _ASK_FOR_TOKEN)
        if self.settings.basic_auth_enabled:
            way, ask = "a user name and a password, or a token", _ASK
        else:
            way, ask = "a token", _ASK_FOR_ANY_TOKEN
        if self.build_tokens is not None:
            ask = _ASK_FOR_PASSWORD_OR_BUILD
        return _refuse(401, f"This broker requires {way}. {_GRANTED_BY}.{login}", ask)

    def _account(self, credentials: tuple[str, str] | None) -> Identity | None:
        """Return the account with these *credentials*; None if they are wrong."""
        if credentials is None:
            return None
        settings = self.settings
        # always compare both, so the time reveals nothing
        writer = _same(credentials, settings.basic_auth_username, settings.basic_auth_password)
        reader = _same(credentials, settings.basic_auth_read_only_username, settings.basic_auth_read_only_password)
        if not writer and not reader:
            return None
        permissions = (ADMIN,) if writer else (READ,)
        return Identity(name=credentials[0], permissions=permissions, subject=f"account:{credentials[0]}")


def _changes(scope: Scope) -> bool:
    """Return whether the request may change data; the POST for pacts to verify does not."""
    if scope["method"] in _READS:
        return False
    asks_for_pacts = scope["method"] == "POST" and urls.is_of(urls.PACTS_FOR_VERIFICATION, paths.raw(scope).rstrip("/"))
    return not asks_for_pacts


def _log_change(method: str, path: str, account: str, status: int | None) -> None:
    outcome = "no response" if status is None else status
    extra = logs.fields(method=method, path=path, account=account or None, status=status)
    log.info("%s %s by %s: %s", method, path, account or _NOBODY, outcome, extra=extra)


def _refuse(status: int, text: str, headers: dict[str, str]) -> PlainTextResponse:
    return PlainTextResponse(f"{text}\n", status, headers=headers)


def _too_many_failures(seconds: int) -> Response:
    text = f"Too many wrong passwords or tokens. Correct the password or token, and try again in {seconds} s"
    return _refuse(429, text, {"Retry-After": str(seconds)})


def _login(scope: Scope, header: str, credentials: tuple[str, str] | None) -> Login:
    return Login(address=_address(scope), account=credentials[0] if credentials else None, credentials=header)


def _address(scope: Scope) -> str:
    address: str = (scope.get("client") or ("an unknown address", 0))[0]
    return address


def _printable(name: str) -> str:
    return name if name.isprintable() else name.encode("unicode_escape").decode()


def _credentials(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (username, password) if colon else None


def _same(credentials: tuple[str, str], username: str, password: str) -> bool:
    """Compare in constant time; an account without a name or password never matches."""
    exists = bool(username) and bool(password)
    # digests have the same length, so the time does not depend on the lengths
    same = [
        secrets.compare_digest(_digest(each), _digest(expected))
        for each, expected in zip(credentials, (username, password), strict=True)
    ]
    return exists and all(same)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
