"""Requests of webhooks for services by name, for the form; `contracts create-webhook` sends the same ones.

The form never asks for a secret: `TOKEN` stands for it, and is entered with the last step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from contracts.model.webhooks import (
    CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,
    PROVIDER_VERIFICATION_FAILED,
    WebhookRequest,
)


TOKEN = "TOKEN"  # noqa: S105, a placeholder
_JSON = {"content-type": "application/json"}
_PACT_URL = "${pactbroker.pactUrl}"
_COMMIT = "${pactbroker.providerVersionNumber}"
_BRANCH = "${pactbroker.providerVersionBranch}"
_SUMMARY = (
    "${pactbroker.consumerName} (${pactbroker.consumerVersionNumber}) and ${pactbroker.providerName} "
    "(${pactbroker.providerVersionNumber}): verification ${pactbroker.githubVerificationStatus}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A service: its *label*, the *form* of its target, the usual event, and the request for a target."""

    label: str
    form: str
    event: str
    request: Callable[[str], WebhookRequest]


def _github(target: str) -> WebhookRequest:
    payload = {
        "pact_url": _PACT_URL,
        "sha": _COMMIT,
        "branch": _BRANCH,
        "descriptions": "${pactbroker.providerVersionDescriptions}",
        "provider": "${pactbroker.providerName}",
        "consumer": "${pactbroker.consumerName}",
        "consumer_version": "${pactbroker.consumerVersionNumber}",
        "consumer_branch": "${pactbroker.consumerVersionBranch}",
        "event": "${pactbroker.eventName}",
    }
    headers = {
        "accept": "application/vnd.github+json",
        "authorization": f"Bearer {TOKEN}",
        "content-type": "application/json",
        "x-github-api-version": "2022-11-28",
    }
    body = {"event_type": CONTRACT_REQUIRING_VERIFICATION_PUBLISHED, "client_payload": payload}
    url = f"https://api.github.com/repos/{quote(target.strip('/'))}/dispatches"
    return WebhookRequest(method="POST", url=url, headers=headers, body=body)


def _gitlab(target: str) -> WebhookRequest:
    variables = {"PACT_URL": _PACT_URL, "GIT_COMMIT": _COMMIT, "GIT_BRANCH": _BRANCH}
    url = f"https://gitlab.com/api/v4/projects/{quote(target, safe='')}/trigger/pipeline"
    body = {"token": TOKEN, "ref": "main", "variables": variables}
    return WebhookRequest(method="POST", url=url, headers=_JSON, body=body)


def _jenkins(target: str) -> WebhookRequest:
    query = f"PACT_URL={_PACT_URL}&PROVIDER_COMMIT={_COMMIT}&PROVIDER_BRANCH={_BRANCH}"
    url = f"{target.rstrip('/')}/buildWithParameters?{query}"
    return WebhookRequest(method="POST", url=url, username="USER", password=TOKEN)


def _slack(target: str) -> WebhookRequest:
    text = f"{_SUMMARY} (<${{pactbroker.verificationResultUrl}}|result>)"
    return WebhookRequest(method="POST", url=target, headers=_JSON, body={"text": text})


def _teams(target: str) -> WebhookRequest:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": _SUMMARY, "wrap": True}],
        "actions": [{"type": "Action.OpenUrl", "title": "Result", "url": "${pactbroker.verificationResultUrl}"}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    body = {"type": "message", "attachments": [attachment]}
    return WebhookRequest(method="POST", url=target, headers=_JSON, body=body)


def _raw(target: str) -> WebhookRequest:
    body = {"event": "${pactbroker.eventName}", "pact": _PACT_URL}
    return WebhookRequest(method="POST", url=target, headers=_JSON, body=body)


PRESETS: Mapping[str, Preset] = {
    "github": Preset(
        label="GitHub",
        form="OWNER/REPOSITORY",
        event=CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,
        request=_github,
    ),
    "gitlab": Preset(
        label="GitLab", form="GROUP/PROJECT", event=CONTRACT_REQUIRING_VERIFICATION_PUBLISHED, request=_gitlab
    ),
    "jenkins": Preset(
        label="Jenkins", form="URL of the job", event=CONTRACT_REQUIRING_VERIFICATION_PUBLISHED, request=_jenkins
    ),
    "slack": Preset(
        label="Slack", form="URL of the incoming webhook", event=PROVIDER_VERIFICATION_FAILED, request=_slack
    ),
    "teams": Preset(
        label="Microsoft Teams", form="URL of the incoming webhook", event=PROVIDER_VERIFICATION_FAILED, request=_teams
    ),
    "raw": Preset(label="Any other", form="URL", event=CONTRACT_REQUIRING_VERIFICATION_PUBLISHED, request=_raw),
}
"""Every service, by the name in the form."""
