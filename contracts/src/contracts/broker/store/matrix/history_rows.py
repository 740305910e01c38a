"""The rows of a history: the newest pacts and results of all versions of applications, up to a limit.

This is what the pages of the matrix show. All versions of an application can be combined with given versions of others.

For example, a question about all versions of Till and Ledger, for the two newest rows, in the order of time:

    pact                a result it has     is a row
    Till 1 > Ledger     Ledger 6 True       no: two rows are newer
    Till 2 > Ledger     Ledger 6 False      no: two rows are newer
    Till 2 > Ledger     Ledger 7 True       yes
    Till 3 > Ledger     none                yes: published last
    Kiosk 1 > Ledger    Ledger 7 True       no: the question does not name Kiosk

Nothing reads the whole history of an application: of each pair of applications only the newest pacts, and of each
content only the newest results, as many as the limit allows rows.
"""

from __future__ import annotations

from sqlalchemy import CTE, Integer, and_, bindparam, not_, or_, select, union

from contracts.broker.store.matrix.columns import AnyQuery, Condition, Query, one_specified, pact_query, row_query
from contracts.broker.store.matrix.forms import ONE_EACH, Extent, Form, Shape
from contracts.broker.store.matrix.given import pacts_in_question, pacts_of_versions, with_version_of_provider
from contracts.broker.store.matrix.limits import newest_pacts, newest_pacts_of_each, newest_pacts_of_everybody
from contracts.broker.store.matrix.results import Counted, result_of_pact
from contracts.broker.store.membership import among
from contracts.broker.store.tables import integrations, pact_publications, verifications
from contracts.model.matrix_rows import LatestBy


def between(form: Form) -> tuple[CTE, Counted]:
    """The pacts of all versions of the applications `any_version_of`, and the results of them that count."""
    of_names = _pacts_of_pairs(
        form,
        "pairs",
        among(integrations.c.consumer_id, "any_version_of"),
        among(integrations.c.provider_id, "provider_ids"),
        *(() if form.extent is Extent.NEWEST_OF_EVERYBODY else (one_specified(integrations),)),
    )
    if form.shape is Shape.NAMES:
        return pacts_in_question(form, of_names), Counted.ANY
    pacts = pacts_in_question(form, union(pacts_of_versions(form), of_names))
    if form.shape in ONE_EACH:
        return with_version_of_provider(pacts), Counted.GIVEN_OF_PROVIDER_OR_ANY
    return pacts, Counted.GIVEN_OR_ANY


def around(form: Form) -> AnyQuery:
    """The pacts of the application `pacticipant_id` with all their results, and the results that it gave itself."""
    pacticipant = bindparam("pacticipant_id", type_=Integer())
    if form.extent is Extent.NEWEST_OF_EVERYBODY:
        newest = newest_pacts_of_everybody(form)
        own = select(newest).where(newest.c.consumer_id == pacticipant).cte("own_pacts")
        others = select(newest).where(newest.c.provider_id == pacticipant).cte("pacts_of_consumers")
    else:
        as_consumer = _pacts_of_pairs(form, "own_pairs", integrations.c.consumer_id == pacticipant)
        as_provider = _pacts_of_pairs(form, "pairs_of_consumers", integrations.c.provider_id == pacticipant)
        own = newest_pacts(form, as_consumer, "own_pacts")
        others = newest_pacts(form, as_provider, "pacts_of_consumers")
    return union(
        row_query(own, result_of_pact(form, own, Counted.ANY)),
        row_query(others, result_of_pact(form, others, Counted.ANY), required=True),
    )


def _pacts_of_pairs(form: Form, name: str, *conditions: Condition) -> Query:
    """The pacts of the pairs of applications that meet *conditions*; the CTE of the pairs has this *name*."""
    # DISTINCT changes nothing in the pairs, but keeps SQLite from starting with all pacts of a consumer
    pairs = select(integrations.c.consumer_id, integrations.c.provider_id).where(*conditions).distinct().cte(name)
    newest = newest_pacts_of_each(form, pairs, latest=True)
    if _pacts_decide(form):
        return newest.where(_suspect())
    if not form.every_revision:
        return newest
    latest = newest.cte(f"latest_pacts_of_{name}")
    return pact_query().join(
        latest,
        and_(
            pact_publications.c.consumer_version_id == latest.c.consumer_version_id,
            pact_publications.c.provider_id == latest.c.provider_id,
        ),
    )


def _pacts_decide(form: Form) -> bool:
    """Whether a pact alone shows that none of its rows is a counterexample.

    It does if every result counts, and if no group has rows of several pacts.
    """
    one_pact = form.latest_by not in {None, LatestBy.CONSUMER_AND_PROVIDER}
    return form.extent is Extent.COUNTEREXAMPLE and one_pact and form.shape in {Shape.NAMES, Shape.AROUND_NAME}


def _suspect() -> Condition:
    """That the content of a pact has a failure among its latest results, or no result: few do in a long history."""
    latest = (
        select(verifications.c.id)
        .where(verifications.c.pact_version_id == pact_publications.c.pact_version_id, verifications.c.latest)
        .correlate(pact_publications)
    )
    return or_(latest.where(not_(verifications.c.success)).exists(), ~latest.exists())
