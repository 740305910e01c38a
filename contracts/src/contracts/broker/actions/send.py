"""Send the request of a webhook with its secrets, which are read and decrypted only now."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from contracts.broker.runtime import Runtime
from contracts.broker.store import audit_trail, secrets
from contracts.broker.webhooks import requests
from contracts.broker.webhooks.deadlines import Deadline
from contracts.broker.webhooks.requests import Sent
from contracts.model.errors import Locked, Unavailable
from contracts.model.secrets import Secret
from contracts.model.signatures import Signing
from contracts.model.webhooks import WebhookRequest


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Revealed:
    """A request in clear text, and the values of the secrets that it refers to, by the names of templates."""

    request: WebhookRequest
    values: Mapping[str, str] = field(repr=False)


def send(
    runtime: Runtime,
    request: WebhookRequest,
    parameters: Mapping[str, str],
    signing: Callable[[], Signing],
    within: Deadline,
) -> Sent:
    """Send *request*, filled with *parameters* and secrets and signed by *signing*, *within* a deadline.

    A failure is part of the result.

    Raises:
        Unavailable: if the secrets cannot be read from the database.
    """
    try:
        revealed = _reveal(runtime, request)
        signed = signing()
    except Locked as error:
        return requests.refused(request, str(error))
    return requests.send(runtime.settings, revealed.request, parameters, signed, within, revealed.values)


def _reveal(runtime: Runtime, request: WebhookRequest) -> _Revealed:
    clear = request.unsealed(runtime.vault.decrypt)
    names = set().union(*clear.references().values())
    if not names:
        return _Revealed(request=clear, values={})
    with runtime.database.reading() as connection:
        stored = secrets.values(connection, names)
    if missing := sorted(names - stored.keys()):
        raise Locked(
            f"The webhook refers to the secret '{missing[0]}', which does not exist. Create it, and replay the delivery"
        )
    values = {f"user.{name}": runtime.vault.decrypt(value) for name, (_, value) in stored.items()}
    _record_use(runtime, [secret for secret, _ in stored.values()])
    return _Revealed(request=clear, values=values)


def _record_use(runtime: Runtime, used: list[Secret]) -> None:
    now = runtime.now()
    due = [each.id for each in used if each.should_record_use(now)]
    if not due:
        return
    try:
        with audit_trail.unrecorded(), runtime.database.writing() as connection:
            secrets.used(connection, due, now)
    except Unavailable as error:  # the request can still be sent, for example while the disk is full
        log.warning("The last use of secrets was not recorded: %s", error.reason)
