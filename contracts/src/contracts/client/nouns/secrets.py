"""Secrets of webhooks: our broker and PactFlow have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.client import hal
from contracts.client.errors import NotFound
from contracts.client.hal import JsonObject
from contracts.client.nouns.addresses import Addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSecret:
    """A secret; no broker returns its value. Times are as the broker writes them, None if it does not know them."""

    uuid: str
    name: str
    description: str | None
    created_at: str | None
    value_set_at: str | None
    last_used_at: str | None


class SecretMethods(Addresses):
    """Secrets of webhooks."""

    def secrets(self) -> tuple[ApiSecret, ...]:
        """Return every secret, without values.

        Raises:
            NotSupported: if the broker has no secrets.
        """
        document = self._to.get(self._secrets())
        return tuple(map(_secret_from, hal.embedded(document, "secrets")))

    def create_secret(self, *, name: str, value: str, description: str | None = None) -> ApiSecret:
        """Create a secret, or replace the value of the one with this *name*.

        Raises:
            Invalid: if the broker refuses the name or the value.
            NotSupported: if the broker has no secrets.
        """
        existing = next((each for each in self.secrets() if each.name == name), None)
        body: dict[str, Any] = {"name": name, "value": value}
        if existing is None:
            address, method = self._secrets(), "POST"
        else:
            address, method = f"{self._secrets()}/{existing.uuid}", "PUT"
            description = existing.description if description is None else description
        if description is not None:
            body["description"] = description
        return _secret_from(self._to.send(method, address, body))

    def delete_secret(self, name: str) -> None:
        """Delete the secret with this *name*.

        Raises:
            NotFound: if it does not exist.
            NotSupported: if the broker has no secrets.
        """
        uuid = next((each.uuid for each in self.secrets() if each.name == name), None)
        if uuid is None:
            raise NotFound(f"The broker has no secret named {name!r}.")
        self._to.send("DELETE", f"{self._secrets()}/{uuid}")

    def _secrets(self) -> str:
        return self._to.relation("pb:secrets", "secrets (PactFlow does)")


def _secret_from(document: JsonObject) -> ApiSecret:
    return ApiSecret(
        uuid=hal.get_text(document, "uuid") or "",  # PactFlow leaves it out of some responses
        name=hal.get_text(document, "name") or "",
        description=hal.get_text(document, "description"),
        created_at=hal.get_text(document, "createdAt"),
        value_set_at=hal.get_text(document, "valueSetAt"),
        last_used_at=hal.get_text(document, "lastUsedAt"),
    )
