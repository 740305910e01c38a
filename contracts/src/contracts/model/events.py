"""What happened, as a webhook is told: the parameters of its templates.

Source: Pact Broker protocol, events and template parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Sequence


LATEST_FROM_MAIN_BRANCH = "latest from main branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """What is told of a version."""

    id: int
    number: str
    branch: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredVersion:
    """A provider version that somebody relies on, and that has no result for a content; *descriptions* say who."""

    version: VersionFacts
    descriptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFacts:
    """What is told of a result."""

    success: bool
    url: str
    provider_version: VersionFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The two applications, with the labels they carry."""

    consumer: str
    provider: str
    consumer_labels: Sequence[str] = ()
    provider_labels: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Everything that is told of one event."""

    parties: Parties
    consumer_version: VersionFacts
    pact_url: str
    result: ResultFacts | None = None
    required: RequiredVersion | None = None
    build_url: str | None = None
    deployed_provider_version: str = ""

    def parameters(self, event_name: str) -> dict[str, str]:
        """The template parameters, by name; what there is nothing to say of is empty."""
        provider_version = self._provider_version()
        return {
            "consumerName": self.parties.consumer,
            "consumerVersionNumber": self.consumer_version.number,
            "consumerVersionTags": ", ".join(self.consumer_version.tags),
            "consumerVersionBranch": self.consumer_version.branch,
            "consumerLabels": ", ".join(self.parties.consumer_labels),
            "providerName": self.parties.provider,
            "providerVersionNumber": provider_version.number,
            "providerVersionTags": ", ".join(provider_version.tags),
            "providerVersionBranch": provider_version.branch,
            "providerVersionDescriptions": ", ".join(self.required.descriptions) if self.required else "",
            "providerLabels": ", ".join(self.parties.provider_labels),
            "pactUrl": self.pact_url,
            "verificationResultUrl": self.result.url if self.result else "",
            **_statuses(self.result.success if self.result else None),
            "eventName": event_name,
            "buildUrl": self.build_url or "",
            "currentlyDeployedProviderVersionNumber": self.deployed_provider_version,
        }

    def _provider_version(self) -> VersionFacts:
        if self.required is not None:
            return self.required.version
        return self.result.provider_version if self.result is not None else VersionFacts(id=0, number="")


def _statuses(success: bool | None) -> dict[str, str]:  # noqa: FBT001, None is a third answer
    """The words of each forge for yes, no, and not yet."""
    words = {
        True: ("success", "SUCCESSFUL", "succeeded", "success"),
        False: ("failure", "FAILED", "failed", "failed"),
        None: ("pending", "INPROGRESS", "pending", "pending"),
    }[success]
    names = (
        "githubVerificationStatus",
        "bitbucketVerificationStatus",
        "azureDevOpsVerificationStatus",
        "gitlabVerificationStatus",
    )
    return dict(zip(names, words, strict=True))
