"""Encrypt stored secrets: those that an older version stored in clear text, and all after a change of the key."""

from __future__ import annotations

import logging

from contracts.broker import vault
from contracts.broker.actions import audits
from contracts.broker.runtime import Runtime
from contracts.broker.store import sealed_texts, webhooks
from contracts.model.errors import Locked, Unavailable


log = logging.getLogger(__name__)

_MOST_ROUNDS = 5  # a running broker may store a secret under the previous key at the same moment


def at_start(runtime: Runtime) -> None:
    """Encrypt the secrets of webhooks that are in clear text; warn about those that cannot be encrypted or decrypted.

    Raises:
        Locked: if there is a key that cannot be used.
    """
    with runtime.database.reading() as connection:
        clear = sum(not each.request.is_sealed for each in webhooks.all(connection))
        used = sealed_texts.count(connection)
    if clear:
        try:
            with audits.recording(runtime, "encryption", {"webhooks": str(clear)}):
                _seal_webhooks(runtime)
        except (Locked, Unavailable) as error:  # they can still be sent, and the next start tries again
            log.warning("The database contains secrets of webhooks in clear text (%d). %s", clear, error)
        else:
            log.warning("Secrets of webhooks were stored in clear text, and are encrypted now (%d)", clear)
    key_ids = runtime.vault.key_ids()
    for key_id, number in used.items():
        if key_id not in key_ids:
            log.warning("%s (%d of them)", vault.missing(key_id), number)


def _seal_webhooks(runtime: Runtime) -> None:
    with runtime.database.erasing() as connection:
        for each in webhooks.all(connection):
            if not each.request.is_sealed:
                webhooks.seal(connection, each, each.request.sealed(runtime.vault.encrypt))


def renew(runtime: Runtime) -> int:
    """Encrypt every secret with the first key, and return the number of those that another key encrypted.

    Raises:
        Locked: if there is no key, or that of a secret is missing; then nothing is changed.
    """

    def renewed(text: str) -> str:
        return runtime.vault.encrypt(runtime.vault.decrypt(text))

    total = 0
    for _ in range(_MOST_ROUNDS):
        key = runtime.vault.first_key_id()
        with runtime.database.erasing() as connection:
            number = sealed_texts.renew(connection, key, renewed)
        total += number
        if not number:
            break
    return total
