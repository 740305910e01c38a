"""An issuer of OpenID Connect tokens on this machine.

with Issuing() as issuer:
    token = issuer.token(aud="https://broker", repository="org/web")
"""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from listeners import Listener, Reply


DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"


class SigningKey:
    """A private key that signs as *key_id*."""

    def __init__(self, key_id: str = "first") -> None:
        self.id = key_id
        self.private = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> dict[str, Any]:
        key = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return key | {"kid": self.id, "use": "sig", "alg": "ES256"}

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.private, algorithm="ES256", headers={"kid": self.id})


def claims_now(issuer: str, **claims: Any) -> dict[str, Any]:
    """Return *claims* with those of a token that is valid for five minutes; None removes one."""
    now = int(time.time())
    both = {"iss": issuer, "sub": "anything", "iat": now, "nbf": now, "exp": now + 300} | claims
    return {name: value for name, value in both.items() if value is not None}


class Issuing(Listener):
    """Serves its discovery document and the public part of *key*."""

    def __init__(self) -> None:
        super().__init__()
        self.key = SigningKey()
        self.publish(self.key)
        self.answers[DISCOVERY] = _json({"issuer": self.url, "jwks_uri": self.url + KEYS})

    def publish(self, *keys: SigningKey) -> None:
        self.answers[KEYS] = _json({"keys": [each.public for each in keys]})

    def token(self, *, key: SigningKey | None = None, **claims: Any) -> str:
        return (key or self.key).sign(claims_now(self.url, **claims))

    @property
    def fetches(self) -> int:
        return len(self._of(KEYS))


def _json(document: dict[str, Any]) -> Reply:
    return Reply(body=json.dumps(document).encode())
