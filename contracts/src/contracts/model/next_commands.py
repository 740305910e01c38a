"""The commands that causes suggest, ready to paste."""

from __future__ import annotations

import shlex

from contracts.model.matrix_documents import ResponseRow


def can_i_deploy(pacticipant: str, version: str, environment: str, *more: str) -> str:
    """Ask again."""
    options = ("--pacticipant", pacticipant, "--version", version, "--to-environment", environment)
    return shlex.join(["contracts", "can-i-deploy", *options, *more])


def create_environment(name: str) -> str:
    """Create an environment."""
    return shlex.join(["contracts", "create-environment", "--name", name, "--production"])


def publish(pacticipant: str, version: str) -> str:
    """Publish the pacts of a version."""
    return shlex.join(["contracts", "publish", "pacts", "--pacticipant", pacticipant, "--version", version])


def record_deployment(pacticipant: str, environment: str) -> str:
    """Record a deployment, whose version only the reader knows."""
    name, place = shlex.quote(pacticipant), shlex.quote(environment)
    return f'contracts record-deployment --pacticipant {name} --version "$VERSION" --environment {place}'


def verify(row: ResponseRow, provider_version: str | None, *more: str) -> str:
    """Verify the pact of *row* with a version of its provider, in the checkout of that version."""
    pact = ("--pact-url", row.pact_url) if row.pact_url else ()
    options = ("--provider", row.provider.name, "--version", provider_version or "", *pact)
    return shlex.join(["contracts", "verify", *options, *more])


def show_logs(url: str) -> str:
    """Show the logs of a webhook."""
    return f'curl --header "Authorization: Bearer $PACT_BROKER_TOKEN" {shlex.quote(url)}'
