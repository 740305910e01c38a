"""The documents that explain a verdict, as the broker sends them; `contracts.model.matrix_documents` reads them."""

from __future__ import annotations

from urllib.parse import urlencode

from contracts.client import hal, navigation
from contracts.client.hal import JsonObject
from contracts.client.nouns.addresses import Addresses
from contracts.client.questions import Question


class ExplanationMethods(Addresses):
    """The documents that explain a verdict."""

    def answer_document(self, question: Question) -> JsonObject:
        """The matrix with the verdict on *question*.

        Raises:
            Invalid: if a pacticipant or the environment does not exist.
        """
        if question.is_plain:
            (only,) = question.versions
            address = self._to.relation(
                "pb:can-i-deploy-pacticipant-version-to-environment",
                "can-i-deploy to an environment",
                pacticipant=only.pacticipant,
                version=only.version or "",
                environment=question.environment or "",
            )
        else:
            address = self._to.checked_below(f"/matrix?{urlencode(list(question.parameters()))}")
        return self._to.get(address)

    def verification_jobs_document(self, pacticipant: str) -> JsonObject:
        """The newest verification jobs of *pacticipant*.

        Raises:
            NotSupported: if the broker has no jobs.
        """
        address = self._to.relation("pb:verification-jobs", "verification jobs")
        return self._to.get(navigation.query(address, pacticipant=pacticipant, size="1000"))

    def results_document(self, *, consumer: str, consumer_version: str, provider: str, limit: int) -> JsonObject:
        """The results of every version of *provider* for a pact, at most *limit* of them.

        Raises:
            Invalid: if the consumer or the provider does not exist.
        """
        selectors = [("pacticipant", consumer), ("version", consumer_version), ("pacticipant", provider)]
        query = urlencode([*((f"q[][{name}]", value) for name, value in selectors), ("latestby", "cvpv")])
        return self._to.get(navigation.query(self._to.below(f"/matrix?{query}"), limit=str(limit)))

    def result_document(self, url: str) -> JsonObject:
        """The verification result at *url*.

        Raises:
            ForeignLink: if *url* is not on this broker; nothing is sent there.
            NotFound: if the result does not exist.
        """
        return self._to.get(self._to.address(url))

    def triggered_webhooks_document(self, pact: JsonObject) -> JsonObject:
        """The webhooks that the publication of a pact triggered; *pact* is the document of the pact.

        Raises:
            NotSupported: if the broker does not say.
        """
        return self._to.get(self._to.linked(pact, "pb:triggered-webhooks", "triggered webhooks"))

    def newest_version_numbers(self, pacticipant: str, *, count: int) -> tuple[str, ...]:
        """The numbers of the *count* newest versions of *pacticipant*, the newest first.

        Raises:
            NotFound: if the pacticipant does not exist.
        """
        document = self._to.get(self._pacticipant(pacticipant))
        address = self._to.linked(document, "pb:versions", "listing versions")
        page = self._to.get(navigation.query(address, page="1", size=str(count)))
        return tuple(hal.text(each, "number") for each in hal.embedded(page, "versions"))[:count]

    def webhook_decisions_document(self, uuid: str) -> JsonObject:
        """The decisions about the webhook with this uuid at the newest events.

        Raises:
            NotSupported: if the broker has no decisions.
        """
        # the relation is about versions; its path is also that of the decisions about a webhook
        of_version = self._to.relation("pb:webhook-decisions", "decisions about webhooks", pacticipant="-", version="-")
        return self._to.get(navigation.query(of_version.partition("?")[0], webhook=uuid))
