"""Lists of pacts and of provider states.

The index has no links to most of these lists; the official clients use the same paths.
"""

from __future__ import annotations

from contracts.client import hal, pact_lists
from contracts.client.errors import NotFound
from contracts.client.hal import JsonObject
from contracts.client.nouns.pacticipants import PacticipantMethods
from contracts.client.pact_lists import PactSummary
from contracts.model.provider_states import ProviderState


class PactListMethods(PacticipantMethods):
    """Lists of pacts and of provider states."""

    def latest_pacts(self) -> tuple[PactSummary, ...]:
        """Return the latest pact of each pair, by consumer and provider."""
        document = self._to.get(self._to.relation("pb:latest-pact-versions", "listing the latest pacts"))
        pacts = [pact_lists.latest_pact_from(each) for each in hal.objects(document.get("pacts") or [], "pacts")]
        return tuple(sorted(pacts, key=lambda each: (each.consumer, each.provider)))

    def provider_pacts(
        self, provider: str, *, consumer: str | None = None, branch: str | None = None, latest_only: bool = False
    ) -> tuple[PactSummary, ...]:
        """Return the pacts of *provider* on *branch*, by default on the consumers' main branches.

        With *latest_only*, return only the pacts of the heads of the branches.

        Raises:
            NotFound: if the provider or the consumer does not exist.
        """
        path = f"/pacts/provider/{hal.segment(provider)}/branch"
        path += f"/{hal.segment(branch)}" if branch is not None else ""
        document = self._list(f"{path}/latest" if latest_only else path, provider)
        urls = [self._to.address(link.href) for link in hal.links(document, "pb:pacts")]
        pacts = [self._summary(url) for url in urls]
        is_missing = consumer is not None and not any(each.consumer == consumer for each in pacts)
        if consumer is not None and is_missing and (unknown := self._unknown(consumer)):
            raise NotFound(unknown)
        return tuple(each for each in pacts if consumer in {None, each.consumer})

    def pact_text(self, pact: PactSummary) -> str:
        """Return the JSON text of *pact* as the broker spells it."""
        return self._to.text(self._to.address(pact.url))

    def provider_states(
        self, provider: str, *, branch: str | None = None, environment: str | None = None
    ) -> tuple[ProviderState, ...]:
        """Return the states in the pacts of the consumers' main branches, of *branch*, or of versions in *environment*.

        Raises:
            NotFound: if the provider or the environment does not exist.
        """
        path = f"/pacts/provider/{hal.segment(provider)}/provider-states"
        if branch is not None:
            path += f"/branch/{hal.segment(branch)}"
        elif environment is not None:
            path += f"/environment/{hal.segment(environment)}"
        states = hal.objects(self._list(path, provider).get("providerStates") or [], "providerStates")
        return tuple(map(pact_lists.provider_state_from, states))

    def _summary(self, url: str) -> PactSummary:
        return pact_lists.pact_summary_from_url(url) or pact_lists.pact_summary_from(self._to.get(url), url)

    def _list(self, path: str, provider: str) -> JsonObject:
        try:
            return self._to.get(self._to.checked_below(path))
        except NotFound as error:
            raise NotFound(self._unknown(provider) or str(error)) from error
