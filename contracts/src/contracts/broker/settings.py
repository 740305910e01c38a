"""Every setting of the broker, from options or PACT_BROKER_* variables.

Each is described once, as metadata of its field: see `setting_kinds`.
Source: Pact Broker protocol, configuration; the names are the reference broker's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from contracts.broker import foreign_settings
from contracts.broker import setting_kinds as kinds
from contracts.broker.backup_settings import BackupSettings
from contracts.broker.schedules import Schedule
from contracts.broker.setting_kinds import InvalidValue, Setting, number, numbers, setting
from contracts.broker.setting_kinds import SettingsError as SettingsError  # noqa: PLC0414, for those who read settings
from contracts.model import kept_selectors
from contracts.model.jobs import Patience
from contracts.model.kept_selectors import KeptBranches, KeptVersions
from contracts.model.verdicts import Policy
from contracts.model.webhook_rules import Allowed


_ACCOUNTS = (
    "basic_auth_username",
    "basic_auth_password",
    "basic_auth_read_only_username",
    "basic_auth_read_only_password",
)


class LogLevel(StrEnum):
    """The least severity that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class LogFormat(StrEnum):
    """The format of the log."""

    TEXT = "text"
    JSON = "json"


_AT_NIGHT = Schedule(text="15 2 * * *")
_LOG_LEVEL = kinds.choice(LogLevel, {"warn": LogLevel.WARNING, "fatal": LogLevel.CRITICAL})
_LOG_FORMAT = kinds.choice(LogFormat, {"default": LogFormat.TEXT, "color": LogFormat.TEXT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(BackupSettings):
    """The broker's settings; the defaults are the reference broker's unless a comment says why not.

    Raises:
        SettingsError: if a value is out of range; if parts of the database's URL are set, but not its name; or if the
            accounts are incomplete, or protect nothing; or if the keys for secrets come from several places.
    """

    workers: int = setting(1, number(1), "number of worker processes; not in the reference broker", option="--workers")
    enable_diagnostic_endpoints: bool = setting(True, kinds.BOOLEAN, "serve `/diagnostic/status/…` and `/test/error`")
    badge_default_cache_setting: str = setting("max-age=30", kinds.TEXT, "the `Cache-Control` of badges")
    check_for_potential_duplicate_pacticipant_names: bool = setting(
        True, kinds.BOOLEAN, "refuse a new application whose name looks like another's"
    )
    create_deployed_versions_for_tags: bool = setting(
        True, kinds.BOOLEAN, "a tag named like an environment deploys to it"
    )
    use_first_tag_as_branch: bool = setting(True, kinds.BOOLEAN, "the first tag of a new version is its branch")
    use_first_tag_as_branch_time_limit: int = setting(10, number(unit="seconds"), "time for which a version is new")
    auto_detect_main_branch: bool = setting(
        True, kinds.BOOLEAN, "a branch with one of the next names becomes the main branch"
    )
    main_branch_candidates: tuple[str, ...] = setting(
        ("develop", "main", "master"), kinds.WORDS, "names of main branches, the preferred one first"
    )
    allow_dangerous_contract_modification: bool = setting(
        False, kinds.BOOLEAN, "a version may publish a second, different contract"
    )
    require_results_of_every_provider_version: bool = setting(
        False,
        kinds.BOOLEAN,
        "can-i-deploy requires a result of each provider version in an environment; otherwise one "
        "is enough, with a warning; not in the reference broker",
    )
    base_equality_only_on_content_that_affects_verification_results: bool = setting(
        True, kinds.BOOLEAN, "if false, any difference in the text makes a new content, which must be verified again"
    )
    webhook_retry_schedule: tuple[int, ...] = setting(
        (10, 60, 120, 300, 600, 1200), numbers(unit="seconds"), "time before each further attempt"
    )
    verification_job_lease: float = setting(
        30,
        kinds.MINUTES,
        "time to wait for a requested verification before it is requested again; not in the reference broker",
    )
    verification_job_max_attempts: int = setting(
        3, number(1), "maximum number of requests for a verification; not in the reference broker"
    )
    webhook_http_method_whitelist: tuple[str, ...] = setting(("POST",), kinds.WORDS, "methods that a webhook may use")
    webhook_http_code_success: tuple[int, ...] = setting(
        (200, 201, 202, 203, 204, 205, 206), numbers(), "statuses that are success"
    )
    webhook_scheme_whitelist: tuple[str, ...] = setting(
        ("https",), kinds.WORDS, "`http` and `https` that a webhook may use"
    )
    webhook_host_whitelist: tuple[str, ...] = setting(
        (), kinds.HOSTS, "hosts that webhooks may reach, see [webhooks](#webhooks)"
    )
    webhook_certificates: tuple[Path, ...] = setting((), kinds.FILES, "PEM files with additional trusted authorities")
    disable_ssl_verification: bool = setting(False, kinds.BOOLEAN, "send webhooks without checking TLS certificates")
    user_agent: str = setting("contracts-broker", kinds.TEXT, "the `User-Agent` of webhooks")
    verified_by_other_branch_lookback_days: int = setting(
        30, number(unit="days"), "maximum age of a result that ends work in progress"
    )
    log_level: LogLevel = setting(LogLevel.INFO, _LOG_LEVEL, "least severity that is logged", option="--log-level")
    log_format: LogFormat = setting(
        LogFormat.TEXT,
        _LOG_FORMAT,
        "log format: `json` is an object on each line; `default` and `color` of the reference broker mean `text`",
        option="--log-format",
    )
    access_log: bool = setting(
        False, kinds.BOOLEAN, "log every request, at level `info`; not in the reference broker", option="--access-log"
    )
    database_clean_enabled: bool = setting(
        False, kinds.BOOLEAN, "remove old data on a schedule, see [cleaning](#cleaning)"
    )
    database_clean_cron_schedule: Schedule = setting(
        _AT_NIGHT, kinds.SCHEDULE, "when: minute, hour, day, month, day of the week; UTC"
    )
    database_clean_keep_version_selectors: tuple[KeptVersions, ...] = setting(
        kept_selectors.KEPT_VERSIONS, kinds.KEPT_VERSIONS, "versions that are kept"
    )
    database_clean_keep_branch_selectors: tuple[KeptBranches, ...] = setting(
        kept_selectors.KEPT_BRANCHES, kinds.KEPT_BRANCHES, "branches that are kept; `[]` keeps all"
    )
    database_clean_deletion_limit: int = setting(
        500,
        number(),
        "maximum number of objects of each kind to remove in one run",
        alias="database_clean_version_deletion_limit",
    )
    database_clean_overwritten_data_max_age: int = setting(
        7, number(unit="days"), "time after which replaced data is removed"
    )
    database_clean_webhook_decisions_max_age: int = setting(
        90, number(unit="days"), "time after which decisions about webhooks are removed; not in the reference broker"
    )
    audit_max_age: int = setting(
        365,
        number(unit="days"),
        "time after which entries of the audit log are removed; 0: never; not in the reference broker",
    )
    database_clean_dry_run: bool = setting(False, kinds.BOOLEAN, "report what would be removed, and remove nothing")

    def __post_init__(self) -> None:
        """Check every value; complete the database's URL from its parts; refuse incomplete accounts."""
        for each in SETTINGS.values():
            try:
                each.kind.require(getattr(self, each.name))
            except InvalidValue as error:
                raise SettingsError(f"{each.variable} {error}") from None
        if self.basic_auth_username and self.basic_auth_password:  # as in the reference broker's image
            object.__setattr__(self, "basic_auth_enabled", True)
        if problem := self.access_problem or self.keys_problem:
            raise SettingsError(problem)
        if self.sign_in_issuer and len(self.base_url) != 1:
            raise SettingsError(
                "The issuer of PACT_BROKER_SIGN_IN_ISSUER sends people back to one URL of the broker: set "
                "PACT_BROKER_BASE_URL to the URL that browsers use"
            )
        self._complete_url()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **options: object) -> Settings:
        """Return the settings of *environ*'s PACT_BROKER_* variables; an option that is not None wins.

        Raises:
            SettingsError: if a value cannot be used, or a variable is set whose effect the broker must not leave out.
        """
        if refusals := list(foreign_settings.refusals(environ)):
            raise SettingsError("\n".join(refusals))
        values: dict[str, Any] = {}
        for each in SETTINGS.values():
            if (variable := each.variable_in(environ)) is not None:
                try:
                    values[each.name] = each.kind.read(environ[variable])
                except InvalidValue as error:
                    raise SettingsError(f"{variable} {error}") from None
        if values.get("basic_auth_enabled") is False and any(values.get(each) for each in _ACCOUNTS):
            raise SettingsError(
                "PACT_BROKER_BASIC_AUTH_ENABLED is false, but user names or passwords are set, which would protect "
                "nothing: set it to true, or remove the other PACT_BROKER_BASIC_AUTH_… variables"
            )
        values |= {name: value for name, value in options.items() if value is not None}
        return cls(**values)

    @property
    def connections_of_each_process(self) -> int:
        """The number of database connections that each process may open."""
        return max(1, self.database_max_connections // self.workers)

    @property
    def first_tag_as_branch_window(self) -> timedelta:
        """The age up to which the first tag of a version becomes its branch."""
        return timedelta(seconds=self.use_first_tag_as_branch_time_limit)

    @property
    def patience_for_verifications(self) -> Patience:
        """The time to wait for a requested result, and the number of requests."""
        lease = timedelta(minutes=self.verification_job_lease)
        return Patience(lease=lease, most_attempts=self.verification_job_max_attempts)

    @property
    def policy(self) -> Policy:
        """What a yes of can-i-deploy requires."""
        trusted = self.trusted_ci
        return Policy(
            every_version=self.require_results_of_every_provider_version,
            attested_environments=frozenset() if trusted is None else trusted.builds.attested_environments,
        )

    @property
    def allowed_webhooks(self) -> Allowed:
        """The methods, schemes and hosts that webhooks may use."""
        return Allowed(
            methods=self.webhook_http_method_whitelist,
            schemes=self.webhook_scheme_whitelist,
            hosts=self.webhook_host_whitelist,
        )


SETTINGS: dict[str, Setting] = kinds.described(fields(Settings))
"""Every setting, by its name."""


def warnings(environ: Mapping[str, str]) -> list[str]:
    """Return a warning for each variable of *environ* that has no effect."""
    names = SETTINGS.keys() | {each.alias for each in SETTINGS.values() if each.alias}
    return list(foreign_settings.warnings(environ, names))
