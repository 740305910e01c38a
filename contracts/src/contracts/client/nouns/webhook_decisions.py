"""Why a webhook was triggered or not, dry runs and replays; only the Contracts broker has them."""

from __future__ import annotations

from contracts.client import hal, navigation
from contracts.client.hal import JsonObject
from contracts.client.nouns.addresses import Addresses
from contracts.client.webhook_decisions import DryRun, WebhookEvent, dry_run_from, event_from


_DECISIONS = "decisions about webhooks"


class WebhookDecisionMethods(Addresses):
    """Why a webhook was triggered or not, dry runs and replays."""

    def webhook_decisions(
        self, uuid: str, *, pacticipant: str | None = None, version: str | None = None
    ) -> tuple[WebhookEvent, ...]:
        """Return the newest decisions about a webhook, the newest first; of one version of a *pacticipant* if given.

        The version is a consumer's, whose contracts were published, or a provider's, whose results were.

        Raises:
            NotFound: if the webhook, the pacticipant or the version does not exist.
            NotSupported: if the broker does not record decisions.
        """
        document = self._to.get(self._to.relation("pb:webhook", "webhooks", uuid=uuid))
        address = self._to.linked(document, "pb:decisions", _DECISIONS)
        return _events(self._to.get(navigation.query(address, pacticipant=pacticipant, version=version)))

    def webhook_decisions_of_version(self, *, pacticipant: str, version: str) -> tuple[WebhookEvent, ...]:
        """Return the newest decisions about every webhook for a version, as in `webhook_decisions`.

        Raises:
            NotFound: if the pacticipant or the version does not exist.
            NotSupported: if the broker does not record decisions.
        """
        address = self._to.relation("pb:webhook-decisions", _DECISIONS, pacticipant=pacticipant, version=version)
        return _events(self._to.get(address))

    def dry_run_webhook(
        self,
        uuid: str,
        *,
        event: str | None = None,
        consumer: str | None = None,
        provider: str | None = None,
        version: str | None = None,
    ) -> DryRun:
        """Return what an event would do with a webhook, by default its first event for the newest contract.

        Raises:
            NotFound: if the webhook, or the contract, does not exist.
            NotSupported: if the broker has no dry runs.
        """
        document = self._to.get(self._to.relation("pb:webhook", "webhooks", uuid=uuid))
        template = hal.find_link(document, "pb:dry-run", "dry runs of webhooks").href.partition("{")[0]
        parameters = {"event": event, "consumer": consumer, "provider": provider, "version": version}
        return dry_run_from(self._to.get(navigation.query(self._to.address(template), **parameters)))

    def replay_delivery(self, uuid: str) -> str:
        """Send the webhook of a delivery again, for the same event; return the address of the log.

        Raises:
            Conflict: if the webhook was removed or disabled.
            NotFound: if the delivery does not exist, or the broker has no replays.
        """
        path = f"/triggered-webhooks/{hal.segment(uuid)}/replay"
        document = self._to.send("POST", self._to.checked_below(path), {})
        return self._to.linked(document, "pb:logs", "logs of webhooks")


def _events(document: JsonObject) -> tuple[WebhookEvent, ...]:
    return tuple(event_from(each) for each in hal.embedded(document, "events"))
