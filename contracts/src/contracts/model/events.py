"""Events, and the template parameters that webhooks get from them.

Source: Pact Broker protocol, events and template parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from contracts.model.webhooks import CONTRACT_CONTENT_CHANGED, CONTRACT_PUBLISHED


AGAIN_WITHIN = timedelta(minutes=1)
"""The time in which a client that lost the response sends the same request again."""

LATEST_FROM_MAIN_BRANCH = "latest from main branch"
DEPLOYED_IN = "deployed in "
RELEASED_IN = "released in "


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """The template parameters of a version."""

    number: str
    branch: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredVersion:
    """A provider version in use that has no result for a content; *descriptions* say where it is used."""

    id: int
    number: str
    descriptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestResult:
    """The result that counts for a content."""

    number: int
    success: bool
    provider_version_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The two applications, with the labels they carry."""

    consumer: str
    provider: str
    consumer_labels: Sequence[str] = ()
    provider_labels: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event, with everything that its template parameters need.

    *success* is the result at *result_url*, None without a result. The provider version is the one that has the result,
    or the one that needs a result, for the reasons in *required_because*.
    """

    parties: Parties
    consumer_version: VersionFacts
    pact_url: str
    provider_version: VersionFacts | None = None
    required_because: tuple[str, ...] = ()
    success: bool | None = None
    result_url: str = ""
    build_url: str | None = None

    def parameters(self, event_name: str) -> dict[str, str]:
        """The template parameters, by name; an unknown value is an empty text."""
        provider_version = self.provider_version or VersionFacts(number="")
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
            "providerVersionDescriptions": ", ".join(self.required_because),
            "providerLabels": ", ".join(self.parties.provider_labels),
            "pactUrl": self.pact_url,
            "verificationResultUrl": self.result_url,
            **statuses(self.success),
            "eventName": event_name,
            "buildUrl": self.build_url or "",
            # the reference broker fills it only with an optional feature, which this broker does not have
            "currentlyDeployedProviderVersionNumber": "",
        }


def identity(event_name: str, parameters: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Return the template parameters that distinguish one event from another.

    A publication remains the same event after a result arrives.
    """
    changing = _ABOUT_RESULTS if event_name in {CONTRACT_PUBLISHED, CONTRACT_CONTENT_CHANGED} else ()
    return frozenset((name, value) for name, value in parameters.items() if name not in changing)


def statuses(success: bool | None) -> dict[str, str]:
    """Return the status words of GitHub, Bitbucket, Azure DevOps and GitLab; None is pending."""
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


_ABOUT_RESULTS = frozenset(
    {
        "providerVersionNumber",
        "providerVersionTags",
        "providerVersionBranch",
        "verificationResultUrl",
        *statuses(None),
    }
)
