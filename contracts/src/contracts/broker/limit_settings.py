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
    max_bytes_per_application: int = setting(
        1_073_741_824,
        number(unit="bytes"),
        "bytes of an application's contracts and results; a publication over it gets a 413; 0: any number; not in the "
        "reference broker",
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
    # 200 selectors of the matrix take 20,000
    max_header_bytes: int = setting(
        65_536,
        number(1_024, unit="bytes"),
        "a request with a longer URL and headers together gets a 431; not in the reference broker, like the next seven",
    )
    max_headers: int = setting(200, number(10), "a request with more headers gets a 431")
    header_timeout: int = setting(
        10, number(1, unit="seconds"), "time for the URL and headers of a request, and for a TLS handshake"
    )
    body_timeout: int = setting(10, number(1, unit="seconds"), "time for any body; a later one gets a 408")
    min_body_rate: int = setting(
        262_144, number(1, unit="bytes"), "bytes in each second of a body that takes longer than this time"
    )
    response_timeout: int = setting(
        60, number(1, unit="seconds"), "time after which a connection ends if its client takes nothing of its response"
    )
    max_connections: int = setting(
        1_512, number(16), "connections to each process; fewer if the system allows fewer descriptors"
    )
    max_connections_per_address: int = setting(
        500, number(1), "connections from one address to each process; trusted proxies have no limit"
    )
