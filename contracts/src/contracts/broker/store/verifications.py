"""Verification results in SQL.

A result belongs to a content (`pact_versions`). Its id is its number and its order. The last one of a content and
provider version has the flag `latest`; the greatest of those is the latest of the content.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, literal, select, update
from sqlalchemy import delete as sql_delete

from contracts.broker.store.attestations import COLUMNS, read
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    UtcDateTime,
    attestations,
    pact_publications,
    pact_versions,
    pacticipants,
    tag_successes,
    tags,
    verifications,
    versions,
)
from contracts.broker.store.upserts import insert as upsert
from contracts.model.attestations import Source
from contracts.model.errors import NotFound
from contracts.model.events import AGAIN_WITHIN
from contracts.model.metadata import Metadata
from contracts.model.pacts import Pact
from contracts.model.verifications import Result, Verification, VerifierReport


_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")
_provider_versions = versions.alias("provider_versions")

_latest_consumer_version = (
    select(versions.c.number)
    .where(
        versions.c.id
        == select(func.max(pact_publications.c.consumer_version_id))
        .where(pact_publications.c.pact_version_id == pact_versions.c.id)
        .correlate(pact_versions)
        .scalar_subquery()
    )
    .correlate(pact_versions)
    .scalar_subquery()
)

_SENT = (
    verifications.c.id,
    verifications.c.executed_at,
    verifications.c.success,
    verifications.c.wip,
    verifications.c.pending,
    verifications.c.build_url,
    verifications.c.verified_by,
    verifications.c.selectors,
    verifications.c.test_results,
)

_SELECT: Select[*tuple[Any, ...]] = (
    select(
        verifications.c.id,
        verifications.c.pact_version_id,
        pact_versions.c.sha,
        _consumers.c.name.label("consumer"),
        _latest_consumer_version.label("consumer_version_number"),
        _providers.c.name.label("provider"),
        verifications.c.provider_id,
        verifications.c.provider_version_id,
        _provider_versions.c.number.label("provider_version_number"),
        verifications.c.success,
        verifications.c.wip,
        verifications.c.pending,
        verifications.c.build_url,
        verifications.c.executed_at,
        verifications.c.created_at,
    )
    .join(pact_versions, pact_versions.c.id == verifications.c.pact_version_id)
    .join(_consumers, _consumers.c.id == verifications.c.consumer_id)
    .join(_providers, _providers.c.id == verifications.c.provider_id)
    .join(_provider_versions, _provider_versions.c.id == verifications.c.provider_version_id)
)


def add(
    connection: Connection, pact: Pact, provider_version_id: int, result: Result, metadata: Metadata, now: datetime
) -> tuple[Verification, bool]:
    """Store a *result* of the content of *pact*; it becomes the latest of that content and provider version.

    *metadata* is from the URL to which the result was sent. The second value is whether the result is new: a client
    that lost the response sends the same result again, and gets the stored one.
    """
    last = _lock(connection, pact.pact_version_id, provider_version_id, now - AGAIN_WITHIN)
    if _is_same(last, result, metadata):
        return _verification(connection.execute(_SELECT.where(verifications.c.id == last.id)).one()), False
    connection.execute(
        update(verifications)
        .where(
            verifications.c.pact_version_id == pact.pact_version_id,
            verifications.c.provider_version_id == provider_version_id,
            verifications.c.latest,
        )
        .values(latest=False)
    )
    statement = insert(verifications).values(
        pact_version_id=pact.pact_version_id,
        consumer_id=pact.consumer.id,
        provider_id=pact.provider.id,
        provider_version_id=provider_version_id,
        success=result.success,
        wip=metadata.wip,
        pending=metadata.pending,
        latest=True,
        build_url=result.build_url,
        executed_at=result.executed_at or now,
        created_at=now,
        verified_by=dict(result.report.verified_by),
        selectors=_selectors(metadata),
        test_results=result.report.test_results,
    )
    added = connection.execute(statement.returning(verifications.c.id)).scalar_one()
    return _verification(connection.execute(_SELECT.where(verifications.c.id == added)).one()), True


def _lock(
    connection: Connection, pact_version_id: int, provider_version_id: int, since: datetime
) -> Row[*tuple[Any, ...]]:
    """The last result of a content, if newer than *since* and from this provider version; or else columns of None.

    After a result of another provider version, the same result again is new, because it is then the latest of the
    content. The row of the content is locked, if the database has several writers, so that two results sent at once
    cannot both be the latest.
    """
    others = verifications.alias()
    newest = select(func.max(others.c.id)).where(others.c.pact_version_id == pact_versions.c.id).scalar_subquery()
    recent = and_(
        verifications.c.id == newest,
        verifications.c.provider_version_id == provider_version_id,
        verifications.c.latest,
        verifications.c.created_at >= since,
    )
    query = select(*_SENT).select_from(pact_versions.outerjoin(verifications, recent))
    locked = query.where(pact_versions.c.id == pact_version_id).with_for_update(of=pact_versions, key_share=True)
    return connection.execute(locked).one()


def _is_same(last: Row[*tuple[Any, ...]], result: Result, metadata: Metadata) -> bool:
    """Whether *last* is *result*, sent before to a URL with the same *metadata*."""
    if last.id is None or (result.executed_at is not None and result.executed_at != last.executed_at):
        return False
    sent = (
        result.success,
        metadata.wip,
        metadata.pending,
        result.build_url,
        dict(result.report.verified_by),
        _selectors(metadata),
        result.report.test_results,
    )
    return sent == tuple(last)[2:]


def _selectors(metadata: Metadata) -> list[dict[str, Any]]:
    return [asdict(each) for each in metadata.selectors]


def add_tag_successes(connection: Connection, verification: Verification) -> None:
    """Record that its content succeeded with each current tag of its provider version; an earlier success stays."""
    successes = select(
        literal(verification.pact_version_id),
        tags.c.name,
        literal(verification.wip),
        literal(verification.id),
        literal(verification.executed_at, UtcDateTime),
    ).where(tags.c.version_id == verification.provider_version_id)
    columns = ["pact_version_id", "provider_tag", "wip", "verification_id", "executed_at"]
    connection.execute(upsert(connection, tag_successes).from_select(columns, successes).on_conflict_do_nothing())


def find(connection: Connection, provider: str, consumer: str, sha: str, number: int) -> Verification:
    """The result with this *number*, if it belongs to this content of the pair.

    Raises:
        NotFound: if it is not.
    """
    query = _SELECT.where(
        verifications.c.id == number,
        pact_versions.c.sha == sha,
        _consumers.c.name == consumer,
        _providers.c.name == provider,
    )
    if (verification := _one(connection, query)) is None:
        raise NotFound(f"There is no verification result {number} of the pact {sha} between {consumer} and {provider}")
    return verification


def reports(connection: Connection, ids: Collection[int]) -> dict[int, VerifierReport]:
    """The reports of the results with these *ids*; they may be large."""
    query = (
        select(
            verifications.c.id,
            verifications.c.verified_by,
            verifications.c.test_results,
            attestations.c.source,
            *COLUMNS,
        )
        .outerjoin(attestations, attestations.c.verification_id == verifications.c.id)
        .where(among(verifications.c.id, ids))
    )
    return {
        identifier: VerifierReport(
            verified_by=verified_by or {},
            test_results=test_results,
            attestation=read(build),
            attestation_source=Source(source or Source.BUILD),
        )
        for identifier, verified_by, test_results, source, *build in connection.execute(query)
    }


def latest_for_content(connection: Connection, pact_version_id: int) -> Verification | None:
    """The latest result of a content, of any provider version."""
    query = _SELECT.where(verifications.c.pact_version_id == pact_version_id, verifications.c.latest)
    return _one(connection, query.order_by(verifications.c.id.desc()).limit(1))


def latest_for_contents(connection: Connection, pact_version_ids: Collection[int]) -> dict[int, Verification]:
    """The latest result of each content that has one, by content id."""
    rows = connection.execute(_latest_for_contents(), {"pact_version_ids": list(pact_version_ids)})
    return {row.pact_version_id: _verification(row) for row in rows}


def newest_for_content(connection: Connection, pact_version_id: int, limit: int) -> list[Verification]:
    """The last result of each of the *limit* provider versions that verified a content last, the newest first."""
    query = _SELECT.where(verifications.c.pact_version_id == pact_version_id, verifications.c.latest)
    return [_verification(row) for row in connection.execute(query.order_by(verifications.c.id.desc()).limit(limit))]


def newest_of_provider_version(connection: Connection, provider_version_id: int, limit: int) -> list[Verification]:
    """The last results of a provider version, one for each content, the newest first."""
    query = _SELECT.where(verifications.c.provider_version_id == provider_version_id, verifications.c.latest)
    return [_verification(row) for row in connection.execute(query.order_by(verifications.c.id.desc()).limit(limit))]


def latest_for_consumer_version(connection: Connection, consumer_version_id: int) -> dict[str, Verification | None]:
    """The latest result of each pact of a consumer version, or None, by provider name, in the order of publication."""
    query = (
        select(_providers.c.name, pact_publications.c.pact_version_id)
        .join(_providers, _providers.c.id == pact_publications.c.provider_id)
        .where(pact_publications.c.consumer_version_id == consumer_version_id, pact_publications.c.latest)
        .order_by(pact_publications.c.id)
    )
    contents = {row.name: row.pact_version_id for row in connection.execute(query)}
    results = latest_for_contents(connection, contents.values())
    return {name: results.get(pact_version_id) for name, pact_version_id in contents.items()}


def latest_of_version(connection: Connection, verification: Verification) -> Verification:
    """Return the latest result of the content and provider version of *verification*; it may be the same one."""
    query = _SELECT.where(
        verifications.c.pact_version_id == verification.pact_version_id,
        verifications.c.provider_version_id == verification.provider_version_id,
        verifications.c.id >= verification.id,
    )
    return _verification(connection.execute(query.order_by(verifications.c.id.desc()).limit(1)).one())


def delete(connection: Connection, verification: Verification) -> None:
    """Remove a result, with its webhook deliveries.

    The previous result does not become the latest again: it was overruled, so the content counts as not verified by
    that provider version. Source: the reference broker.
    """
    connection.execute(sql_delete(verifications).where(verifications.c.id == verification.id))


@cache
def _latest_for_contents() -> Select[*tuple[Any, ...]]:
    inner = verifications.alias("inner_verifications")
    # one lookup at the end of an index for each content, for any number of results
    greatest = (
        select(func.max(inner.c.id))
        .where(inner.c.pact_version_id == pact_versions.c.id, inner.c.latest)
        .correlate(pact_versions)
        .scalar_subquery()
    )
    return _SELECT.where(among(pact_versions.c.id, "pact_version_ids"), verifications.c.id == greatest)


def _one(connection: Connection, query: Select[*tuple[Any, ...]]) -> Verification | None:
    row = connection.execute(query).one_or_none()
    return None if row is None else _verification(row)


def _verification(row: Row[*tuple[Any, ...]]) -> Verification:
    return Verification(**row._mapping)  # noqa: SLF001, the columns are the fields; _mapping is public
