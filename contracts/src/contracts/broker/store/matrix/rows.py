"""The rows of the matrix in SQL: one statement, whose cost grows with its answer and not with the history.

Versions are found by their ids, on the indexes of what is latest. Of an application's whole history no more is looked
at than the newest pacts of each pair, and the newest results of each content, that the limit leaves room for.
Statements are built once for each form of question and kept: building one costs more than running it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, bindparam, false, func, literal, not_, or_, select, true, union

from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    UtcDateTime,
    integrations,
    pact_publications,
    pact_versions,
    pacticipants,
    verifications,
    versions,
)
from contracts.model.matrix import Counterexample, LatestBy, Limit, Result, Row
from contracts.model.versions import VersionRef


if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, Connection, FromClause, Select, Subquery
    from sqlalchemy import Row as SqlRow

    from contracts.model.matrix import Ignored, Resolved

    _Condition = ColumnElement[bool]
    _Parameter = BindParameter[Any]
    _Counts = Callable[[FromClause, _Condition], _Condition]
    """Whether a result counts: given the table of results, and what holds for as many of the newest as are needed."""
    _Query = Select[*tuple[Any, ...]]
    _Found = SqlRow[*tuple[Any, ...]]


_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_OWNERS = {
    LatestBy.CONSUMER_VERSION_AND_PROVIDER: ("consumer_version_id", "provider_id"),
    LatestBy.CONSUMER_AND_PROVIDER: ("consumer_id", "provider_id"),
}
"""What the rows of a group have in common, where a group may have several."""

_SIDES = ("consumer", "provider")

_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")
_consumer_versions = versions.alias("consumer_versions")
_provider_versions = versions.alias("provider_versions")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What the text of a statement depends on.

    *by_version*: some applications count with given versions, or none; *by_name*: some with any; *one_each*: no
    provider with more than one given version; *against*: only what is not a success counts.
    """

    latest_by: LatestBy | None
    limited: bool
    among_all: bool
    against: bool
    by_version: bool
    by_name: bool
    one_each: bool = False

    @property
    def every(self) -> bool:
        """Whether every revision and every result is a row, not only the latest ones."""
        return self.latest_by is None

    @property
    def suspects(self) -> bool:
        """Whether a pact alone tells if one of its rows counts: each group is of one pact, and any result counts."""
        one_pact = self.latest_by not in {None, LatestBy.CONSUMER_AND_PROVIDER}
        return self.against and one_pact and not self.by_version


def between(
    connection: Connection,
    resolved: Collection[Resolved],
    pairs: Collection[tuple[int, int]],
    *,
    latest_by: LatestBy | None,
    cut: Limit | Counterexample | None,
) -> list[Row]:
    """The pacts among the applications of *resolved*, with the results that their versions gave.

    Each row is of one of *pairs*, the consumers and providers among them that have a pact and of which one is
    specified. A pact that none of the versions verified has a row without a result. *cut* says which rows suffice;
    None for all.
    """
    among_all = _cuts_among_all(connection, cut)
    form, parameters = _asked(resolved, pairs, latest_by, cut, among_all=among_all)
    return _rows(connection, _between(form), parameters, cut)


def count_between(
    connection: Connection,
    resolved: Collection[Resolved],
    pairs: Collection[tuple[int, int]],
    *,
    latest_by: LatestBy | None,
    most: int,
) -> int:
    """How many rows `between` finds where nothing cuts them, counted up to *most*."""
    form, parameters = _asked(resolved, pairs, latest_by)
    counted: int = connection.execute(_counted(form), parameters | {"most": most}).scalar_one()
    return counted


def around(
    connection: Connection,
    *,
    pacticipant_id: int,
    version_id: int | None,
    latest_by: LatestBy | None,
    cut: Limit | Counterexample | None,
) -> list[Row]:
    """The pacts of one application with all their results, and the results that it gave itself.

    Of one version, or with *version_id* None of all. *cut* says which rows suffice; None for all.
    """
    by_name = version_id is None
    form = _Form(
        latest_by=latest_by,
        limited=isinstance(cut, Limit),
        among_all=_cuts_among_all(connection, cut),
        against=isinstance(cut, Counterexample),
        by_version=not by_name,
        by_name=by_name,
    )
    parameters = {"pacticipant_id": pacticipant_id, "version_id": version_id}
    return _rows(connection, _around(form), parameters, cut)


def _asked(
    resolved: Collection[Resolved],
    pairs: Collection[tuple[int, int]],
    latest_by: LatestBy | None,
    cut: Limit | Counterexample | None = None,
    *,
    among_all: bool = False,
) -> tuple[_Form, dict[str, Any]]:
    """The form of the statement that looks between *pairs*, and its parameters."""
    consumer_ids = provider_ids = {each.pacticipant_id for each in resolved}
    if not among_all:  # who is never on a side is not looked for there: for hundreds that is most of the work
        consumer_ids, provider_ids = {consumer for consumer, _ in pairs}, {provider for _, provider in pairs}
    consumer_versions = _versions_of(consumer_ids, resolved)
    provider_versions = _versions_of(provider_ids, resolved)
    any_version_of = {each.pacticipant_id for each in resolved if each.anything}
    form = _Form(
        latest_by=latest_by,
        limited=isinstance(cut, Limit),
        among_all=among_all,
        against=isinstance(cut, Counterexample),
        by_version=bool(consumer_versions) or not provider_ids <= any_version_of,
        by_name=bool(any_version_of),
        one_each=bool(provider_versions) and len(set(provider_versions.values())) == len(provider_versions),
    )
    parameters = {
        "consumer_version_ids": list(consumer_versions),
        "provider_version_ids": list(provider_versions),
        "any_version_of": list(any_version_of),
        "provider_ids": list(provider_ids),
        "specified_ids": list({each.pacticipant_id for each in resolved if each.specified}),
    }
    return form, parameters


def _versions_of(pacticipant_ids: Collection[int], resolved: Collection[Resolved]) -> dict[int, int]:
    """The versions of these applications that count: whose each is, by id."""
    return {
        each.version.id: each.pacticipant_id
        for each in resolved
        if each.version and each.pacticipant_id in pacticipant_ids
    }


def _cuts_among_all(connection: Connection, cut: Limit | Counterexample | None) -> bool:
    """Whether *cut* counts everybody's pacts, and there are more of them."""
    if not isinstance(cut, Limit) or not cut.among_all:
        return False
    return bool(connection.scalar(select(func.max(pact_publications.c.id) > cut.rows)))


def _rows(
    connection: Connection,
    statement: _Query | CompoundSelect[*tuple[Any, ...]],
    parameters: dict[str, Any],
    cut: Limit | Counterexample | None,
) -> list[Row]:
    if isinstance(cut, Counterexample):
        question = cut.question
        statement = _first_against(statement, question.latest_by, question.successes, question.ignored)
    most = {"most": cut.rows, "more_than_enough": cut.rows - 1} if isinstance(cut, Limit) else {}
    return [_row(each) for each in connection.execute(statement, parameters | most).all()]


@cache
def _between(form: _Form) -> _Query:
    return _finished(form, _with_results(form, *_pacts_between(form)))


@cache
def _counted(form: _Form) -> _Query:
    chosen, counts = _pacts_between(form)
    rows = select(chosen.c.id).outerjoin(verifications, _result_of(form, chosen, counts))
    return select(func.count()).select_from(rows.limit(bindparam("most", type_=Integer())).subquery())


def _pacts_between(form: _Form) -> tuple[Subquery, _Counts]:
    """The pacts that make rows, and which of their results do."""
    of_versions = _pacts().where(
        among(pact_publications.c.consumer_version_id, "consumer_version_ids"),
        among(pact_publications.c.provider_id, "provider_ids"),
        *(() if form.among_all else (_one_specified(pact_publications),)),
        *_latest_only(form),
    )
    of_names = _pacts_of_pairs(
        form,
        "pairs",
        among(integrations.c.consumer_id, "any_version_of"),
        among(integrations.c.provider_id, "provider_ids"),
        *(() if form.among_all else (_one_specified(integrations),)),
    )
    if not form.by_name:
        chosen = _newest(form, of_versions)
    elif not form.by_version:
        chosen = _newest(form, of_names)
    else:
        chosen = _newest(form, union(of_versions, of_names))
    if form.among_all:
        chosen = select(chosen).where(_one_specified(chosen)).subquery()
    if form.one_each:
        chosen = _with_version_of_provider(chosen)

    def counts(results: FromClause, recent: _Condition) -> _Condition:
        if form.one_each:
            given = results.c.provider_version_id == chosen.c.version_of_provider
        else:
            given = among(results.c.provider_version_id, "provider_version_ids")
        if not form.by_name:
            return given
        if not form.by_version:
            return recent  # bounds what is read of a content, which may have any number of results
        return or_(given, and_(among(chosen.c.provider_id, "any_version_of"), recent))

    return chosen, counts


@cache
def _around(form: _Form) -> _Query:
    me = bindparam("pacticipant_id" if form.by_name else "version_id", type_=Integer())
    own, others = _own_and_others_of_all(form, me) if form.among_all else _own_and_others(form, me)
    pacts = _with_results(form, own, lambda _, recent: recent)
    verified = _with_results(
        form,
        others,
        lambda results, recent: recent if form.by_name else results.c.provider_version_id == me,
        required=True,
    )
    return _finished(form, union(pacts, verified))


def _with_version_of_provider(pacts: Subquery) -> Subquery:
    """*pacts*, each with the one version of its provider that counts, so that all of them are not tried on it."""
    given = (
        select(versions.c.id, versions.c.pacticipant_id)
        .where(among(versions.c.id, "provider_version_ids"))
        .cte("given")
        .prefix_with("MATERIALIZED")  # else SQLite tries all of them again
    )
    joined = pacts.outerjoin(given, given.c.pacticipant_id == pacts.c.provider_id)
    return select(pacts, given.c.id.label("version_of_provider")).select_from(joined).subquery()


def _own_and_others(form: _Form, me: _Parameter) -> tuple[Subquery, Subquery]:
    """The pacts of an application, or a version, as the consumer; and those that it may have verified."""
    if form.by_name:
        own = _pacts_of_pairs(form, "own_pairs", integrations.c.consumer_id == me)
        others = _pacts_of_pairs(form, "others_pairs", integrations.c.provider_id == me)
    else:
        own = _pacts().where(pact_publications.c.consumer_version_id == me, *_latest_only(form))
        others = _pacts_of_contents_verified_by(form, me)
    return _newest(form, own), _newest(form, others)


def _own_and_others_of_all(form: _Form, me: _Parameter) -> tuple[Subquery, Subquery]:
    """The same, of the newest pacts of everybody."""
    # the end of an index, instead of all that was ever published
    needed = pact_publications.alias("needed")
    oldest_needed = (
        select(needed.c.created_at)
        .where(true() if form.every else needed.c.latest)
        .order_by(needed.c.created_at.desc())
        .limit(1)
        .offset(bindparam("more_than_enough", type_=Integer()))
        .scalar_subquery()
    )
    recent = pact_publications.c.created_at >= func.coalesce(oldest_needed, literal(_LONG_AGO, UtcDateTime))
    newest = _newest(form, _pacts().where(recent, *_latest_only(form)))
    if form.by_name:
        own, others = newest.c.consumer_id == me, newest.c.provider_id == me
    else:
        own, others = newest.c.consumer_version_id == me, true()
    return select(newest).where(own).subquery(), select(newest).where(others).subquery()


def _pacts() -> _Query:
    return select(
        pact_publications.c.id,
        pact_publications.c.consumer_id,
        pact_publications.c.consumer_version_id,
        pact_publications.c.provider_id,
        pact_publications.c.pact_version_id,
        pact_publications.c.revision_number,
        pact_publications.c.created_at,
    )


def _latest_only(form: _Form) -> tuple[_Condition, ...]:
    return () if form.every else (pact_publications.c.latest,)


def _one_specified(table: FromClause) -> _Condition:
    return or_(among(table.c.consumer_id, "specified_ids"), among(table.c.provider_id, "specified_ids"))


def _pacts_of_pairs(form: _Form, name: str, *conditions: _Condition) -> _Query:
    """The pacts of the pairs of applications that meet *conditions*, all versions."""
    # DISTINCT, though each pair is there once, keeps SQLite from beginning with all pacts of a consumer
    pairs = select(integrations.c.consumer_id, integrations.c.provider_id).where(*conditions).distinct().subquery(name)

    def of_pair(pacts: FromClause) -> _Condition:
        return and_(
            pacts.c.provider_id == pairs.c.provider_id, pacts.c.consumer_id == pairs.c.consumer_id, pacts.c.latest
        )

    found = _as_many_as_needed(form, pairs, of_pair)
    if form.suspects:
        return found.where(_suspect())
    if not form.every:
        return found
    latest = found.subquery()
    return _pacts().join(
        latest,
        and_(
            pact_publications.c.consumer_version_id == latest.c.consumer_version_id,
            pact_publications.c.provider_id == latest.c.provider_id,
        ),
    )


def _suspect() -> _Condition:
    """That a pact's content has a failure among its last results, or has no result: few do, in a long history."""
    last = (
        select(verifications.c.id)
        .where(verifications.c.pact_version_id == pact_publications.c.pact_version_id, verifications.c.latest)
        .correlate(pact_publications)
    )
    return or_(last.where(not_(verifications.c.success)).exists(), ~last.exists())


def _pacts_of_contents_verified_by(form: _Form, version: _Parameter) -> _Query:
    """The pacts whose content a provider version verified, all consumer versions."""
    contents = (
        select(verifications.c.pact_version_id)
        .where(verifications.c.provider_version_id == version)
        .distinct()
        .subquery("contents")
    )

    def of_content(pacts: FromClause) -> _Condition:
        content = pacts.c.pact_version_id == contents.c.pact_version_id
        return content if form.every else and_(content, pacts.c.latest)

    return _as_many_as_needed(form, contents, of_content)


def _as_many_as_needed(form: _Form, owners: Subquery, belongs: Callable[[FromClause], _Condition]) -> _Query:
    """The pacts that belong to *owners*; where there is a limit, of each owner no more of the newest than that."""
    condition = belongs(pact_publications)
    if form.limited:
        newer = pact_publications.alias("newer")
        oldest_needed = (
            select(newer.c.consumer_version_id)
            .where(belongs(newer))
            .order_by(newer.c.consumer_version_id.desc())
            .limit(1)
            .offset(bindparam("more_than_enough", type_=Integer()))
            .correlate(owners)
            .scalar_subquery()
        )
        condition = and_(condition, pact_publications.c.consumer_version_id >= func.coalesce(oldest_needed, 0))
    return _pacts().select_from(owners.join(pact_publications, condition))


def _newest(form: _Form, pacts: Any) -> Subquery:
    """*pacts* to make rows of: as many of the newest as the limit allows."""
    found: Subquery = pacts.subquery()
    if not form.limited:
        return found
    # contracts published at once, which are equally new, stand in the order of their providers
    newest_first = (found.c.created_at.desc(), found.c.provider_id, found.c.id.desc())
    return select(found).order_by(*newest_first).limit(bindparam("most", type_=Integer())).subquery()


def _with_results(
    form: _Form,
    pacts: Subquery,
    counts: _Counts,
    *,
    required: bool = False,
) -> _Query:
    """*pacts* with their results that count; those without any too, unless a result is *required*."""
    found = _result_of(form, pacts, counts)
    rows = (
        pacts.join(_consumers, _consumers.c.id == pacts.c.consumer_id)
        .join(_providers, _providers.c.id == pacts.c.provider_id)
        .join(_consumer_versions, _consumer_versions.c.id == pacts.c.consumer_version_id)
        .join(pact_versions, pact_versions.c.id == pacts.c.pact_version_id)
        .join(verifications, found, isouter=not required)
        .join(_provider_versions, _provider_versions.c.id == verifications.c.provider_version_id, isouter=not required)
    )
    return select(
        pacts.c.consumer_id,
        _consumers.c.name.label("consumer"),
        pacts.c.consumer_version_id,
        _consumer_versions.c.number.label("consumer_version"),
        pacts.c.provider_id,
        _providers.c.name.label("provider"),
        pacts.c.id.label("pact_id"),
        pacts.c.revision_number,
        pact_versions.c.sha,
        pacts.c.created_at.label("pact_created_at"),
        verifications.c.id.label("result_id"),
        verifications.c.success,
        verifications.c.executed_at,
        verifications.c.created_at.label("result_created_at"),
        verifications.c.provider_version_id,
        _provider_versions.c.number.label("provider_version"),
    ).select_from(rows)


def _result_of(form: _Form, pacts: Subquery, counts: _Counts) -> _Condition:
    """Whether a result is one of *pacts* that counts."""
    return and_(verifications.c.pact_version_id == pacts.c.pact_version_id, *_which(form, pacts, counts))


def _which(form: _Form, pacts: Subquery, counts: _Counts) -> tuple[_Condition, ...]:
    inner = verifications.alias("other_results")
    same_content = inner.c.pact_version_id == pacts.c.pact_version_id
    if form.latest_by is LatestBy.CONSUMER_VERSION_AND_PROVIDER:
        # a limit must not cut the row that represents its group: it is the only one of it
        greatest = (  # ordered: a maximum among a list is none for SQLite before 3.42, as `lists` says
            select(inner.c.provider_version_id)
            .where(same_content, inner.c.latest, counts(inner, true()))
            .order_by(inner.c.provider_version_id.desc())
            .limit(1)
        )
        last = verifications.c.provider_version_id == greatest.correlate(pacts).scalar_subquery()
        return verifications.c.latest, last
    recent: _Condition = true()
    if form.limited:
        # counts what may be a row, so that fewer rows than the limit are all there are
        oldest_needed = (
            select(inner.c.id)
            .where(same_content, true() if form.every else inner.c.latest)
            .order_by(inner.c.id.desc())
            .limit(1)
            .offset(bindparam("more_than_enough", type_=Integer()))
            .correlate(pacts)
            .scalar_subquery()
        )
        recent = verifications.c.id >= func.coalesce(oldest_needed, 0)
    latest = () if form.every else (verifications.c.latest,)
    return *latest, counts(verifications, recent)


def _finished(form: _Form, rows: Any) -> _Query:
    """*rows*, cut to the limit: those with the last actions."""
    if not form.limited:
        return select(rows.subquery())
    found = rows.subquery()
    last_action = func.coalesce(found.c.result_created_at, found.c.pact_created_at)
    newest_first = (
        last_action.desc(),
        func.coalesce(found.c.result_id, 0).desc(),
        found.c.provider_id,
        found.c.pact_id.desc(),
    )
    return select(found).order_by(*newest_first).limit(bindparam("most", type_=Integer()))


@lru_cache(maxsize=256)  # what is ignored has no end of forms
def _first_against(
    statement: _Query | CompoundSelect[*tuple[Any, ...]],
    latest_by: LatestBy | None,
    successes: frozenset[bool | None],
    ignored: tuple[Ignored, ...],
) -> _Query:
    """Of the rows of *statement*, which are not cut, the newest that counts for such a question and is no success."""
    rows: FromClause = statement.subquery("rows_of_all")
    columns = rows.c.keys()
    if latest_by in _OWNERS:
        rows = _representatives(rows, _OWNERS[latest_by])
    failures = [rows.c.success.is_(each) for each in (False, None) if each in successes]
    left_out = [_is(rows.c[side], rows.c[f"{side}_version"], each) for each in ignored for side in _SIDES]
    query = select(*(rows.c[each] for each in columns)).where(or_(false(), *failures), not_(or_(false(), *left_out)))
    return query.order_by(rows.c.pact_id.desc(), rows.c.result_id.desc()).limit(1)


def _is(name: ColumnElement[str], number: ColumnElement[str], ignored: Ignored) -> _Condition:
    named = name == ignored.pacticipant
    return named if ignored.version is None else and_(named, func.coalesce(number == ignored.version, false()))


def _representatives(rows: FromClause, owners: tuple[str, ...]) -> Subquery:
    """The row of each group, as `contracts.model.matrix.group` finds it; *owners* are what a group has in common."""
    group = [rows.c[each] for each in owners]
    result = func.coalesce(rows.c.result_id, 0)
    last_first = (
        func.coalesce(rows.c.result_created_at, rows.c.pact_created_at).desc(),
        result.desc(),
        rows.c.pact_id.desc(),
    )
    greatest_first = (
        func.coalesce(rows.c.provider_version_id, 0).desc(),
        rows.c.consumer_version_id.desc(),
        result.desc(),
    )
    placed = select(
        rows,
        func.row_number().over(partition_by=group, order_by=last_first).label("recency"),
        func.first_value(rows.c.result_id).over(partition_by=group, order_by=last_first).label("last_result_id"),
        func.row_number().over(partition_by=group, order_by=greatest_first).label("greatness"),
    ).subquery()
    unverified = placed.c.last_result_id.is_(None)
    return (
        select(placed)
        .where(or_(and_(unverified, placed.c.recency == 1), and_(not_(unverified), placed.c.greatness == 1)))
        .subquery()
    )


def _row(found: _Found) -> Row:
    # in the order of `_with_results`: by its name each would be looked up anew, which takes twice as long as the rest
    (
        consumer_id,
        consumer,
        consumer_version_id,
        consumer_version,
        provider_id,
        provider,
        pact_id,
        revision_number,
        sha,
        pact_created_at,
        *result,
    ) = found
    return Row(
        consumer_id=consumer_id,
        consumer_version=VersionRef(id=consumer_version_id, pacticipant=consumer, number=consumer_version),
        provider_id=provider_id,
        provider=provider,
        pact_id=pact_id,
        revision_number=revision_number,
        sha=sha,
        pact_created_at=pact_created_at,
        result=_result(provider, *result),
    )


def _result(
    provider: str,
    result_id: int | None,
    success: bool,
    executed_at: datetime,
    created_at: datetime,
    provider_version_id: int,
    provider_version: str,
) -> Result | None:
    if result_id is None:
        return None
    return Result(
        id=result_id,
        provider_version=VersionRef(id=provider_version_id, pacticipant=provider, number=provider_version),
        success=success,
        verified_at=executed_at,
        created_at=created_at,
    )
