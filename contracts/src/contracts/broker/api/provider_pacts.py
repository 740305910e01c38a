"""The pacts of a provider: all, with a tag, on a branch, and the latest of each consumer.

Source: Pact Broker protocol, provider pact lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.broker import urls
from contracts.broker.api.hal import link
from contracts.broker.api.pacts import pact_url
from contracts.broker.api.resources import Resources
from contracts.broker.store import pact_lists, pacticipants, pacts


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.responses import Response
    from starlette.routing import Router

    from contracts.broker.api.calls import Call
    from contracts.broker.api.hal import Document
    from contracts.broker.runtime import Runtime
    from contracts.broker.store.database import Connection
    from contracts.broker.store.pacts import Which
    from contracts.broker.urls import Links
    from contracts.model.pacts import Pact

    # a connection, the provider's id, and the path's other parameters
    Find = Callable[..., Sequence[Pact]]


def router(runtime: Runtime) -> Router:
    """Build the routes over *runtime*, literal paths before parameters."""
    routes = Resources(runtime, "pacts")
    lists: tuple[tuple[str, str, Find], ...] = (
        (urls.PROVIDER_PACTS, "All pacts", _those(pacts.everything)),
        (urls.PROVIDER_PACTS_TAG, "All pacts with tag {tag}", _those(pacts.tagged)),
        (urls.PROVIDER_PACTS_LATEST, "Latest pact of each consumer", pact_lists.latest_of_provider),
        (urls.PROVIDER_PACTS_LATEST_TAG, "Latest pact with tag {tag} of each consumer", pact_lists.latest_of_provider),
        (urls.PROVIDER_PACTS_MAIN_BRANCH, "All pacts on main branches", _those(pacts.on_branch)),
        (urls.PROVIDER_PACTS_LATEST_MAIN_BRANCH, "Pacts at the heads of main branches", _those(pacts.at_head)),
        (urls.PROVIDER_PACTS_BRANCH, "All pacts on branch {branch}", _those(pacts.on_branch)),
        (urls.PROVIDER_PACTS_LATEST_BRANCH, "Pacts at the heads of branch {branch}", _those(pacts.at_head)),
    )
    for path, title, find in lists:
        _add(routes, path, title, find)
    return routes.router


def _those(which: Callable[..., Which]) -> Find:
    def find(connection: Connection, provider_id: int, **parameters: str) -> Sequence[Pact]:
        return pact_lists.of_provider(connection, provider_id, which(*parameters.values()))

    return find


def _add(routes: Resources, path: str, title: str, find: Find) -> None:
    @routes.get(path)
    def show(call: Call, provider: str, **parameters: str) -> Response:
        with call.reading() as connection:
            found = find(connection, pacticipants.find(connection, provider, "provider").id, **parameters)
        return call.hal(render(call.links, call.url, title.format(**parameters), provider, found))


def render(links: Links, url: str, title: str, provider: str, found: Sequence[Pact]) -> Document:
    """The list at *url* of the pacts *found* of the provider."""
    address = links.to(urls.PACTICIPANT, pacticipant=provider)
    listed = [link(pact_url(links, each), each.name, each.consumer.name) for each in found]
    return {
        "_links": {
            "self": link(url, f"{title} for the provider {provider}"),
            "pb:provider": link(address, name=provider),
            "pb:pacts": listed,
            "provider": link(address, provider, "DEPRECATED - please use the pb:provider relation"),
            "pacts": listed,
        }
    }
