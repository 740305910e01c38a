"""An issuer of OpenID Connect tokens on this machine, and a broker that trusts builds on GitHub.

with Issuing() as issuer:
    token = issuer.token(aud="https://broker", repository="org/web")
"""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from listeners import Listener, Reply

from contracts.broker.build_files import BUILD_FILE
from contracts.broker.runtime import Runtime


GITHUB = "https://token.actions.githubusercontent.com"
AUDIENCE = "https://broker.example.org"
CLAIMS = {
    "aud": AUDIENCE,
    "repository": "org/web",
    "ref": "refs/heads/main",
    "event_name": "push",
    "sha": "a" * 40,
    "run_id": "12",
    "workflow_ref": "org/web/.github/workflows/verify.yml@refs/heads/main",
}
BUILDS = f"""
audience = "{AUDIENCE}"
require_attested_results = ["live"]

[[builds]]
service = "github"
keys = "keys.json"
match = {{ repository = "org/web", ref = "refs/heads/main" }}
publish = ["web"]
publish_teams = ["shop"]
deploy = ["production"]
"""

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


def trusting(broker: Runtime, key: SigningKey, folder: Path, **settings: Any) -> Runtime:
    """Return *broker* with `BUILDS`, where *key* is that of GitHub."""
    (folder / "keys.json").write_text(json.dumps({"keys": [key.public]}))
    (folder / "builds.toml").write_text(BUILDS)
    with_builds = dataclasses.replace(
        broker.settings,
        require_tokens=True,
        teams=(("shop", ("cart",)),),
        trusted_ci=BUILD_FILE.read(str(folder / "builds.toml")),
        **settings,
    )
    return Runtime(settings=with_builds, database=broker.database, now=broker.now)


def build_token(key: SigningKey, **claims: Any) -> str:
    """Return the token of a build on GitHub; None removes a claim."""
    return key.sign(claims_now(GITHUB, **CLAIMS | claims))


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
