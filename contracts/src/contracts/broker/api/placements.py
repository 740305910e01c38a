"""What deployed and released versions have in common: each is a version of an application in an environment.

Source: Pact Broker protocol, deployed versions, released versions.
"""

from __future__ import annotations

from contracts.broker import urls
from contracts.broker.api import environments
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link
from contracts.broker.urls import Links
from contracts.model.deployments import DeployedVersion, ReleasedVersion
from contracts.model.errors import Unprocessable


Placement = DeployedVersion | ReleasedVersion


def collection(call: Call, name: str, items: list[Document], title: str) -> Document:
    """Return the list of *items*, embedded under *name*."""
    return {"_embedded": {name: items}, "_links": {"self": link(call.url, title)}}


def parties(links: Links, placement: Placement) -> Document:
    """Return the embedded application and version of *placement*."""
    names = {"pacticipant": placement.pacticipant}
    version = links.to(urls.VERSION, version=placement.version, **names)
    return {
        "pacticipant": {"name": placement.pacticipant, "_links": {"self": link(links.to(urls.PACTICIPANT, **names))}},
        "version": {"number": placement.version, "_links": {"self": link(version, "Version", placement.version)}},
    }


def surroundings(links: Links, placement: Placement) -> Document:
    """Return the embedded application, version and environment of *placement*."""
    return parties(links, placement) | {"environment": environments.render(links, placement.environment)}


def require_no_return(field: str, value: bool | None, event: str) -> None:
    """Refuse *field* true: a version comes back only by a new *event*, "deployment" or "release".

    Raises:
        Unprocessable: if *value* is true.
    """
    if value:
        raise Unprocessable({field: [f"cannot be switched back on; record a new {event} of the version instead"]})
