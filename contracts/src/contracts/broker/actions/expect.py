"""Say what an unknown verdict waits for; nothing is changed."""

from __future__ import annotations

from contracts.broker.actions.decide import Answer
from contracts.broker.store import expected_results
from contracts.broker.store.database import Connection
from contracts.broker.store.expected_results import ExpectedResult
from contracts.model.matrix_rows import Row
from contracts.model.waiting import Awaited


_MOST_PACTS = 1_000  # more of them wait for the first ones


def results(connection: Connection, answer: Answer) -> Awaited | None:
    """Return what the verdict of *answer* waits for; None if it is final, or no missing result is expected.

    One statement for an unknown verdict.
    """
    if answer.verdict.deployable is not None or answer.verdict.failed:
        return None
    missing_results = [row for row in answer.rows if row.success is None][:_MOST_PACTS]
    counted = counted_versions(answer)
    promises: dict[int, list[ExpectedResult]] = {}
    for each in expected_results.of_pacts(connection, {row.pact_id for row in missing_results}):
        promises.setdefault(each.pact_id, []).append(each)
    job_ids = {
        each.job_id
        for row in missing_results
        for each in promises.get(row.pact_id, ())
        if counts(row, each.provider_version_id, counted)
    }
    if not job_ids:
        return None
    pacticipant_ids = {each.pacticipant_id for each in answer.resolved}
    pacticipant_ids |= {pacticipant_id for row in answer.rows for pacticipant_id in row.pair}
    return Awaited(job_ids=frozenset(job_ids), pacticipant_ids=frozenset(pacticipant_ids))


def counted_versions(answer: Answer) -> dict[int, set[int] | None]:
    """The ids of the versions that count of each application; None if each version counts."""
    versions: dict[int, set[int] | None] = {}
    for each in answer.resolved:
        ids = versions.setdefault(each.pacticipant_id, set())
        if each.anything:
            versions[each.pacticipant_id] = None
        elif ids is not None and each.version is not None:
            ids.add(each.version.id)
    return versions


def counts(row: Row, provider_version_id: int, versions: dict[int, set[int] | None]) -> bool:
    """Whether a result of this provider version can fill *row*."""
    if row.awaited is not None:
        return row.awaited.id == provider_version_id
    ids = versions.get(row.provider_id)
    return ids is None or provider_version_id in ids
