"""The causes of a verdict, from the broker's own store; nothing is changed.

`contracts.model.causes` finds the causes; the client reads the same facts from any broker. At most six statements,
however many rows there are, and two for each version that does not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.broker import urls
from contracts.broker.actions.decide import Answer
from contracts.broker.actions.resolution import UnknownNames
from contracts.broker.store import branches, environments, explanations, pacticipants
from contracts.broker.store.database import Connection
from contracts.broker.store.explanations import ContentJob, OtherResult, PactFacts
from contracts.broker.urls import Links
from contracts.model.cause_classes import Cause
from contracts.model.cause_facts import Facts, Subject, Target, by_pact
from contracts.model.causes import explain
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.matrix import MatrixQuestion, Resolved, Selector
from contracts.model.matrix_documents import (
    JobFacts,
    Response,
    ResponseRow,
    ResultDetails,
    Side,
    Trigger,
    failed_interactions,
)
from contracts.model.matrix_rows import Result, Row
from contracts.model.metadata import Metadata, encode


MOST_ROWS = 30
"""The rows without a success that are explained."""
_MOST_NAMESAKES = 100
_MOST_TEST_RESULTS = 10  # they can be large


def explain_answer(
    connection: Connection, question: MatrixQuestion, answer: Answer, links: Links, now: datetime
) -> list[Cause]:
    """Return the causes of the *answer* to *question*; they explain the first `MOST_ROWS` rows without a success."""
    facts = replace(_facts(question, now), subjects=_subjects(connection, question, answer))
    if any(each.exists is False for each in facts.subjects):
        return explain(replace(facts, response=_response(answer, ())))
    reader = _Reader(connection=connection, links=links, rows=_unexplained(answer), resolved=answer.resolved)
    return explain(reader.read(facts, answer))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the facts about *rows*, and about the versions that the question is about."""

    connection: Connection
    links: Links
    rows: Sequence[Row]
    resolved: Sequence[Resolved]

    def read(self, facts: Facts, answer: Answer) -> Facts:
        """Return *facts* with those about the rows of *answer*."""
        publications = {row.pact_id: row for row in self.rows}
        ignored = [replace(self._row(row), ignored=True) for row in answer.ignored_rows[:MOST_ROWS]]
        if not publications:
            # any row says that something was published
            return replace(facts, response=_response(answer, [*map(self._row, answer.rows[:1]), *ignored]))
        pacts = explanations.pacts(self.connection, publications)
        contents = {each.content_id for each in pacts.values()}
        others = [row for row in answer.rows if row.pact_id in publications and row not in self.rows]
        return replace(
            facts,
            response=_response(answer, [*map(self._row, self.rows), *map(self._row, others), *ignored]),
            in_target=self._in_target(),
            rows_of_pacts=by_pact(self._other_rows(pacts, contents)),
            results=self._results(),
            triggers=self._triggers(),
            jobs=by_pact(self._jobs(pacts, contents)),
            empty_pacts=frozenset(
                self._pact_url(row) for row in self.rows if row.pact_id in pacts and pacts[row.pact_id].is_empty
            ),
        )

    def _row(self, row: Row) -> ResponseRow:
        provider_version = row.provider_version
        return ResponseRow(
            consumer=Side(name=row.consumer, number=row.consumer_version.number),
            provider=Side(name=row.provider, number=None if provider_version is None else provider_version.number),
            success=row.success,
            verified_at=None if row.result is None else row.result.verified_at,
            result_url=None if row.result is None else self._result_url(row, row.result),
            pact_url=self._pact_url(row),
        )

    def _pact_url(self, row: Row) -> str:
        number = row.consumer_version.number
        return self.links.to(urls.PACT, provider=row.provider, consumer=row.consumer, version=number)

    def _result_url(self, row: Row, result: Result) -> str:
        return self.links.to(
            urls.RESULT_METADATA,
            provider=row.provider,
            consumer=row.consumer,
            sha=row.sha,
            metadata=encode(Metadata(consumer_version_number=row.consumer_version.number)),
            number=str(result.id),
        )

    def _in_target(self) -> dict[str, tuple[Side, ...]]:
        """The versions in the target of each provider of the rows."""
        providers = {row.provider_id for row in self.rows}
        resolved = [each for each in self.resolved if not each.specified and each.pacticipant_id in providers]
        versions = {each.version.id: each.version for each in resolved if each.version is not None}
        on_branches = branches.of_versions(self.connection, versions) if versions else {}
        in_target: dict[str, tuple[Side, ...]] = {each.pacticipant: () for each in resolved}
        for version in versions.values():
            names = tuple(each.name for each in on_branches.get(version.id, ()))
            side = Side(name=version.pacticipant, number=version.number, branches=names)
            in_target[version.pacticipant] = (*in_target[version.pacticipant], side)
        return in_target

    def _other_rows(self, pacts: Mapping[int, PactFacts], contents: Collection[int]) -> list[ResponseRow]:
        """The newest results of the pacts, of any provider version."""
        of_content: dict[int, list[OtherResult]] = {}
        for result in explanations.other_results(self.connection, contents):
            of_content.setdefault(result.content_id, []).append(result)
        return [
            ResponseRow(
                consumer=Side(name=row.consumer, number=row.consumer_version.number),
                provider=Side(name=row.provider, number=result.number, branches=result.branches),
                success=result.success,
                verified_at=result.verified_at,
            )
            for row in self._one_of_each(pacts)
            for result in of_content.get(pacts[row.pact_id].content_id, ())
        ]

    def _results(self) -> dict[str, ResultDetails]:
        """What failed, of the first failures."""
        failed = [(row, row.result) for row in self.rows if row.result is not None and not row.result.success]
        failed = failed[:_MOST_TEST_RESULTS]
        if not failed:
            return {}
        details = explanations.failed_results(self.connection, [result.id for _, result in failed])
        return {
            self._result_url(row, result): ResultDetails(
                build_url=details[result.id].build_url,
                failed=failed_interactions(details[result.id].test_results),
            )
            for row, result in failed
            if result.id in details
        }

    def _triggers(self) -> dict[str, Sequence[Trigger]]:
        """The webhooks of each pact, by its URL."""
        triggers: dict[int, list[Trigger]] = {row.pact_id: [] for row in self.rows}
        for each in explanations.deliveries(self.connection, triggers):
            logs = self.links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=each.uuid)
            trigger = Trigger(event=each.event, status=each.status, triggered_at=each.triggered_at, logs_url=logs)
            triggers[each.publication_id].append(trigger)
        return {self._pact_url(row): triggers[row.pact_id] for row in self._one_of_each(triggers)}

    def _jobs(self, pacts: Mapping[int, PactFacts], contents: Collection[int]) -> list[JobFacts]:
        of_content: dict[int, list[ContentJob]] = {}
        for job in explanations.jobs(self.connection, contents):
            of_content.setdefault(job.content_id, []).append(job)
        return [
            self._job(row, job)
            for row in self._one_of_each(pacts)
            for job in of_content.get(pacts[row.pact_id].content_id, ())
        ]

    def _job(self, row: Row, job: ContentJob) -> JobFacts:
        logs = None
        if job.delivery_uuid is not None:
            logs = self.links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=job.delivery_uuid)
        return JobFacts(
            consumer=Side(name=row.consumer, number=row.consumer_version.number),
            provider=Side(name=row.provider, number=job.number),
            state=job.state,
            attempts=job.attempts,
            result_expected=job.result_expected,
            deadline=job.deadline,
            requested_at=job.requested_at,
            started_at=job.started_at,
            build_url=job.build_url,
            job_url=self.links.to(urls.VERIFICATION_JOB, uuid=job.uuid),
            logs_url=logs,
        )

    def _one_of_each(self, pact_ids: Collection[int]) -> Collection[Row]:
        return {row.pact_id: row for row in self.rows if row.pact_id in pact_ids}.values()
