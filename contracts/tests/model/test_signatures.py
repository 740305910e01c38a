"""Signatures of deliveries, checked against the library of the specification's authors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks

from contracts.model import signatures
from contracts.model.signatures import InvalidDelivery, Signing, SigningSecret


NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
BODY = '{"name": "Till é"}'.encode()
SECRET = signatures.generate()
OTHER = signatures.generate()


def headers(*secrets, own=(), content=BODY, at=NOW):
    return Signing(id="d-1", at=at, secrets=secrets).headers(content, own)


def test_the_example_of_the_specification_gets_its_signature():
    secret, content = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert signatures.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, content) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_the_official_library_accepts_a_delivery():
    now = datetime.now(UTC)
    signed = headers(OTHER, SECRET, at=now)
    assert standardwebhooks.Webhook(SECRET).verify(BODY, signed) == {"name": "Till é"}
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(BODY + b" ", signed)


def test_a_delivery_of_the_official_library_is_accepted():
    signed = {
        "webhook-id": "m-1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(SECRET).sign("m-1", NOW, BODY.decode()),
    }
    assert signatures.verify(SECRET, signed, BODY, NOW) == "m-1"


def test_both_secrets_of_a_rotation_verify():
    signed = headers(OTHER, SECRET)
    assert len(signed["webhook-signature"].split(" ")) == 2
    assert signatures.verify(SECRET, signed, BODY, NOW) == signatures.verify(OTHER, signed, BODY, NOW) == "d-1"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"webhook-id": "d-2"}, "No signature"),
        ({"webhook-timestamp": str(int(NOW.timestamp()) + 1)}, "No signature"),
        ({"webhook-signature": "v1,é"}, "No signature"),
        ({"webhook-signature": ""}, "lacks webhook-signature"),
        ({"webhook-timestamp": "-1"}, "not a number"),
        ({"webhook-timestamp": "9" * 5000}, "not a number"),
        ({"webhook-timestamp": str(int(NOW.timestamp()) - 301)}, "within the last minutes"),
        ({"webhook-timestamp": str(int(NOW.timestamp()) + 301)}, "within the last minutes"),
    ],
)
def test_a_changed_delivery_is_refused(change, reason):
    with pytest.raises(InvalidDelivery, match=reason):
        signatures.verify(SECRET, headers(SECRET) | change, BODY, NOW)


def test_another_body_or_secret_is_refused():
    with pytest.raises(InvalidDelivery, match="No signature"):
        signatures.verify(SECRET, headers(SECRET), BODY + b"\n", NOW)
    with pytest.raises(InvalidDelivery, match="No signature"):
        signatures.verify(OTHER, headers(SECRET), BODY, NOW)


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_AAAA", "whsec_é", SECRET[:-3], SECRET[:30]],
    ids=["none", "empty", "short", "not base64", "cut", "half"],
)
def test_a_missing_or_cut_secret_verifies_nothing(secret):
    with pytest.raises(InvalidDelivery, match="copy the whole"):
        signatures.verify(secret, headers(SECRET), BODY, NOW)


def test_a_delivery_without_a_secret_has_its_id_and_time():
    assert headers() == {
        "idempotency-key": "d-1",
        "webhook-id": "d-1",
        "webhook-timestamp": str(int(NOW.timestamp())),
    }


@pytest.mark.parametrize("own", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_webhook_with_a_header_of_the_signature_signs_in_its_own_way(own):
    assert headers(SECRET, own={own, "x-a"}) == {"idempotency-key": "d-1"}


def test_an_idempotency_key_of_the_webhook_wins():
    assert set(headers(SECRET, own={"idempotency-key"})) == {"webhook-id", "webhook-timestamp", "webhook-signature"}


def test_a_replaced_secret_stays_valid_for_a_while():
    day = timedelta(days=1)
    first = signatures.rotated((), "1", NOW, day)
    second = signatures.rotated(first, "2", NOW, day)
    assert [each.sealed for each in signatures.valid(second, NOW + day - timedelta(seconds=1))] == ["2", "1"]
    assert [each.sealed for each in signatures.valid(second, NOW + day)] == ["2"]


def test_only_the_newest_replaced_secret_stays_and_never_for_longer():
    hour, day = timedelta(hours=1), timedelta(days=1)
    secrets = signatures.rotated(signatures.rotated((), "1", NOW, day), "2", NOW, hour)
    third = signatures.rotated(secrets, "3", NOW, day)
    assert [(each.sealed, each.valid_until) for each in third] == [("3", None), ("2", NOW + day)]
    assert [each.sealed for each in signatures.rotated(third, "4", NOW, timedelta())] == ["4"]


def test_stored_secrets_are_read_again():
    secrets = signatures.rotated(signatures.rotated((), "1", NOW, timedelta(1)), "2", NOW, timedelta(1))
    assert signatures.read(signatures.document(secrets)) == secrets
    assert signatures.document(()) is None
    assert signatures.read(None) == ()


def test_no_secret_is_in_a_description():
    described = repr(Signing(id="d", at=NOW, secrets=(SECRET,))) + repr(SigningSecret(sealed="x9y8", created_at=NOW))
    assert SECRET not in described
    assert "x9y8" not in described
