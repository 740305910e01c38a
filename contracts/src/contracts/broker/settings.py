"""Every setting of the broker, from options or PACT_BROKER_* variables.

Source: Pact Broker protocol, configuration; the names are the reference broker's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_type_hints


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


PREFIX = "PACT_BROKER_"


class SettingsError(ValueError):
    """A setting's value cannot be used; the message names the variable and what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the broker was told to do; the defaults are the reference broker's unless a comment says why not."""

    database_url: str = "sqlite:///pact_broker.sqlite3"
    host: str = "127.0.0.1"  # reach it from elsewhere only where somebody says so
    port: int = 9292
    base_url: tuple[str, ...] = ()
    basic_auth_enabled: bool = False
    basic_auth_username: str = ""
    basic_auth_password: str = field(default="", repr=False)
    basic_auth_read_only_username: str = ""
    basic_auth_read_only_password: str = field(default="", repr=False)
    allow_public_read: bool = False
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
    base_equality_only_on_content_that_affects_verification_results: bool = True
    webhook_retry_schedule: tuple[int, ...] = (10, 60, 120, 300, 600, 1200)
    webhook_http_method_whitelist: tuple[str, ...] = ("POST",)
    webhook_http_code_success: tuple[int, ...] = (200, 201, 202, 203, 204, 205, 206)
    webhook_scheme_whitelist: tuple[str, ...] = ("https",)
    webhook_host_whitelist: tuple[str, ...] = ()
    disable_ssl_verification: bool = False
    user_agent: str = "contracts-broker"
    verified_by_other_branch_lookback_days: int = 30
    seed_example_data: bool = False  # an embedded broker starts empty
    log_level: str = "info"

    @property
    def first_tag_as_branch_window(self) -> timedelta:
        """How young a version must be for its first tag to become its branch."""
        return timedelta(seconds=self.use_first_tag_as_branch_time_limit)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **options: object) -> Settings:
        """The settings of *environ*'s PACT_BROKER_* variables; an option that is not None wins.

        Raises:
            SettingsError: if a value is not of its setting's kind.
        """
        hints = get_type_hints(cls)
        values: dict[str, Any] = {}
        for each in fields(cls):
            variable = PREFIX + each.name.upper()
            if (raw := environ.get(variable)) is not None:
                values[each.name] = _parse(variable, raw, hints[each.name])
        values |= {name: value for name, value in options.items() if value is not None}
        return cls(**values)


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
        msg = "must be true or false"
        raise ValueError(msg) from None


_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    bool: (_boolean, "true or false"),
    int: (int, "a whole number"),
    str: (str, "text"),
    tuple[str, ...]: (lambda raw: tuple(raw.split()), "words separated by spaces"),
    tuple[int, ...]: (
        lambda raw: tuple(int(each) for each in raw.split()),
        "whole numbers separated by spaces",
    ),
}


def _parse(variable: str, raw: str, kind: Any) -> Any:  # noqa: ANN401, a setting's kind is any of the parsers'
    parse, takes = _PARSERS[kind]
    try:
        return parse(raw)
    except ValueError:
        msg = f"{variable} is {raw!r}, but takes {takes}"
        raise SettingsError(msg) from None
