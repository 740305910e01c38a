"""Issuers: which of their tokens are accepted, and how often their keys are fetched."""

from __future__ import annotations

import base64
import json
import time
import warnings

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from issuers import DISCOVERY, KEYS, Issuing, SigningKey, claims_now
from jwt.algorithms import RSAAlgorithm
from jwt.warnings import InsecureKeyLengthWarning
from listeners import Reply

from contracts.broker.openid import (
    FETCH_AGAIN_SECONDS,
    FETCH_EVERY_SECONDS,
    KEYS_LAST_SECONDS,
    KEYS_SERVE_SECONDS,
    InvalidToken,
    Issuer,
    IssuerUnusable,
    issuer_of,
)


AUDIENCE = "https://broker.example.org"


class Seconds:
    def __init__(self) -> None:
        self.value = 1_000.0

    def __call__(self) -> float:
        return self.value


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture(scope="module")
def key():
    return SigningKey()


@pytest.fixture
def from_file(key, tmp_path):
    """An issuer whose keys come from a file, so that nothing is fetched."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [key.public]}))
    return Issuer("https://ci.example.org", keys_file=path)


def test_a_token_of_the_issuer_has_its_claims(from_file, key):
    token = key.sign(claims_now(from_file.url, aud=AUDIENCE, repository="org/web"))

    assert from_file.claims(token, [AUDIENCE], required=["repository"])["repository"] == "org/web"
    assert issuer_of(token) == from_file.url


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": time.time() - 3600}, "it has expired. Request a new one"),
        ({"nbf": time.time() + 3600}, "it is not valid yet. Compare the clocks of the issuer and of the broker"),
        ({"iat": time.time() + 3600}, "it is not valid yet. Compare the clocks of the issuer and of the broker"),
        ({"aud": "https://other"}, f"it is for another audience. Request it for {AUDIENCE}"),
        ({"aud": None}, "it lacks the claim aud"),
        ({"exp": None}, "it lacks the claim exp"),
        ({"iss": "https://ci.example.com"}, "it is not from https://ci.example.org"),
        ({"repository": None}, "it lacks the claim repository"),
        ({"exp": "soon"}, "its claims are not valid"),
    ],
)
def test_a_token_that_is_not_accepted_says_why(from_file, key, claims, reason):
    token = key.sign(claims_now(from_file.url, **({"aud": AUDIENCE, "repository": "org/web"} | claims)))

    with pytest.raises(InvalidToken) as refusal:
        from_file.claims(token, [AUDIENCE], required=["repository"])

    assert str(refusal.value) == reason


def test_only_the_key_of_the_issuer_signs(from_file, key):
    claims = claims_now(from_file.url, aud=AUDIENCE)
    head, _, signature = key.sign(claims).split(".")
    _, other_body, _ = key.sign(claims | {"repository": "org/other"}).split(".")

    for forged in (SigningKey().sign(claims), f"{head}.{other_body}.{signature}"):
        with pytest.raises(InvalidToken, match="did not sign it"):
            from_file.claims(forged, [AUDIENCE])
    with pytest.raises(InvalidToken, match="has no key with the id"):
        from_file.claims(SigningKey("second").sign(claims), [AUDIENCE])


def test_a_secret_that_both_sides_know_is_no_signature(from_file, key):
    claims = claims_now(from_file.url, aud=AUDIENCE)
    public = key.public["x"] * 2

    for token in (
        jwt.encode(claims, public, algorithm="HS256", headers={"kid": key.id}),
        jwt.encode(claims, None, algorithm="none", headers={"kid": key.id}),
    ):
        with pytest.raises(InvalidToken, match="not by a private key"):
            from_file.claims(token, [AUDIENCE])


def test_a_shared_secret_among_the_keys_is_not_used(key, tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [{"kty": "oct", "kid": key.id, "k": "c2VjcmV0"}]}))

    with pytest.raises(IssuerUnusable, match="has no usable public key"):
        Issuer("https://ci.example.org", keys_file=path).claims(
            key.sign(claims_now("https://ci.example.org", aud=AUDIENCE)), [AUDIENCE]
        )


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "contracts_abc", "..", "{}"])
def test_what_is_not_a_token_is_refused(from_file, text):
    for question in (issuer_of, lambda each: from_file.claims(each, [AUDIENCE])):
        with pytest.raises(InvalidToken, match="not a signed JSON Web Token"):
            question(text)


def test_a_token_that_is_nested_without_end_is_refused(from_file):
    nested = base64.urlsafe_b64encode(b"[" * 30_000).decode()
    head = base64.urlsafe_b64encode(b'{"alg": "ES256", "kid": "first"}').decode().rstrip("=")

    for token in (f"{nested}.e30.x", f"{head}.{nested}.x"):
        with pytest.raises(InvalidToken, match="not a signed JSON Web Token"):
            issuer_of(token)
    with pytest.raises(InvalidToken, match="not a signed JSON Web Token"):
        from_file.claims(f"{nested}.e30.x", [AUDIENCE])


@pytest.mark.parametrize(("bits", "algorithm", "accepted"), [(2048, "RS256", True), (1024, "RS256", False)])
def test_rsa_keys_sign_if_they_are_long_enough(tmp_path, bits, algorithm, accepted):
    private = rsa.generate_private_key(65537, bits)
    public = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True) | {"kid": "rsa", "alg": algorithm}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [public]}))
    issuer = Issuer("https://ci.example.org", keys_file=tmp_path / "keys.json")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        token = jwt.encode(claims_now(issuer.url, aud=AUDIENCE), private, algorithm=algorithm, headers={"kid": "rsa"})

    if accepted:
        assert issuer.claims(token, [AUDIENCE])["sub"] == "anything"
        return
    with pytest.raises(InvalidToken, match=r"the key of https://ci\.example\.org is too short"):
        issuer.claims(token, [AUDIENCE])


def test_keys_are_fetched_once_and_again_when_they_are_old(seconds):
    with Issuing() as server:
        issuer = Issuer(server.url, now=seconds)
        token = server.token(aud=AUDIENCE)

        for _ in range(3):
            issuer.claims(token, [AUDIENCE])
        assert server.fetches == 1

        seconds.value += KEYS_LAST_SECONDS
        issuer.claims(token, [AUDIENCE])
        assert server.fetches == 2


def test_an_unknown_key_is_fetched_but_not_for_each_token(seconds):
    with Issuing() as server:
        issuer = Issuer(server.url, now=seconds)
        issuer.claims(server.token(aud=AUDIENCE), [AUDIENCE])
        second = SigningKey("second")
        server.publish(server.key, second)
        for each in range(20):  # an attacker, who invents keys
            with pytest.raises(InvalidToken):
                issuer.claims(SigningKey(f"invented {each}").sign(claims_now(server.url, aud=AUDIENCE)), [AUDIENCE])
        assert server.fetches == 1

        seconds.value += FETCH_EVERY_SECONDS
        issuer.claims(server.token(key=second, aud=AUDIENCE), [AUDIENCE])
        assert server.fetches == 2


def test_known_keys_serve_for_a_day_while_the_issuer_is_unreachable(seconds):
    with Issuing() as server:
        issuer = Issuer(server.url, now=seconds)
        token = server.token(aud=AUDIENCE)
        issuer.claims(token, [AUDIENCE])
        answer, server.answers[DISCOVERY] = server.answers[DISCOVERY], Reply(status=500)

        seconds.value += KEYS_LAST_SECONDS
        assert issuer.claims(token, [AUDIENCE])

        seconds.value += KEYS_SERVE_SECONDS
        with pytest.raises(IssuerUnusable, match="responds with status 500"):
            issuer.claims(token, [AUDIENCE])
        fetches = len(server.arrived)
        with pytest.raises(IssuerUnusable, match="responds with status 500"):
            issuer.claims(token, [AUDIENCE])
        assert len(server.arrived) == fetches
        server.answers[DISCOVERY] = answer
        seconds.value += FETCH_AGAIN_SECONDS
        assert issuer.claims(token, [AUDIENCE])


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"issuer": "https://other", "jwks_uri": "URL/keys"}, "describes another issuer"),
        ({"issuer": "URL"}, "names no jwks_uri"),
        ({"issuer": "URL", "jwks_uri": "http://192.0.2.1/keys"}, "not a URL of HTTPS"),
        ([], "is not a JSON object"),
    ],
)
def test_a_discovery_document_that_cannot_be_trusted_is_not_used(document, reason):
    with Issuing() as server:
        server.answers[DISCOVERY] = Reply(body=json.dumps(document).replace("URL", server.url).encode())

        with pytest.raises(IssuerUnusable, match=reason):
            Issuer(server.url).claims(server.token(aud=AUDIENCE), [AUDIENCE])


def test_a_key_for_encryption_signs_nothing(key, tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [SigningKey().public, key.public | {"use": "enc"}]}))
    issuer = Issuer("https://ci.example.org", keys_file=path)
    with pytest.raises(InvalidToken):
        issuer.claims(key.sign(claims_now(issuer.url, aud=AUDIENCE)), [AUDIENCE])


def test_redirects_and_large_documents_are_not_followed():
    with Issuing() as server:
        for reply in (Reply(status=302, headers={"Location": server.url + "/other"}), Reply(body=b" " * 2_000_001)):
            server.answers[KEYS] = reply
            with pytest.raises(IssuerUnusable, match=r"status 302|does not end within 1000000 bytes"):
                Issuer(server.url).claims(server.token(aud=AUDIENCE), [AUDIENCE])
        assert not [each for each in server.arrived if each.path == "/other"]


def test_the_configuration_is_that_of_discovery(seconds):
    with Issuing() as server:
        issuer = Issuer(server.url, now=seconds)

        assert [issuer.configuration()["jwks_uri"] for _ in range(2)] == [server.url + KEYS] * 2
        assert server.fetches == 1


def test_an_issuer_without_tls_is_refused():
    with pytest.raises(ValueError, match=r"http://ci\.example\.org is not a URL of HTTPS"):
        Issuer("http://ci.example.org")
