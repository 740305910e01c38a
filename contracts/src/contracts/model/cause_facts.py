"""Facts about a question, and the classes of causes that `contracts.model.causes` finds in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from contracts.model import next_commands
from contracts.model.matrix_documents import Response, ResponseRow, ResultDetails, Side, Trigger


MAX_LISTED = 5
"""The number of versions, branches or interactions that the evidence of a cause lists."""

Evidence = Mapping[str, str | list[str]]


class CauseClass(StrEnum):
    """What kind of cause it is."""

    UNKNOWN_ENVIRONMENT = "unknown-environment"
    UNKNOWN_APPLICATION = "unknown-application"
    NEVER_PUBLISHED = "never-published"
    OTHER_NAME = "published-under-another-name"
    OTHER_VERSION = "published-under-another-version"
    NOTHING_PUBLISHED = "nothing-published"
    NOTHING_DEPLOYED = "nothing-deployed"
    EMPTY_PACT = "empty-pact"
    FAILED = "verification-failed"
    FAILED_WHILE_PENDING = "failed-while-pending"
    OWN_RESULT_MISSING = "own-result-missing"
    VERIFIED_ON_OTHER_BRANCH = "verified-on-another-branch"
    VERIFIED_BY_OTHER_VERSION = "verified-by-another-version"
    NOT_REQUESTED = "verification-not-requested"
    REQUEST_FAILED = "verification-request-failed"
    IN_PROGRESS = "verification-in-progress"
    LATE = "verification-late"
    RESULT_MISSING = "result-missing"
    IGNORED = "ignored"
    LIMIT = "limit"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause: a sentence with its *evidence*, and the *command* that comes next."""

    kind: CauseClass
    text: str
    command: str
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A question, its response, and everything else that a broker says about it.

    *response* is None if the broker refuses the question; *version_exists*, *applications* and *environments* are None
    if the broker does not say. *other_numbers* are the newest versions of the application, *other_owners* the
    applications that have a version with the same number. *in_environment* has the versions of a provider that are in
    the environment, unless the broker does not say. *rows_of_pacts* are the results of all versions for the pacts of
    the response, at most *limit* for each pact. *results* and *triggers* have the details of results and the webhooks
    of pacts, by URL. *empty_pacts* are the URLs of pacts without interactions.
    """

    pacticipant: str
    version: str
    environment: str
    now: datetime
    response: Response | None = None
    version_exists: bool | None = None
    applications: Sequence[str] | None = None
    environments: Sequence[str] | None = None
    other_numbers: Sequence[str] = ()
    other_owners: Sequence[str] = ()
    in_environment: Mapping[str, tuple[Side, ...]] = field(default_factory=dict)
    rows_of_pacts: Sequence[ResponseRow] = ()
    limit: int | None = None
    results: Mapping[str, ResultDetails] = field(default_factory=dict)
    triggers: Mapping[str, Sequence[Trigger]] = field(default_factory=dict)
    empty_pacts: frozenset[str] = frozenset()

    def same_pact(self, row: ResponseRow) -> list[ResponseRow]:
        """The results of all versions for the pact of *row*."""
        return [each for each in self.rows_of_pacts if pact_of(each) == pact_of(row)]

    def ask_again(
        self,
        *more: str,
        pacticipant: str | None = None,
        version: str | None = None,
        environment: str | None = None,
    ) -> str:
        """The command that asks the question again, perhaps about another version or environment."""
        return next_commands.can_i_deploy(
            pacticipant or self.pacticipant, version or self.version, environment or self.environment, *more
        )


def pact_of(row: ResponseRow) -> tuple[str, str | None, str]:
    """The identity of the pact of *row*: its consumer, the consumer's version, and its provider."""
    return row.consumer.name, row.consumer.number, row.provider.name


def version_of(side: Side) -> str:
    """The version of *side* in a sentence."""
    return f"version {side.number} of {side.name}" if side.number else side.name


def iso(moment: datetime | None) -> str:
    """*moment* as text; empty if it is not known."""
    return "" if moment is None else moment.isoformat()
