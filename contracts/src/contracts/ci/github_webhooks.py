"""Webhooks that a broker sends to GitHub, and what the workflow that they start receives.

Two of them: a `repository_dispatch`, which lets the provider verify a pact that changed, and a commit status, which
shows the consumer's commits whether their pact is verified. Documents only, nothing is sent from here.

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
# What a broker's event is called in the workflow that it starts.
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
    """The `client_payload` of a dispatched verification: which pact, and for which provider version.

    `sha` and `branch` are those of the provider version that needs a result; empty with the event pact_changed, which
    names none. The rest is for people.
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
    """The payload of the `repository_dispatch` that started this workflow, from GITHUB_EVENT_PATH.

    Raises:
        UnknownBuild: if there is no event, or it cannot be read.
        UsageError: if it carries no pact_url, or something else than texts.
    """
    payload = detection.github_event(environ).get("client_payload")
    if not isinstance(payload, dict) or not payload.get("pact_url"):
        raise UsageError(
            "The event in GITHUB_EVENT_PATH carries no client_payload with a pact_url: which pact changed is unknown. "
            "Set PACT_URL to the pact, or start this with a repository_dispatch."
        )
    known = {each.name for each in fields(Payload)}
    given = {name: value for name, value in payload.items() if name in known and value is not None}
    if wrong := sorted(name for name, value in given.items() if not isinstance(value, str)):
        raise UsageError(f"In the event's client_payload these are no texts: {', '.join(wrong)}.")
    return Payload(**given)


def variables(environ: Mapping[str, str], directory: Path) -> dict[str, str]:
    """PACT_URL, GIT_COMMIT and GIT_BRANCH, as far as *environ* leaves them to the event that started this workflow.

    Raises:
        UnknownBuild: if there is an event that cannot be read.
        UsageError: if neither names a pact, or the provider version that the event names is not what is checked out in
            *directory*: its result would be one of other code.
        TreeError: if git is missing or refuses.
    """
    if environ.get("PACT_URL"):
        return {}
    if not environ.get("GITHUB_EVENT_PATH"):
        raise UsageError(
            "PACT_URL is not set: which pact changed is unknown. To verify all of them: invoke provider.test"
        )
    payload = read_payload(environ)
    if payload.sha and payload.sha != git.resolve(directory, "HEAD"):
        raise UsageError(
            f"The event asks for a result of version {payload.sha}, which is not what is checked out here: check it "
            "out first (actions/checkout with ref: github.event.client_payload.sha)."
        )
    given = {"PACT_URL": payload.pact_url, "GIT_COMMIT": payload.sha, "GIT_BRANCH": payload.branch}
    return {name: value for name, value in given.items() if value and not environ.get(name)}


def dispatch_problems(document: Any) -> list[str]:
    """What GitHub would object to in the body of a repository_dispatch; nothing, for a good one."""
    if not isinstance(document, dict):
        return ["The body is no JSON object."]
    event_type, payload = document.get("event_type"), document.get("client_payload", {})
    problems = []
    if not isinstance(event_type, str) or not event_type:
        problems.append("event_type is missing, or no text.")
    elif len(event_type) > MAX_EVENT_TYPE_CHARACTERS:
        problems.append(f"event_type has {len(event_type)} characters; {MAX_EVENT_TYPE_CHARACTERS} are allowed.")
    if not isinstance(payload, dict):
        problems.append("client_payload is no JSON object.")
    elif len(payload) > MAX_PAYLOAD_PROPERTIES:
        problems.append(f"client_payload has {len(payload)} properties; {MAX_PAYLOAD_PROPERTIES} are allowed.")
    elif len(json.dumps(payload)) > MAX_PAYLOAD_CHARACTERS:
        problems.append(f"client_payload is longer than {MAX_PAYLOAD_CHARACTERS} characters.")
    if unknown := sorted(document.keys() - {"event_type", "client_payload"}):
        problems.append(f"Not known here: {', '.join(unknown)}.")
    return problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository on GitHub, or on a GitHub server: owner/name, and where its API is.

    Raises:
        UsageError: if *name* is not of the form owner/name.
    """

    name: str
    api_url: str = PUBLIC_API

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", self.name, re.ASCII):
            raise UsageError(f"GITHUB_REPOSITORY is {self.name!r}, but must be owner/name, such as acme/shop.")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Repository:
        """The repository that GITHUB_REPOSITORY names, on the server whose API is GITHUB_API_URL.

        Raises:
            UsageError: if GITHUB_REPOSITORY is not set, or not owner/name.
        """
        name = environ.get("GITHUB_REPOSITORY")
        if not name:
            raise UsageError(
                "GITHUB_REPOSITORY is not set: which repository a webhook is for is unknown. Set it to owner/name."
            )
        return cls(name=name, api_url=(environ.get("GITHUB_API_URL") or PUBLIC_API).rstrip("/"))

    def uuid(self, purpose: str, pacticipant: str) -> str:
        """The uuid of a webhook: always the same for the same purpose, so that it is updated, never doubled."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://github.com/{self.name}#{purpose}/{pacticipant}"))


def verification_webhook(
    repository: Repository,
    *,
    provider: str,
    authorization: str,
    event: str = "contract_requiring_verification_published",
) -> Webhook:
    """Let *provider*'s repository verify a pact, whoever its consumer is, when *event* happens to it.

    *authorization* is the value of the header, see `authorization`.

    Raises:
        UsageError: if *event* is none that asks for a verification.
    """
    if event not in DISPATCH_TYPES:
        raise UsageError(f"{event!r} does not ask for a verification; choose {' or '.join(DISPATCH_TYPES)}.")
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


def commit_status_webhook(repository: Repository, *, consumer: str, authorization: str) -> Webhook:
    """Show *consumer*'s commits on GitHub whether their pacts are verified, one status for each provider.

    The context, by which GitHub tells statuses apart, names no branch of the provider: publishing knows none, and what
    it leaves pending would never be resolved.
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
    """The value of a webhook's authorization header: a *secret* of the broker by name, else the *token* itself.

    Raises:
        UsageError: if there is neither.
    """
    if secret is not None:
        return f"Bearer ${{user.{secret}}}"
    if not token:
        raise UsageError(
            "GITHUB_TOKEN is not set, and this broker has no secrets that could hold it. Set it to a token that may "
            "start the repository's workflows (contents: write), or set its commit statuses (statuses: write)."
        )
    return f"Bearer {token}"


def _headers(authorization: str) -> dict[str, str]:
    return {
        "accept": "application/vnd.github+json",
        "authorization": authorization,
        "content-type": "application/json",
        "x-github-api-version": API_VERSION,
    }
