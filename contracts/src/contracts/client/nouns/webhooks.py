"""Webhooks, what they sent, and the secrets they use."""

from __future__ import annotations

from contracts.client import documents, hal
from contracts.client.errors import NotSupported
from contracts.client.nouns.addresses import Addresses
from contracts.client.webhooks import Webhook, webhook_from


class WebhookMethods(Addresses):
    """Webhooks, what they sent, and the secrets they use."""

    def webhooks(self) -> tuple[Webhook, ...]:
        """Return all webhooks; this takes a request for each one, because lists contain only links."""
        document = self._to.get(self._to.relation("pb:webhooks", "webhooks"))
        links = hal.links(document, "pb:webhooks")
        return tuple(webhook_from(self._to.get(self._to.address(link.href))) for link in links)

    def webhook(self, uuid: str) -> Webhook:
        """Return the webhook with this uuid.

        Raises:
            NotFound: if it does not exist.
        """
        return webhook_from(self._to.get(self._webhook(uuid)))

    def put_webhook(self, uuid: str, webhook: Webhook) -> Webhook:
        """Create the webhook with *uuid*, or replace it.

        Raises:
            Invalid: if it breaks a rule: an unknown pacticipant, a URL that is not allowed, …
            NotSupported: if it has limits, which the broker would ignore.
        """
        self._require_limits(webhook)
        return webhook_from(self._to.send("PUT", self._webhook(uuid), webhook.document()))

    def create_webhook(self, webhook: Webhook) -> Webhook:
        """Create a webhook; the broker chooses its uuid.

        Raises:
            Invalid: if it breaks a rule: an unknown pacticipant, a URL that is not allowed, …
            NotSupported: if it has limits, which the broker would ignore.
        """
        self._require_limits(webhook)
        address = self._to.relation("pb:webhooks", "webhooks")
        return webhook_from(self._to.send("POST", address, webhook.document()))

    def execute_webhook(self, uuid: str) -> documents.Execution:
        """Let the broker send the webhook's request now; a failure is not an error: look at `success`.

        Raises:
            NotFound: if it does not exist.
        """
        document = self._to.get(self._webhook(uuid))
        address = self._to.linked(document, "pb:execute", "testing webhooks")
        return documents.execution_from(self._to.send("POST", address, {}))

    def triggered_webhooks(self, pact_url: str) -> tuple[documents.TriggeredWebhook, ...]:
        """Return the deliveries that publishing the pact at *pact_url* caused, the last first; results cause others.

        Raises:
            ForeignLink: if *pact_url* is not on this broker; nothing was sent there.
            NotFound: if the pact does not exist.
            NotSupported: if the broker does not list deliveries.
        """
        pact = self._to.get(self._to.address(pact_url))
        document = self._to.get(self._to.linked(pact, "pb:triggered-webhooks", "triggered webhooks"))
        deliveries = hal.embedded(document, "triggeredWebhooks")
        return tuple(documents.triggered_webhook_from(item) for item in deliveries)

    def delete_webhook(self, uuid: str) -> None:
        """Delete a webhook.

        Raises:
            NotFound: if it does not exist.
        """
        self._to.send("DELETE", self._webhook(uuid))

    def rotate_signing_secret(self, uuid: str, *, old_valid_for_hours: int) -> str:
        """Return a new signing secret of a webhook; the previous one stays valid for some hours.

        Raises:
            Conflict: if the broker has no key for secrets.
            NotFound: if the webhook does not exist.
            NotSupported: if the broker does not sign deliveries.
        """
        document = self._to.send("POST", self._signing_secret(uuid), {"oldValidForHours": old_valid_for_hours})
        return hal.text(document, "signingSecret")

    def remove_signing_secret(self, uuid: str) -> None:
        """Sign no deliveries of a webhook any more.

        Raises:
            NotFound: if it does not exist.
            NotSupported: if the broker does not sign deliveries.
        """
        self._to.send("DELETE", self._signing_secret(uuid))

    def _require_limits(self, webhook: Webhook) -> None:
        limited = webhook.consumers or webhook.branches or webhook.labels
        if limited and not self._to.offers("pb:webhook-decisions"):
            raise NotSupported("pb:webhook-decisions", "webhooks for several consumers, branches or labels")

    def _signing_secret(self, uuid: str) -> str:
        return self._to.linked(self._to.get(self._webhook(uuid)), "pb:signing-secret", "signed deliveries")

    def _webhook(self, uuid: str) -> str:
        return self._to.relation("pb:webhook", "webhooks", uuid=uuid)
