"""Remove old data on which no response depends.

It removes batches in short transactions, so publishing never waits long. The next cleaning continues an interrupted
one. Source: Pact Broker protocol, data retention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from contracts.broker.actions import audits
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import locks
from contracts.broker.store.cleaning import plan as retention
from contracts.broker.store.database import Connection
from contracts.model.cleaning import CleaningPlan, Rules
from contracts.model.errors import BrokerError


BATCH = 50  # versions; with everything of theirs some thousand rows


class Busy(BrokerError):
    """Another process is cleaning the same database."""


def plan(runtime: Runtime) -> CleaningPlan:
    """The plan of what `carry_out` would remove now, with the reasons to keep the rest; nothing changes."""
    with runtime.database.reading() as connection:
        return retention.plan(connection, _rules(runtime.settings), runtime.now())


def carry_out(
    runtime: Runtime, planned: CleaningPlan, on_progress: Callable[[str, int, int], None] | None = None
) -> dict[str, int]:
    """Remove the *planned* data that is not in use again; return the removed numbers by kind.

    *on_progress* is called with the kind, the number so far and the total.

    Raises:
        Busy: if another process is cleaning.
    """
    since = planned.made_at

    def branches(connection: Connection, ids: Sequence[int]) -> int:
        return retention.remove_branches(connection, ids, since)

    def versions(connection: Connection, ids: Sequence[int]) -> int:
        return retention.remove_versions(connection, ids, since)

    removals: tuple[tuple[str, Sequence[int], Callable[[Connection, Sequence[int]], int]], ...] = (
        ("verification jobs", planned.verification_job_ids, retention.remove_verification_jobs),
        ("webhook deliveries", planned.triggered_webhook_ids, retention.remove_triggered_webhooks),
        ("webhook decisions", planned.webhook_decision_ids, retention.remove_webhook_decisions),
        ("overwritten results", planned.verification_ids, retention.remove_verifications),
        ("overwritten pacts", planned.publication_ids, retention.remove_publications),
        ("branches", planned.branch_ids, branches),
        ("versions", planned.version_ids, versions),
    )
    with locks.cleaning(runtime.database) as locked:
        if not locked:
            raise Busy("Another process is cleaning this database; try again when it has finished")
        counts: dict[str, int] = {}
        with audits.recording(runtime, "cleaning", {name: str(len(ids)) for name, ids, _ in removals if ids}):
            for name, ids, remove in removals:
                counts[name] = 0
                for done, batch in enumerate(_batches(ids)):
                    if on_progress is not None:
                        on_progress(name, done * BATCH, len(ids))
                    with runtime.database.writing() as connection:
                        counts[name] += remove(connection, batch)
        return counts


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _rules(settings: Settings) -> Rules:
    return Rules(
        versions=settings.database_clean_keep_version_selectors,
        branches=settings.database_clean_keep_branch_selectors,
        limit=settings.database_clean_deletion_limit,
        overwritten_days=settings.database_clean_overwritten_data_max_age,
        decision_days=settings.database_clean_webhook_decisions_max_age,
        main_branches=settings.main_branch_candidates,
        lookback_days=settings.verified_by_other_branch_lookback_days,
    )
