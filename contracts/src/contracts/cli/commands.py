"""The table of all commands. `contracts --help` prints it without loading one of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A command: the module that has it, its summary, the section of the list, the extra that it needs.

    A module has one command called `command`, or several in `COMMANDS`.
    """

    module: str
    summary: str
    section: str
    extra: str | None = None


_PIPELINE, _APPLICATIONS, _WEBHOOKS, _SETUP, _BROKER = (
    "Pipeline",
    "Applications, versions and environments",
    "Webhooks",
    "Set up and check",
    "Run a broker",
)

COMMANDS: dict[str, Entry] = {
    "publish": Entry(module="publish", summary="Publish pact files.", section=_PIPELINE),
    "verify": Entry(module="verify", summary="Verify a provider against its pacts.", section=_PIPELINE, extra="verify"),
    "can-i-deploy": Entry(module="gates", summary="Ask whether a version may be deployed.", section=_PIPELINE),
    "can-i-merge": Entry(module="gates", summary="Ask whether a version may be merged.", section=_PIPELINE),
    "why": Entry(module="why", summary="Explain a verdict, a pact or a webhook.", section=_PIPELINE),
    "report": Entry(module="report", summary="Write the state of all contracts to a file.", section=_PIPELINE),
    "record-deployment": Entry(
        module="deployments", summary="Record that a version runs in an environment.", section=_PIPELINE
    ),
    "record-undeployment": Entry(module="deployments", summary="Record that a deployment ended.", section=_PIPELINE),
    "record-release": Entry(module="deployments", summary="Record that a version is released.", section=_PIPELINE),
    "record-support-ended": Entry(
        module="deployments", summary="Record that a release is no longer supported.", section=_PIPELINE
    ),
    "get-pacts": Entry(module="pacts", summary="List or download the pacts of a provider.", section=_PIPELINE),
    "list-latest-pact-versions": Entry(module="pacts", summary="List the latest pact of each pair.", section=_PIPELINE),
    "provider-states": Entry(module="pacts", summary="List the provider states that pacts need.", section=_PIPELINE),
    "export-pacts": Entry(
        module="fork_runs", summary="Write a provider's pacts to a file.", section=_PIPELINE, extra="verify"
    ),
    "publish-results": Entry(
        module="fork_runs", summary="Publish results from a file.", section=_PIPELINE, extra="verify"
    ),
    "list-pacticipants": Entry(module="pacticipants", summary="List the applications.", section=_APPLICATIONS),
    "describe-pacticipant": Entry(module="pacticipants", summary="Show an application.", section=_APPLICATIONS),
    "create-or-update-pacticipant": Entry(
        module="pacticipants", summary="Create or change an application.", section=_APPLICATIONS
    ),
    "describe-version": Entry(
        module="versions", summary="Show a version, or those in an environment.", section=_APPLICATIONS
    ),
    "create-or-update-version": Entry(
        module="versions", summary="Create a version, or add branch and tags.", section=_APPLICATIONS
    ),
    "create-version-tag": Entry(module="tags", summary="Add tags to a version.", section=_APPLICATIONS),
    "delete-version-tag": Entry(module="tags", summary="Remove a tag from a version.", section=_APPLICATIONS),
    "list-branches": Entry(module="branches", summary="List the branches of an application.", section=_APPLICATIONS),
    "delete-branch": Entry(module="branches", summary="Delete a branch of an application.", section=_APPLICATIONS),
    "list-environments": Entry(module="environments", summary="List the environments.", section=_APPLICATIONS),
    "describe-environment": Entry(module="environments", summary="Show an environment.", section=_APPLICATIONS),
    "create-environment": Entry(module="environments", summary="Create an environment.", section=_APPLICATIONS),
    "update-environment": Entry(module="environments", summary="Change an environment.", section=_APPLICATIONS),
    "delete-environment": Entry(module="environments", summary="Delete an environment.", section=_APPLICATIONS),
    "list-webhooks": Entry(module="webhooks", summary="List the webhooks.", section=_WEBHOOKS),
    "describe-webhook": Entry(module="webhooks", summary="Show a webhook.", section=_WEBHOOKS),
    "create-webhook": Entry(module="webhook_creation", summary="Create a webhook.", section=_WEBHOOKS),
    "create-or-update-webhook": Entry(
        module="webhook_creation", summary="Create a webhook, or replace it.", section=_WEBHOOKS
    ),
    "test-webhook": Entry(module="webhooks", summary="Send a webhook now.", section=_WEBHOOKS),
    "dry-run-webhook": Entry(
        module="webhook_trials", summary="Show what an event would send, and send nothing.", section=_WEBHOOKS
    ),
    "webhook-curl": Entry(module="webhook_trials", summary="Print a webhook as a curl command.", section=_WEBHOOKS),
    "replay-webhook": Entry(module="webhook_trials", summary="Send a delivery again.", section=_WEBHOOKS),
    "webhook-log": Entry(module="webhooks", summary="Show the last deliveries of webhooks.", section=_WEBHOOKS),
    "delete-webhook": Entry(module="webhooks", summary="Delete a webhook.", section=_WEBHOOKS),
    "webhook": Entry(module="webhook_secrets", summary="Replace or remove a signing secret.", section=_WEBHOOKS),
    "secret": Entry(module="secret", summary="Manage secrets and their keys.", section=_BROKER),
    "audit": Entry(module="audit", summary="List, export or verify the audit log.", section=_BROKER),
    "token": Entry(module="token", summary="Create, list or revoke tokens.", section=_BROKER),
    "jobs": Entry(module="jobs", summary="List, show or retry verification jobs.", section=_WEBHOOKS),
    "generate-uuid": Entry(module="uuids", summary="Print a new UUID for a webhook.", section=_WEBHOOKS),
    "login": Entry(module="login", summary="Sign in to a broker in the browser.", section=_SETUP),
    "logout": Entry(module="login", summary="Revoke and forget the token of contracts login.", section=_SETUP),
    "init": Entry(module="init", summary="Set up contract testing in this repository.", section=_SETUP),
    "doctor": Entry(module="doctor", summary="Report what is wrong, and how to fix it.", section=_SETUP),
    "fake-ci": Entry(module="fake_ci", summary="Play the workflows of this repository.", section=_SETUP),
    "completions": Entry(module="completions", summary="Print the shell completion script.", section=_SETUP),
    "broker": Entry(module="broker", summary="Serve a Pact Broker.", section=_BROKER, extra="broker"),
    "settings": Entry(
        module="settings", summary="Print the broker's settings in force.", section=_BROKER, extra="broker"
    ),
    "clean": Entry(
        module="clean", summary="Remove old data that no answer depends on.", section=_BROKER, extra="broker"
    ),
    "backup": Entry(
        module="backup", summary="Back up the database, also while it is in use.", section=_BROKER, extra="broker"
    ),
    "restore": Entry(module="backup", summary="Restore a backup of the database.", section=_BROKER, extra="broker"),
    "import": Entry(
        module="archive.import_", summary="Copy all data of another broker.", section=_BROKER, extra="broker"
    ),
    "export": Entry(
        module="archive.export",
        summary="Write all data to a file or a broker.",
        section=_BROKER,
        extra="broker",
    ),
    "seed": Entry(module="seed", summary="Fill an empty database with test data.", section=_BROKER, extra="broker"),
}
"""Every command, by name, in the order of the list."""

ALIASES = {
    "create-pacticipant": "create-or-update-pacticipant",
    "create-version": "create-or-update-version",
    "environments": "list-environments",
    "pacticipants": "list-pacticipants",
    "webhooks": "list-webhooks",
}
"""Short names of commands; they are not listed."""
