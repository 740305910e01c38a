"""The sessions of people who have signed in: signed cookies, so that every process accepts them, also after a restart.

A cookie has the person's groups, so that a change of PACT_BROKER_SIGN_IN_PERMISSIONS affects existing sessions.
Import this module only if people can sign in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from contracts.broker import grants
from contracts.broker.people import Attempt, Person
from contracts.broker.runtime import Runtime
from contracts.broker.settings import SettingsError
from contracts.model.permissions import PERSON, Identity, Permission


ATTEMPT_TIME = timedelta(minutes=10)
CODE_TIME = timedelta(seconds=60)
_ATTEMPT = "contracts_sign_in_"
_SESSION = "contracts_session"
_MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembered:
    """A verified session: who it is of, until when, and the key that signed it."""

    key: bytes
    until: datetime
    identity: Identity


class Sessions:
    """The sessions of *runtime*'s broker."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._settings = runtime.settings
        if not runtime.vault.has_key:
            raise SettingsError(
                "Sessions of people need a key that is not in the database: set PACT_BROKER_SECRETS_KEY, "
                "PACT_BROKER_SECRETS_KEY_FILE or PACT_BROKER_SECRETS_KEY_COMMAND. `contracts secret generate-key` "
                "prints a new key"
            )
        runtime.vault.derive("sessions")  # reads the key now, so that no request waits for it
        self._remembered: dict[bytes, _Remembered] = {}
        self._secure = runtime.settings.base_url[0].lower().startswith("https:")
        self._prefix = "__Host-" if self._secure else ""  # then no page of a neighbouring host can set it

    @property
    def lifetime(self) -> timedelta:
        """The time after which people sign in again."""
        return timedelta(hours=self._settings.sign_in_hours)

    def identity(self, scope: Scope) -> Identity | None:
        """Return the person whose session the request belongs to; None without a valid session."""
        if not (header := _cookie_header(scope)):
            return None
        key = self._runtime.vault.derive("sessions")
        remembered = self._remembered.get(header)
        if remembered is not None and remembered.key == key and self._runtime.now() < remembered.until:
            return remembered.identity
        if (document := self._session(header)) is None:
            return None
        if (identity := self.identity_of(_person(document["fields"]))) is not None:
            until = datetime.fromtimestamp(document["until"], UTC)
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[header] = _Remembered(key=key, until=until, identity=identity)
        return identity

    def person(self, scope: Scope) -> Person | None:
        """Return the person whose session the request belongs to, with or without a permission."""
        document = self._session(_cookie_header(scope))
        return None if document is None else _person(document["fields"])

    def identity_of(self, person: Person) -> Identity | None:
        """Return *person* with the permissions of today's settings; None without any."""
        if not (permissions := self.permissions_of(person)):
            return None
        teams = dict(self._settings.teams)
        permissions = tuple(each.of_teams(teams) for each in permissions)
        return Identity(name=person.name, permissions=permissions, subject=PERSON + person.subject)

    def permissions_of(self, person: Person) -> tuple[Permission, ...]:
        """Return the permissions of *person*, in which teams are not yet resolved."""
        return grants.permissions_of(self._settings.sign_in_permissions, person.groups)

    def start(self, response: Response, person: Person) -> None:
        """Begin a session of *person* with *response*."""
        value = self._sign("session", asdict(person), self.lifetime)
        self._set(response, _SESSION, value, self.lifetime)

    def end(self, response: Response) -> None:
        """End the session with *response*."""
        self._set(response, _SESSION, "", timedelta())

    def remember(self, response: Response, attempt: Attempt) -> None:
        """Keep *attempt* in the browser; several tabs may sign in at the same time."""
        value = self._sign("attempt", asdict(attempt), ATTEMPT_TIME)
        self._set(response, _ATTEMPT + attempt.state[:12], value, ATTEMPT_TIME)

    def attempt(self, scope: Scope, state: str) -> Attempt | None:
        """Return the attempt to sign in with this *state*; None if this browser has not begun it."""
        value = _cookie(_cookie_header(scope), f"{self._prefix}{_ATTEMPT}{state[:12]}")
        document = self._verified("attempt", value)
        return None if document is None else Attempt(**document["fields"])

    def forget(self, response: Response, attempt: Attempt) -> None:
        """Remove *attempt* from the browser."""
        self._set(response, _ATTEMPT + attempt.state[:12], "", timedelta())

    def ends_at(self, scope: Scope) -> float:
        """Return when the session of the request ends, as a timestamp; 0 without one."""
        document = self._session(_cookie_header(scope))
        return 0.0 if document is None else float(document["until"])

    def code(self, person: Person, challenge: str, ends_at: float) -> str:
        """Return a code that `contracts login` exchanges for a token of *person*, with the verifier of *challenge*.

        The token ends with the session, whose timestamp is *ends_at*.
        """
        fields = {"person": asdict(person), "challenge": challenge, "uuid": self._runtime.uuid(), "ends_at": ends_at}
        return self._sign("code", fields, CODE_TIME)

    def exchanged(self, code: str, verifier: str) -> tuple[Person, str, datetime] | None:
        """Return the person of a *code*, and the UUID and the end of the one token that it may become.

        None if it is not valid.
        """
        document = self._verified("code", code)
        challenge = create_s256_code_challenge(verifier)
        fields = {} if document is None else document["fields"]
        if not fields or not secrets.compare_digest(fields["challenge"].encode(), challenge.encode()):
            return None
        return _person(fields["person"]), fields["uuid"], datetime.fromtimestamp(fields["ends_at"], UTC)

    def _sign(self, purpose: str, fields: Mapping[str, Any], lifetime: timedelta) -> str:
        """Return *fields* as a text that nobody else can make, of use for a *lifetime*."""
        until = (self._runtime.now() + lifetime).timestamp()
        signed: str = self._serializer(purpose).dumps({"until": until, "fields": dict(fields)})
        return signed

    def _session(self, header: bytes) -> dict[str, Any] | None:
        cookie = _cookie(header, self._prefix + _SESSION)
        return self._verified("session", cookie) if cookie else None

    def _verified(self, purpose: str, text: str) -> dict[str, Any] | None:
        """Return what `_sign` signed for the same *purpose*, *fields* and *until*; None if it is another."""
        try:
            document: dict[str, Any] = self._serializer(purpose).loads(text)
        except BadData:
            return None
        return document if self._runtime.now().timestamp() < document["until"] else None

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        return URLSafeSerializer(self._runtime.vault.derive("sessions"), salt=purpose, signer_kwargs=signer)

    def _set(self, response: Response, name: str, value: str, lifetime: timedelta) -> None:
        response.set_cookie(
            self._prefix + name,
            value,
            max_age=int(lifetime.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )


def _cookie_header(scope: Scope) -> bytes:
    return b"; ".join(value for name, value in scope["headers"] if name == b"cookie")


def _cookie(header: bytes, name: str) -> str:
    return cookie_parser(header.decode("latin-1")).get(name, "")


def _person(fields: Mapping[str, Any]) -> Person:
    return Person(subject=fields["subject"], name=fields["name"], groups=tuple(fields["groups"]))
