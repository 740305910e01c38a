"""The newest contract of each pair with its result. Source: Pact Broker protocol, dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.client import hal
from contracts.client.hal import JsonObject
from contracts.client.nouns.addresses import Addresses


_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestContract:
    """The newest contract of a pair, and its newest result: *success* is None if it has none.

    URLs are absolute; times are texts in ISO 8601. *provider_version* and *result_url* are None without a result.
    """

    consumer: str
    consumer_version: str
    branch: str | None
    provider: str
    provider_version: str | None
    success: bool | None
    published_at: str | None
    verified_at: str | None
    pact_url: str
    result_url: str | None


class DashboardMethods(Addresses):
    """The newest contract of each pair with its result."""

    def latest_contracts(self) -> tuple[LatestContract, ...]:
        """Return the newest contract of each pair, by consumer and provider."""
        newest: dict[tuple[str, str], LatestContract] = {}
        number = 1
        while items := hal.objects(self._dashboard(number).get("items") or [], "items"):
            for each in map(self._latest_contract, items):
                newest.setdefault((each.consumer, each.provider), each)
            number += 1
        return tuple(newest[pair] for pair in sorted(newest))

    def verifier_details(self, result_url: str) -> Any:
        """Return the test results that a verifier published with a result, in its format; None if it did not."""
        return self._to.get(result_url).get("testResults")

    def _dashboard(self, number: int) -> JsonObject:
        return self._to.get(self._to.below(f"/dashboard?page={number}&size={_PAGE_SIZE}"))

    def _latest_contract(self, item: JsonObject) -> LatestContract:
        consumer, provider = hal.mapping(item, "consumer"), hal.mapping(item, "provider")
        version = hal.mapping(consumer, "version")
        verified, result = hal.get_mapping(provider, "version"), hal.get_mapping(item, "latestVerificationResult")
        pact = hal.mapping(item, "pact")
        return LatestContract(
            consumer=hal.text(consumer, "name"),
            consumer_version=hal.text(version, "number"),
            branch=hal.get_text(version, "branch"),
            provider=hal.text(provider, "name"),
            provider_version=None if verified is None else hal.text(verified, "number"),
            success=None if result is None else hal.truth(result, "success"),
            published_at=hal.get_text(pact, "createdAt"),
            verified_at=None if result is None else hal.get_text(result, "verifiedAt"),
            pact_url=self._to.linked(pact, "self", "pacts"),
            result_url=None if result is None else self._to.linked(result, "self", "results"),
        )
