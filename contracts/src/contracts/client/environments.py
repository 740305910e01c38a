"""Environments by uuid: read, change and delete.

Source: Pact Broker protocol, environments: PUT replaces the whole document.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.client import hal, unknown_names
from contracts.client.errors import NotFound, UsageError
from contracts.client.hal import JsonObject
from contracts.client.navigation import Navigator


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDetails:
    """An environment with the person or team that is responsible for it."""

    uuid: str
    name: str
    display_name: str | None
    production: bool
    contact_name: str | None
    contact_email_address: str | None


def create(
    navigator: Navigator,
    *,
    name: str,
    production: bool,
    display_name: str | None = None,
    contact_name: str | None = None,
    contact_email_address: str | None = None,
) -> EnvironmentDetails:
    """Create an environment.

    Raises:
        Invalid: if the name is taken, or breaks a rule.
    """
    body: JsonObject = {"name": name, "production": production}
    if display_name is not None:
        body["displayName"] = display_name
    if contacts := _contacts(contact_name, contact_email_address, []):
        body["contacts"] = contacts
    address = navigator.relation("pb:environments", "environments")
    return _details(navigator.send("POST", address, body))


def find(navigator: Navigator, *, uuid: str | None = None, name: str | None = None) -> EnvironmentDetails:
    """Return the environment with this uuid or name.

    Raises:
        UsageError: if neither or both are given.
        NotFound: if it does not exist; the message lists the environments.
    """
    return _details(navigator.get(_address(navigator, uuid, name)))


def update(
    navigator: Navigator,
    *,
    uuid: str,
    name: str | None = None,
    display_name: str | None = None,
    production: bool | None = None,
    contact_name: str | None = None,
    contact_email_address: str | None = None,
) -> EnvironmentDetails:
    """Change the given properties of an environment; those that are None stay.

    Raises:
        NotFound: if it does not exist.
        Invalid: if the name is taken, or breaks a rule.
    """
    address = _address(navigator, uuid, None)
    document = navigator.get(address)
    body: JsonObject = {
        key: document[key] for key in ("name", "displayName", "production", "contacts") if key in document
    }
    changes = {"name": name, "displayName": display_name, "production": production}
    body |= {key: value for key, value in changes.items() if value is not None}
    if contact_name is not None or contact_email_address is not None:
        body["contacts"] = _contacts(
            contact_name, contact_email_address, hal.objects(body.get("contacts") or [], "contacts")
        )
    return _details(navigator.send("PUT", address, body))


def delete(navigator: Navigator, *, uuid: str) -> None:
    """Delete an environment, with its deployments and releases.

    Raises:
        NotFound: if it does not exist.
    """
    navigator.send("DELETE", _address(navigator, uuid, None))


def _address(navigator: Navigator, uuid: str | None, name: str | None) -> str:
    if (uuid is None) == (name is None):
        raise UsageError("Which environment? Use --uuid or --name.")
    document = navigator.get(navigator.relation("pb:environments", "environments"))
    environments = hal.embedded(document, "environments")
    key, value = ("name", name) if uuid is None else ("uuid", uuid)
    for each in environments:
        if each.get(key) == value:
            return navigator.linked(each, "self", "environments")
    names = [hal.text(each, "name") for each in environments]
    if name is not None:
        raise NotFound(unknown_names.environment(name, names))
    raise NotFound(
        f"The broker has no environment with the UUID {uuid!r} (it has: {', '.join(names) or 'none yet'}). "
        "List them with their UUIDs: contracts list-environments"
    )


def _contacts(name: str | None, email_address: str | None, contacts: list[JsonObject]) -> list[JsonObject]:
    first = dict(contacts[0]) if contacts else {}
    if name is not None:
        first["name"] = name
    if email_address is not None:
        first["details"] = {**(first.get("details") or {}), "emailAddress": email_address}
    return [first, *contacts[1:]] if first else contacts


def _details(document: JsonObject) -> EnvironmentDetails:
    contacts = hal.objects(document.get("contacts") or [], "contacts")
    contact: JsonObject = contacts[0] if contacts else {}
    return EnvironmentDetails(
        uuid=hal.text(document, "uuid"),
        name=hal.text(document, "name"),
        display_name=hal.get_text(document, "displayName"),
        production=hal.truth(document, "production"),
        contact_name=hal.get_text(contact, "name"),
        contact_email_address=hal.get_text(hal.get_mapping(contact, "details") or {}, "emailAddress"),
    )
