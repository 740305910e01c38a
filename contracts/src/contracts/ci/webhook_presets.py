"""Webhooks for CI services and chats by name: what to send, where to, and with which credentials.

Sources: the REST documentation of each service: GitLab "trigger a pipeline with a token", Jenkins
"buildWithParameters", CircleCI "trigger a new pipeline", Azure Pipelines "Runs - Run Pipeline", Bitbucket "run a
pipeline", Buildkite "create a build", Slack "incoming webhooks", Microsoft Teams "Workflows webhooks" with Adaptive
Cards. For GitHub see `contracts.ci.github_webhooks`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from contracts.ci import github_webhooks
from contracts.ci.github_webhooks import PUBLIC_API, GitHubRepository
from contracts.client import UsageError, WebhookRequest


CHANGED = "contract_requiring_verification_published"
FAILED = "provider_verification_failed"
_JSON = {"content-type": "application/json"}
_PACT_URL = "${pactbroker.pactUrl}"
_COMMIT = "${pactbroker.providerVersionNumber}"
_BRANCH = "${pactbroker.providerVersionBranch}"
_SUMMARY = (
    "${pactbroker.consumerName} (${pactbroker.consumerVersionNumber}) and ${pactbroker.providerName} "
    "(${pactbroker.providerVersionNumber}): verification ${pactbroker.githubVerificationStatus}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """The place that a webhook is for: *target* as given, the *ref* to build, the server's *api_url* if not public.

    *token* is the credential of the service, or the reference to a secret of the broker.
    """

    target: str
    token: str | None = None
    ref: str = "main"
    api_url: str | None = None
    event: str = CHANGED

    def parts(self, form: str) -> list[str]:
        """Return the parts of *target*, which must have the *form* `A/B` or `A/B/C`.

        Raises:
            UsageError: if it has another form.
        """
        parts = self.target.strip("/").split("/")
        if len(parts) != len(form.split("/")) or not all(parts):
            raise UsageError(f"{self.target!r} is not of the form {form}.")
        return parts

    def required_token(self, variable: str) -> str:
        """Return the token.

        Raises:
            UsageError: if it is missing.
        """
        if not self.token:
            raise UsageError(
                f"The webhook needs a token of the CI service. Set {variable}, use --ci-token TOKEN, or --ci-secret "
                "NAME for a secret that the broker stores."
            )
        return self.token


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A service by name: the *form* of its target, the variable of its token, the default event, its request."""

    name: str
    form: str
    help: str
    token_variable: str | None
    event: str
    request: Callable[[Receiver], WebhookRequest]

    @property
    def starts_verification(self) -> bool:
        """True for a CI service, False for a chat."""
        return self.event == CHANGED

    def uuid(self, receiver: Receiver, pacticipant: str) -> str:
        """Return the UUID of the webhook: the same for the same purpose, so a second call updates the first webhook."""
        if self.name == "github" and receiver.event in github_webhooks.DISPATCH_TYPES:
            purpose = f"verify/{github_webhooks.DISPATCH_TYPES[receiver.event]}"
            return GitHubRepository(name=receiver.target).uuid(purpose, pacticipant)
        name = f"{self.name}:{receiver.api_url or ''}{receiver.target}#{receiver.event}/{pacticipant}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def _github(receiver: Receiver) -> WebhookRequest:
    repository = GitHubRepository(name=receiver.target, api_url=receiver.api_url or PUBLIC_API)
    webhook = github_webhooks.verification_webhook(
        repository,
        provider="-",
        authorization=f"Bearer {receiver.required_token('GITHUB_TOKEN')}",
        event=receiver.event,
    )
    return webhook.request


def _gitlab(receiver: Receiver) -> WebhookRequest:
    token = receiver.required_token("GITLAB_TRIGGER_TOKEN")
    server = receiver.api_url or "https://gitlab.com/api/v4"
    return WebhookRequest(
        url=f"{server}/projects/{quote(receiver.target, safe='')}/trigger/pipeline",
        headers=_JSON,
        body={"token": token, "ref": receiver.ref, "variables": _variables()},
    )


def _jenkins(receiver: Receiver) -> WebhookRequest:
    if not receiver.target.startswith(("http://", "https://")):
        raise UsageError(
            f"{receiver.target!r} is not the URL of a Jenkins job, such as https://ci.example.com/job/shop."
        )
    # The git plugin sets GIT_COMMIT and GIT_BRANCH itself.
    query = f"PACT_URL={_PACT_URL}&PROVIDER_COMMIT={_COMMIT}&PROVIDER_BRANCH={_BRANCH}"
    user, _, password = (receiver.token or "").partition(":")
    return WebhookRequest(
        url=f"{receiver.target.rstrip('/')}/buildWithParameters?{query}",
        username=user or None,
        password=password or None,
    )


def _circleci(receiver: Receiver) -> WebhookRequest:
    owner, repository = receiver.parts("OWNER/REPOSITORY")
    parameters = {"pact-url": _PACT_URL, "git-commit": _COMMIT, "git-branch": _BRANCH}
    return WebhookRequest(
        url=f"{receiver.api_url or 'https://circleci.com/api/v2'}/project/gh/{owner}/{repository}/pipeline",
        headers={**_JSON, "circle-token": receiver.required_token("CIRCLE_TOKEN")},
        body={"branch": receiver.ref, "parameters": parameters},
    )


def _azure(receiver: Receiver) -> WebhookRequest:
    organization, project, pipeline = receiver.parts("ORGANIZATION/PROJECT/PIPELINE")
    server = receiver.api_url or "https://dev.azure.com"
    return WebhookRequest(
        url=f"{server}/{quote(organization)}/{quote(project)}/_apis/pipelines/{quote(pipeline)}/runs?api-version=7.1",
        headers=_JSON,
        username="pat",  # any name: only the token counts
        password=receiver.required_token("AZURE_DEVOPS_TOKEN"),
        body={
            "resources": {"repositories": {"self": {"refName": f"refs/heads/{receiver.ref}"}}},
            "templateParameters": {"pactUrl": _PACT_URL, "gitCommit": _COMMIT, "gitBranch": _BRANCH},
        },
    )


def _bitbucket(receiver: Receiver) -> WebhookRequest:
    workspace, repository = receiver.parts("WORKSPACE/REPOSITORY")
    return WebhookRequest(
        url=f"{receiver.api_url or 'https://api.bitbucket.org/2.0'}/repositories/{workspace}/{repository}/pipelines/",
        headers={**_JSON, "authorization": f"Bearer {receiver.required_token('BITBUCKET_TOKEN')}"},
        body={
            "target": {
                "type": "pipeline_ref_target",
                "ref_type": "branch",
                "ref_name": receiver.ref,
                "selector": {"type": "custom", "pattern": "verify-changed-pact"},
            },
            "variables": [{"key": name, "value": value} for name, value in _variables().items()],
        },
    )


def _buildkite(receiver: Receiver) -> WebhookRequest:
    organization, pipeline = receiver.parts("ORGANIZATION/PIPELINE")
    server = receiver.api_url or "https://api.buildkite.com/v2"
    return WebhookRequest(
        url=f"{server}/organizations/{quote(organization)}/pipelines/{quote(pipeline)}/builds",
        headers={**_JSON, "authorization": f"Bearer {receiver.required_token('BUILDKITE_TOKEN')}"},
        body={"commit": "HEAD", "branch": receiver.ref, "message": "Verify a changed pact", "env": _variables()},
    )


def _slack(receiver: Receiver) -> WebhookRequest:
    text = f"{_SUMMARY} (<${{pactbroker.verificationResultUrl}}|result>)"
    return WebhookRequest(url=_chat_url(receiver), headers=_JSON, body={"text": text})


def _teams(receiver: Receiver) -> WebhookRequest:
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": _SUMMARY, "wrap": True}],
        "actions": [{"type": "Action.OpenUrl", "title": "Result", "url": "${pactbroker.verificationResultUrl}"}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return WebhookRequest(url=_chat_url(receiver), headers=_JSON, body={"type": "message", "attachments": [attachment]})


def _chat_url(receiver: Receiver) -> str:
    if not receiver.target.startswith(("http://", "https://")):
        raise UsageError(
            f"{receiver.target!r} is not the URL of an incoming webhook. Copy it from the chat's settings."
        )
    return receiver.target


def _variables() -> dict[str, str]:
    return {"PACT_URL": _PACT_URL, "GIT_COMMIT": _COMMIT, "GIT_BRANCH": _BRANCH}


PRESETS: Mapping[str, Preset] = {
    each.name: each
    for each in (
        Preset(
            name="github",
            form="OWNER/REPOSITORY",
            help="Start a workflow on GitHub (repository_dispatch).",
            token_variable="GITHUB_TOKEN",  # noqa: S106 - the name of a variable
            event=CHANGED,
            request=_github,
        ),
        Preset(
            name="gitlab",
            form="GROUP/PROJECT",
            help="Start a pipeline on GitLab (pipeline trigger).",
            token_variable="GITLAB_TRIGGER_TOKEN",  # noqa: S106 - as above
            event=CHANGED,
            request=_gitlab,
        ),
        Preset(
            name="jenkins",
            form="JOB_URL",
            help="Start a build on Jenkins; see --user.",
            token_variable=None,
            event=CHANGED,
            request=_jenkins,
        ),
        Preset(
            name="circleci",
            form="OWNER/REPOSITORY",
            help="Start a pipeline on CircleCI.",
            token_variable="CIRCLE_TOKEN",  # noqa: S106 - as above
            event=CHANGED,
            request=_circleci,
        ),
        Preset(
            name="azure",
            form="ORGANIZATION/PROJECT/PIPELINE",
            help="Start a run on Azure Pipelines; PIPELINE is its number.",
            token_variable="AZURE_DEVOPS_TOKEN",  # noqa: S106 - as above
            event=CHANGED,
            request=_azure,
        ),
        Preset(
            name="bitbucket",
            form="WORKSPACE/REPOSITORY",
            help="Start the custom pipeline verify-changed-pact on Bitbucket.",
            token_variable="BITBUCKET_TOKEN",  # noqa: S106 - as above
            event=CHANGED,
            request=_bitbucket,
        ),
        Preset(
            name="buildkite",
            form="ORGANIZATION/PIPELINE",
            help="Start a build on Buildkite.",
            token_variable="BUILDKITE_TOKEN",  # noqa: S106 - as above
            event=CHANGED,
            request=_buildkite,
        ),
        Preset(
            name="slack",
            form="URL",
            help="Write to Slack when a verification fails.",
            token_variable=None,
            event=FAILED,
            request=_slack,
        ),
        Preset(
            name="teams",
            form="URL",
            help="Write to Microsoft Teams when a verification fails.",
            token_variable=None,
            event=FAILED,
            request=_teams,
        ),
    )
}
"""Every preset by the name of its option."""
