"""The PACT_BROKER_* variables that are no settings of this broker: what is not supported, and what is somebody else's.

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
        "username",
    }
)
"""What pipelines and the official clients read, often in the same shell."""

_ELSEWHERE = "_environment_variable_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSupported:
    """Why a name of the reference broker's does nothing here.

    *harmless* are the values with which nothing is lost, in lower case. Where it is *refused*, the broker does not
    start: without the option others could see or change data, or can-i-deploy would be answered otherwise.
    """

    reason: str
    harmless: tuple[str, ...] = ()
    refused: bool = False


_RUBY = "specific to the Ruby broker"
_LOGS = "logs go to standard error, for whatever runs the broker to keep"
_WIP = "the window of work in progress is what the client asks for"

NOT_SUPPORTED = {
    "allow_missing_migration_files": NotSupported(reason=_RUBY, harmless=("true", "false")),
    "auto_migrate_db_data": NotSupported(reason="data is brought up to date with the tables", harmless=("true",)),
    "badge_provider_mode": NotSupported(reason="badges are drawn by the broker itself"),
    "conf": NotSupported(reason="settings are read from variables alone, no file", refused=True),
    "database_clean_mode": NotSupported(reason="there is one way of cleaning"),
    "database_connection_validation_timeout": NotSupported(reason="connections are tested whenever they are used"),
    "default_wip_window_days": NotSupported(reason=_WIP),
    "dynamic_wip_window": NotSupported(reason=_WIP, harmless=("false",)),
    "features": NotSupported(reason="the reference broker's experiments are not repeated", harmless=("", "{}")),
    "hide_pactflow_messages": NotSupported(reason="there are none", harmless=("true", "false")),
    "http_debug_logging_enabled": NotSupported(reason="requests are never logged", harmless=("false",)),
    "log_dir": NotSupported(reason=_LOGS),
    "log_format": NotSupported(reason="logs are lines of text", harmless=("default",)),
    "log_stream": NotSupported(reason=_LOGS, harmless=("stdout",)),
    "max_wip_lookback_days": NotSupported(reason=_WIP),
    "metrics_sql_statement_timeout": NotSupported(
        reason="PACT_BROKER_DATABASE_STATEMENT_TIMEOUT holds for metrics too"
    ),
    "min_wip_window_days": NotSupported(reason=_WIP),
    "network_diagram_max_pacticipants": NotSupported(reason="there is no network diagram"),
    "order_versions_by_date": NotSupported(
        reason="versions are ordered by when they came, whatever their numbers", harmless=("true",), refused=True
    ),
    "pact_content_diff_timeout": NotSupported(reason="differences too large to be worked out quickly are not shown"),
    "puma_persistent_timeout": NotSupported(reason=_RUBY),
    "seed_example_data": NotSupported(reason="a new broker is empty", harmless=("false",)),
    "semver_formats": NotSupported(reason="versions are ordered by when they came, whatever their numbers"),
    "shields_io_base_url": NotSupported(reason="badges are drawn by the broker itself"),
    "sql_log_level": NotSupported(reason="statements are never logged"),
    "sql_log_warn_duration": NotSupported(reason="statements are never logged"),
    "use_case_sensitive_resource_names": NotSupported(
        reason="names that differ in case are different names", harmless=("true",), refused=True
    ),
    "use_hal_browser": NotSupported(reason="the page that shows documents is always there", harmless=("true",)),
    "use_rack_protection": NotSupported(reason="pages are always protected", harmless=("true",)),
    "validate_database_connection_config": NotSupported(reason=_RUBY, harmless=("true", "false")),
    "warning_error_class_names": NotSupported(reason=_RUBY),
    "webhook_redact_sensitive_data": NotSupported(reason="secrets are always starred", harmless=("true",)),
}
"""By name, as a setting's: in lower case and without the prefix."""


def refusals(environ: Mapping[str, str]) -> Iterator[str]:
    """Why the broker cannot do what *environ* asks for, variable by variable, where it must not go on without."""
    for variable, name, value in _ours(environ):
        known = NOT_SUPPORTED.get(name)
        if known is not None and known.refused and value.lower() not in known.harmless:
            yield f"{variable} is not supported: {known.reason}"
        elif name.endswith(_ELSEWHERE):
            yield f"{variable} is not supported: set {variable[: -len(_ELSEWHERE)]} itself"


def warnings(environ: Mapping[str, str], settings: Collection[str]) -> Iterator[str]:
    """What *environ* asks for in vain, variable by variable; *settings* are the names that are known."""
    for variable, name, value in _ours(environ):
        if name in settings or name in CLIENTS or name.endswith(_ELSEWHERE):
            continue
        if (known := NOT_SUPPORTED.get(name)) is None:
            close = get_close_matches(name, [*settings, *CLIENTS], n=1)
            advice = f"; is it {PREFIX}{close[0].upper()}?" if close else ""
            yield f"{variable} is no setting of this broker{advice}"
        elif not known.refused and value.lower() not in known.harmless:
            yield f"{variable} is not supported, and does nothing: {known.reason}"


def _ours(environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each variable with our prefix, as it is spelled, its name without the prefix, in lower case, and its value."""
    for variable in sorted(environ):
        if variable.startswith(PREFIX):
            yield variable, variable.removeprefix(PREFIX).lower(), environ[variable]
