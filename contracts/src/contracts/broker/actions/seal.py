"""Store a webhook without secrets in clear text, and only with references to secrets that exist."""

from __future__ import annotations

from dataclasses import replace

from contracts.broker.runtime import Runtime
from contracts.broker.store import secrets
from contracts.broker.store.database import Connection
from contracts.model.errors import InvalidFields, Locked
from contracts.model.webhooks import NewWebhook, WebhookRequest


def webhook(runtime: Runtime, connection: Connection, new: NewWebhook) -> NewWebhook:
    """Return *new* with its secrets encrypted.

    Raises:
        InvalidFields: if it refers to a secret that does not exist.
        Locked: if it has a secret, and the broker has no key to encrypt it.
    """
    references = new.request.references()
    existing = secrets.values(connection, set().union(*references.values()))
    unknown = {field: sorted(names - existing.keys()) for field, names in references.items()}
    if problems := {field: [_problem(each) for each in names] for field, names in unknown.items() if names}:
        raise InvalidFields(problems)
    return replace(new, request=new.request.sealed(runtime.vault.encrypt))


def readable(runtime: Runtime, request: WebhookRequest) -> WebhookRequest:
    """Return *request* with its secrets decrypted, so that they can be masked where it repeats them.

    Without the key, it stays encrypted.
    """
    try:
        return request.unsealed(runtime.vault.decrypt)
    except Locked:
        return request


def _problem(name: str) -> str:
    command = f"contracts secret create --name {name}"
    return f"refers to the secret '{name}', which does not exist. Create it first: {command}"
