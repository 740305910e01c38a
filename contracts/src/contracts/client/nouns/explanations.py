"""The documents that explain a verdict, as the broker sends them; `contracts.model.matrix_documents` reads them."""

from __future__ import annotations

from urllib.parse import urlencode

from contracts.client import hal, navigation
from contracts.client.hal import JsonObject
from contracts.client.nouns.addresses import Addresses


class ExplanationMethods(Addresses):
    """The documents that explain a verdict."""

    def can_i_deploy_document(self, *, pacticipant: str, version: str, environment: str) -> JsonObject:
        """The verdict on deploying *version* of *pacticipant* to *environment*.

        Raises:
            Invalid: if the pacticipant or the environment does not exist.
        """
        address = self._to.relation(
            "pb:can-i-deploy-pacticipant-version-to-environment",
            "can-i-deploy to an environment",
            pacticipant=pacticipant,
            version=version,
            environment=environment,
        )
        return self._to.get(address)

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

    def triggered_webhooks_document(self, pact_url: str) -> JsonObject:
        """The webhooks that the publication of the pact at *pact_url* triggered.

        Raises:
            ForeignLink: if *pact_url* is not on this broker; nothing is sent there.
            NotFound: if the pact does not exist.
            NotSupported: if the broker does not say.
        """
        pact = self._to.get(self._to.address(pact_url))
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
