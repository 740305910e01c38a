"""OpenID Connect issuers: their configuration, their keys, and the tokens that they sign.

Builds that present a token and people who sign in use the same `Issuer`. PyJWT checks signatures and claims; this
module fetches the keys. Its functions block, so call them in a thread. It loads PyJWT and the HTTP library: import it
only if a setting names an issuer.
Source: OpenID Connect Discovery 1.0; RFC 8725 (best practices of JSON Web Tokens).
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from urllib3.exceptions import HTTPError


log = logging.getLogger(__name__)

KEYS_LAST_SECONDS = 3_600.0
"""After this time, keys are fetched again."""
KEYS_SERVE_SECONDS = 86_400.0
"""For this time, keys serve while the issuer cannot be reached."""
FETCH_EVERY_SECONDS = 30.0
"""An unknown key causes at most one fetch in this time: tokens cannot cause a flood."""
FETCH_AGAIN_SECONDS = 5.0
"""An issuer that fails is asked again after this time."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a private key. Anyone could sign with a shared secret that is a public key."""

_DISCOVERY = "/.well-known/openid-configuration"
_LEEWAY_SECONDS = 30  # clocks differ
_TIMEOUT_SECONDS = 5.0  # of each read
_FETCH_SECONDS = 10.0
_MOST_BYTES = 1_000_000
_ASYMMETRIC = {"RSA", "EC", "OKP"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class InvalidToken(ValueError):
    """A token that is not accepted; the message completes "The token is not accepted: ", without the token's values."""


class IssuerUnusable(Exception):
    """The issuer's configuration or keys cannot be read; the message names the URL or file, and says why."""


class Issuer:
    """The issuer at *url*. Its keys come from *keys_file* if it is set, otherwise by discovery.

    Safe for use by several threads: one fetches, the others wait for it. *now* returns seconds.

    Raises:
        ValueError: if the URL is not one of HTTPS; only an issuer on this machine may use HTTP.
    """

    def __init__(self, url: str, *, keys_file: Path | None = None, now: Callable[[], float] = time.monotonic) -> None:
        require_safe(url)
        self.url = url
        self._keys_file = keys_file
        self._now = now
        self._lock = threading.Lock()
        self._configuration: Mapping[str, Any] = {}
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._next_fetch_at = float("-inf")
        self._failure = ""

    def configuration(self) -> Mapping[str, Any]:
        """Return the discovery document: `authorization_endpoint`, `token_endpoint`, `jwks_uri` and so on.

        Raises:
            IssuerUnusable: if it cannot be read.
        """
        with self._lock:
            self._refresh("")
            if not self._configuration:
                raise IssuerUnusable(self._failure or f"{self.url} was not asked, since its keys come from a file")
            return self._configuration

    def claims(self, token: str, audiences: Collection[str], *, required: Collection[str] = ()) -> dict[str, Any]:
        """Return the claims of *token* if this issuer signed it for one of *audiences*, and it is valid now.

        The claims `iss`, `aud`, `exp` and `iat` are required, and those in *required*.

        Raises:
            InvalidToken: if it is not accepted.
            IssuerUnusable: if the issuer's keys cannot be read.
        """
        key = self._key(_key_id(token))
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=audiences,
                issuer=self.url,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "exp", "iat", *required], "enforce_minimum_key_length": True},
            )
        except jwt.PyJWTError as error:
            raise InvalidToken(_reason(error, self.url, audiences)) from None
        return claims

    def _key(self, key_id: str) -> jwt.PyJWK:
        keys = self._keys
        if key_id not in keys or self._is_due(key_id):  # a known key does not wait for the fetch of another
            with self._lock:
                self._refresh(key_id)
                keys, failure = self._keys, self._failure
            if not keys:
                raise IssuerUnusable(failure)
        if not key_id and len(keys) == 1:
            return next(iter(keys.values()))
        if key_id not in keys:
            raise InvalidToken(f"{self.url} has no key with the id that it names")
        return keys[key_id]

    def _is_due(self, key_id: str) -> bool:
        """Whether keys are to be fetched, because they are old or lack *key_id*."""
        now = self._now()
        if now < self._next_fetch_at:
            return False
        return now - self._read_at >= KEYS_LAST_SECONDS or bool(key_id and key_id not in self._keys)

    def _refresh(self, key_id: str) -> None:
        if not self._is_due(key_id):
            return
        self._next_fetch_at = self._now() + FETCH_EVERY_SECONDS
        try:
            if self._keys_file is not None:
                self._keys = _key_set(_file(self._keys_file), str(self._keys_file))
            else:
                self._configuration, self._keys = self._discover()
        except IssuerUnusable as error:
            self._failure = str(error)
            self._next_fetch_at = self._now() + FETCH_AGAIN_SECONDS
            if self._now() - self._read_at >= KEYS_SERVE_SECONDS:
                self._keys = {}
            log.warning("The keys of the issuer %s were not renewed: %s", self.url, error)
        else:
            self._read_at = self._now()

    def _discover(self) -> tuple[Mapping[str, Any], Mapping[str, jwt.PyJWK]]:
        address = self.url.rstrip("/") + _DISCOVERY
        configuration = _fetch(address)
        if configuration.get("issuer") != self.url:
            raise IssuerUnusable(f"{address} describes another issuer, so its keys are not used")
        keys_address = configuration.get("jwks_uri")
        if not isinstance(keys_address, str):
            raise IssuerUnusable(f"{address} names no jwks_uri")
        return configuration, _key_set(_fetch(keys_address), keys_address)


def issuer_of(token: str) -> str:
    """Return the issuer that *token* names; nothing is checked yet.

    Raises:
        InvalidToken: if it is not a signed JSON Web Token, or names none.
    """
    try:
        issuer = jwt.decode_complete(token, options={"verify_signature": False})["payload"].get("iss")
    except (jwt.PyJWTError, RecursionError):
        raise InvalidToken("it is not a signed JSON Web Token") from None
    if not isinstance(issuer, str):
        raise InvalidToken("it names no issuer")
    return issuer


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, RecursionError):
        raise InvalidToken("it is not a signed JSON Web Token") from None
    if header.get("alg") not in ALGORITHMS:
        raise InvalidToken("its signature is not by a private key; the broker accepts " + ", ".join(ALGORITHMS))
    return str(header.get("kid") or "")


def _reason(error: jwt.PyJWTError, issuer: str, audiences: Collection[str]) -> str:
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"it lacks the claim {error.claim}"
    reasons: dict[type[jwt.PyJWTError], str] = {
        jwt.ExpiredSignatureError: "it has expired. Request a new one",
        jwt.ImmatureSignatureError: "it is not valid yet. Compare the clocks of the issuer and of the broker",
        jwt.InvalidAudienceError: f"it is for another audience. Request it for {' or '.join(audiences)}",
        jwt.InvalidIssuerError: f"it is not from {issuer}",
        jwt.InvalidSignatureError: f"{issuer} did not sign it with the key that it names",
        jwt.InvalidKeyError: f"the key of {issuer} is too short",
        jwt.InvalidAlgorithmError: f"{issuer} does not sign with the algorithm that it names",
    }
    return reasons.get(type(error), "its claims are not valid")


def _key_set(document: Mapping[str, Any], source: str) -> Mapping[str, jwt.PyJWK]:
    """Return the public keys for signatures of a JSON Web Key Set, by their id; those of *source*, for errors."""
    entries = document.get("keys")
    usable = [
        each
        for each in (entries if isinstance(entries, list) else [])
        if isinstance(each, dict) and each.get("kty") in _ASYMMETRIC and each.get("use", "sig") == "sig"
    ]
    try:
        keys = jwt.PyJWKSet.from_dict({"keys": usable}).keys
    except jwt.PyJWTError:
        raise IssuerUnusable(f"{source} has no usable public key") from None
    return {str(each.key_id or ""): each for each in keys}


def _file(path: Path) -> Mapping[str, Any]:
    try:
        return _document(path.read_bytes(), str(path))
    except OSError as error:
        raise IssuerUnusable(f"{path} cannot be read ({error.strerror})") from error


def _fetch(url: str) -> Mapping[str, Any]:
    try:
        require_safe(url)
    except ValueError as error:
        raise IssuerUnusable(str(error)) from None
    deadline = time.monotonic() + _FETCH_SECONDS
    content = b""
    try:
        with requests.get(
            url,
            timeout=_TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
            auth=lambda request: request,  # not the credentials of a .netrc
        ) as response:
            if response.status_code != HTTPStatus.OK:
                raise IssuerUnusable(f"{url} responds with status {response.status_code}")
            while more := response.raw.read1(65_536, decode_content=True):
                content += more
                if len(content) > _MOST_BYTES or time.monotonic() > deadline:
                    raise IssuerUnusable(f"{url} does not end within {_MOST_BYTES} bytes and {_FETCH_SECONDS:g} s")
    except (requests.RequestException, HTTPError, OSError) as error:
        raise IssuerUnusable(f"{url} cannot be reached ({type(error).__name__})") from error
    return _document(content, url)


def _document(content: bytes, source: str) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise IssuerUnusable(f"{source} is not a JSON object")
    return document


def require_safe(url: str) -> None:
    """Refuse a *url* whose traffic others can read: anything but HTTPS, except on this machine.

    Raises:
        ValueError: with the reason.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError(f"{url} is not a URL of HTTPS, so anyone on the way could exchange keys")
