"""The settings of access: accounts, tokens, and what everyone may do."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.broker import accounts
from contracts.broker import setting_kinds as kinds
from contracts.broker.build_files import BUILD_FILE, BuildFile
from contracts.broker.database_settings import DatabaseSettings
from contracts.broker.setting_kinds import setting


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

    @property
    def requires_credentials(self) -> bool:
        """Whether requests need a token or a password."""
        return self.basic_auth_enabled or self.require_tokens

    @property
    def access_problem(self) -> str | None:
        """What is incomplete, or protects nothing, and what to do; None if nothing is."""
        return accounts.problem(
            (self.basic_auth_username, self.basic_auth_password),
            (self.basic_auth_read_only_username, self.basic_auth_read_only_password),
            enabled=self.basic_auth_enabled,
            requires_credentials=self.requires_credentials,
            allow_public_write=self.allow_public_write,
            trusts_builds=self.trusted_ci is not None,
        )
