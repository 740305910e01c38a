"""The causes of a verdict, from the broker's own store; nothing is changed.

`contracts.model.causes` finds the causes; the client reads the same facts from any broker. At most six statements,
however many rows there are, and two for each version that does not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.broker.actions.decide import Answer
from contracts.broker.actions.resolution import UnknownNames
from contracts.broker.actions.row_facts import RowFacts
from contracts.broker.store import branches, environments, explanations, pacticipants
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.model.cause_classes import Cause
from contracts.model.cause_facts import Facts, Subject, Target
from contracts.model.causes import explain
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.matrix import MatrixQuestion, Resolved, Selector
from contracts.model.matrix_documents import (
    Response,
    ResponseRow,
    Side,
)
from contracts.model.matrix_rows import Row


RowKey = tuple[int, int | None, int | None]

MOST_ROWS = 30
"""The rows without a success that are explained."""
_MOST_NAMESAKES = 100


def explain_answer(
    connection: Connection, question: MatrixQuestion, answer: Answer, links: Links, now: datetime
) -> list[Cause]:
    """Return the causes of the *answer* to *question*; they explain the first `MOST_ROWS` rows without a success."""
    facts = replace(_facts(question, now), subjects=_subjects(connection, question, answer))
    if any(each.exists is False for each in facts.subjects):
        return explain(replace(facts, response=_response(answer, ())))
    rows = _unexplained(answer)
    reader = RowFacts(connection=connection, links=links, rows=rows)
    ignored = [replace(reader.row(row), ignored=True) for row in answer.ignored_rows[:MOST_ROWS]]
    if not rows:
        # any row says that something was published
        return explain(replace(facts, response=_response(answer, [*map(reader.row, answer.rows[:1]), *ignored])))
    publications = {row.pact_id for row in rows}
    others = [row for row in answer.rows if row.pact_id in publications and row not in rows]
    response = _response(answer, [*map(reader.row, rows), *map(reader.row, others), *ignored])
    in_target = _in_target(connection, answer.resolved, {row.provider_id for row in rows})
    return explain(reader.add_to(replace(facts, response=response, in_target=in_target)))


def explain_rows(connection: Connection, rows: Sequence[Row], links: Links, now: datetime) -> dict[RowKey, Cause]:
    """Return the causes of the first `MOST_ROWS` of *rows* without a success, without a question about a deployment."""
    shown = [row for row in rows if not row.success][:MOST_ROWS]
    if not shown:
        return {}
    reader = RowFacts(connection=connection, links=links, rows=shown)
    facts = reader.add_to(Facts(subjects=(), target=Target(), now=now))
    causes: dict[RowKey, Cause] = {}
    for row in shown:
        response = Response(deployable=None, reason="", rows=(reader.row(row),))
        subject = Subject(pacticipant=row.consumer, version=row.consumer_version.number, exists=True)
        causes[key_of(row)] = explain(replace(facts, subjects=(subject,), response=response))[0]
    return causes


def key_of(row: Row) -> RowKey:
    """The identity of a row: its pact, its result, and the provider version whose result is missing."""
    return (
        row.pact_id,
        None if row.result is None else row.result.id,
        None if row.awaited is None else row.awaited.id,
    )


def explain_unknown(
    connection: Connection, question: MatrixQuestion, unknown: UnknownNames, now: datetime
) -> list[Cause]:
    """Return why *question* cannot be answered: it names what does not exist."""
    facts = replace(_facts(question, now), applications=tuple(pacticipants.names(connection)))
    if unknown.environment is not None:
        names = tuple(each.name for each in environments.all(connection))
        return explain(replace(facts, environments=names))
    subjects = tuple(
        _with_namesakes(connection, each) if each.pacticipant in unknown.pacticipants else each
        for each in facts.subjects
    )
    return explain(replace(facts, subjects=subjects))


def _facts(question: MatrixQuestion, now: datetime) -> Facts:
    target = Target()
    for criterion in () if question.others is None else question.others.version_filter.criteria:
        match criterion:
            case InEnvironment(environment=environment):
                target = Target(environment=environment)
            case Tagged(tag=tag):
                target = Target(tag=tag)
            case OnMainBranch():
                target = Target(main_branches=True)
            case _:
                pass
    return Facts(subjects=tuple(map(_subject, question.selectors)), target=target, now=now)


def _subject(selector: Selector) -> Subject:
    subject = Subject(pacticipant=selector.pacticipant)
    for criterion in selector.version_filter.criteria:
        match criterion:
            case Numbered(number=number):
                subject = replace(subject, version=number)
            case OnBranch(branch=branch):
                options = (*subject.options, "--branch", branch or "")
                subject = replace(subject, branch=branch, options=options)
            case OnMainBranch():
                subject = replace(subject, options=(*subject.options, "--main-branch"))
            case Tagged(tag=tag):
                subject = replace(subject, options=(*subject.options, "--tag", tag or ""))
            case _:
                pass
    if selector.version_filter.latest and not selector.version_filter.criteria:
        subject = replace(subject, options=("--latest",))
    return subject


def _subjects(connection: Connection, question: MatrixQuestion, answer: Answer) -> tuple[Subject, ...]:
    """The subjects of *question* with their versions, and with what resembles those that do not exist."""
    specified = {each.pacticipant: each for each in answer.resolved if each.specified}
    subjects: list[Subject] = []
    for subject in map(_subject, question.selectors):
        resolved = specified.get(subject.pacticipant)
        if resolved is None or resolved.anything:
            subjects.append(subject)
        elif resolved.version is not None:
            subjects.append(replace(subject, version=resolved.version.number, exists=True))
        elif subject.branch is not None:
            existing = branches.search(connection, resolved.pacticipant_id, limit=_MOST_NAMESAKES)
            subjects.append(replace(subject, exists=False, branches=tuple(each.name for each in existing)))
        else:
            subjects.append(_with_namesakes(connection, replace(subject, exists=False)))
    replaced = dict(question.others.replaced if question.others is not None else ())
    absent = [each.pacticipant for each in answer.resolved if each.missing and each.pacticipant in replaced]
    without = [Subject(pacticipant=each, version=replaced[each], exists=False) for each in absent]
    return (*subjects, *(_with_namesakes(connection, each) for each in without))


def _with_namesakes(connection: Connection, subject: Subject) -> Subject:
    if subject.version is None:
        return subject
    namesakes = explanations.namesakes(connection, subject.pacticipant, subject.version, _MOST_NAMESAKES)
    return replace(subject, other_numbers=namesakes.numbers, other_owners=namesakes.owners)


def _response(answer: Answer, rows: Sequence[ResponseRow]) -> Response:
    return Response(deployable=answer.verdict.deployable, reason=answer.verdict.reason, rows=tuple(rows))


def _unexplained(answer: Answer) -> list[Row]:
    """The first failures, missing results, and pacts that only some provider versions in the target verified."""
    verified: dict[int, set[int]] = {}
    for row in answer.rows:
        if row.result is not None:
            verified.setdefault(row.pact_id, set()).add(row.result.provider_version.id)
    in_target: dict[int, set[int]] = {}
    for each in answer.resolved:
        if each.version is not None and not each.specified:
            in_target.setdefault(each.pacticipant_id, set()).add(each.version.id)
    partly: dict[int, Row] = {}
    for row in answer.rows:
        if row.success and not in_target.get(row.provider_id, set()) <= verified[row.pact_id]:
            partly.setdefault(row.pact_id, row)
    failed = [row for row in answer.rows if row.success is False]
    missing = [row for row in answer.rows if row.success is None]
    return [*failed, *missing, *partly.values()][:MOST_ROWS]


def _in_target(
    connection: Connection, resolved_versions: Sequence[Resolved], providers: Collection[int]
) -> dict[str, tuple[Side, ...]]:
    """The versions in the target of each of these providers."""
    resolved = [each for each in resolved_versions if not each.specified and each.pacticipant_id in providers]
    versions = {each.version.id: each.version for each in resolved if each.version is not None}
    on_branches = branches.of_versions(connection, versions) if versions else {}
    in_target: dict[str, tuple[Side, ...]] = {each.pacticipant: () for each in resolved}
    for version in versions.values():
        names = tuple(each.name for each in on_branches.get(version.id, ()))
        side = Side(name=version.pacticipant, number=version.number, branches=names)
        in_target[version.pacticipant] = (*in_target[version.pacticipant], side)
    return in_target
