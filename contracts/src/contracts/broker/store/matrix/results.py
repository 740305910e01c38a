"""The results that count for a pact: the condition that joins them to it."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, assert_never

from sqlalchemy import Integer, and_, bindparam, func, or_, select, true
from sqlalchemy.sql.expression import FromClause

from contracts.broker.store.matrix.columns import Condition
from contracts.broker.store.matrix.forms import Form
from contracts.broker.store.membership import among
from contracts.broker.store.tables import verifications
from contracts.model.matrix_rows import LatestBy


class Counted(Enum):
    """The provider versions whose results count for a pact."""

    ANY = auto()
    GIVEN = auto()
    """The versions `provider_version_ids`."""
    GIVEN_OF_PROVIDER = auto()
    """The same, if each provider has only one: `version_of_provider` of the pact."""
    GIVEN_OR_ANY = auto()
    """The versions `provider_version_ids`, and every version of the applications `any_version_of`."""
    GIVEN_OF_PROVIDER_OR_ANY = auto()
    AROUND = auto()
    """The version `version_id`."""


def result_of_pact(form: Form, pacts: FromClause, counted: Counted) -> Condition:
    """That a result is one of the rows of its pact.

    Of each provider version the latest result, or only the greatest provider version, or every result.
    """
    same_content = verifications.c.pact_version_id == pacts.c.pact_version_id
    match form.latest_by:
        case LatestBy.CONSUMER_VERSION_AND_PROVIDER:
            greatest = verifications.c.provider_version_id == _greatest_version(pacts, counted)
            return and_(same_content, verifications.c.latest, greatest)
        case None:
            return and_(same_content, _counts(counted, verifications, pacts, _recent(form, pacts)))
        case _:
            return and_(
                same_content, verifications.c.latest, _counts(counted, verifications, pacts, _recent(form, pacts))
            )


def _greatest_version(pacts: FromClause, counted: Counted) -> Any:
    # a limit must not remove the row that represents its group, so it does not apply here
    others = verifications.alias("other_results")
    return (
        select(others.c.provider_version_id)
        .where(
            others.c.pact_version_id == pacts.c.pact_version_id,
            others.c.latest,
            _counts(counted, others, pacts, true()),
        )
        .order_by(others.c.provider_version_id.desc())  # not max(): see `contracts.broker.store.membership`
        .limit(1)
        .correlate(pacts)
        .scalar_subquery()
    )


def _recent(form: Form, pacts: FromClause) -> Condition:
    """That a result is among the newest of its content, as many as the limit allows rows."""
    if not form.limited:
        return true()
    # counts only results that can be rows: then fewer rows than the limit are all the rows
    others = verifications.alias("other_results")
    oldest_needed = (
        select(others.c.id)
        .where(
            others.c.pact_version_id == pacts.c.pact_version_id, *(() if form.every_revision else (others.c.latest,))
        )
        .order_by(others.c.id.desc())
        .limit(1)
        .offset(bindparam("more_than_enough", type_=Integer()))
        .correlate(pacts)
        .scalar_subquery()
    )
    return verifications.c.id >= func.coalesce(oldest_needed, 0)


def _counts(counted: Counted, table: FromClause, pacts: FromClause, recent: Condition) -> Condition:
    """That a result in *table* is from a version that counts; *recent* limits the results of any version."""
    version = table.c.provider_version_id
    any_version = and_(among(pacts.c.provider_id, "any_version_of"), recent)
    match counted:
        case Counted.ANY:
            return recent
        case Counted.GIVEN:
            return among(version, "provider_version_ids")
        case Counted.GIVEN_OF_PROVIDER:
            return version == pacts.c.version_of_provider
        case Counted.GIVEN_OR_ANY:
            return or_(among(version, "provider_version_ids"), any_version)
        case Counted.GIVEN_OF_PROVIDER_OR_ANY:
            return or_(version == pacts.c.version_of_provider, any_version)
        case Counted.AROUND:
            return version == bindparam("version_id", type_=Integer())
        case _:
            assert_never(counted)
