"""Why the matrix says yes, no or "not known": one class for each reason, in the words a person reads.

Source: Pact Broker protocol, reasons and notices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, assert_never

from contracts.model.matrix import (
    Criterion,
    Ignored,
    InEnvironment,
    Integration,
    Numbered,
    OnBranch,
    OnMainBranch,
    Resolved,
    Row,
    Tagged,
    Wanted,
)
from contracts.model.notices import Kind, Notice
from contracts.model.versions import VersionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredDoesNotExist:
    """What is to be ignored is not there: a slip in a name would otherwise go unseen."""

    type: ClassVar[Kind] = "warning"
    ignored: Ignored

    def __str__(self) -> str:
        version = "" if self.ignored.version is None else f", version {self.ignored.version}"
        return f"WARN: {self.ignored.pacticipant}{version} is to be ignored, but is not known here: check the spelling"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEnvironmentSpecified:
    """The question is about one version, but not where it is to go."""

    type: ClassVar[Kind] = "warning"

    def __str__(self) -> str:
        return (
            "WARN: the question names no environment to deploy to, so every version of the other applications counts, "
            "also those that run nowhere: name one to get an answer to rely on"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorWithoutVersionNumber:
    """The version asked about is named by tag, branch or the like, and may be another one the next moment."""

    type: ClassVar[Kind] = "warning"

    def __str__(self) -> str:
        return (
            "WARN: no version number is given, and what a branch, a tag or an environment stands for can change "
            "between this answer and the deployment: give the number of the version that is to be deployed"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotVerifiedByEveryVersion:
    """A provider version has no result, and another one that is in the same place has."""

    type: ClassVar[Kind] = "warning"
    consumer: str
    provider: str

    def __str__(self) -> str:
        return (
            f"WARN: {self.provider} has no result for the contract of {self.consumer}, which another version there has "
            "verified: only that one is known to keep it"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecifiedVersionDoesNotExist:
    """No version is what a selector asked for."""

    type: ClassVar[Kind] = "error"
    selector: Resolved

    def __str__(self) -> str:
        name, wanted = self.selector.pacticipant, self.selector.wanted
        if _just_numbered(wanted):
            return f"Nothing is known of version {wanted.number} of {name}: publish its contracts or results first"
        return f"There is no version of {name}{_qualified(wanted)}: publish one, or check the selector"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredResultMissing:
    """An application needs a provider of which no row says anything."""

    type: ClassVar[Kind] = "error"
    consumer: str
    provider: str

    def __str__(self) -> str:
        return f"Whether {self.provider} keeps its contract with {self.consumer} is not known: no result was found"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationFailed:
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
class Successful:
    """Everything that counts was verified, with success."""

    type: ClassVar[Kind] = "success"

    def __str__(self) -> str:
        return "Every result that is needed is there, and every one is a success"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessfulInPart:
    """Each contract was verified with success, but not by every provider version that is there."""

    type: ClassVar[Kind] = "success"

    def __str__(self) -> str:
        return "Every contract has a result, and every result that is there is a success; some versions have given none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingMissing:
    """There is no contract to keep."""

    type: ClassVar[Kind] = "success"

    def __str__(self) -> str:
        return "No contract with another application stands in the way"


Warned = IgnoredDoesNotExist | NoEnvironmentSpecified | SelectorWithoutVersionNumber | NotVerifiedByEveryVersion
Refused = SpecifiedVersionDoesNotExist | RequiredResultMissing | VerificationFailed | NeverVerified
Granted = Successful | SuccessfulInPart | NothingMissing
Reason = Warned | Refused | Granted


def notice(reason: Reason) -> Notice:
    """*reason* as clients get it."""
    return Notice(type=reason.type, text=str(reason))


class Wording:
    """How the applications and versions of an answer are called, by the selectors that found them."""

    def __init__(self, resolved: Iterable[Resolved]) -> None:
        self._found: dict[int, Resolved] = {}
        self._selectors: dict[int, list[Resolved]] = defaultdict(list)
        for each in resolved:
            if each.version is not None:
                self._found.setdefault(each.version.id, each)
            if not each.anything:
                self._selectors[each.pacticipant_id].append(each)

    def of_integration(self, integration: Integration) -> RequiredResultMissing:
        """Why a required *integration* without a row keeps the answer from being yes."""
        return RequiredResultMissing(
            consumer=self._application(integration.consumer_id, integration.consumer),
            provider=self._application(integration.provider_id, integration.provider),
        )

    def of_row(self, row: Row) -> VerificationFailed | NeverVerified:
        """Why a *row* that is no success keeps the answer from being yes."""
        consumer = self._version(row.consumer_version)
        if row.result is None:
            awaited = row.awaited
            provider = self._version(awaited) if awaited else self._application(row.provider_id, row.provider)
            return NeverVerified(consumer=consumer, provider=provider, pact_id=row.pact_id)
        provider = self._version(row.result.provider_version)
        return VerificationFailed(consumer=consumer, provider=provider, number=row.result.id)

    def of_unseen(self, row: Row) -> NotVerifiedByEveryVersion:
        """What to know of a *row* that lacks the result of one version among several."""
        told = self.of_row(row)
        return NotVerifiedByEveryVersion(consumer=told.consumer, provider=told.provider)

    def _version(self, version: VersionRef) -> str:
        """*version*, and what the selector that found it says of it."""
        found = self._found.get(version.id)
        also = "" if found is None or found.wanted.number is not None else f" ({_why(found.wanted)})"
        return f"version {version.number} of {version.pacticipant}{also}"

    def _application(self, pacticipant_id: int, name: str) -> str:
        """Whichever versions of an application count."""
        selectors = self._selectors.get(pacticipant_id)
        if not selectors:
            return f"any version of {name}"
        versions = [each.version for each in selectors if each.version is not None]
        wanted = selectors[0].wanted
        if len(versions) > 1:
            alike = all(each.wanted == wanted for each in selectors)
            return f"the {len(versions)} versions of {name}{_qualified(wanted) if alike else ' that were asked for'}"
        if versions:
            return self._version(versions[0])
        if _just_numbered(wanted):
            return f"version {wanted.number} of {name} (which is not known)"
        return f"a version of {name}{_qualified(wanted)} (there is none)"


def _just_numbered(wanted: Wanted) -> bool:
    return len(wanted.criteria) == 1 and wanted.number is not None


def _qualified(wanted: Wanted) -> str:
    return "".join(f" {_place(each)}" for each in wanted.criteria)


def _why(wanted: Wanted) -> str:
    places = " and ".join(_place(each) for each in wanted.criteria)
    return " ".join(part for part in ("the latest" if wanted.latest else "", places) if part)


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
