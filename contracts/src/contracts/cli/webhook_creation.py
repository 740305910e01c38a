"""`contracts create-webhook` and `contracts create-or-update-webhook`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from contracts.ci.webhook_presets import PRESETS, Preset, Receiver
from contracts.cli import pages
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.headers import parse_headers
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.cli.webhook_records import webhook_record
from contracts.cli.webhook_secrets import SHOWN_ONCE
from contracts.client import Broker, NotFound, UsageError, Webhook, WebhookRequest


_EVENTS = {
    "contract_content_changed": "The content of a pact changes.",
    "contract_published": "A pact is published.",
    "provider_verification_published": "A verification result is published.",
    "provider_verification_failed": "A failed result is published.",
    "provider_verification_succeeded": "A successful result is published.",
    "contract_requiring_verification_published": "A pact is published that needs a verification.",
}


def _webhook_options(function: Callable[..., Any]) -> Callable[..., Any]:
    options = [
        click.argument("url", required=False),
        click.option("-X", "--request", "method", metavar="METHOD", help="HTTP method.  [default: POST]"),
        click.option("-H", "--header", "header", multiple=True, metavar="'NAME: VALUE'", help="Header; repeatable."),
        click.option("-d", "--data", metavar="BODY|@FILE", help="Body: JSON or text, or a file that has it."),
        click.option("--user", metavar="NAME:PASSWORD", help="Basic authentication of the webhook."),
        click.option("--consumer", multiple=True, metavar="NAME", help="Only for pacts of this consumer; repeatable."),
        click.option("--consumer-label", metavar="LABEL", help="Only for consumers with this label."),
        click.option("--provider", metavar="NAME", help="Only for pacts of this provider."),
        click.option("--provider-label", metavar="LABEL", help="Only for providers with this label."),
        click.option("--branch-pattern", multiple=True, metavar="GLOB", help="Only for consumer branches; repeatable."),
        click.option("--label", multiple=True, metavar="LABEL", help="Only if either side has it; repeatable."),
        click.option("--description", metavar="TEXT", help="Description."),
        click.option(
            "--event",
            "event",
            multiple=True,
            type=click.Choice(list(_EVENTS)),
            metavar="EVENT",
            help="Event by its name, such as contract_published; repeatable.",
        ),
        *(click.option(f"--{name.replace('_', '-')}", name, is_flag=True, help=text) for name, text in _EVENTS.items()),
        click.option("--enabled/--disabled", default=None, help="Whether the broker sends it.  [default: enabled]"),
        click.option("--team-uuid", metavar="UUID", help="Team that owns it (PactFlow only)."),
        *(click.option(f"--{each.name}", each.name, metavar=each.form, help=each.help) for each in PRESETS.values()),
        click.option("--ref", default="main", show_default=True, metavar="BRANCH", help="With a CI service: branch."),
        click.option("--ci-api-url", metavar="URL", help="With a CI service: API of your own server."),
        click.option("--ci-token", metavar="TOKEN", help="With a CI service: token.  [default: GITHUB_TOKEN, …]"),
        click.option("--ci-secret", metavar="NAME", help="With a CI service: secret of the broker with the token."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@click.command(
    "create-webhook",
    cls=BrokerCommand,
    short_help="Create a webhook.",
    epilog=epilog(
        "create-webhook --github acme/stock --provider stock",
        "create-webhook --slack https://hooks.slack.com/services/T0/B0/x --consumer shop",
        "create-webhook https://ci.example.com/hook --contract-published -H 'X-Token: t' -d '{\"pact\": \"…\"}'",
    ),
)
@_webhook_options
@output("text")
@partial(with_broker, header=False)
def create_webhook(*, broker: Broker, printer: Printer, **options: Any) -> None:
    """Create a webhook that sends a request to URL, or to a CI service or chat by name.

    URL, headers and body may contain ${pactbroker.…} parameters. With a CI service no body is needed.
    """
    webhook = _webhook(options, existing=None)
    stored = broker.create_webhook(webhook)
    _report(broker, printer, stored, "Created", receiver_verifies=options["url"] is not None)


@click.command(
    "create-or-update-webhook",
    cls=BrokerCommand,
    short_help="Create a webhook, or replace it.",
    epilog=epilog(
        "create-or-update-webhook --github acme/stock --provider stock",
        "create-or-update-webhook --uuid 696c5f93-1b7f-44bc-8d03-59440fcaa9a0 --disabled",
        "create-or-update-webhook --uuid $(contracts generate-uuid) https://ci.example.com/hook --contract-published",
    ),
)
@click.option("--uuid", metavar="UUID", help="UUID of the webhook.  [default: derived from a CI service and provider]")
@_webhook_options
@output("text")
@partial(with_broker, header=False)
def create_or_update_webhook(*, broker: Broker, printer: Printer, uuid: str | None, **options: Any) -> None:
    """Create a webhook under its UUID, or replace the one that exists.

    Without URL, properties that you do not give stay as they are.
    """
    existing = _existing(broker, uuid) if uuid is not None and options["url"] is None else None
    webhook = _webhook(options, existing=existing)
    key = uuid or _derived_uuid(options, webhook)
    stored = broker.put_webhook(key, webhook)
    _report(broker, printer, stored, "Saved", receiver_verifies=options["url"] is not None)


def _existing(broker: Broker, uuid: str) -> Webhook | None:
    try:
        return broker.webhook(uuid)
    except NotFound:
        return None


def _report(broker: Broker, printer: Printer, webhook: Webhook, verb: str, *, receiver_verifies: bool) -> None:
    """Report a stored webhook; the secret is only for your own receiver, so that logs of pipelines lack it."""
    uuid = webhook.uuid or ""
    sentence = f"{verb} webhook {webhook.description or webhook.request.url} ({uuid})."
    record = webhook_record(webhook)
    if receiver_verifies and webhook.signing_secret is not None:
        record = {**record, "signingSecret": webhook.signing_secret}
        sentence += f"\nIts signing secret: {webhook.signing_secret}\n{SHOWN_ONCE}"
    printer.done(sentence, record, page=pages.webhook(broker, uuid))
    if printer.form == "text":
        printer.remark(f"Test it: contracts test-webhook --uuid {uuid}")


def _preset(options: Mapping[str, Any]) -> Preset | None:
    presets = [each for each in PRESETS.values() if options[each.name] is not None]
    if len(presets) + (options["url"] is not None) > 1:
        names = ", ".join(f"--{each.name}" for each in PRESETS.values())
        raise UsageError(f"A webhook has one target. Give URL, or one of {names}.")
    return presets[0] if presets else None


def _receiver(options: Mapping[str, Any], preset: Preset, event: str) -> Receiver:
    token = options["ci_token"] or (os.environ.get(preset.token_variable) if preset.token_variable else None)
    if options["ci_secret"]:
        token = f"${{user.{options['ci_secret']}}}"
    if preset.name == "jenkins":
        token = options["user"]
    return Receiver(
        target=options[preset.name], token=token, ref=options["ref"], api_url=options["ci_api_url"], event=event
    )


def _events(options: Mapping[str, Any], preset: Preset | None, existing: Webhook | None) -> tuple[str, ...]:
    events = dict.fromkeys([*options["event"], *(name for name in _EVENTS if options[name])])
    if events:
        return tuple(events)
    if existing is not None:
        return existing.events
    if preset is not None:
        return (preset.event,)
    raise UsageError("No event is given. Use --event NAME, such as --event contract_published.")


def _webhook(options: Mapping[str, Any], *, existing: Webhook | None) -> Webhook:
    """Return the webhook that *options* describe; what they do not give comes from *existing*.

    Raises:
        UsageError: if the target, an event or the provider is missing.
    """
    preset = _preset(options)
    events = _events(options, preset, existing)
    parties = _parties(options, existing)
    if preset is not None and preset.starts_verification and not (parties["provider"] or parties["provider_label"]):
        raise UsageError(f"Which provider verifies its pacts at {options[preset.name]}? Use --provider NAME.")
    description = options["description"] or (existing.description if existing else None)
    if description is None and preset is not None:
        description = f"{preset.name} {options[preset.name]}" if preset.starts_verification else preset.name.title()
    enabled = options["enabled"] if options["enabled"] is not None else existing is None or existing.enabled
    return Webhook(
        events=events,
        request=_request(options, preset, existing, events[0]),
        description=description,
        enabled=enabled,
        team_uuid=options["team_uuid"],
        branches=options["branch_pattern"] or (existing.branches if existing else ()),
        labels=options["label"] or (existing.labels if existing else ()),
        **parties,
    )


def _parties(options: Mapping[str, Any], existing: Webhook | None) -> dict[str, Any]:
    """Return the applications by name or label; one consumer is a name, several are a list."""
    consumers = tuple(dict.fromkeys(options["consumer"]))
    parties = {role: options[role] for role in ("consumer_label", "provider", "provider_label")}
    if len(consumers) > 1 and parties["consumer_label"] is not None:
        raise UsageError("The consumers of a webhook have both names and a label. Use one of them.")
    if existing is not None and not any((consumers, *parties.values())):
        return {role: getattr(existing, role) for role in ("consumer", "consumers", *parties)}
    single = consumers[0] if len(consumers) == 1 else None
    return {**parties, "consumer": single, "consumers": consumers if single is None else ()}


def _request(options: Mapping[str, Any], preset: Preset | None, existing: Webhook | None, event: str) -> WebhookRequest:
    username, colon, password = (options["user"] or "").partition(":")
    if options["user"] and not colon:
        raise UsageError("--user must be NAME:PASSWORD.")
    if preset is not None:
        request = preset.request(_receiver(options, preset, event))
    elif options["url"] is not None:
        request = WebhookRequest(url=options["url"], username=username or None, password=password or None)
    elif existing is not None:
        request = existing.request
    else:
        names = ", ".join(f"--{each.name}" for each in PRESETS.values())
        raise UsageError(f"The webhook has no target. Give URL, or one of {names}.")
    changes: dict[str, Any] = {}
    if options["method"]:
        changes["method"] = options["method"].upper()
    if options["header"]:
        changes["headers"] = {**request.headers, **dict(parse_headers(options["header"]))}
    if options["data"] is not None:
        changes["body"] = _body(options["data"])
    return replace(request, **changes)


def _body(data: str) -> Any:
    """Return *data*, or the file after its `@`, as JSON if it is JSON, else as text.

    Raises:
        UsageError: if the file cannot be read.
    """
    if data.startswith("@"):
        try:
            data = Path(data[1:]).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise UsageError(f"--data {data}: the file cannot be read: {error}") from error
    try:
        return json.loads(data)
    except ValueError:
        return data


def _derived_uuid(options: Mapping[str, Any], webhook: Webhook) -> str:
    preset = _preset(options)
    if preset is None:
        raise UsageError("No UUID is given. Make one, and keep it: contracts generate-uuid. Then use --uuid UUID.")
    receiver = _receiver(options, preset, webhook.events[0])
    party = webhook.provider or webhook.provider_label or webhook.consumer or webhook.consumer_label or ""
    return preset.uuid(receiver, party)


COMMANDS = (create_webhook, create_or_update_webhook)
