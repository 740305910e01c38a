"""The commands that causes suggest, ready to paste."""

from __future__ import annotations

import shlex

from contracts.model.matrix_documents import ResponseRow


def ask_again(*arguments: str, merge: bool = False) -> str:
    """Ask the question again that these options of can-i-deploy make, or of can-i-merge."""
    return shlex.join(["contracts", "can-i-merge" if merge else "can-i-deploy", *arguments])


def create_environment(name: str) -> str:
    """Create an environment."""
    production = ("--production",) if name == "production" else ()
    return shlex.join(["contracts", "create-environment", "--name", name, *production])


def publish(pacticipant: str, version: str) -> str:
    """Publish the pacts of a version."""
    return shlex.join(["contracts", "publish", "pacts", "--pacticipant", pacticipant, "--version", version])


def record_deployment(pacticipant: str, environment: str) -> str:
    """Record a deployment, whose version only the reader knows."""
    name, place = shlex.quote(pacticipant), shlex.quote(environment)
    return f'contracts record-deployment --pacticipant {name} --version "$VERSION" --environment {place}'


def verify(row: ResponseRow, provider_version: str | None, *more: str) -> str:
    """Verify the pact of *row* in the checkout of a version of its provider, whose application the reader fills in."""
    version = ("--version", provider_version) if provider_version else ()
    pact = ("--pact-url", row.pact_url) if row.pact_url else ()
    options = ("--provider", row.provider.name, *version, "--app", "MODULE:NAME", *pact)
    return shlex.join(["contracts", "verify", *options, *more])


def show_logs(consumer: str, provider: str) -> str:
    """Show the newest deliveries of the webhooks of a pact, with request and response."""
    return shlex.join(["contracts", "webhook-log", "--consumer", consumer, "--provider", provider, "--log"])


def enable_webhook(uuid: str) -> str:
    """Let the broker send a webhook again."""
    return shlex.join(["contracts", "create-or-update-webhook", "--uuid", uuid, "--enabled"])


def describe_webhook(uuid: str) -> str:
    """Show a webhook: its events, applications and limits."""
    return shlex.join(["contracts", "describe-webhook", "--uuid", uuid])


def try_webhook(uuid: str) -> str:
    """Send the request of a webhook now."""
    return shlex.join(["contracts", "test-webhook", "--uuid", uuid])


def show_deliveries(uuid: str) -> str:
    """Show the newest deliveries of a webhook, with request and response."""
    return shlex.join(["contracts", "webhook-log", "--uuid", uuid, "--log"])


def retry_job(uuid: str) -> str:
    """Request a verification again."""
    return shlex.join(["contracts", "jobs", "retry", "--uuid", uuid])
