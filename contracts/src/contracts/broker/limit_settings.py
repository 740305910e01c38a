"""The settings of limits for clients."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.broker.setting_kinds import number, setting
from contracts.broker.vault_settings import VaultSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings(VaultSettings):
    """What clients may send."""

    # hostile JSON takes thirty times its size in memory
    max_body_bytes: int = setting(
        33_554_432,
        number(1, unit="bytes"),
        "a larger body gets a 413; it must hold all contracts of one publication, encoded; at the "
        "default, a malicious body can take a gigabyte and five seconds; not in the reference "
        "broker",
    )
    # a large build sends some hundreds within seconds, and many builds share an account
    max_requests_per_minute: int = setting(
        6_000,
        number(),
        "requests of a token or account, and of an address without one, after which further ones get a 429; for each "
        "process; 0: any number; not in the reference broker",
    )
    max_failed_logins: int = setting(
        10,
        number(),
        "wrong passwords and tokens of an address, and of an account, after which further ones get a 429; 0: any "
        "number; not in the reference broker",
    )
    failed_login_window: int = setting(
        300, number(1, unit="seconds"), "time for which failed logins count; not in the reference broker"
    )
