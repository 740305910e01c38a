"""The settings of the keys that encrypt secrets."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.broker import setting_kinds as kinds
from contracts.broker.access_settings import AccessSettings
from contracts.broker.setting_kinds import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultSettings(AccessSettings):
    """Where the keys come from; none of them is in the reference broker."""

    secrets_key: str = setting(
        "",
        kinds.PASSWORD,
        "the keys that encrypt secrets, separated by spaces: the first one encrypts, all of them decrypt; see "
        "[secrets](#secrets); not in the reference broker, like the next two",
    )
    secrets_key_file: str = setting("", kinds.TEXT, "or the file of the keys, which only its owner may read")
    secrets_key_command: str = setting("", kinds.TEXT, "or a command that prints the keys; it runs without a shell")

    @property
    def configures_keys(self) -> bool:
        """Whether one of the settings names keys."""
        return bool(self.secrets_key or self.secrets_key_file or self.secrets_key_command)

    @property
    def keys_problem(self) -> str | None:
        """Why the settings contradict each other, and what to do; None if they do not."""
        if sum(map(bool, (self.secrets_key, self.secrets_key_file, self.secrets_key_command))) <= 1:
            return None
        return (
            "The keys for secrets come from one place: set only one of PACT_BROKER_SECRETS_KEY, "
            "PACT_BROKER_SECRETS_KEY_FILE and PACT_BROKER_SECRETS_KEY_COMMAND"
        )
