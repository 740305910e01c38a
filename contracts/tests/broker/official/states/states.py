"""The provider states of the clients' contracts, with those that they lack for this broker.

The original states know no secrets, tokens and system accounts, because other brokers have none. In the folder that
the test prepares, this module takes their place, and they are beside it as `original_states`.
"""

from __future__ import annotations

import os
from typing import Any

import original_states as original
from original_states import Unsupported, make, state


__all__ = ["Estate", "Unsupported", "background", "make"]

UNTOUCHED = "UNTOUCHED_BROKER"
"""The variable that keeps a new broker as it is, because an audit log has what any state does."""


class Estate(original.Estate):
    """A broker that also has secrets and tokens."""

    def create(self, path: str, uuid: str, body: dict[str, Any]) -> None:
        """Create what a contract calls *uuid*, which the broker chooses."""
        self.real[uuid] = self.ask("POST", path, body).json()["uuid"]

    def reset(self) -> None:
        if UNTOUCHED in os.environ:
            return
        super().reset()
        for path, name in (("/secrets", "secrets"), ("/tokens", "tokens")):
            for each in self.ask("GET", path).json()["_embedded"][name]:
                self.ask("DELETE", each["_links"]["self"]["href"])


def background(estate: Estate, consumer: str, name: str) -> None:
    """Prepare what a contract expects without a state: PactFlow gives each account two tokens."""
    if UNTOUCHED in os.environ:
        return
    original.background(estate, consumer, name)
    if consumer == "smartbear-mcp" and not name:
        create_tokens(estate, "00000000-0000-0000-0000-000000000009")


@state(r"a secret with uuid ([\w-]+) exists|secrets exist")
def create_secret(estate: Estate, uuid: str | None) -> None:
    """Store a secret; without a uuid, the one that the list has."""
    estate.create("/secrets", uuid or "sec-uuid-1", {"name": "CI_TOKEN", "value": "a-value-of-some-length"})


@state(r"(?:API token|a token with uuid) ([\w-]+) exists")
def create_tokens(estate: Estate, uuid: str) -> None:
    """Create the two tokens of an account of PactFlow."""
    estate.create("/tokens", uuid, {"note": "Read only token (developer)"})
    estate.create(
        "/tokens",
        "cb32752b-0f1b-4f6f-817f-4b12b7cc8592",
        {"note": "Read/write token (CI)", "permissions": [{"role": "publish"}]},
    )


@state(r"(?:a )?system account (?:with uuid )?([\w-]+) exists")
def create_system_account(estate: Estate, uuid: str) -> None:
    """Create a system account, which has a token, and one role, as in the contract."""
    estate.create("/admin/system-accounts", uuid, {"name": "CI Bot", "permissions": [{"role": "webhooks"}]})
    (role,) = estate.ask("GET", f"/admin/users/{estate.real[uuid]}").json()["_embedded"]["roles"]
    estate.real["84f66fab-1c42-4351-96bf-88d3a09d7cd2"] = role["uuid"]
