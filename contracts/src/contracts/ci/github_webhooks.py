"""Webhooks that a broker sends to GitHub, and the payload that the started workflow receives.

A `repository_dispatch` starts the verification of a changed pact. A commit status shows on the consumer's commits
whether their pact is verified. This module only builds documents.

Sources: GitHub's REST documentation of "create a repository dispatch event" and "create a commit status"; Pact Broker
protocol, webhooks: events, template parameters.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from contracts.ci import detection, git
from contracts.client import UsageError, Webhook, WebhookRequest


PUBLIC_API = "https://api.github.com"
API_VERSION = "2022-11-28"
# The type of the GitHub event for each event of a broker.
DISPATCH_TYPES: Mapping[str, str] = {
    "contract_requiring_verification_published": "contract_requiring_verification_published",
    "contract_content_changed": "pact_changed",
}
MAX_EVENT_TYPE_CHARACTERS = 100
MAX_PAYLOAD_PROPERTIES = 10
MAX_PAYLOAD_CHARACTERS = 65_535
PROVIDER_SECRET, CONSUMER_SECRET = "githubToken", "githubCommitStatusToken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The `client_payload` of a dispatched verification: the pact, and the provider version.

    `sha` and `branch` name the provider version that needs a result; both are empty for the event pact_changed. The
    other fields are for people.
    """

    pact_url: str
    sha: str = ""
    branch: str = ""
    descriptions: str = ""
    provider: str = ""
    consumer: str = ""
    consumer_version: str = ""
    consumer_branch: str = ""
    event: str = ""

    def document(self) -> dict[str, str]:
        """The payload as JSON."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


TEMPLATE = Payload(
    pact_url="${pactbroker.pactUrl}",
    sha="${pactbroker.providerVersionNumber}",
    branch="${pactbroker.providerVersionBranch}",
    descriptions="${pactbroker.providerVersionDescriptions}",
    provider="${pactbroker.providerName}",
    consumer="${pactbroker.consumerName}",
    consumer_version="${pactbroker.consumerVersionNumber}",
    consumer_branch="${pactbroker.consumerVersionBranch}",
    event="${pactbroker.eventName}",
)


def read_payload(environ: Mapping[str, str]) -> Payload:
    """Return the payload of the `repository_dispatch` that started this workflow, from GITHUB_EVENT_PATH.

    Raises:
        UnknownBuild: if the event is missing, or cannot be read.
        UsageError: if it has no pact_url, or a field that is not a text.
    """
    payload = detection.github_event(environ).get("client_payload")
    if not isinstance(payload, dict) or not payload.get("pact_url"):
        raise UsageError(
            "The event in GITHUB_EVENT_PATH has no client_payload with a pact_url, so the changed pact is unknown. "
            "Set PACT_URL to the URL of the pact, or start this workflow with a repository_dispatch."
        )
    names = {each.name for each in fields(Payload)}
    texts = {name: value for name, value in payload.items() if name in names and value is not None}
    if wrong := sorted(name for name, value in texts.items() if not isinstance(value, str)):
        raise UsageError(f"In the event's client_payload these fields are not texts: {', '.join(wrong)}.")
    return Payload(**texts)


def variables(environ: Mapping[str, str], directory: Path) -> dict[str, str]:
    """Return PACT_URL, GIT_COMMIT and GIT_BRANCH from the event that started this workflow, unless *environ* sets them.

    Raises:
        UnknownBuild: if the event cannot be read.
        UsageError: if no pact is named, or the provider version of the event is not checked out in *directory*: its
            result would be about other code.
        TreeError: if git is missing or refuses.
    """
    if environ.get("PACT_URL"):
        return {}
    if not environ.get("GITHUB_EVENT_PATH"):
        raise UsageError(
            "PACT_URL is not set, so the changed pact is unknown. To verify all pacts, run: invoke provider.test"
        )
    payload = read_payload(environ)
    if payload.sha and payload.sha != git.resolve(directory, "HEAD"):
        raise UsageError(
            f"The event requests a result for version {payload.sha}, which is not checked out here. Check it out first "
            "(actions/checkout with ref: github.event.client_payload.sha)."
        )
    values = {"PACT_URL": payload.pact_url, "GIT_COMMIT": payload.sha, "GIT_BRANCH": payload.branch}
    return {name: value for name, value in values.items() if value and not environ.get(name)}


def dispatch_problems(document: Any) -> list[str]:
    """Return the problems of a repository_dispatch body, as GitHub would report them."""
    if not isinstance(document, dict):
        return ["The body is not a JSON object."]
    event_type, payload = document.get("event_type"), document.get("client_payload", {})
    problems = []
    if not isinstance(event_type, str) or not event_type:
        problems.append("event_type is missing, or not a text.")
    elif len(event_type) > MAX_EVENT_TYPE_CHARACTERS:
        problems.append(f"event_type has {len(event_type)} characters; {MAX_EVENT_TYPE_CHARACTERS} are allowed.")
    if not isinstance(payload, dict):
        problems.append("client_payload is not a JSON object.")
    elif len(payload) > MAX_PAYLOAD_PROPERTIES:
        problems.append(f"client_payload has {len(payload)} properties; {MAX_PAYLOAD_PROPERTIES} are allowed.")
    elif len(json.dumps(payload)) > MAX_PAYLOAD_CHARACTERS:
        problems.append(f"client_payload is longer than {MAX_PAYLOAD_CHARACTERS} characters.")
    if unknown := sorted(document.keys() - {"event_type", "client_payload"}):
        problems.append(f"Unknown properties: {', '.join(unknown)}.")
    return problems


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubRepository:
    """A repository on GitHub or a GitHub server: owner/name, and the URL of the API.

    Raises:
        UsageError: if *name* is not of the form owner/name.
    """

    name: str
    api_url: str = PUBLIC_API

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", self.name, re.ASCII):
            raise UsageError(f"GITHUB_REPOSITORY is {self.name!r}, but must be owner/name, such as acme/shop.")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> GitHubRepository:
        """Return the repository in GITHUB_REPOSITORY, on the server in GITHUB_API_URL.

        Raises:
            UsageError: if GITHUB_REPOSITORY is not set, or not owner/name.
        """
        name = environ.get("GITHUB_REPOSITORY")
        if not name:
            raise UsageError(
                "GITHUB_REPOSITORY is not set, so the webhook's repository is unknown. Set it to owner/name."
            )
        return cls(name=name, api_url=(environ.get("GITHUB_API_URL") or PUBLIC_API).rstrip("/"))

    def uuid(self, purpose: str, pacticipant: str) -> str:
        """Return the uuid of a webhook: the same for the same purpose, so it is updated and never duplicated."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://github.com/{self.name}#{purpose}/{pacticipant}"))


def verification_webhook(
    repository: GitHubRepository,
    *,
    provider: str,
    authorization: str,
    event: str = "contract_requiring_verification_published",
) -> Webhook:
    """Return the webhook that lets *provider*'s repository verify the pact of any consumer after *event*.

    *authorization* is the value of the header, see `authorization`.

    Raises:
        UsageError: if *event* does not request a verification.
    """
    if event not in DISPATCH_TYPES:
        raise UsageError(f"{event!r} does not request a verification. Use {' or '.join(DISPATCH_TYPES)}.")
    return Webhook(
        uuid=repository.uuid(f"verify/{DISPATCH_TYPES[event]}", provider),
        description=f"{repository.name}: let {provider} verify pacts on {event}",
        provider=provider,
        events=(event,),
        request=WebhookRequest(
            url=f"{repository.api_url}/repos/{repository.name}/dispatches",
            headers=_headers(authorization),
            body={"event_type": DISPATCH_TYPES[event], "client_payload": TEMPLATE.document()},
        ),
    )


def commit_status_webhook(repository: GitHubRepository, *, consumer: str, authorization: str) -> Webhook:
    """Return the webhook that shows on *consumer*'s commits whether their pacts are verified, one status per provider.

    GitHub identifies a status by its context. The context names no provider branch: none is known when the pact is
    published, so the pending status would never be resolved.
    """
    return Webhook(
        uuid=repository.uuid("commit-status", consumer),
        description=f"{repository.name}: commit status of {consumer}'s pacts",
        consumer=consumer,
        events=("contract_published", "provider_verification_published"),
        request=WebhookRequest(
            url=f"{repository.api_url}/repos/{repository.name}/statuses/${{pactbroker.consumerVersionNumber}}",
            headers=_headers(authorization),
            body={
                "state": "${pactbroker.githubVerificationStatus}",
                "description": "Verification of the pact: ${pactbroker.githubVerificationStatus}",
                "context": "pact with ${pactbroker.providerName}",
                "target_url": "${pactbroker.verificationResultUrl}",
            },
        ),
    )


def authorization(*, token: str | None, secret: str | None) -> str:
    """Return a webhook's authorization header: a reference to the broker's *secret*, else the *token* itself.

    Raises:
        UsageError: if both are missing.
    """
    if secret is not None:
        return f"Bearer ${{user.{secret}}}"
    if not token:
        raise UsageError(
            "GITHUB_TOKEN is not set, and the broker has no secret for it. Set GITHUB_TOKEN to a token that may start "
            "the repository's workflows (contents: write) or set its commit statuses (statuses: write)."
        )
    return f"Bearer {token}"


def _headers(authorization: str) -> dict[str, str]:
    return {
        "accept": "application/vnd.github+json",
        "authorization": authorization,
        "content-type": "application/json",
        "x-github-api-version": API_VERSION,
    }
