"""The facts that explain a verdict, read from any broker.

Each kind of fact has its own requests. If a broker does not have a kind, or refuses to show it, the facts lack it, and
`contracts.model.causes` says less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from difflib import SequenceMatcher

from contracts.ci.fact_reader import FactReader, Reading
from contracts.client import Broker, Invalid, NotFound
from contracts.client.questions import Question, VersionChoice
from contracts.model.cause_facts import Facts, Subject, Target
from contracts.model.matrix_documents import Response, read_response


_NEWEST_VERSIONS = 100
_MAX_OWNERS = 30
"""The number of applications to search for a version that was published under another name."""


def facts_of(broker: Broker, question: Question, *, now: datetime | None = None) -> Facts:
    """Ask *question*, and return the facts about it.

    Raises:
        ClientError: if the broker cannot be reached or refuses the credentials.
    """
    reading = Reading(broker=broker)
    facts = _question(question, now or datetime.now(UTC))
    try:
        document = broker.answer_document(question)
    except Invalid:
        return _with_names(reading, facts)
    return _with_response(reading, facts, read_response(document))


def facts_about(broker: Broker, question: Question, response: Response | None, *, now: datetime | None = None) -> Facts:
    """Return the facts about *question* with the *response* that the broker gave, None if it refused.

    Facts that cannot be read are missing: this makes a bounded number of requests, and raises no error of the broker.
    """
    reading = Reading(broker=broker, tolerant=True)
    facts = _question(question, now or datetime.now(UTC))
    if response is None:
        return _with_names(reading, facts)
    return _with_response(reading, facts, response)


def _question(question: Question, now: datetime) -> Facts:
    return Facts(
        subjects=tuple(map(_subject, question.versions)),
        target=Target(environment=question.environment, tag=question.tag, main_branches=question.main_branches),
        ignoring=tuple(
            option
            for each in question.ignored
            for option in ("--ignore", each.pacticipant, *(("--version", each.version) if each.version else ()))
        ),
        now=now,
    )


def _subject(choice: VersionChoice) -> Subject:
    options: list[str] = []
    if choice.tag is not None:
        options += ["--tag", choice.tag]
    elif choice.latest and choice.branch is None and not choice.main_branch:
        options += ["--latest"]
    if choice.branch is not None:
        options += ["--branch", choice.branch]
    if choice.main_branch:
        options += ["--main-branch"]
    return Subject(pacticipant=choice.pacticipant, version=choice.version, options=tuple(options), branch=choice.branch)


def _with_response(reading: Reading, facts: Facts, response: Response) -> Facts:
    facts = replace(facts, response=response, subjects=tuple(_selected(each, response) for each in facts.subjects))
    facts = replace(facts, subjects=tuple(_existing(reading, each, response) for each in facts.subjects))
    if any(each.exists is False for each in facts.subjects):
        return _with_names(reading, facts)
    return FactReader(reading=reading, facts=facts, response=response).read()


def _selected(subject: Subject, response: Response) -> Subject:
    """*subject* with the version that the rows of *response* have, if it is one."""
    numbers = {
        side.number
        for row in response.rows
        for side in (row.consumer, row.provider)
        if side.name == subject.pacticipant and side.number is not None
    }
    return replace(subject, version=numbers.pop()) if subject.version is None and len(numbers) == 1 else subject


def _existing(reading: Reading, subject: Subject, response: Response) -> Subject:
    """*subject*, with whether it exists; a version that has a row does."""
    sides = [side for row in response.rows for side in (row.consumer, row.provider)]
    if any((side.name, side.number) == (subject.pacticipant, subject.version) for side in sides):
        return replace(subject, exists=True)
    if subject.version is not None:
        return replace(subject, exists=_exists(reading, subject.pacticipant, subject.version))
    if subject.branch is not None and response.deployable is False:
        return replace(subject, branches=reading.optional(lambda: tuple(reading.broker.branches(subject.pacticipant))))
    return subject


def _exists(reading: Reading, pacticipant: str, version: str) -> bool | None:
    def exists() -> bool:
        try:
            reading.broker.version(pacticipant, version)
        except NotFound:
            return False
        return True

    return reading.optional(exists)


def _with_names(reading: Reading, facts: Facts) -> Facts:
    """*facts* with the names that exist, and the applications that have the versions."""
    broker = reading.broker
    environments = None
    if facts.response is None:
        environments = reading.optional(lambda: tuple(sorted(each.name for each in broker.environments())))
    applications = reading.optional(lambda: tuple(sorted(each.name for each in broker.pacticipants())))
    facts = replace(facts, environments=environments, applications=applications)
    environment = facts.target.environment
    if applications is None or (
        environment is not None and environments is not None and environment not in environments
    ):
        return facts
    return replace(facts, subjects=tuple(_searched(reading, each, applications) for each in facts.subjects))


def _searched(reading: Reading, subject: Subject, applications: Sequence[str]) -> Subject:
    """*subject* with what is similar to it, if it does not exist."""
    number = subject.version
    if number is None:
        return subject
    if subject.pacticipant in applications:
        subject = replace(subject, exists=_exists(reading, subject.pacticipant, number))
        if subject.exists is not False:
            return subject
        name = subject.pacticipant
        newest = reading.optional(lambda: reading.broker.newest_version_numbers(name, count=_NEWEST_VERSIONS))
        subject = replace(subject, other_numbers=newest or ())
    others = _closest_first(subject.pacticipant, applications)
    return replace(subject, other_owners=tuple(each for each in others if _exists(reading, each, number)))


def _closest_first(name: str, applications: Iterable[str]) -> Sequence[str]:
    others = [each for each in applications if each != name]
    return sorted(others, key=lambda each: -SequenceMatcher(None, name, each).ratio())[:_MAX_OWNERS]
