"""Sign deliveries: the signing secrets of webhooks, encrypted by the vault.

Source: Standard Webhooks specification.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from contracts.broker.runtime import Runtime
from contracts.broker.store import webhooks
from contracts.broker.store.database import Connection
from contracts.model import signatures
from contracts.model.signatures import Signing
from contracts.model.webhooks import Webhook


def begin(runtime: Runtime, connection: Connection, webhook: Webhook) -> tuple[Webhook, str | None]:
    """Give a new *webhook* its first signing secret, and return both; None without a key that could encrypt it.

    Raises:
        Locked: if the key cannot be used.
    """
    if not runtime.vault.has_key:
        return webhook, None
    return rotate(runtime, connection, webhook, timedelta())


def rotate(runtime: Runtime, connection: Connection, webhook: Webhook, overlap: timedelta) -> tuple[Webhook, str]:
    """Give *webhook* a new signing secret, and return both; the previous one stays valid for the *overlap*.

    Raises:
        Locked: if no key can encrypt it.
    """
    secret = signatures.generate()
    stored = signatures.rotated(webhook.signing_secrets, runtime.vault.encrypt(secret), runtime.now(), overlap)
    webhooks.set_signing_secrets(connection, webhook, stored)
    return replace(webhook, signing_secrets=stored), secret


def signing(runtime: Runtime, webhook: Webhook, delivery: str) -> Signing:
    """Return what an attempt of *delivery*, a uuid, is signed with now.

    Raises:
        Locked: if a secret of *webhook* cannot be decrypted.
    """
    now = runtime.now()
    valid = signatures.valid(webhook.signing_secrets, now)
    return Signing(id=delivery, at=now, secrets=tuple(runtime.vault.decrypt(each.sealed) for each in valid))
