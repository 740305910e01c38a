"""The facts about rows of the matrix, from the broker's own store; at most five statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.broker import urls
from contracts.broker.store import explanations
from contracts.broker.store.database import Connection
from contracts.broker.store.explanations import ContentJob, OtherResult, PactFacts
from contracts.broker.urls import Links
from contracts.model.cause_facts import Facts, by_pact
from contracts.model.matrix_documents import (
    JobFacts,
    ResponseRow,
    ResultDetails,
    Side,
    Trigger,
    failed_interactions,
)
from contracts.model.matrix_rows import Result, Row
from contracts.model.metadata import Metadata, encode


_MOST_TEST_RESULTS = 10  # they can be large


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFacts:
    """Reads the facts about *rows*."""

    connection: Connection
    links: Links
    rows: Sequence[Row]

    def add_to(self, facts: Facts) -> Facts:
        """Return *facts* with those about the rows, of which there is at least one."""
        publications = {row.pact_id for row in self.rows}
        pacts = explanations.pacts(self.connection, publications)
        contents = {each.content_id for each in pacts.values()}
        return replace(
            facts,
            rows_of_pacts=by_pact(self._other_rows(pacts, contents)),
            results=self._results(),
            triggers=self._triggers(),
            jobs=by_pact(self._jobs(pacts, contents)),
            empty_pacts=frozenset(
                self._pact_url(row) for row in self.rows if row.pact_id in pacts and pacts[row.pact_id].is_empty
            ),
        )

    def row(self, row: Row) -> ResponseRow:
        """Return *row* as the response has it."""
        provider_version = row.provider_version
        return ResponseRow(
            consumer=Side(name=row.consumer, number=row.consumer_version.number),
            provider=Side(name=row.provider, number=None if provider_version is None else provider_version.number),
            success=row.success,
            verified_at=None if row.result is None else row.result.verified_at,
            result_url=None if row.result is None else self._result_url(row, row.result),
            pact_url=self._pact_url(row),
            unattested=row.result is not None and not row.result.counts,
            attestation=None if row.result is None else row.result.attestation,
        )

    def _pact_url(self, row: Row) -> str:
        number = row.consumer_version.number
        return self.links.to(urls.PACT, provider=row.provider, consumer=row.consumer, version=number)

    def _result_url(self, row: Row, result: Result) -> str:
        return self.links.to(
            urls.RESULT_METADATA,
            provider=row.provider,
            consumer=row.consumer,
            sha=row.sha,
            metadata=encode(Metadata(consumer_version_number=row.consumer_version.number)),
            number=str(result.id),
        )

    def _other_rows(self, pacts: Mapping[int, PactFacts], contents: Collection[int]) -> list[ResponseRow]:
        """The newest results of the pacts, of any provider version."""
        of_content: dict[int, list[OtherResult]] = {}
        for result in explanations.other_results(self.connection, contents):
            of_content.setdefault(result.content_id, []).append(result)
        return [
            ResponseRow(
                consumer=Side(name=row.consumer, number=row.consumer_version.number),
                provider=Side(name=row.provider, number=result.number, branches=result.branches),
                success=result.success,
                verified_at=result.verified_at,
            )
            for row in self._one_of_each(pacts)
            for result in of_content.get(pacts[row.pact_id].content_id, ())
        ]

    def _results(self) -> dict[str, ResultDetails]:
        """What failed, of the first failures."""
        failed = [(row, row.result) for row in self.rows if row.result is not None and not row.result.success]
        failed = failed[:_MOST_TEST_RESULTS]
        if not failed:
            return {}
        details = explanations.failed_results(self.connection, [result.id for _, result in failed])
        return {
            self._result_url(row, result): ResultDetails(
                build_url=details[result.id].build_url,
                failed=failed_interactions(details[result.id].test_results),
            )
            for row, result in failed
            if result.id in details
        }

    def _triggers(self) -> dict[str, Sequence[Trigger]]:
        """The webhooks of each pact, by its URL."""
        triggers: dict[int, list[Trigger]] = {row.pact_id: [] for row in self.rows}
        for each in explanations.deliveries(self.connection, triggers):
            logs = self.links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=each.uuid)
            trigger = Trigger(event=each.event, status=each.status, triggered_at=each.triggered_at, logs_url=logs)
            triggers[each.publication_id].append(trigger)
        return {self._pact_url(row): triggers[row.pact_id] for row in self._one_of_each(triggers)}

    def _jobs(self, pacts: Mapping[int, PactFacts], contents: Collection[int]) -> list[JobFacts]:
        of_content: dict[int, list[ContentJob]] = {}
        for job in explanations.jobs(self.connection, contents):
            of_content.setdefault(job.content_id, []).append(job)
        return [
            self._job(row, job)
            for row in self._one_of_each(pacts)
            for job in of_content.get(pacts[row.pact_id].content_id, ())
        ]

    def _job(self, row: Row, job: ContentJob) -> JobFacts:
        logs = None
        if job.delivery_uuid is not None:
            logs = self.links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=job.delivery_uuid)
        return JobFacts(
            consumer=Side(name=row.consumer, number=row.consumer_version.number),
            provider=Side(name=row.provider, number=job.number),
            state=job.state,
            attempts=job.attempts,
            result_expected=job.result_expected,
            deadline=job.deadline,
            requested_at=job.requested_at,
            started_at=job.started_at,
            build_url=job.build_url,
            uuid=job.uuid,
            job_url=self.links.to(urls.VERIFICATION_JOB, uuid=job.uuid),
            logs_url=logs,
        )

    def _one_of_each(self, pact_ids: Collection[int]) -> Collection[Row]:
        return {row.pact_id: row for row in self.rows if row.pact_id in pact_ids}.values()
