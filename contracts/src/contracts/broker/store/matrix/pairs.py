"""The pairs of consumers and providers that a question is about."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Select, false, select, true, union_all

from contracts.broker.store.database import Connection
from contracts.broker.store.membership import among
from contracts.broker.store.tables import integrations, pact_publications, pacticipants
from contracts.model.matrix import Integration


_Query = Select[*tuple[Any, ...]]

_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")


def integrations_around(
    connection: Connection,
    *,
    consumer_version_ids: Collection[int],
    consumer_ids: Collection[int],
    provider_ids: Collection[int],
) -> list[Integration]:
    """Return the pairs of applications as consumers and as providers; one statement.

    As consumers: the pairs of the pacts of *consumer_version_ids*, and for *consumer_ids* of the pacts of all their
    versions. These pairs are required.
    As providers: every pair of *provider_ids*.
    """
    return _integrations(connection, around(), consumer_version_ids, consumer_ids, provider_ids)


def integrations_between(
    connection: Connection,
    *,
    consumer_version_ids: Collection[int],
    consumer_ids: Collection[int],
    provider_ids: Collection[int],
) -> list[Integration]:
    """Return the pairs of consumers, as in `integrations_around`, with these providers; all of them are required."""
    # the condition is not in the statement, because SQLite would start with all pacts of the providers
    pairs = _integrations(connection, of_consumers(), consumer_version_ids, consumer_ids, ())
    return [each for each in pairs if each.provider_id in provider_ids]


def _integrations(
    connection: Connection,
    statement: _Query,
    consumer_version_ids: Collection[int],
    consumer_ids: Collection[int],
    provider_ids: Collection[int],
) -> list[Integration]:
    """The pairs of *statement*; a pair that it has twice is required if one of the two is."""
    parameters = {
        "consumer_version_ids": list(consumer_version_ids),
        "consumer_ids": list(consumer_ids),
        "provider_ids": list(provider_ids),
    }
    pairs: dict[tuple[int, int], Integration] = {}
    for consumer_id, consumer, provider_id, provider, required in connection.execute(statement, parameters).all():
        integration = Integration(
            consumer_id=consumer_id,
            consumer=consumer,
            provider_id=provider_id,
            provider=provider,
            required=bool(required),
        )
        if integration.required or integration.pair not in pairs:
            pairs[integration.pair] = integration
    return list(pairs.values())


@cache
def around() -> _Query:
    """The statement of `integrations_around`."""
    as_provider = select(integrations.c.consumer_id, integrations.c.provider_id, false().label("required"))
    return _with_names(*_as_consumers(), as_provider.where(among(integrations.c.provider_id, "provider_ids")))


@cache
def of_consumers() -> _Query:
    """The statement of `integrations_between`."""
    return _with_names(*_as_consumers())


def _as_consumers() -> tuple[_Query, _Query]:
    """The pairs of the pacts of consumer versions, and those of consumers with a pact of any version."""
    by_version = (
        select(pact_publications.c.consumer_id, pact_publications.c.provider_id, true().label("required"))
        .where(among(pact_publications.c.consumer_version_id, "consumer_version_ids"), pact_publications.c.latest)
        .distinct()
    )
    has_pact = (  # the integration remains when its pacts are deleted
        select(pact_publications.c.id)
        .where(
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.consumer_id == integrations.c.consumer_id,
            pact_publications.c.latest,
        )
        .correlate(integrations)
        .exists()
    )
    by_name = select(integrations.c.consumer_id, integrations.c.provider_id, true().label("required")).where(
        among(integrations.c.consumer_id, "consumer_ids"), has_pact
    )
    return by_version, by_name


def _with_names(*queries: _Query) -> _Query:
    pairs = union_all(*queries).cte("pairs")
    return (
        select(
            pairs.c.consumer_id,
            _consumers.c.name.label("consumer"),
            pairs.c.provider_id,
            _providers.c.name.label("provider"),
            pairs.c.required,
        )
        .join(_consumers, _consumers.c.id == pairs.c.consumer_id)
        .join(_providers, _providers.c.id == pairs.c.provider_id)
        .order_by(_consumers.c.name, _providers.c.name)
    )
