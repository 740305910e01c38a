"""Pacts: publishing, selecting for verification, reading, and their results."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import date

from contracts.client import documents, hal
from contracts.client.documents import Contract
from contracts.client.hal import JsonObject
from contracts.client.nouns.matrix import MatrixMethods
from contracts.client.selectors import Selector


class PactMethods(MatrixMethods):
    """Pacts: publishing, selecting for verification, reading, and their results."""

    def publish_contracts(
        self,
        *,
        pacticipant: str,
        version: str,
        contracts: Sequence[Contract],
        branch: str | None = None,
        tags: Sequence[str] = (),
        build_url: str | None = None,
        merge: bool = False,
    ) -> documents.Publication:
        """Publish the *contracts* of one consumer version, in one request.

        Raises:
            Conflict: if this version was published with other content; carries the notices.
            Invalid: if a contract breaks a rule of the broker.
        """
        body: JsonObject = {
            "pacticipantName": pacticipant,
            "pacticipantVersionNumber": version,
            "contracts": [
                {
                    "consumerName": contract.consumer,
                    "providerName": contract.provider,
                    "specification": "pact",
                    "contentType": "application/json",
                    "content": base64.b64encode(contract.content).decode(),
                    **({"onConflict": "merge"} if merge else {}),
                }
                for contract in contracts
            ],
        }
        optional = {"branch": branch, "buildUrl": build_url, "tags": list(tags)}
        body |= {key: value for key, value in optional.items() if value}
        address = self._to.relation("pb:publish-contracts", "publishing contracts")
        return documents.publication_from(self._to.post_repeatably(address, body))

    def pacts_for_verification(
        self,
        provider: str,
        *,
        selectors: Iterable[Selector] = (),
        branch: str | None = None,
        include_pending: bool = True,
        include_wip_since: date | None = None,
    ) -> tuple[documents.PactToVerify, ...]:
        """Return the pacts that *provider* should verify on *branch*; the request is that of the official verifier.

        Raises:
            NotFound: if the broker does not know the provider.
        """
        address = self._to.relation(
            "pb:provider-pacts-for-verification", "verification by a provider", provider=provider
        )
        document = self._to.get(address)
        body: JsonObject = {
            "includePendingStatus": include_pending,
            "consumerVersionSelectors": [selector.document() for selector in selectors],
        }
        if branch is not None:
            body["providerVersionBranch"] = branch
        if include_wip_since is not None:
            body["includeWipPactsSince"] = include_wip_since.isoformat()
        answer = self._to.post_repeatably(self._to.linked(document, "self", "verification"), body)
        return tuple(documents.pact_to_verify_from(item) for item in hal.embedded(answer, "pacts"))

    def pact(self, url: str) -> documents.Pact:
        """Return the pact at *url*, which must be an address of this broker.

        Raises:
            ForeignLink: if *url* is not on this broker; nothing was sent there.
            NotFound: if it does not exist.
        """
        return documents.pact_from(self._to.get(self._to.address(url)))

    def publish_result(self, pact: documents.Pact, result: JsonObject) -> None:
        """Publish the *result* of verifying *pact*, a document of the protocol.

        Raises:
            NotSupported: if the broker accepts no results for it.
        """
        address = self._to.linked(pact.document, "pb:publish-verification-results", "publishing results of this pact")
        self._to.post_repeatably(address, result)

    def report_start(
        self, pacts: Sequence[documents.Pact], *, provider_version: str, build_url: str | None = None
    ) -> bool:
        """Report in one request that a build of *provider_version* verifies *pacts*, all of one provider.

        Returns False if the broker does not take such reports.
        """
        links = [(each, hal.get_link(each.document, "pb:pact-version")) for each in pacts]
        started = [hal.get_link(each.document, "pb:verification-started") for each in pacts]
        address = next((each.href for each in started if each is not None), None)
        contents = [
            {"consumer": each.consumer, "sha": link.name} for each, link in links if link is not None and link.name
        ]
        if address is None or not contents:
            return False
        body: JsonObject = {"providerVersion": provider_version, "pacts": contents}
        self._to.post_repeatably(self._to.address(address), body | ({"buildUrl": build_url} if build_url else {}))
        return True

    def results_of(self, pact: documents.Pact) -> tuple[documents.Row, ...]:
        """Return every result of a pact's consumer version, of every provider version."""
        if pact.matrix_url is None:
            selector = [("pacticipant", pact.consumer), ("version", pact.consumer_version)]
            return self.matrix([dict(selector)], latestby="cvpv").rows
        return documents.matrix_from(self._to.get(self._to.address(pact.matrix_url))).rows
