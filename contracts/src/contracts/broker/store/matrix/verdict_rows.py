"""The rows of a verdict: the pacts of given consumer versions with the results of given provider versions.

This is what a pipeline asks for before it deploys. Each pact has a row for each given version of its provider that has
a result. A pact without any of these results has one row, without a result.

For example, a question about Till 2, Ledger 7 and Stock 3:

    pact                a result it has     is a row
    Till 2 > Ledger     Ledger 7 True       yes
    Till 2 > Ledger     Ledger 6 False      no: Ledger 6 is not given
    Till 2 > Stock      none                yes: the verdict needs a result of Stock 3
    Till 1 > Ledger     Ledger 7 True       no: Till 1 is not given
    Kiosk 1 > Ledger    Ledger 7 False      no: Kiosk is not given

Around one version, with no other version given, every result of its own pacts is a row, and every result that it gave
itself to the pacts of others.
"""

from __future__ import annotations

from sqlalchemy import CTE, BindParameter, Integer, bindparam, select, union

from contracts.broker.store.matrix.columns import AnyQuery, pact_query, row_query
from contracts.broker.store.matrix.forms import ONE_EACH, Extent, Form
from contracts.broker.store.matrix.given import pacts_in_question, pacts_of_versions, with_version_of_provider
from contracts.broker.store.matrix.limits import (
    latest_only,
    newest_pacts,
    newest_pacts_of_each,
    newest_pacts_of_everybody,
)
from contracts.broker.store.matrix.results import Counted, result_of_pact
from contracts.broker.store.tables import pact_publications, verifications


def between(form: Form) -> tuple[CTE, Counted]:
    """The pacts between given versions, and the results of them that count."""
    pacts = pacts_in_question(form, pacts_of_versions(form))
    if form.shape in ONE_EACH:
        return with_version_of_provider(pacts), Counted.GIVEN_OF_PROVIDER
    return pacts, Counted.GIVEN


def around(form: Form) -> AnyQuery:
    """The pacts of the version `version_id` with all their results, and the results that it gave itself."""
    version = bindparam("version_id", type_=Integer())
    if form.extent is Extent.NEWEST_OF_EVERYBODY:
        others = newest_pacts_of_everybody(form)
        own = select(others).where(others.c.consumer_version_id == version).cte("own_pacts")
    else:
        own_pacts = pact_query().where(pact_publications.c.consumer_version_id == version, *latest_only(form))
        own = newest_pacts(form, own_pacts, "own_pacts")
        others = newest_pacts(
            form, newest_pacts_of_each(form, _contents(version), latest=not form.every_revision), "verified_pacts"
        )
    return union(
        row_query(own, result_of_pact(form, own, Counted.ANY)),
        row_query(others, result_of_pact(form, others, Counted.AROUND), required=True),
    )


def _contents(version: BindParameter[int]) -> CTE:
    """The contents that a provider version verified."""
    return (
        select(verifications.c.pact_version_id)
        .where(verifications.c.provider_version_id == version)
        .distinct()
        .cte("contents")
    )
