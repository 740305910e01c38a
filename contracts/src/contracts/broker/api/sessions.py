"""The sessions of people who have signed in: signed cookies, so that every process accepts them, also after a restart.

A cookie has the person's groups, so that a change of PACT_BROKER_SIGN_IN_PERMISSIONS affects existing sessions.
Import this module only if people can sign in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from contracts.broker import grants
from contracts.broker.people import Attempt, Person
from contracts.broker.runtime import Runtime
from contracts.model.permissions import PERSON, Identity, Permission


ATTEMPT_TIME = timedelta(minutes=10)
CODE_TIME = timedelta(seconds=60)
_ATTEMPT = "contracts_sign_in_"
_SESSION = "contracts_session"


class Sessions:
    """The sessions of *runtime*'s broker."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._settings = runtime.settings
        runtime.vault.derive("sessions")  # reads the key now, so that no request waits for it
        self._secure = runtime.settings.base_url[0].lower().startswith("https:")
        self._prefix = "__Host-" if self._secure else ""  # then no page of a neighbouring host can set it

    @property
    def lifetime(self) -> timedelta:
        """The time after which people sign in again."""
        return timedelta(hours=self._settings.sign_in_hours)

    def identity(self, scope: Scope) -> Identity | None:
        """Return the person whose session the request belongs to; None without a valid session."""
        person = self.person(scope)
        return None if person is None else self.identity_of(person)

    def person(self, scope: Scope) -> Person | None:
        """Return the person whose session the request belongs to, with or without a permission."""
        cookie = _cookies(scope).get(self._prefix + _SESSION, "")
        fields = self._verified("session", cookie) if cookie else None
        return None if fields is None else _person(fields)

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
        value = _cookies(scope).get(f"{self._prefix}{_ATTEMPT}{state[:12]}", "")
        fields = self._verified("attempt", value)
        return None if fields is None else Attempt(**fields)

    def forget(self, response: Response, attempt: Attempt) -> None:
        """Remove *attempt* from the browser."""
        self._set(response, _ATTEMPT + attempt.state[:12], "", timedelta())

    def code(self, person: Person, challenge: str) -> str:
        """Return a code that `contracts login` exchanges for a token of *person*, with the verifier of *challenge*."""
        fields = {"person": asdict(person), "challenge": challenge, "uuid": self._runtime.uuid()}
        return self._sign("code", fields, CODE_TIME)

    def exchanged(self, code: str, verifier: str) -> tuple[Person, str] | None:
        """Return the person of a *code*, and the UUID of the one token that it may become; None if it is not valid."""
        fields = self._verified("code", code)
        challenge = create_s256_code_challenge(verifier)
        if fields is None or not secrets.compare_digest(fields["challenge"].encode(), challenge.encode()):
            return None
        return _person(fields["person"]), fields["uuid"]

    def _sign(self, purpose: str, fields: Mapping[str, Any], lifetime: timedelta) -> str:
        """Return *fields* as a text that nobody else can make, of use for a *lifetime*."""
        until = (self._runtime.now() + lifetime).timestamp()
        signed: str = self._serializer(purpose).dumps({"until": until, "fields": dict(fields)})
        return signed

    def _verified(self, purpose: str, text: str) -> dict[str, Any] | None:
        """Return the fields of a text that `_sign` made for the same *purpose*; None if it is another or too old."""
        try:
            document = self._serializer(purpose).loads(text)
        except BadData:
            return None
        if document["until"] <= self._runtime.now().timestamp():
            return None
        fields: dict[str, Any] = document["fields"]
        return fields

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


def _cookies(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request; the first of a name counts."""
    headers = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return cookie_parser("; ".join(headers))


def _person(fields: Mapping[str, Any]) -> Person:
    return Person(subject=fields["subject"], name=fields["name"], groups=tuple(fields["groups"]))
