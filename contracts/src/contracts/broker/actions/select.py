"""Select the pacts that a provider should verify, with their pending status and work in progress."""

from __future__ import annotations

from datetime import timedelta

from contracts.broker.runtime import Runtime
from contracts.broker.store import pending, selections, wip
from contracts.broker.store.database import Connection
from contracts.model.pending import Beginnings, Pending, judge, subject
from contracts.model.selections import Item, merge
from contracts.model.verifiable import Verifiable, VerificationQuestion


def pacts_for_verification(
    runtime: Runtime, connection: Connection, provider_id: int, question: VerificationQuestion
) -> list[Verifiable]:
    """The pacts of a provider that *question* selects, then its work in progress; each by consumer and version.

    This takes at most nine statements, for any number of consumers, pacts and results.
    """
    if question.selectors:
        items = merge(selections.resolve(connection, provider_id, question.selectors))
    else:
        items = merge(selections.resolve_default(connection, provider_id))
    first_uses = pending.beginnings(connection, provider_id, question.provider)
    return [
        *_explicit(connection, question, first_uses, items),
        *_in_progress(runtime, connection, provider_id, question, first_uses, items),
    ]


def _explicit(
    connection: Connection, question: VerificationQuestion, first_uses: Beginnings, items: list[Item]
) -> list[Verifiable]:
    if not question.include_pending:
        return [Verifiable(item=each, pending=None) for each in items]
    contents = [each.pact.pact_version_id for each in items]
    successes = pending.successes(connection, question.provider, first_uses, contents)
    return [
        Verifiable(item=each, pending=judge(question.provider, successes, each.pact.pact_version_id)) for each in items
    ]


def _in_progress(
    runtime: Runtime,
    connection: Connection,
    provider_id: int,
    question: VerificationQuestion,
    first_uses: Beginnings,
    explicit: list[Item],
) -> list[Verifiable]:
    if question.wip_since is None or not question.provider.has_scope:
        return []
    unverified = wip.unverified(
        connection,
        provider_id,
        question.provider,
        first_uses,
        since=question.wip_since,
        executed_after=runtime.now() - timedelta(days=runtime.settings.verified_by_other_branch_lookback_days),
    )
    selected = {each.pact.pact_version_id for each in explicit}
    status = Pending(pending=True, subject=subject(question.provider)) if question.include_pending else None
    return [
        Verifiable(item=each, pending=status, wip=True)
        for each in merge(each for each in unverified if each.pact.pact_version_id not in selected)
    ]
