"""The settings of the network: where the broker listens, and by which URLs clients know it."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.broker import setting_kinds as kinds
from contracts.broker.limit_settings import LimitSettings
from contracts.broker.setting_kinds import PORT, number, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings(LimitSettings):
    """Where clients reach the broker."""

    # other machines reach it only if the operator says so
    host: str = setting(
        "127.0.0.1", kinds.TEXT, "address to listen on; `0.0.0.0` for all addresses of the machine", option="--host"
    )
    port: int = setting(9292, PORT, "port to listen on; 0: any free port", option="--port")
    base_url: tuple[str, ...] = setting(
        (), kinds.URLS, "the URLs that clients use, if a proxy is in front", alias="base_urls", option="--base-url"
    )
    tls_certificate: str = setting(
        "",
        kinds.TEXT,
        "PEM file of the certificate, and of those between it and an authority, to serve TLS; see "
        "[TLS](#tls); not in the reference broker, like the next two",
        option="--tls-certificate",
    )
    tls_key: str = setting(
        "", kinds.TEXT, "PEM file of its private key; the certificate's file if not set", option="--tls-key"
    )
    tls_client_ca: str = setting(
        "", kinds.TEXT, "PEM file of authorities; each client needs a certificate of one", option="--tls-client-ca"
    )
    # a proxy on the same machine works as in the reference broker, which believes everyone
    trusted_proxies: tuple[str, ...] = setting(
        ("127.0.0.0/8", "::1"),
        kinds.NETWORKS,
        "the proxies whose `X-Forwarded-…` and `Forwarded` headers count, see [behind a proxy](#behind-a-proxy); not "
        "in the reference broker",
    )
    hsts_max_age: int = setting(
        31_536_000,
        number(unit="seconds"),
        "time for which browsers use only TLS with this host, on all its ports; sent only over TLS; 0: not sent; not "
        "in the reference broker",
    )
