"""The sign-in of people through OpenID Connect: an authorisation code with PKCE, a state and a nonce.

Authlib speaks with the provider, `openid` checks the token that it issues. Import this module only if a setting names
an issuer, since it loads both. Its functions block, so call them in a thread.
Source: OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE); RFC 9207 (issuer of a response).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from contracts.broker import grants
from contracts.broker.openid import InvalidToken, Issuer, IssuerUnusable, require_safe
from contracts.broker.setting_kinds import SettingsError
from contracts.broker.settings import Settings


_TIMEOUT_SECONDS = 10.0
_NAMES = ("name", "preferred_username", "email")
_LONGEST_NAME = 100


class SignInFailed(Exception):
    """A person cannot sign in; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What the broker remembers while a person is at the provider; *following* is the path of the page afterwards."""

    state: str
    nonce: str
    verifier: str
    following: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person, as the provider describes them; *subject* never changes. *groups* are those with permissions."""

    subject: str
    name: str
    groups: tuple[str, ...]


class SignIn:
    """The sign-in at the issuer of *settings*; the provider sends people back to *return_url*.

    Raises:
        SettingsError: if the file of the secret is empty, or not text.
    """

    def __init__(self, settings: Settings, return_url: str) -> None:
        self.issuer = Issuer(settings.sign_in_issuer)
        self._settings = settings
        self._secret = _secret(settings)
        self._return_url = return_url

    def begin(self, following: str) -> tuple[str, Attempt]:
        """Return the provider's page where a person signs in, and what to remember until then.

        Raises:
            SignInFailed: if the provider cannot be reached.
        """
        attempt = Attempt(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            following=following,
        )
        configuration = self._configuration()
        with self._client(configuration) as client:
            url, _ = client.create_authorization_url(
                _endpoint(configuration, "authorization_endpoint"),
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return url, attempt

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Person:
        """Return the person whom the provider's *answer*, the query of the return URL, stands for.

        Raises:
            SignInFailed: if the answer does not belong to *attempt*, or the person has no permission here.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise SignInFailed("The answer of the provider belongs to another sign-in. Sign in again")
        if answer.get("iss", self.issuer.url) != self.issuer.url:
            raise SignInFailed("Another provider answered. Sign in again")
        if "error" in answer:
            reason = answer.get("error_description") or answer["error"]
            raise SignInFailed(f"{self.issuer.url} did not sign you in: {reason}")
        claims = self._claims(attempt, answer.get("code", ""))
        groups = grants.groups_with_a_grant(self._settings.sign_in_permissions, _groups(claims, self._settings))
        name = _name(claims)
        if not groups:
            raise SignInFailed(
                f"{name} is in no group that may use this broker. Its operator can name one of your groups in "
                "PACT_BROKER_SIGN_IN_PERMISSIONS"
            )
        return Person(subject=str(claims["sub"]), name=name, groups=tuple(groups))

    def _claims(self, attempt: Attempt, code: str) -> Mapping[str, Any]:
        """Exchange *code* for the claims about the person, from the ID token and the user-info endpoint."""
        configuration = self._configuration()
        with self._client(configuration) as client:
            try:
                issued = client.fetch_token(
                    _endpoint(configuration, "token_endpoint"),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                    allow_redirects=False,
                )
                claims = self._id_token(str(issued.get("id_token", "")), attempt)
                if self._settings.sign_in_groups_claim in claims or "userinfo_endpoint" not in configuration:
                    return claims
                response = client.get(_endpoint(configuration, "userinfo_endpoint"), allow_redirects=False)
                response.raise_for_status()
                more = response.json()
            except (AuthlibBaseError, requests.RequestException, ValueError) as error:
                raise SignInFailed(f"{self.issuer.url} did not confirm the sign-in ({error}). Sign in again") from error
        if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
            raise SignInFailed(f"{self.issuer.url} described another person. Sign in again")
        return {**more, **claims}

    def _id_token(self, token: str, attempt: Attempt) -> Mapping[str, Any]:
        client_id = self._settings.sign_in_client_id
        try:
            claims = self.issuer.claims(token, [client_id], required=["sub", "nonce"])
        except (InvalidToken, IssuerUnusable) as error:
            raise SignInFailed(f"The token of {self.issuer.url} is not accepted: {error}") from None
        if not secrets.compare_digest(str(claims["nonce"]).encode(), attempt.nonce.encode()):
            raise SignInFailed("The token of the provider belongs to another sign-in. Sign in again")
        if claims.get("azp", client_id) != client_id:
            raise SignInFailed("The token of the provider was issued to another client")
        return claims

    def _configuration(self) -> Mapping[str, Any]:
        try:
            return self.issuer.configuration()
        except IssuerUnusable as error:
            raise SignInFailed(f"Nobody can sign in at the moment: {error}. Try again later") from None

    def _client(self, configuration: Mapping[str, Any]) -> OAuth2Session:
        methods = configuration.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Session(
            self._settings.sign_in_client_id,
            self._secret or None,
            scope=" ".join(self._settings.sign_in_scopes),
            redirect_uri=self._return_url,
            code_challenge_method="S256",
            token_endpoint_auth_method=method if self._secret else "none",
            leeway=0,  # some tokens last less than the default of a minute
            default_timeout=_TIMEOUT_SECONDS,
        )


def _secret(settings: Settings) -> str:
    if not settings.sign_in_client_secret_file:
        return settings.sign_in_client_secret
    try:
        secret = Path(settings.sign_in_client_secret_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"PACT_BROKER_SIGN_IN_CLIENT_SECRET_FILE cannot be read: {error}") from error
    if not secret:
        raise SettingsError("PACT_BROKER_SIGN_IN_CLIENT_SECRET_FILE names an empty file")
    return secret


def _endpoint(configuration: Mapping[str, Any], name: str) -> str:
    url = configuration.get(name)
    if not isinstance(url, str):
        raise SignInFailed(f"Nobody can sign in: the provider's configuration has no {name}")
    try:
        require_safe(url)
    except ValueError as error:
        raise SignInFailed(f"Nobody can sign in: {error}") from None
    return url


def _groups(claims: Mapping[str, Any], settings: Settings) -> frozenset[str]:
    groups = claims.get(settings.sign_in_groups_claim, [])
    names = groups if isinstance(groups, list) else [groups]
    return frozenset(str(each) for each in names if isinstance(each, str | int) and not isinstance(each, bool))


def _name(claims: Mapping[str, Any]) -> str:
    name = next((str(claims[each]) for each in _NAMES if claims.get(each)), str(claims["sub"]))
    return "".join(each for each in name if each.isprintable())[:_LONGEST_NAME]
