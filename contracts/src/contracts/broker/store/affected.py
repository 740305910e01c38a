"""The deployed consumer versions that a content concerns: they break if the provider does not fulfil it."""

from __future__ import annotations

from sqlalchemy import Connection, and_, literal, null, select, union

from contracts.broker.store.tables import (
    currently_deployed,
    currently_supported,
    deployed_versions,
    environments,
    pact_publications,
    pacticipants,
    released_versions,
    versions,
)
from contracts.model.overview import Presence


def consumers(connection: Connection, pact_version_id: int, limit: int) -> list[Presence]:
    """Return where versions with this content are deployed or supported now, production first, at most *limit*."""
    publications = and_(
        pact_publications.c.pact_version_id == pact_version_id,
        pact_publications.c.latest,
    )
    query = union(
        *(
            select(
                environments.c.name.label("environment"),
                environments.c.production,
                pacticipants.c.name.label("pacticipant"),
                versions.c.number.label("version"),
                instance.label("instance"),
                versions.c.id.label("version_id"),
            )
            .select_from(pact_publications)
            .join(present, present.c.version_id == pact_publications.c.consumer_version_id)
            .join(versions, versions.c.id == present.c.version_id)
            .join(pacticipants, pacticipants.c.id == versions.c.pacticipant_id)
            .join(environments, environments.c.id == present.c.environment_id)
            .where(publications, current)
            for present, current, instance in (
                (deployed_versions, currently_deployed(), deployed_versions.c.target),
                (released_versions, currently_supported(), literal(None, type_=null().type)),
            )
        )
    ).subquery()
    ordered = (
        select(query)
        .order_by(query.c.production.desc(), query.c.environment, query.c.version_id.desc(), query.c.instance)
        .limit(limit)
    )
    return [
        Presence(
            environment=row.environment,
            production=row.production,
            pacticipant=row.pacticipant,
            version=row.version,
            instance=row.instance,
        )
        for row in connection.execute(ordered)
    ]
