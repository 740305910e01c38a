"""The parts of a statement that are about given versions: their pacts, and the versions of the providers."""

from __future__ import annotations

from sqlalchemy import CTE, select

from contracts.broker.store.matrix.columns import AnyQuery, Query, one_specified, pact_query
from contracts.broker.store.matrix.forms import Extent, Form
from contracts.broker.store.matrix.limits import latest_only, newest_pacts
from contracts.broker.store.membership import among
from contracts.broker.store.tables import pact_publications, versions


def pacts_of_versions(form: Form) -> Query:
    """The pacts of the versions `consumer_version_ids` with the providers `provider_ids`."""
    return pact_query().where(
        among(pact_publications.c.consumer_version_id, "consumer_version_ids"),
        among(pact_publications.c.provider_id, "provider_ids"),
        *(() if form.extent is Extent.NEWEST_OF_EVERYBODY else (one_specified(pact_publications),)),
        *latest_only(form),
    )


def pacts_in_question(form: Form, pacts: AnyQuery) -> CTE:
    """Those of *pacts* that are rows: as many of the newest as the limit allows.

    If the limit applies to everybody's pacts, it does so before the question's names do.
    """
    if form.extent is not Extent.NEWEST_OF_EVERYBODY:
        return newest_pacts(form, pacts, "pacts")
    newest = newest_pacts(form, pacts, "newest_pacts")
    return select(newest).where(one_specified(newest)).cte("pacts")


def with_version_of_provider(pacts: CTE) -> CTE:
    """*pacts*, each with the one given version of its provider, so that not every version is tried on every pact."""
    given_versions = (
        select(versions.c.id, versions.c.pacticipant_id)
        .where(among(versions.c.id, "provider_version_ids"))
        .cte("given_versions")
        .prefix_with("MATERIALIZED")  # otherwise SQLite tries every version again
    )
    joined = pacts.outerjoin(given_versions, given_versions.c.pacticipant_id == pacts.c.provider_id)
    return select(pacts, given_versions.c.id.label("version_of_provider")).select_from(joined).cte("pacts_and_versions")
