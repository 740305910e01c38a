"""The options that lead to a broker, the same for every command that talks to one."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import click

from contracts.ci import exit_statuses
from contracts.ci.report import Reporter
from contracts.cli.headers import parse_headers
from contracts.cli.outputs import Printer
from contracts.client import Broker, UsageError, sign_ins
from contracts.client.timeouts import READ_TIMEOUT_SECONDS, patience


SECTION = "Connection"
_NO_BROKER = "No broker is configured. Set PACT_BROKER_BASE_URL, or use --broker-base-url URL."
_FIRST_PAUSE_SECONDS = 0.5  # of the official client, which doubles it after each attempt
_LEVELS = {
    "off": logging.CRITICAL + 1,
    "none": logging.CRITICAL + 1,
    "error": logging.ERROR,
    "warn": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
    "trace": logging.DEBUG,
}


SignInUse = Literal["valid", "any", "none"]
"""Whether the token of `contracts login` is used: only a valid one, also an expired one, or none."""

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class ConnectionOption(click.Option):
    """An option that the help lists in a section of its own."""


class _BrokerOption(ConnectionOption):
    """The option for the broker's URL: if it is missing, the error says what to do."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the URL.

        Raises:
            click.UsageError: if the option is required, and neither it nor its variable is set.
        """
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter as error:
            raise click.UsageError(_NO_BROKER, ctx) from error


class BrokerCommand(click.Command):
    """A command that talks to a broker: its help lists the connection options last."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those of the connection."""
        sections: dict[str, list[tuple[str, str]]] = {"Options": [], SECTION: []}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Argument):
                continue
            if (record := parameter.get_help_record(ctx)) is not None:
                sections[SECTION if isinstance(parameter, ConnectionOption) else "Options"].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def connecting(*, required: bool = True, header: bool = True, url: bool = True) -> _Decorator:
    """Add the connection options. Without *header*, `--header` is left to the command's own use.

    Without *url*, the broker is an argument of the command; see `connect`.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        options = _options(required=required, header=header)
        for option in reversed(options if url else options[1:]):
            function = option(function)
        return function

    return decorate


def with_broker(
    function: Callable[..., None], *, header: bool = True, sign_in: SignInUse = "valid"
) -> Callable[..., None]:
    """Call the function with `broker` and `printer`; end with the documented status on errors.

    The function may have the option `--output` (`form`). *sign_in* is about the token of `contracts login`.
    """

    @connecting(header=header)
    @click.option("-q", "--quiet", is_flag=True, help="Print data and errors only.")
    @click.option("-v", "--verbose", is_flag=True, help="Print more, and each request to standard error.")
    @functools.wraps(function)
    def command(*, quiet: bool, verbose: bool, **options: Any) -> None:
        form = "json" if options.pop("as_json", False) else options.pop("form", "text")
        options.pop("form", None)
        connection = {name: options.pop(name) for name in _NAMES}
        reporter = Reporter.from_environment(os.environ, quiet=quiet, to_errors=form in {"json", "id"})
        printer = Printer(reporter=reporter, form=form, quiet=quiet, verbose=verbose)
        with (
            logging_requests(connection["log_level"], verbose=verbose),
            ending(reporter),
            connect(connection, sign_in=sign_in) as broker,
        ):
            function(broker=broker, printer=printer, **options)

    return command


def connect(options: Mapping[str, Any], base_url: str | None = None, *, sign_in: SignInUse = "valid") -> Broker:
    """Return the broker that the connection *options* describe, by default at their base URL.

    Without credentials among them, it is the token of `contracts login`, unless *sign_in* says otherwise.

    Raises:
        UsageError: if they are incomplete or contradict each other, or that token has expired.
    """
    url = options["broker_base_url"] if base_url is None else base_url
    if not url:
        raise UsageError(_NO_BROKER)
    bundle = options["ssl_certificate"] or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    headers = dict(parse_headers(options["custom_header"], "--custom-header"))
    has_credentials = any(options[name] for name in _CREDENTIALS) or "authorization" in map(str.lower, headers)
    return Broker(
        url,
        token=options["broker_token"] or (None if has_credentials else _saved_token(url, sign_in)),
        username=options["broker_username"] or None,
        password=options["broker_password"] or None,
        timeout_seconds=options["timeout_seconds"],
        ca_bundle=bundle or None,
        patience_seconds=_patience(options["retries"]),
        verify_tls=not options["skip_ssl_verification"],
        headers=headers,
        environ=os.environ,
    )


@contextmanager
def ending(reporter: Reporter) -> Iterator[None]:
    """End the command with the documented status if an expected error is raised in the block."""
    try:
        yield
    except exit_statuses.EXPECTED as error:
        context = click.get_current_context()
        reporter.failed(str(context.info_name), exit_statuses.reasons(error))
        context.exit(exit_statuses.exit_status(error))


@contextmanager
def logging_requests(level: str | None, *, verbose: bool) -> Iterator[None]:
    """Log requests to standard error in the block: at *level*, or all of them if *verbose*."""
    if level is None and not verbose:
        yield
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(name) for name in ("urllib3.connectionpool", "contracts")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(_LEVELS[level] if level is not None else logging.DEBUG)
    try:
        yield
    finally:
        for logger, before in zip(loggers, levels, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(before)


def _patience(retries: int | None) -> float | None:
    """Return for how long the official client would try *retries* times: 0.5 + 1 + 2 + … seconds."""
    if retries is None:
        return patience(os.environ)
    return float(sum(_FIRST_PAUSE_SECONDS * 2**attempt for attempt in range(max(retries - 1, 0))))


def _saved_token(base_url: str, sign_in: SignInUse) -> str | None:
    if sign_in == "none" or (saved := sign_ins.load(base_url, os.environ)) is None:
        return None
    if sign_in == "valid" and saved.has_expired(datetime.now(UTC)):
        raise UsageError(
            f"Your sign-in to {base_url} has expired. Sign in again with contracts login, or forget it with "
            "contracts logout."
        )
    return saved.token


def _option(*names: str, **attributes: Any) -> _Decorator:
    return click.option(*names, cls=ConnectionOption, **attributes)


def _credentials() -> list[_Decorator]:
    return [
        _option(
            *("-k", "--broker-token"),
            envvar="PACT_BROKER_TOKEN",
            show_envvar=True,
            metavar="TOKEN",
            help="Bearer token.",
        ),
        _option(
            *("-u", "--broker-username"),
            envvar="PACT_BROKER_USERNAME",
            show_envvar=True,
            metavar="NAME",
            help="User name, instead of a token.",
        ),
        _option(
            *("-p", "--broker-password"),
            envvar="PACT_BROKER_PASSWORD",
            show_envvar=True,
            metavar="PASSWORD",
            help="Password.",
        ),
    ]


def _options(*, required: bool, header: bool) -> list[_Decorator]:
    return [
        click.option(
            *("-b", "--broker-base-url"),
            cls=_BrokerOption,
            envvar="PACT_BROKER_BASE_URL",
            show_envvar=True,
            metavar="URL",
            required=required,
            help="URL of the Pact Broker or PactFlow.",
        ),
        *_credentials(),
        _option(
            *("--custom-header", *(["--header"] if header else [])),
            "custom_header",
            multiple=True,
            metavar="'NAME: VALUE'",
            help="Header for each request; repeatable.",
        ),
        _option(
            *("-c", "--ssl-certificate"),
            metavar="FILE",
            help="Certificate authorities to trust.  [env var: SSL_CERT_FILE]",
        ),
        _option(
            "--skip-ssl-verification",
            envvar="SSL_SKIP_VERIFICATION",
            show_envvar=True,
            is_flag=True,
            help="Accept any certificate: anyone in between can read the credentials.",
        ),
        _option(
            "--retries",
            envvar="PACT_BROKER_HTTP_RETRIES",
            show_envvar=True,
            type=click.IntRange(0, 12),
            metavar="N",
            help="Retry for as long as N attempts take with pauses of 0.5, 1, 2, … s.  [default: 30 s]",
        ),
        _option(
            "--timeout-seconds",
            type=click.FloatRange(min=0, min_open=True),
            default=READ_TIMEOUT_SECONDS,
            show_default=True,
            metavar="SECONDS",
            help="Time limit of a response.",
        ),
        _option("--log-level", type=click.Choice(list(_LEVELS)), help="Log requests to standard error."),
    ]


_CREDENTIALS = ("broker_token", "broker_username", "broker_password")
_NAMES = (
    "broker_base_url",
    "broker_token",
    "broker_username",
    "broker_password",
    "custom_header",
    "ssl_certificate",
    "skip_ssl_verification",
    "retries",
    "timeout_seconds",
    "log_level",
)
