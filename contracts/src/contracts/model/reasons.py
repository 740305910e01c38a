"""The reasons of a verdict, one class for each, with the text that people read.

Source: Pact Broker protocol, reasons and notices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, assert_never

from contracts.model.criteria import Criterion, InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.matrix import Ignored, Integration, Resolved, VersionFilter
from contracts.model.matrix_rows import Row
from contracts.model.notices import Kind, Notice
from contracts.model.versions import VersionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredDoesNotExist:
    """An ignore selector matches nothing, perhaps because of a typing mistake."""

    type: ClassVar[Kind] = "warning"
    ignored: Ignored

    def __str__(self) -> str:
        version = "" if self.ignored.version is None else f", version {self.ignored.version}"
        return f"WARN: {self.ignored.pacticipant}{version} does not exist, so it cannot be ignored. Check the spelling"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEnvironmentSpecified:
    """The question is about one version, and names no environment to deploy it to."""

    type: ClassVar[Kind] = "warning"

    def __str__(self) -> str:
        return (
            "WARN: The query names no environment, so every version of the other applications counts, even those that "
            "are deployed nowhere. Add the environment that you deploy to"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorWithoutVersionNumber:
    """No selector has a version number, so the selected version can change at any time."""

    type: ClassVar[Kind] = "warning"

    def __str__(self) -> str:
        return (
            "WARN: The query has no version number. The version on a branch, with a tag or in an environment can "
            "change before you deploy. Add the number of the version that you deploy"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotVerifiedByEveryVersion:
    """A provider version has no result, but another version in the same environment has one."""

    type: ClassVar[Kind] = "warning"
    consumer: str
    provider: str

    def __str__(self) -> str:
        return (
            f"WARN: {self.provider} has no result for the contract of {self.consumer}. "
            "Only another version in the same environment has one"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecifiedVersionDoesNotExist:
    """No version matches a selector."""

    type: ClassVar[Kind] = "error"
    selector: Resolved

    def __str__(self) -> str:
        name, version_filter = self.selector.pacticipant, self.selector.version_filter
        if _just_numbered(version_filter):
            return f"Version {version_filter.number} of {name} does not exist. Publish its contracts or results first"
        return f"No version of {name}{_qualified(version_filter)} exists. Publish one, or check the selector"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredResultMissing:
    """A required pair of applications has no row."""

    type: ClassVar[Kind] = "error"
    consumer: str
    provider: str

    def __str__(self) -> str:
        return f"It is unknown whether {self.provider} keeps its contract with {self.consumer}: no result exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedVerification:
    """A provider version broke the contract."""

    type: ClassVar[Kind] = "error"
    consumer: str
    provider: str
    number: int

    def __str__(self) -> str:
        return f"Result {self.number} is a failure: {self.provider} breaks the contract with {self.consumer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverVerified:
    """A pact has no result from any of the provider's versions that count."""

    type: ClassVar[Kind] = "error"
    consumer: str
    provider: str
    pact_id: int

    def __str__(self) -> str:
        return f"The contract of {self.consumer} has no result yet from {self.provider}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAttested:
    """A success that no trusted build of the provider published, for an environment that requires that."""

    type: ClassVar[Kind] = "error"
    consumer: str
    provider: str
    number: int

    def __str__(self) -> str:
        return (
            f"Result {self.number} does not count: no trusted build of {self.provider} published it for the contract "
            f"of {self.consumer}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Successful:
    """Every row that counts is a success."""

    type: ClassVar[Kind] = "success"

    def __str__(self) -> str:
        return "Every required verification result exists and is a success"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessfulInPart:
    """Each contract has a successful result, but not from every provider version in the environment."""

    type: ClassVar[Kind] = "success"

    def __str__(self) -> str:
        return "Every contract has a successful result; some provider versions in the environment have none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingMissing:
    """No contract counts."""

    type: ClassVar[Kind] = "success"

    def __str__(self) -> str:
        return "Nothing to check: no contract involves these versions"


Warned = IgnoredDoesNotExist | NoEnvironmentSpecified | SelectorWithoutVersionNumber | NotVerifiedByEveryVersion
Refused = SpecifiedVersionDoesNotExist | RequiredResultMissing | FailedVerification | NeverVerified | NotAttested
Granted = Successful | SuccessfulInPart | NothingMissing
Reason = Warned | Refused | Granted


def notice(reason: Reason) -> Notice:
    """The notice for clients of a *reason*."""
    return Notice(type=reason.type, text=str(reason))


class Wording:
    """The names of applications and versions in texts, with the selectors that selected them."""

    def __init__(self, resolved: Iterable[Resolved]) -> None:
        self._by_version: dict[int, Resolved] = {}
        self._selectors: dict[int, list[Resolved]] = defaultdict(list)
        for each in resolved:
            if each.version is not None:
                self._by_version.setdefault(each.version.id, each)
            if not each.anything:
                self._selectors[each.pacticipant_id].append(each)

    def of_integration(self, integration: Integration) -> RequiredResultMissing:
        """Why a required *integration* without a row makes the verdict not a yes."""
        return RequiredResultMissing(
            consumer=self._application(integration.consumer_id, integration.consumer),
            provider=self._application(integration.provider_id, integration.provider),
        )

    def of_row(self, row: Row) -> FailedVerification | NeverVerified | NotAttested:
        """Why a *row* without a success makes the verdict not a yes."""
        consumer = self._version(row.consumer_version)
        if row.result is None:
            awaited = row.awaited
            provider = self._version(awaited) if awaited else self._application(row.provider_id, row.provider)
            return NeverVerified(consumer=consumer, provider=provider, pact_id=row.pact_id)
        provider = self._version(row.result.provider_version)
        if not row.result.counts:
            return NotAttested(consumer=consumer, provider=provider, number=row.result.id)
        return FailedVerification(consumer=consumer, provider=provider, number=row.result.id)

    def of_unseen(self, row: Row) -> NotVerifiedByEveryVersion:
        """The warning for a *row* without the result of one version among several."""
        reason = self.of_row(row)
        return NotVerifiedByEveryVersion(consumer=reason.consumer, provider=reason.provider)

    def _version(self, version: VersionRef) -> str:
        """*version*, with the criteria of its selector in brackets."""
        resolved = self._by_version.get(version.id)
        also = (
            ""
            if resolved is None or resolved.version_filter.number is not None
            else f" ({_why(resolved.version_filter)})"
        )
        return f"version {version.number} of {version.pacticipant}{also}"

    def _application(self, pacticipant_id: int, name: str) -> str:
        """The versions of an application that count."""
        selectors = self._selectors.get(pacticipant_id)
        if not selectors:
            return f"any version of {name}"
        versions = [each.version for each in selectors if each.version is not None]
        criteria = selectors[0].version_filter
        if len(versions) > 1:
            alike = all(each.version_filter == criteria for each in selectors)
            return f"the {len(versions)} versions of {name}{_qualified(criteria) if alike else ' in the query'}"
        if versions:
            return self._version(versions[0])
        if _just_numbered(criteria):
            return f"version {criteria.number} of {name} (which does not exist)"
        return f"a version of {name}{_qualified(criteria)} (none exists)"


def _just_numbered(version_filter: VersionFilter) -> bool:
    return len(version_filter.criteria) == 1 and version_filter.number is not None


def _qualified(version_filter: VersionFilter) -> str:
    return "".join(f" {_place(each)}" for each in version_filter.criteria)


def _why(version_filter: VersionFilter) -> str:
    places = " and ".join(_place(each) for each in version_filter.criteria)
    return " ".join(part for part in ("the latest" if version_filter.latest else "", places) if part)


def _place(criterion: Criterion) -> str:
    match criterion:
        case Numbered(number=number):
            return f"with the number {number}"
        case Tagged(tag=tag):
            return f"with the tag {tag}"
        case OnBranch(branch=branch):
            return f"on the branch {branch}"
        case OnMainBranch():
            return "on the main branch"
        case InEnvironment(environment=environment):
            return f"now in {environment}"
        case _:
            assert_never(criterion)
