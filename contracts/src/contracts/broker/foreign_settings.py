"""The PACT_BROKER_* variables that are not settings of this broker: unsupported ones, and those of clients.

Source: Pact Broker protocol, configuration; the names are the reference broker's and its image's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches


PREFIX = "PACT_BROKER_"

CLIENTS = frozenset(
    {
        "base_url",
        "can_i_deploy_dry_run",
        "error_on_unknown_option",
        "http_retries",
        "password",
        "publish_verification_results",
        "token",
        "token_audience",
        "username",
    }
)
"""Variables of pipelines and the official clients, which are often set in the same shell."""

_INDIRECT = "_environment_variable_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """A setting of the reference broker without effect here, and the *reason*.

    *harmless* are the values that ask for what happens anyway, in lower case.
    With other values of a *refused* setting, the broker does not start: without it, others could read or change data,
    or can-i-deploy would give another answer.
    """

    reason: str
    harmless: tuple[str, ...] = ()
    refused: bool = False


_RUBY = "specific to the Ruby broker"
_LOGS = "logs go to standard error"
_WIP = "the client sets the window of work in progress"

NOT_SUPPORTED = {
    "allow_missing_migration_files": Unsupported(reason=_RUBY, harmless=("true", "false")),
    "auto_migrate_db_data": Unsupported(reason="data is upgraded together with the tables", harmless=("true",)),
    "badge_provider_mode": Unsupported(reason="badges are drawn by the broker itself"),
    "conf": Unsupported(reason="settings are read only from variables, not from a file", refused=True),
    "database_clean_mode": Unsupported(reason="there is only one kind of cleaning"),
    "database_connection_validation_timeout": Unsupported(reason="connections are tested at each use"),
    "default_wip_window_days": Unsupported(reason=_WIP),
    "dynamic_wip_window": Unsupported(reason=_WIP, harmless=("false",)),
    "features": Unsupported(reason="experiments of the reference broker are not implemented", harmless=("", "{}")),
    "hide_pactflow_messages": Unsupported(reason="there are no such messages", harmless=("true", "false")),
    "http_debug_logging_enabled": Unsupported(reason="PACT_BROKER_ACCESS_LOG logs requests", harmless=("false",)),
    "log_dir": Unsupported(reason=_LOGS),
    "log_stream": Unsupported(reason=_LOGS, harmless=("stdout",)),
    "max_wip_lookback_days": Unsupported(reason=_WIP),
    "metrics_sql_statement_timeout": Unsupported(
        reason="PACT_BROKER_DATABASE_STATEMENT_TIMEOUT also applies to metrics"
    ),
    "min_wip_window_days": Unsupported(reason=_WIP),
    "network_diagram_max_pacticipants": Unsupported(reason="there is no network diagram"),
    "order_versions_by_date": Unsupported(
        reason="versions are ordered by date, not by number", harmless=("true",), refused=True
    ),
    "pact_content_diff_timeout": Unsupported(reason="a difference that takes too long to compute is not shown"),
    "puma_persistent_timeout": Unsupported(reason=_RUBY),
    "seed_example_data": Unsupported(reason="a new broker is empty", harmless=("false",)),
    "semver_formats": Unsupported(reason="versions are ordered by date, not by number"),
    "shields_io_base_url": Unsupported(reason="badges are drawn by the broker itself"),
    "sql_log_level": Unsupported(reason="statements are never logged"),
    "sql_log_warn_duration": Unsupported(reason="statements are never logged"),
    "use_case_sensitive_resource_names": Unsupported(
        reason="names that differ in case are different names", harmless=("true",), refused=True
    ),
    "use_hal_browser": Unsupported(reason="the page that shows documents is always available", harmless=("true",)),
    "use_rack_protection": Unsupported(reason="pages are always protected", harmless=("true",)),
    "validate_database_connection_config": Unsupported(reason=_RUBY, harmless=("true", "false")),
    "warning_error_class_names": Unsupported(reason=_RUBY),
    "webhook_redact_sensitive_data": Unsupported(reason="secrets are always masked", harmless=("true",)),
}
"""By name, in lower case and without the prefix."""


def refusals(environ: Mapping[str, str]) -> Iterator[str]:
    """Return a sentence for each variable of *environ* with which the broker must not start."""
    for variable, name, value in _ours(environ):
        entry = NOT_SUPPORTED.get(name)
        if entry is not None and entry.refused and value.lower() not in entry.harmless:
            yield f"{variable} is not supported: {entry.reason}. Remove the variable"
        elif name.endswith(_INDIRECT):
            yield f"{variable} is not supported: set {variable[: -len(_INDIRECT)]} instead"


def warnings(environ: Mapping[str, str], settings: Collection[str]) -> Iterator[str]:
    """Return a sentence for each variable of *environ* without effect; *settings* are the names of all settings."""
    for variable, name, value in _ours(environ):
        if name in settings or name in CLIENTS or name.endswith(_INDIRECT):
            continue
        if (entry := NOT_SUPPORTED.get(name)) is None:
            close = get_close_matches(name, [*settings, *CLIENTS], n=1)
            advice = f"; did you mean {PREFIX}{close[0].upper()}?" if close else ""
            yield f"{variable} is not a setting of this broker{advice}"
        elif not entry.refused and value.lower() not in entry.harmless:
            yield f"{variable} is not supported and has no effect: {entry.reason}"


def _ours(environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield each variable with our prefix, its name in lower case without the prefix, and its value."""
    for variable in sorted(environ):
        if variable.startswith(PREFIX):
            yield variable, variable.removeprefix(PREFIX).lower(), environ[variable]
