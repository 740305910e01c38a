"""Signatures of deliveries, by which a receiver recognises the broker's webhooks and drops duplicates.

Source: Standard Webhooks specification, symmetric signatures.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


PREFIX = "whsec_"
"""Secret scanners recognise a signing secret by its start."""
ID = "webhook-id"
TIMESTAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"
IDEMPOTENCY_KEY = "idempotency-key"
TOLERANCE = timedelta(minutes=5)
"""How far a receiver's clock may be from the broker's; an older delivery may be a copy."""
MOST_SECRETS = 2
"""Valid at once: the newest one, and the one that it replaces."""

_KEY_BYTES = 32  # the specification: 24 to 64
_SHORTEST_KEY = 24
_VERSION = "v1"


class InvalidDelivery(ValueError):
    """A delivery that a receiver must refuse; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecret:
    """A stored signing secret: encrypted, and valid until *valid_until*; None is until it is replaced."""

    sealed: str = field(repr=False)
    created_at: datetime
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What an attempt of a delivery is signed with: the id of the delivery, the time, and the valid *secrets*."""

    id: str
    at: datetime
    secrets: Sequence[str] = field(default=(), repr=False)

    def headers(self, content: bytes, own: Collection[str]) -> dict[str, str]:
        """Return the headers for the body *content*; the webhook's *own* headers, in lower case, win.

        A webhook that sets one of the three signature headers signs in its own way, so it gets none of them.
        """
        headers = {} if IDEMPOTENCY_KEY in own else {IDEMPOTENCY_KEY: self.id}
        if not {ID, TIMESTAMP, SIGNATURE}.isdisjoint(own):
            return headers
        timestamp = int(self.at.timestamp())
        headers |= {ID: self.id, TIMESTAMP: str(timestamp)}
        if self.secrets:
            headers[SIGNATURE] = " ".join(sign(each, self.id, timestamp, content) for each in self.secrets)
        return headers

    def confidential(self, headers: Mapping[str, str]) -> set[str]:
        """Return what no log may show: the secrets, and the signatures in *headers*, which a receiver accepts again."""
        whole = {*self.secrets, *headers.get(SIGNATURE, "").split()}
        return whole | {each.removeprefix(PREFIX).removeprefix(f"{_VERSION},") for each in whole}


def generate() -> str:
    """Return a new signing secret."""
    return PREFIX + b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def sign(secret: str, delivery: str, timestamp: int, content: bytes) -> str:
    """Return the signature of a delivery by *secret*: `v1,BASE64`."""
    message = f"{delivery}.{timestamp}.".encode() + content
    digest = hmac.new(_key(secret), message, hashlib.sha256).digest()
    return f"{_VERSION},{b64encode(digest).decode()}"


def verify(secret: str, headers: Mapping[str, str], content: bytes, now: datetime) -> str:
    """Return the id of a delivery with these *headers*, for a receiver that has *secret*.

    Raises:
        InvalidDelivery: if the broker did not sign it with *secret*, or not within the last minutes.
    """
    by_name = {name.lower(): value for name, value in headers.items()}
    if missing := [name for name in (ID, TIMESTAMP, SIGNATURE) if not by_name.get(name)]:
        raise InvalidDelivery(f"The delivery is not signed: it lacks {', '.join(missing)}")
    if not by_name[TIMESTAMP].isdecimal() or len(by_name[TIMESTAMP]) > len("9999999999"):
        raise InvalidDelivery(f"The header {TIMESTAMP} is not a number of seconds")
    timestamp = int(by_name[TIMESTAMP])
    if abs(now.timestamp() - timestamp) > TOLERANCE.total_seconds():
        raise InvalidDelivery("The delivery was not signed within the last minutes, or the clocks differ")
    expected = sign(secret, by_name[ID], timestamp, content).encode()
    if not any(hmac.compare_digest(expected, each.encode()) for each in by_name[SIGNATURE].split(" ")):
        raise InvalidDelivery("No signature of the delivery fits its body and the secret")
    return by_name[ID]


def valid(stored: Sequence[SigningSecret], now: datetime) -> tuple[SigningSecret, ...]:
    """Return the *stored* secrets that sign *now*, the newest first."""
    return tuple(each for each in stored if each.valid_until is None or each.valid_until > now)


def rotated(
    stored: Sequence[SigningSecret], sealed: str, now: datetime, overlap: timedelta
) -> tuple[SigningSecret, ...]:
    """Return the secrets after *sealed* replaces the current one, which stays valid for the *overlap*.

    Of two that are still valid the newer one stays, so that a header never gets long.
    """
    until = now + overlap
    previous = [
        SigningSecret(
            sealed=each.sealed,
            created_at=each.created_at,
            valid_until=until if each.valid_until is None else min(until, each.valid_until),
        )
        for each in valid(stored, now)
    ]
    older = [each for each in previous if each.valid_until is not None and each.valid_until > now]
    return (SigningSecret(sealed=sealed, created_at=now), *older[: MOST_SECRETS - 1])


def document(stored: Sequence[SigningSecret]) -> list[dict[str, str | None]] | None:
    """Return *stored* as JSON for the database; None if there is no secret."""
    return [
        {
            "sealed": each.sealed,
            "createdAt": each.created_at.isoformat(),
            "validUntil": None if each.valid_until is None else each.valid_until.isoformat(),
        }
        for each in stored
    ] or None


def read(stored: Sequence[Mapping[str, str | None]] | None) -> tuple[SigningSecret, ...]:
    """Read what `document` returned."""
    return tuple(
        SigningSecret(
            sealed=str(each["sealed"]),
            created_at=datetime.fromisoformat(str(each["createdAt"])),
            valid_until=None if (until := each["validUntil"]) is None else datetime.fromisoformat(until),
        )
        for each in stored or ()
    )


def _key(secret: str) -> bytes:
    """Return the key that *secret* encodes; a receiver without a secret must not verify with an empty key."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        key = b""
    if len(key) < _SHORTEST_KEY:
        raise InvalidDelivery(f"The signing secret is not {PREFIX} and 24 bytes in base64: copy the whole of it")
    return key
