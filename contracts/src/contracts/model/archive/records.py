"""All data of a broker, as records that refer to each other by name.

Each record has a natural key instead of a database id, so that a second import recognises it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from contracts.model.attestations import Attestation


Key = tuple[str | int, ...]
"""The identity of a record: the name of its kind, and its natural key."""


class ArchiveError(Exception):
    """An archive cannot be read or written; the message says which part, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacticipant:
    """An application; its *labels* in alphabetical order."""

    kind: ClassVar = "pacticipant"
    name: str
    display_name: str
    repository_url: str | None = None
    repository_name: str | None = None
    repository_namespace: str | None = None
    main_branch: str | None = None
    labels: tuple[str, ...] = ()
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        """Its name."""
        return self.kind, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment that versions are deployed or released to."""

    kind: ClassVar = "environment"
    uuid: str
    name: str
    display_name: str
    production: bool
    contacts: Any = None
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        """Its name."""
        return self.kind, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of an application; the version that is its head says so (see `BranchVersion`)."""

    kind: ClassVar = "branch"
    pacticipant: str
    name: str
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        """The application and its name."""
        return self.kind, self.pacticipant, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchVersion:
    """The membership of a version in a branch; *latest* if it is the head, because it was added last."""

    name: str
    latest: bool
    auto_created: bool = False
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag of a version."""

    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of an application, with its branches and tags, each in the order in which they were added."""

    kind: ClassVar = "version"
    pacticipant: str
    number: str
    build_url: str | None = None
    branches: tuple[BranchVersion, ...] = ()
    tags: tuple[Tag, ...] = ()
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        """The application and its number."""
        return self.kind, self.pacticipant, self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of a pair's pacts: *text* is the exact stored document; *sha* is its identity at the source."""

    kind: ClassVar = "content"
    consumer: str
    provider: str
    sha: str
    text: str
    created_at: datetime

    @property
    def key(self) -> Key:
        """The pair and the identity."""
        return self.kind, self.consumer, self.provider, self.sha


@dataclass(frozen=True, slots=True, kw_only=True)
class Pact:
    """A pact of a consumer version; *latest* if it is the last *revision*."""

    kind: ClassVar = "pact"
    consumer: str
    version: str
    provider: str
    revision: int = 1
    latest: bool = True
    sha: str
    created_at: datetime

    @property
    def key(self) -> Key:
        """The pair, the consumer's version and the revision."""
        return self.kind, self.consumer, self.version, self.provider, self.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a provider version for a content; *number* is the order of all results of a broker.

    *latest* marks the last result of the content and provider version; no result has the mark if that one was deleted.
    *first_with_tags* are the tags with which this was the content's first success; None if the source does not have
    this information, so that the import uses the dates of the tags. *attestation* is the build that published it.
    """

    kind: ClassVar = "result"
    number: int
    consumer: str
    provider: str
    sha: str
    provider_version: str
    success: bool
    latest: bool
    wip: bool = False
    pending: bool | None = None
    build_url: str | None = None
    executed_at: datetime
    created_at: datetime
    verified_by: Any = None
    selectors: Any = None
    test_results: Any = None
    first_with_tags: tuple[str, ...] | None = None
    attestation: Attestation | None = None

    @property
    def key(self) -> Key:
        """Its number."""
        return self.kind, self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployment of a version to an environment, until *undeployed_at*; the application instance is optional."""

    kind: ClassVar = "deployment"
    uuid: str
    pacticipant: str
    version: str
    environment: str
    application_instance: str | None = None
    auto_created: bool = False
    undeployed_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        """Its uuid."""
        return self.kind, self.uuid


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release of a version to an environment, supported until *support_ended_at*."""

    kind: ClassVar = "release"
    uuid: str
    pacticipant: str
    version: str
    environment: str
    support_ended_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        """Its uuid."""
        return self.kind, self.uuid


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A consumer and a provider with a contract, now or in the past; a date of None is taken from their pacts."""

    kind: ClassVar = "integration"
    consumer: str
    provider: str
    created_at: datetime | None = None
    contract_data_updated_at: datetime | None = None

    @property
    def key(self) -> Key:
        """The pair."""
        return self.kind, self.consumer, self.provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A request that is sent at *events* of the applications with these names or labels."""

    kind: ClassVar = "webhook"
    uuid: str
    description: str | None = None
    enabled: bool
    consumer: str | None = None
    consumer_label: str | None = None
    provider: str | None = None
    provider_label: str | None = None
    events: tuple[str, ...]
    method: str
    url: str
    headers: Any = None
    body: Any = None
    username: str | None = None
    password: str | None = None
    consumers: tuple[str, ...] | None = None
    branches: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    signing_secret: str | None = field(default=None, compare=False)  # a copy may have replaced it
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        """Its uuid."""
        return self.kind, self.uuid


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Data that could not be read; *inherent* if no broker ever returns it."""

    kind: ClassVar = "gap"
    what: str
    reason: str
    inherent: bool = False

    @property
    def key(self) -> Key:
        """The name of the missing data."""
        return self.kind, self.what


DataRecord = (
    Pacticipant
    | Environment
    | Branch
    | Version
    | Content
    | Pact
    | Result
    | Deployment
    | Release
    | Integration
    | Webhook
)
Record = DataRecord | Gap


def name(record: Record) -> str:
    """Return a name of *record* for people: version Till 1."""
    return " ".join(map(str, record.key))


def named(record: Record) -> list[Key]:
    """Return the keys of the records that *record* refers to; they must be imported first."""
    match record:
        case Content() | Integration() | Webhook():
            others = record.consumers or () if isinstance(record, Webhook) else ()
            parties = (record.consumer, record.provider, *others)
            return [("pacticipant", each) for each in parties if each is not None]
        case Version():
            return [("branch", record.pacticipant, each.name) for each in record.branches]
        case Pact():
            content = ("content", record.consumer, record.provider, record.sha)
            return [("version", record.consumer, record.version), content]
        case Result():
            content = ("content", record.consumer, record.provider, record.sha)
            return [("version", record.provider, record.provider_version), content]
        case Deployment() | Release():
            return [("version", record.pacticipant, record.version), ("environment", record.environment)]
        case _:
            return []
