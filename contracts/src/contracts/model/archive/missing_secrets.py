"""Webhooks without their secrets, and gaps that say what to enter or create again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.model.archive.records import Gap, Record, Webhook
from contracts.model.secrets import is_reference
from contracts.model.webhooks import WebhookRequest, described, is_secret


def without_secrets(webhook: Webhook) -> list[Record]:
    """Return *webhook* without its secrets; if it had any, it is disabled and a gap names them."""
    headers = webhook.headers or {}
    shown = {key: value for key, value in headers.items() if not is_secret(key, value)}
    missing = [f"header {key}" for key in headers if key not in shown]
    password = webhook.password if is_reference(webhook.password or "") else None
    missing += [] if webhook.password == password else ["password"]
    clear = replace(webhook, headers=shown or None, password=password, signing_secret=None)
    return [*disabled(clear, missing), *([unsigned(webhook)] if webhook.signing_secret is not None else [])]


def disabled(webhook: Webhook, missing: Sequence[str]) -> list[Record]:
    """Return *webhook*; if secrets are *missing*, it is disabled and a gap says which to enter."""
    if not missing:
        return [webhook]
    state = "it was enabled, and is disabled until then" if webhook.enabled else "it was disabled before"
    reason = f"secrets are not exported; enter them again: {', '.join(missing)} ({state})"
    gap = Gap(what=f"secrets of the webhook {_called(webhook)}", reason=reason, inherent=True)
    return [replace(webhook, enabled=False), gap]


def unsigned(webhook: Webhook) -> Gap:
    """Return the gap for the signing secret of *webhook*; it stays enabled, as most receivers need no signature."""
    reason = (
        "it is not exported. If the receiver verifies deliveries, create another one: "
        f"contracts webhook rotate-secret --uuid {webhook.uuid}"
    )
    return Gap(what=f"the signing secret of the webhook {_called(webhook)}", reason=reason, inherent=True)


def _called(webhook: Webhook) -> str:
    name = webhook.description or described(WebhookRequest(method=webhook.method, url=webhook.url))
    return f"'{name}' ({webhook.uuid})"
