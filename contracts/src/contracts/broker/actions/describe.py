"""Describe events: what their template parameters need of versions, applications and results.

Source: Pact Broker protocol, template parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.broker import urls
from contracts.broker.store import events, labels
from contracts.broker.store.database import Connection
from contracts.model import metadata
from contracts.model.events import Happening, LatestResult, Parties, RequiredVersion, VersionFacts
from contracts.model.metadata import Metadata
from contracts.model.pacts import Pact


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Versions by id, labels by application, and the result of each content; URLs start with *base_url*."""

    versions: Mapping[int, VersionFacts]
    labels: Mapping[int, Sequence[str]]
    results: Mapping[int, LatestResult]
    base_url: str

    @classmethod
    def of_publications(
        cls, connection: Connection, published: Sequence[Pact], version_ids: Collection[int], base_url: str
    ) -> Facts:
        """The facts about *published* pacts, whose contents may have results already, and about *version_ids*."""
        results = events.results_of(connection, [each.pact_version_id for each in published])
        return cls._of(connection, published, results, version_ids, base_url)

    @classmethod
    def of_results(
        cls, connection: Connection, verified: Sequence[Pact], results: Mapping[int, LatestResult], base_url: str
    ) -> Facts:
        """The facts about *verified* pacts and their *results*."""
        return cls._of(connection, verified, results, (), base_url)

    @classmethod
    def _of(
        cls,
        connection: Connection,
        affected: Sequence[Pact],
        results: Mapping[int, LatestResult],
        version_ids: Collection[int],
        base_url: str,
    ) -> Facts:
        ids = {each.consumer_version.id for each in affected} | {each.provider_version_id for each in results.values()}
        parties = {party.id for each in affected for party in (each.consumer, each.provider)}
        return cls(
            versions=events.versions_of(connection, ids | set(version_ids)),
            labels=labels.of_pacticipants(connection, parties),
            results=results,
            base_url=base_url,
        )

    def happening(self, pact: Pact, build_url: str | None, tags: tuple[str, ...] | None = None) -> Happening:
        """The event of *pact*; *tags*, if given, replace those of its version."""
        version = self.versions[pact.consumer_version.id]
        if tags is not None:
            version = replace(version, tags=tags)
        happening = Happening(
            parties=Parties(
                consumer=pact.consumer.name,
                provider=pact.provider.name,
                consumer_labels=self.labels.get(pact.consumer.id, ()),
                provider_labels=self.labels.get(pact.provider.id, ()),
            ),
            consumer_version=version,
            pact_url=self._pact_url(pact, version),
            build_url=build_url,
        )
        if (result := self.results.get(pact.pact_version_id)) is None:
            return happening
        return replace(
            happening,
            provider_version=self.versions[result.provider_version_id],
            success=result.success,
            result_url=self.base_url + urls.expand(urls.RESULT, **_names(pact), number=str(result.number)),
        )

    def requiring(self, happening: Happening, pact: Pact, required: RequiredVersion) -> Happening:
        """*happening* of *pact* with a provider version that needs a result."""
        # the reference broker includes the tags only for a version that has a result
        version = replace(self.versions[required.id], tags=())
        pact_url = self._pact_url(pact, happening.consumer_version, required.id)
        return replace(happening, provider_version=version, required_because=required.descriptions, pact_url=pact_url)

    def _pact_url(self, pact: Pact, version: VersionFacts, provider_version_id: int | None = None) -> str:
        """The URL of the content: results sent to it belong to this version, as work in progress."""
        details = Metadata(
            consumer_version_number=version.number,
            consumer_version_tags=version.tags,
            wip=True,
            provider_version_id=provider_version_id,
        )
        path = urls.expand(urls.PACT_VERSION_METADATA, **_names(pact), metadata=metadata.encode(details))
        return self.base_url + path


def _names(pact: Pact) -> dict[str, str]:
    return {"provider": pact.provider.name, "consumer": pact.consumer.name, "sha": pact.sha}
