"""The settings of access: accounts, tokens, and what everyone may do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from contracts.broker import accounts
from contracts.broker import setting_kinds as kinds
from contracts.broker.build_files import BUILD_FILE, BuildFile
from contracts.broker.database_settings import DatabaseSettings
from contracts.broker.grants import GRANTS, Grants
from contracts.broker.setting_kinds import Kind, setting
from contracts.model.redaction import without_password


_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _require_issuer(url: str) -> None:
    parts = urlsplit(url)
    if url and not (parts.hostname and (parts.scheme == "https" or parts.hostname in _LOOPBACK)):
        raise ValueError("anyone on the way could exchange its keys")


ISSUER: Kind[str] = Kind(
    takes="a URL of HTTPS (HTTP only on this machine)", parse=str, check=_require_issuer, mask=without_password
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings(DatabaseSettings):
    """Who may use the broker."""

    basic_auth_enabled: bool = setting(
        False, kinds.BOOLEAN, "require a user name and a password; switched on by the next two"
    )
    require_tokens: bool = setting(
        False,
        kinds.BOOLEAN,
        "require a token, which `contracts token create` makes, or one of the next accounts; not in the reference "
        "broker",
    )
    teams: kinds.Teams = setting(
        (),
        kinds.TEAMS,
        "the applications of each team, for permissions that name a team; not in the reference broker",
    )
    trusted_ci: BuildFile | None = setting(
        None,
        BUILD_FILE,
        "TOML file that says which builds may publish with a token of their CI service, see "
        "[GitHub without stored secrets](#github-without-stored-secrets); not in the reference broker",
    )
    basic_auth_username: str = setting("", kinds.TEXT, "account that may read and write")
    basic_auth_password: str = setting("", kinds.PASSWORD, "password of that account")
    basic_auth_read_only_username: str = setting("", kinds.TEXT, "account that may only read")
    basic_auth_read_only_password: str = setting("", kinds.PASSWORD, "password of that account")
    allow_public_read: bool = setting(False, kinds.BOOLEAN, "everyone may read")
    allow_public_write: bool = setting(
        False,
        kinds.BOOLEAN,
        "other machines may reach a broker without a password, and change everything; not in the reference broker",
        option="--allow-public-write",
    )
    public_heartbeat: bool = setting(False, kinds.BOOLEAN, "everyone may read the heartbeat")
    enable_public_badge_access: bool = setting(False, kinds.BOOLEAN, "everyone may see badges")
    sign_in_issuer: str = setting(
        "",
        ISSUER,
        "people sign in at this issuer of OpenID Connect, see [single sign-on](#single-sign-on); not in the reference "
        "broker",
    )
    sign_in_client_id: str = setting(
        "", kinds.TEXT, "the broker's client ID at the issuer; not in the reference broker"
    )
    sign_in_client_secret: str = setting(
        "", kinds.PASSWORD, "the client's secret; empty for a public client; not in the reference broker"
    )
    sign_in_client_secret_file: str = setting(
        "", kinds.TEXT, "a file with the client's secret, instead; not in the reference broker"
    )
    sign_in_scopes: tuple[str, ...] = setting(
        ("openid", "profile", "email"), kinds.WORDS, "what the broker asks the issuer for; not in the reference broker"
    )
    sign_in_groups_claim: str = setting(
        "groups", kinds.TEXT, "the claim that has a person's groups; not in the reference broker"
    )
    sign_in_permissions: Grants = setting(
        (),
        GRANTS,
        "what each group may do; `*` is everyone who can sign in; who is in none of them cannot; not in the reference "
        "broker",
    )
    sign_in_hours: int = setting(
        12,
        kinds.number(1, 720, unit="hours"),
        "time after which people sign in again, and `contracts login` too; not in the reference broker",
    )

    @property
    def requires_credentials(self) -> bool:
        """Whether requests need a token, a password, or a person who has signed in."""
        return self.basic_auth_enabled or self.require_tokens or bool(self.sign_in_issuer)

    @property
    def access_problem(self) -> str | None:
        """What is incomplete, or protects nothing, and what to do; None if nothing is."""
        return self._sign_in_problem or accounts.problem(
            (self.basic_auth_username, self.basic_auth_password),
            (self.basic_auth_read_only_username, self.basic_auth_read_only_password),
            enabled=self.basic_auth_enabled,
            requires_credentials=self.requires_credentials,
            allow_public_write=self.allow_public_write,
            trusts_builds=self.trusted_ci is not None,
        )

    @property
    def _sign_in_problem(self) -> str | None:
        parts = {
            "PACT_BROKER_SIGN_IN_ISSUER": self.sign_in_issuer,
            "PACT_BROKER_SIGN_IN_CLIENT_ID": self.sign_in_client_id,
            "PACT_BROKER_SIGN_IN_PERMISSIONS": self.sign_in_permissions,
        }
        missing = [variable for variable, value in parts.items() if not value]
        if missing and len(missing) < len(parts):
            return f"The sign-in of people is incomplete, so nobody could sign in: set {' and '.join(missing)} too"
        if self.sign_in_client_secret_file and not os.access(self.sign_in_client_secret_file, os.R_OK):
            return f"PACT_BROKER_SIGN_IN_CLIENT_SECRET_FILE cannot be read: {self.sign_in_client_secret_file}"
        if self.sign_in_client_secret and self.sign_in_client_secret_file:
            return (
                "The client of the sign-in has two secrets: remove PACT_BROKER_SIGN_IN_CLIENT_SECRET or "
                "PACT_BROKER_SIGN_IN_CLIENT_SECRET_FILE"
            )
        return None
