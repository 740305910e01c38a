"""An OpenID provider on this machine, where people sign in without a page.

with Provider() as provider:
    answer = provider.sign_in(url, sub="42", name="Ann", groups=["shop"])  # what the browser brings back
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from issuers import DISCOVERY, KEYS, Issuing
from listeners import Arrived, Reply

from contracts.broker.app import connected, create_app
from contracts.broker.grants import GRANTS
from contracts.broker.settings import Settings
from contracts.verification.serving import serve


CLIENT = "contracts"
SECRET = "between the two"


@contextmanager
def serving_people(issuer: Callable[[str], str], database_url: str, **settings: Any) -> Iterator[str]:
    """Serve a broker where people sign in, and yield its URL; *issuer* returns the provider's, for that URL."""
    served: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await served["app"](scope, receive, send)

    with serve(app) as base_url:
        settings.setdefault("sign_in_permissions", GRANTS.read('{"shop": [{"role": "publish", "names": ["web"]}]}'))
        chosen = Settings(
            database_url=database_url,
            base_url=(base_url,),
            sign_in_issuer=issuer(base_url),
            sign_in_client_id=CLIENT,
            sign_in_client_secret=SECRET,
            **settings,
        )
        with connected(chosen) as runtime:
            served["app"] = create_app(runtime)
            yield base_url


class Provider(Issuing):
    """Exchanges each code once, for the client's secret and the verifier of the challenge.

    *claims_in_token* false: the token has the subject only, as with many providers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answers = _Answers(self.answers, self)
        self.claims_in_token = True
        self.token_claims: dict[str, Any] = {}
        """Claims of the next token that differ from the right ones."""
        self.userinfo: dict[str, Any] = {}
        self._codes: dict[str, dict[str, Any]] = {}
        document = {
            "issuer": self.url,
            "jwks_uri": self.url + KEYS,
            "authorization_endpoint": f"{self.url}/authorise?tenant=1",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
        }
        self.answers[DISCOVERY] = Reply(body=json.dumps(document).encode())

    def sign_in(self, url: str, **claims: Any) -> dict[str, str]:
        """Return the query that the browser brings back from *url*, where a person with these *claims* signed in."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.url}/authorise?")
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code{len(self._codes)}"
        self._codes[code] = query | {"claims": claims}
        return {"code": code, "state": query["state"], "iss": self.url}

    def exchange(self, request: Arrived) -> Reply:
        """Return the reply to a request for a token."""
        fields = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        query = self._codes.pop(fields.get("code", ""), None)
        pair = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(fields.get("code_verifier", "").encode()).digest())
        if (
            query is None
            or request.headers.get("authorization") != f"Basic {pair}"
            or query["code_challenge"] != challenge.decode().rstrip("=")
            or query["redirect_uri"] != fields.get("redirect_uri")
        ):
            return Reply(400, b'{"error": "invalid_grant"}')
        claims = query["claims"]
        self.userinfo = claims
        shown = claims if self.claims_in_token else {"sub": claims["sub"]}
        token = self.token(**({"aud": CLIENT, "nonce": query["nonce"], **shown} | self.token_claims))
        document = {"access_token": "of the person", "token_type": "Bearer", "expires_in": 60, "id_token": token}
        return Reply(body=json.dumps(document).encode())

    def describe(self, request: Arrived) -> Reply:
        """Return the reply to a request for what is known of a person."""
        if request.headers.get("authorization") != "Bearer of the person":
            return Reply(401)
        return Reply(body=json.dumps(self.userinfo).encode())


class _Answers(dict[str, Reply]):
    def __init__(self, answers: dict[str, Reply], provider: Provider) -> None:
        super().__init__(answers)
        self._provider = provider

    def get(self, path: str, default: Any = None) -> Any:
        request = self._provider.arrived[-1]
        if path == "/token":
            return self._provider.exchange(request)
        if path == "/userinfo":
            return self._provider.describe(request)
        return super().get(path, default)
