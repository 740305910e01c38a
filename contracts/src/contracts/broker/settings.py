"""Every setting of the broker, from options or PACT_BROKER_* variables.

Source: Pact Broker protocol, configuration; the names are the reference broker's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import quote

from contracts.broker import foreign_settings, usable
from contracts.broker.foreign_settings import PREFIX
from contracts.model import kept_selectors, schedules
from contracts.model.kept_selectors import KeptBranches, KeptVersions
from contracts.model.redaction import without_password
from contracts.model.schedules import Schedule
from contracts.model.webhook_rules import Allowed


STARS = "*****"
SQLITE_FILE = "sqlite:///pact_broker.sqlite3"
_AT_NIGHT = schedules.parse("15 2 * * *")

_ALIASES = {
    "base_url": "base_urls",
    "database_clean_deletion_limit": "database_clean_version_deletion_limit",
}
"""Second names of settings."""

_ACCOUNTS = (
    "basic_auth_username",
    "basic_auth_password",
    "basic_auth_read_only_username",
    "basic_auth_read_only_password",
)


class SettingsError(ValueError):
    """A setting's value cannot be used; the message names the variable and what it takes."""


class LogLevel(StrEnum):
    """From which weight on something is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the broker was told to do; the defaults are the reference broker's unless a comment says why not.

    Raises:
        SettingsError: if a value cannot be used; if parts of the database's address are given, but not its name; or
            accounts that guard nothing, or none where everything is guarded.
    """

    database_url: str = SQLITE_FILE  # a database that needs no server
    # the parts of an address, for where a whole one is not given
    database_adapter: str = "postgres"
    database_username: str = ""
    database_password: str = field(default="", repr=False)
    database_host: str = ""
    database_port: int = 0  # the database's own
    database_name: str = ""
    database_sslmode: str = ""
    database_max_connections: int = 40  # as many as requests are answered at once
    database_pool_timeout: int = 5
    database_connect_max_retries: int = 0
    database_statement_timeout: int = 15
    database_prepared_statements: bool = True  # our own
    auto_migrate_db: bool = True
    host: str = "127.0.0.1"  # reach it from elsewhere only where somebody says so
    port: int = 9292
    workers: int = 1  # processes; our own
    max_body_bytes: int = 33_554_432  # our own: JSON made to be large takes thirty times as much memory to read
    base_url: tuple[str, ...] = ()
    enable_diagnostic_endpoints: bool = True
    basic_auth_enabled: bool = False
    basic_auth_username: str = ""
    basic_auth_password: str = field(default="", repr=False)
    basic_auth_read_only_username: str = ""
    basic_auth_read_only_password: str = field(default="", repr=False)
    allow_public_read: bool = False
    allow_public_write: bool = False  # our own: other machines may reach a broker that requires no password
    public_heartbeat: bool = False
    enable_public_badge_access: bool = False
    badge_default_cache_setting: str = "max-age=30"
    check_for_potential_duplicate_pacticipant_names: bool = True
    create_deployed_versions_for_tags: bool = True
    use_first_tag_as_branch: bool = True
    use_first_tag_as_branch_time_limit: int = 10
    auto_detect_main_branch: bool = True
    main_branch_candidates: tuple[str, ...] = ("develop", "main", "master")
    allow_dangerous_contract_modification: bool = False
    require_results_of_every_provider_version: bool = False  # our own
    base_equality_only_on_content_that_affects_verification_results: bool = True
    webhook_retry_schedule: tuple[int, ...] = (10, 60, 120, 300, 600, 1200)
    webhook_http_method_whitelist: tuple[str, ...] = ("POST",)
    webhook_http_code_success: tuple[int, ...] = (200, 201, 202, 203, 204, 205, 206)
    webhook_scheme_whitelist: tuple[str, ...] = ("https",)
    webhook_host_whitelist: tuple[str, ...] = ()
    webhook_certificates: tuple[Path, ...] = ()
    disable_ssl_verification: bool = False
    user_agent: str = "contracts-broker"
    verified_by_other_branch_lookback_days: int = 30
    log_level: LogLevel = LogLevel.INFO
    database_clean_enabled: bool = False
    database_clean_cron_schedule: Schedule = _AT_NIGHT
    database_clean_keep_version_selectors: tuple[KeptVersions, ...] = kept_selectors.KEPT_VERSIONS
    database_clean_keep_branch_selectors: tuple[KeptBranches, ...] = kept_selectors.KEPT_BRANCHES
    database_clean_deletion_limit: int = 500
    database_clean_overwritten_data_max_age: int = 7
    database_clean_dry_run: bool = False

    def __post_init__(self) -> None:
        """Make the database's address of its parts, where it is not given whole; refuse a guard with a gap."""
        for each in fields(self):
            if (problem := usable.problem(each.name, getattr(self, each.name))) is not None:
                raise SettingsError(f"{PREFIX}{each.name.upper()} {problem}")
        self._require_accounts()
        if self.database_url == SQLITE_FILE:
            object.__setattr__(self, "database_url", self._from_parts())
        of_server = not self.database_url.startswith("sqlite")
        if of_server and self.database_sslmode and "sslmode=" not in self.database_url:
            separator = "&" if "?" in self.database_url else "?"
            object.__setattr__(self, "database_url", f"{self.database_url}{separator}sslmode={self.database_sslmode}")

    @property
    def connections_of_each_process(self) -> int:
        """How many of the database's connections each process may open; a server takes a hundred as a rule."""
        return max(1, self.database_max_connections // self.workers)

    @property
    def first_tag_as_branch_window(self) -> timedelta:
        """How young a version must be for its first tag to become its branch."""
        return timedelta(seconds=self.use_first_tag_as_branch_time_limit)

    def _require_accounts(self) -> None:
        full = (self.basic_auth_username, self.basic_auth_password)
        reader = (self.basic_auth_read_only_username, self.basic_auth_read_only_password)
        if all(full):  # as in the reference broker's image
            object.__setattr__(self, "basic_auth_enabled", True)
        if not self.basic_auth_enabled and any((*full, *reader)):
            raise SettingsError(
                "There is half an account, and nobody would be asked for it: set both PACT_BROKER_BASIC_AUTH_USERNAME "
                "and PACT_BROKER_BASIC_AUTH_PASSWORD, or remove every PACT_BROKER_BASIC_AUTH_… variable"
            )
        if self.basic_auth_enabled and self.allow_public_write:
            raise SettingsError(
                "A password is required for changes, and PACT_BROKER_ALLOW_PUBLIC_WRITE says that anybody may make "
                "them: remove either it or the PACT_BROKER_BASIC_AUTH_… variables"
            )
        if self.basic_auth_enabled and not all(full):
            raise SettingsError(
                "PACT_BROKER_BASIC_AUTH_ENABLED is set, but there is no account that may do everything: set "
                "PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD"
            )
        if any(reader) and not all(reader):
            raise SettingsError(
                "The account that only reads is half an account: set PACT_BROKER_BASIC_AUTH_READ_ONLY_USERNAME and "
                "PACT_BROKER_BASIC_AUTH_READ_ONLY_PASSWORD"
            )

    @property
    def allowed_webhooks(self) -> Allowed:
        """What webhooks may do."""
        return Allowed(
            methods=self.webhook_http_method_whitelist,
            schemes=self.webhook_scheme_whitelist,
            hosts=self.webhook_host_whitelist,
        )

    def _from_parts(self) -> str:
        if not self.database_name:
            if self.database_host or self.database_username:
                raise SettingsError("The database's address has parts, but no name: set PACT_BROKER_DATABASE_NAME")
            return SQLITE_FILE
        if self.database_adapter == "sqlite":
            return f"sqlite:///{self.database_name}"
        password = f":{quote(self.database_password, safe='')}" if self.database_password else ""
        user = f"{quote(self.database_username, safe='')}{password}@" if self.database_username else ""
        port = f":{self.database_port}" if self.database_port else ""
        return f"{self.database_adapter}://{user}{self.database_host}{port}/{quote(self.database_name, safe='')}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **options: object) -> Settings:
        """The settings of *environ*'s PACT_BROKER_* variables; an option that is not None wins.

        Raises:
            SettingsError: if a value is not of its setting's kind, or something that is not supported must not be
                passed over.
        """
        if refusals := list(foreign_settings.refusals(environ)):
            raise SettingsError("\n".join(refusals))
        hints = get_type_hints(cls)
        values: dict[str, Any] = {}
        for each in fields(cls):
            if (variable := variable_of(each.name, environ)) is not None:
                values[each.name] = _parse(variable, environ[variable], hints[each.name])
        if values.get("basic_auth_enabled") is False and any(values.get(each) for each in _ACCOUNTS):
            raise SettingsError(
                "There are user names or passwords (PACT_BROKER_BASIC_AUTH_…), but PACT_BROKER_BASIC_AUTH_ENABLED is "
                "false, so nobody would be asked for them: set it to true, or remove them"
            )
        values |= {name: value for name, value in options.items() if value is not None}
        return cls(**values)


def variable_of(name: str, environ: Mapping[str, str]) -> str | None:
    """The variable of *environ* that gives the setting called *name* its value; None for its default."""
    candidates = (name, _ALIASES[name]) if name in _ALIASES else (name,)
    return next((each for each in (PREFIX + each.upper() for each in candidates) if each in environ), None)


def warnings(environ: Mapping[str, str]) -> list[str]:
    """What *environ* asks the broker for in vain."""
    known = {each.name for each in fields(Settings)} | set(_ALIASES.values())
    return list(foreign_settings.warnings(environ, known))


def shown(name: str, value: object) -> str:
    """The *value* of the setting called *name* as a variable takes it, without passwords."""
    if name.endswith("_password"):
        return STARS if value else ""
    address = name == "base_url" or name.startswith("database_")
    match value:
        case bool():
            return str(value).lower()
        case Schedule():
            return value.text
        case tuple() if name.endswith("_selectors"):
            return kept_selectors.text(value)
        case tuple():
            return " ".join(without_password(each) if address else str(each) for each in value)
        case _:
            return without_password(str(value)) if address else str(value)


def _boolean(raw: str) -> bool:
    try:
        return {
            "true": True,
            "yes": True,
            "1": True,
            "false": False,
            "no": False,
            "0": False,
            "": False,
        }[raw.lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def _log_level(raw: str) -> LogLevel:
    return LogLevel({"warn": "warning", "fatal": "critical"}.get(raw.lower(), raw.lower()))


def _files(raw: str) -> tuple[Path, ...]:
    paths = tuple(Path(each) for each in raw.split())
    if missing := [each for each in paths if not each.is_file()]:
        raise ValueError(f"{missing[0]} is no file")
    return paths


_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    bool: (_boolean, "true or false"),
    int: (int, "a whole number"),
    str: (str, "text"),
    LogLevel: (_log_level, f"one of {', '.join(LogLevel)}"),
    Schedule: (schedules.parse, "minute, hour, day, month and day of the week, as '15 2 * * *'"),
    tuple[str, ...]: (lambda raw: tuple(raw.split()), "words separated by spaces"),
    tuple[int, ...]: (
        lambda raw: tuple(int(each) for each in raw.split()),
        "whole numbers separated by spaces",
    ),
    tuple[Path, ...]: (_files, "paths of PEM files separated by spaces"),
    tuple[KeptVersions, ...]: (kept_selectors.parse_versions, 'a JSON list, as \'[{"latest":true},{"max_age":90}]\''),
    tuple[KeptBranches, ...]: (kept_selectors.parse_branches, 'a JSON list, as \'[{"branch":"next"},{"max_age":90}]\''),
}


def _parse(variable: str, raw: str, kind: Any) -> Any:
    parse, takes = _PARSERS[kind]
    try:
        return parse(raw)
    except kept_selectors.InvalidSelectors as error:
        raise SettingsError(f"{variable} takes {takes}: {error}") from None
    except ValueError:
        raise SettingsError(f"{variable} is {raw!r}, but takes {takes}") from None
