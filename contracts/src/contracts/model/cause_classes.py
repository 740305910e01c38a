"""The classes of causes, which are stable identifiers, and what a cause consists of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


Evidence = Mapping[str, str | list[str]]


class CauseClass(StrEnum):
    """What kind of cause it is; docs/causes.md has a section for each."""

    UNKNOWN_ENVIRONMENT = "unknown-environment"
    UNKNOWN_APPLICATION = "unknown-application"
    UNKNOWN_BRANCH = "unknown-branch"
    NEVER_PUBLISHED = "never-published"
    OTHER_NAME = "published-under-another-name"
    OTHER_VERSION = "published-under-another-version"
    NOTHING_PUBLISHED = "nothing-published"
    NOTHING_DEPLOYED = "nothing-deployed"
    NOTHING_ON_MAIN = "nothing-on-main-branch"
    EMPTY_PACT = "empty-pact"
    FAILED = "verification-failed"
    FAILED_WHILE_PENDING = "failed-while-pending"
    OWN_RESULT_MISSING = "own-result-missing"
    VERIFIED_ON_OTHER_BRANCH = "verified-on-another-branch"
    VERIFIED_BY_OTHER_VERSION = "verified-by-another-version"
    NOT_REQUESTED = "verification-not-requested"
    REQUESTED_FOR_OTHER_VERSION = "requested-for-another-version"
    REQUEST_FAILED = "verification-request-failed"
    IN_PROGRESS = "verification-in-progress"
    LATE = "verification-late"
    LOST = "verification-lost"
    DEAD = "verification-dead"
    NOT_ATTESTED = "result-not-attested"
    RESULT_MISSING = "result-missing"
    IGNORED = "ignored"
    LIMIT = "limit"
    UNEXPLAINED = "unexplained"
    VERIFIED = "verified"
    PENDING = "pending"
    WORK_IN_PROGRESS = "work-in-progress"
    WEBHOOK_DISABLED = "webhook-disabled"
    WEBHOOK_NOT_TRIGGERED = "webhook-not-triggered"
    WEBHOOK_UNUSED = "webhook-without-event"
    WEBHOOK_SENDING = "webhook-sending"
    WEBHOOK_FAILED = "webhook-failed"
    WEBHOOK_SENT = "webhook-sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What an item of the evidence names: the *version* or the *branch* of an application, or the document at *url*."""

    pacticipant: str = ""
    version: str = ""
    branch: str = ""
    url: str = ""


def versions(pacticipant: str, numbers: Iterable[str]) -> dict[str, Mention]:
    """Return the mention of each version of an application."""
    return {each: Mention(pacticipant=pacticipant, version=each) for each in numbers}


def branches(pacticipant: str, names: Iterable[str]) -> dict[str, Mention]:
    """Return the mention of each branch of an application."""
    return {each: Mention(pacticipant=pacticipant, branch=each) for each in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause: a sentence with its *evidence*, and the *command* that comes next.

    The *mentions* are for pages: what items of the evidence name, by item.
    """

    kind: CauseClass
    text: str
    command: str
    evidence: Evidence = field(default_factory=dict)
    mentions: Mapping[str, Mention] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The cause as JSON."""
        return {
            "class": self.kind.value,
            "text": self.text,
            "evidence": dict(self.evidence),
            "command": self.command,
        }

    def evidence_lines(self) -> list[str]:
        """The evidence, one item on each line."""
        return [
            f"{name.replace('_', ' ')}: {item}"
            for name, value in self.evidence.items()
            for item in ([value] if isinstance(value, str) else value)
        ]
