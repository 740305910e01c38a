"""What the broker has for the declared applications: their entries, the environment, webhooks, deliveries, states."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator, Sequence

from contracts.ci import git
from contracts.ci.errors import PipelineError
from contracts.ci.projects import Declaration
from contracts.client import Broker, ClientError, NotFound
from contracts.client.documents import Pacticipant
from contracts.client.webhooks import Webhook
from contracts.doctor import jobs
from contracts.doctor.findings import Finding, ok, problem, warning
from contracts.doctor.pact_checks import states_of, undefined_states
from contracts.doctor.surroundings import Surroundings
from contracts.model import next_commands


STARTING_EVENTS = frozenset({jobs.REQUESTING_EVENT, "contract_content_changed", "contract_published"})
"""The events that tell a provider of a contract that it has to verify."""

_MOST_PACTS = 20


def check(surroundings: Surroundings, broker: Broker) -> Iterator[Finding]:
    """Check what the broker says of each declared application."""
    if surroundings.project is None:
        return
    pacticipants = broker.pacticipants()
    for application in surroundings.applications:
        yield from _application(application, pacticipants, surroundings)
    yield from _environment(surroundings.project.environment, broker)
    webhooks = _webhooks(broker)
    for provider in surroundings.providers:
        if webhooks is not None:
            yield from _webhook(provider, webhooks, surroundings)
            yield from jobs.check(provider, broker, webhooks)
        yield from _pacts(provider, broker)


def _application(
    application: Declaration, pacticipants: Sequence[Pacticipant], surroundings: Surroundings
) -> Iterator[Finding]:
    name = application.name
    entry = next((each for each in pacticipants if each.name == name), None)
    if entry is None:
        close = difflib.get_close_matches(name, [each.name for each in pacticipants], n=1)
        yield warning(
            "applications",
            f"The broker does not know {name}." + (f" It knows {close[0]}: is that the same one?" if close else ""),
            "It is created when a pact or a result is published. Use the same name everywhere.",
        )
        return
    yield ok("applications", f"The broker knows {name}.")
    try:
        default = git.default_branch(surroundings.directory)
    except PipelineError:
        default = None
    if default is not None and entry.main_branch not in (None, default):
        yield problem(
            "applications",
            f"The main branch of {name} is {entry.main_branch} in the broker, but {default} in git.",
            f"contracts create-or-update-pacticipant --name {shlex.quote(name)} --main-branch {shlex.quote(default)}",
        )
    elif entry.main_branch is None:
        branch = default or "main"
        yield warning(
            "applications",
            f"The broker does not know the main branch of {name}, so it selects none of its pacts as main.",
            f"contracts create-or-update-pacticipant --name {shlex.quote(name)} --main-branch {shlex.quote(branch)}",
        )


def _environment(name: str, broker: Broker) -> Iterator[Finding]:
    environment = next((each for each in broker.environments() if each.name == name), None)
    if environment is None:
        yield problem("environments", f"The broker has no environment {name}.", next_commands.create_environment(name))
    elif name == "production" and not environment.production:
        yield warning(
            "environments",
            "The environment production is not marked as a production environment.",
            f"contracts update-environment --uuid {environment.uuid} --production",
        )
    else:
        yield ok("environments", f"The environment {name} exists.")


def _webhooks(broker: Broker) -> tuple[Webhook, ...] | None:
    try:
        return broker.webhooks()
    except ClientError:  # not offered, or not for these credentials: the broker's own findings say so
        return None


def _webhook(provider: Declaration, webhooks: Sequence[Webhook], surroundings: Surroundings) -> Iterator[Finding]:
    starting = [
        each
        for each in webhooks
        if STARTING_EVENTS.intersection(each.events) and each.provider in (None, provider.name)
    ]
    if not starting:
        yield problem(
            "webhooks",
            f"No webhook starts a verification of {provider.name} when a contract changes.",
            jobs.create_webhook(provider),
        )
        return
    enabled = [each for each in starting if each.enabled]
    if not enabled:
        yield problem(
            "webhooks",
            f"The webhook for {provider.name} ({_label(starting[0])}) is disabled.",
            f"contracts create-or-update-webhook --uuid {starting[0].uuid} --enabled",
        )
        return
    yield ok("webhooks", f"A webhook starts verifications of {provider.name} ({_label(enabled[0])}).")
    yield from _target(provider, enabled[0], surroundings)


def _target(provider: Declaration, webhook: Webhook, surroundings: Surroundings) -> Iterator[Finding]:
    """Compare the repository that a webhook for GitHub starts with this one."""
    try:
        repository = git.repository(surroundings.directory)
    except PipelineError:
        return
    _, separator, rest = webhook.request.url.partition("/repos/")
    target = "/".join(rest.split("/")[:2])
    if separator and repository is not None and target.lower() != repository.lower():
        yield problem(
            "webhooks",
            f"The webhook for {provider.name} starts builds of {target}, but this repository is {repository}.",
            f"contracts create-or-update-webhook --uuid {webhook.uuid} --github {repository}",
        )


def _label(webhook: Webhook) -> str:
    return webhook.description or webhook.uuid or webhook.request.url


def _pacts(provider: Declaration, broker: Broker) -> Iterator[Finding]:
    """Check the states and the deliveries of the pacts that *provider* has to verify."""
    try:
        pacts = broker.pacts_for_verification(provider.name)
    except NotFound:
        return
    for pact in pacts[:_MOST_PACTS]:
        content = broker.pact(pact.url)
        yield from undefined_states(states_of(content.document), provider, consumer=content.consumer)
        yield from _delivery(pact.url, provider, broker)


def _delivery(pact_url: str, provider: Declaration, broker: Broker) -> Iterator[Finding]:
    try:
        deliveries = broker.triggered_webhooks(pact_url)
    except ClientError:
        return
    if deliveries and deliveries[0].status == "failure":
        yield problem(
            "webhooks",
            f"The last delivery of a webhook for a pact of {provider.name} failed.",
            f"contracts webhook-log --provider {shlex.quote(provider.name)} --log",
        )
