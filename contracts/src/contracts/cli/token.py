"""`contracts token`: what programs present instead of a password. Only the Contracts broker has them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import click

from contracts.cli import database_errors
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import OutputRecord, Printer, output
from contracts.client import Broker, NotFound
from contracts.client.tokens import ApiToken
from contracts.model import permissions as rules
from contracts.model import tokens as model
from contracts.model.permissions import ADMIN, WEBHOOKS, Permission, Role


COLUMNS = ("uuid", "note", "start", "permissions", "expiresAt", "lastUsedAt")
DEFAULT_DAYS = 365
ANY = "*"
_UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"
_uuid = click.option("--uuid", required=True, metavar="UUID", help="UUID of the token, as in `contracts token list`.")


@click.group("token", short_help="Create, list or revoke tokens.")
def command() -> None:
    """What programs present instead of a password: PACT_BROKER_TOKEN, with limited permissions."""


@command.command(
    "create",
    cls=BrokerCommand,
    short_help="Create a token.",
    epilog=epilog(
        'token create --note "CI of web" --publish web --deploy staging --deploy production',
        "token create --note dashboard --expires-in-days 30",
        'token create --note "CI of everything" --publish "*" --deploy "*" --output json',
    ),
)
@click.option("--note", required=True, metavar="TEXT", help="What the token is for; lists and logs show it.")
@click.option("--publish", "applications", multiple=True, metavar="NAME", help="May publish as it; repeatable; * any.")
@click.option("--publish-team", "teams", multiple=True, metavar="TEAM", help="May publish as its applications.")
@click.option("--deploy", "environments", multiple=True, metavar="NAME", help="May deploy to it; repeatable; * any.")
@click.option("--webhooks", is_flag=True, help="May change webhooks.")
@click.option("--admin", is_flag=True, help="May do everything.")
@click.option(
    "--expires-in-days", type=click.IntRange(0, 3650), default=DEFAULT_DAYS, show_default=True, help="0: never."
)
@output("text")
@with_broker
def create_token(
    *,
    broker: Broker,
    printer: Printer,
    note: str,
    applications: tuple[str, ...],
    teams: tuple[str, ...],
    environments: tuple[str, ...],
    webhooks: bool,
    admin: bool,
    expires_in_days: int,
) -> None:
    """Create a token and print it; it is shown only now.

    It may read, and what the options say. To record deployments it needs --publish for the application, and --deploy
    for the environment.
    """
    granted = _granted(applications, teams, environments, webhooks=webhooks, admin=admin)
    token = broker.create_token(note, granted, expires_in_days=expires_in_days or None)
    _show(printer, token)


@command.command(
    "list",
    cls=BrokerCommand,
    short_help="List the tokens.",
    epilog=epilog("token list", "token list --output json"),
)
@output("table")
@with_broker
def list_tokens(*, broker: Broker, printer: Printer) -> None:
    """List the tokens, the newest first: what each is for, what it may do, and when it was last used."""
    printer.records(list(map(_record, broker.tokens())), columns=COLUMNS, none="There are no tokens.")


@command.command(
    "revoke",
    cls=BrokerCommand,
    short_help="Revoke a token.",
    epilog=epilog(f"token revoke --uuid {_UUID}"),
)
@_uuid
@output("text")
@with_broker
def revoke_token(*, broker: Broker, printer: Printer, uuid: str) -> None:
    """Revoke a token; requests with it are refused within two seconds."""
    try:
        broker.revoke_token(uuid)
    except NotFound as error:
        raise _unknown(uuid) from error
    printer.done(f"Revoked the token {uuid}.", {"uuid": uuid})


@command.command(
    "regenerate",
    cls=BrokerCommand,
    short_help="Replace a token by a new one.",
    epilog=epilog(f"token regenerate --uuid {_UUID}"),
)
@_uuid
@output("text")
@with_broker
def regenerate_token(*, broker: Broker, printer: Printer, uuid: str) -> None:
    """Replace the secret part of a token, and print the new token; the old one is refused from now on."""
    try:
        token = broker.regenerate_token(uuid)
    except NotFound as error:
        raise _unknown(uuid) from error
    _show(printer, token)


@command.command(
    "create-first",
    short_help="Create an administrator's token in the database.",
    epilog=epilog(
        "token create-first --database-url sqlite:///pact_broker.sqlite3",
        statuses="0 done; 2 wrong usage; 4 database cannot be used; 130 interrupted.",
    ),
)
@click.option("--database-url", help="sqlite:///FILE or postgresql://…  [default: as for `contracts broker`]")
def create_first_token(database_url: str | None) -> None:
    """Create a token that may do everything, without a broker: the first one, or after the last one was lost."""
    from contracts.broker.actions import audits  # noqa: PLC0415, needs the extra `broker`
    from contracts.broker.app import connected  # noqa: PLC0415
    from contracts.broker.settings import Settings  # noqa: PLC0415
    from contracts.broker.store import audit_trail, tokens  # noqa: PLC0415

    now, secret = datetime.now(UTC), model.generate()
    new = model.NewToken(
        uuid=str(uuid4()),
        note="administrator",
        start=secret[: model.SHOWN],
        digest=model.digest(secret),
        permissions=(ADMIN,),
        created_by="contracts token create-first",
        created_at=now,
        expires_at=now + timedelta(days=DEFAULT_DAYS),
    )
    with database_errors.reported():
        settings = Settings.from_environment(os.environ, database_url=database_url)
        act = audits.of_command("token create-first", {"token": new.uuid})
        with connected(settings) as runtime, audit_trail.recording(act), runtime.database.writing() as connection:
            tokens.add(connection, new)
    click.echo(secret)
    click.echo("It may do everything, and expires in a year. Use it as PACT_BROKER_TOKEN to create others.", err=True)


def _granted(
    applications: tuple[str, ...],
    teams: tuple[str, ...],
    environments: tuple[str, ...],
    *,
    webhooks: bool,
    admin: bool,
) -> list[Permission]:
    granted = []
    if ANY in applications:
        granted.append(Permission(role=Role.PUBLISH))
    elif applications or teams:
        granted.append(Permission(role=Role.PUBLISH, names=frozenset(applications), teams=frozenset(teams)))
    if environments:
        names = None if ANY in environments else frozenset(environments)
        granted.append(Permission(role=Role.DEPLOY, names=names))
    return [*granted, *([WEBHOOKS] if webhooks else []), *([ADMIN] if admin else [])]


def _show(printer: Printer, token: ApiToken) -> None:
    record: OutputRecord = {**_record(token), "token": token.secret}
    printer.done(f"{token.secret}\nIt is shown only now. Use it as PACT_BROKER_TOKEN.", record)


def _unknown(uuid: str) -> NotFound:
    return NotFound(f"The broker has no token with the UUID {uuid!r}. List them: contracts token list")


def _record(token: ApiToken) -> OutputRecord:
    return {
        "uuid": token.uuid,
        "note": token.note,
        "start": token.start,
        "permissions": [str(rules.read(each)) for each in token.permissions],
        "createdBy": token.created_by,
        "createdAt": token.created_at,
        "expiresAt": token.expires_at,
        "expired": token.expired,
        "lastUsedAt": token.last_used_at,
    }
