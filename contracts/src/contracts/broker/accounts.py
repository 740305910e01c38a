"""The accounts in the settings: whether they are complete, and protect something."""

from __future__ import annotations


Account = tuple[str, str]
"""A user name and a password; either is empty if it is not set."""


def problem(
    writer: Account,
    reader: Account,
    *,
    enabled: bool,
    requires_credentials: bool,
    allow_public_write: bool,
    trusts_builds: bool,
) -> str | None:
    """Return what is wrong with the accounts, and what to do; None if nothing is."""
    if not enabled and any((*writer, *reader)):
        return (
            "The account is incomplete, and would protect nothing: set both PACT_BROKER_BASIC_AUTH_USERNAME and "
            "PACT_BROKER_BASIC_AUTH_PASSWORD, or remove every PACT_BROKER_BASIC_AUTH_… variable"
        )
    if trusts_builds and not requires_credentials:
        return (
            "PACT_BROKER_TRUSTED_CI limits nothing, because everyone may write: set PACT_BROKER_REQUIRE_TOKENS to true"
        )
    if requires_credentials and allow_public_write:
        return (
            "PACT_BROKER_ALLOW_PUBLIC_WRITE lets everyone write, but PACT_BROKER_BASIC_AUTH_…, "
            "PACT_BROKER_REQUIRE_TOKENS or PACT_BROKER_SIGN_IN_ISSUER requires credentials: remove one of them"
        )
    if enabled and not all(writer):
        return (
            "PACT_BROKER_BASIC_AUTH_ENABLED is true, but no account may write: set "
            "PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD"
        )
    if any(reader) and not all(reader):
        return (
            "The read-only account is incomplete: set PACT_BROKER_BASIC_AUTH_READ_ONLY_USERNAME and "
            "PACT_BROKER_BASIC_AUTH_READ_ONLY_PASSWORD"
        )
    return None
