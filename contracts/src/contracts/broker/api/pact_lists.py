"""The pacts of a pair: all, with a tag, on a branch; listed and removed. And the latest pact of every pair.

Source: Pact Broker protocol, pact lists per pair, provider pact lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.responses import Response
from starlette.routing import Router

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, curies, link, timestamp
from contracts.broker.api.pacts import pact_url, removed
from contracts.broker.api.resources import Resources
from contracts.broker.runtime import Runtime
from contracts.broker.store import branches, pact_lists, pacticipants, pacts, publications, tags
from contracts.broker.store.database import Connection
from contracts.broker.store.pacts import Which
from contracts.broker.urls import Links
from contracts.model.pacticipants import Pacticipant
from contracts.model.pacts import Pact


def router(runtime: Runtime) -> Router:
    """Build the routes over *runtime*, literal paths before parameters."""
    routes = Resources(runtime, "pacts")
    _add_all_versions(routes)
    _add(routes, urls.PACT_TAG_VERSIONS, "Versions with tag {tag}", pacts.tagged)
    # what is removed from the main branch's list is everything, as in the reference broker
    for path, title, which in (
        (urls.PACT_MAIN_BRANCH_VERSIONS, "Versions on the main branch", pacts.on_branch),
        (urls.PACT_MAIN_BRANCH_LATEST_VERSIONS, "Head of the main branch", pacts.at_head),
    ):
        _add(routes, path, title, which, pacts.everything)
    _add(
        routes,
        urls.PACT_BRANCH_LATEST_VERSIONS,
        "Head of branch {branch}",
        pacts.at_head,
        pacts.on_branch,
    )
    _add(routes, urls.PACT_BRANCH_VERSIONS, "Versions on branch {branch}", pacts.on_branch)

    @routes.get(urls.PACTS_LATEST)
    def latest(call: Call) -> Response:
        with call.reading() as connection:
            found = pact_lists.latest(connection)
        return call.hal(render_latest(call.links, found))

    return routes.router


def _add_all_versions(routes: Resources) -> None:
    @routes.get(urls.PACT_ALL_VERSIONS)
    def show(call: Call, provider: str, consumer: str) -> Response:
        return _show(call, provider, consumer, pacts.everything(), "All versions")

    @routes.delete(urls.PACT_ALL_VERSIONS)
    def remove(call: Call, provider: str, consumer: str) -> Response:
        with call.writing() as connection:
            pair = _pair(connection, provider, consumer)
            publications.remove(connection, pair[0].id, pair[1].id, pacts.everything())
        return Response(status_code=204)


def _add(
    routes: Resources,
    path: str,
    title: str,
    listed: Callable[..., Which],
    to_remove: Callable[..., Which] | None = None,
) -> None:
    """A list at *path*, whose parameters *listed* takes, and *to_remove*, where other pacts are removed than listed."""

    @routes.get(path)
    def show(call: Call, provider: str, consumer: str, **parameters: str) -> Response:
        return _show(call, provider, consumer, listed(*parameters.values()), title.format(**parameters))

    @routes.delete(path)
    def remove(call: Call, provider: str, consumer: str, **parameters: str) -> Response:
        with call.writing() as connection:
            pair = _pair(connection, provider, consumer)
            if "branch" in parameters:  # a typo must not look like a success
                branches.find(connection, pair[0].id, parameters["branch"])
            if "tag" in parameters:
                tags.require_used(connection, pair[0].id, parameters["tag"])
            publications.remove(connection, pair[0].id, pair[1].id, (to_remove or listed)(*parameters.values()))
            remains = pacts.get_latest(connection, provider, consumer) is not None
        return call.hal(removed(call.links, provider, consumer, remains=remains))


def _show(call: Call, provider: str, consumer: str, which: Which, title: str) -> Response:
    with call.reading() as connection:
        pair = _pair(connection, provider, consumer)
        found = pact_lists.of_pair(connection, pair[0].id, pair[1].id, which)
    return call.hal(render(call.links, call.url, title, pair, found))


def _pair(connection: Connection, provider: str, consumer: str) -> tuple[Pacticipant, Pacticipant]:
    found = pacticipants.find(connection, consumer, "consumer")
    return found, pacticipants.find(connection, provider, "provider")


def render(
    links: Links, url: str, title: str, pair: tuple[Pacticipant, Pacticipant], found: Sequence[Pact]
) -> Document:
    """The list at *url* of the pacts *found*, of a consumer and a provider."""
    consumer, provider = (
        link(links.to(urls.PACTICIPANT, pacticipant=each.name), role, each.name)
        for role, each in zip(("Consumer", "Provider"), pair, strict=True)
    )
    listed = [link(pact_url(links, each), "Pact", _dated(each)) for each in found]
    names = f"{pair[0].name} and {pair[1].name}"
    return {
        "_embedded": {"pacts": [_item(links, each) for each in found]},
        "_links": {
            "self": link(url, f"{title} of the pact between {names}"),
            "pb:consumer": consumer,
            "pb:provider": provider,
            "pb:pact-versions": listed,
            # the names that some lists had before
            "consumer": consumer,
            "provider": provider,
            "pact-versions": listed,
        },
    }


def _item(links: Links, pact: Pact) -> Document:
    return {
        "createdAt": timestamp(pact.created_at),
        "_embedded": {"consumerVersion": _version(links, pact)},
        "_links": {"self": link(pact_url(links, pact), pact.name)},
    }


def _version(links: Links, pact: Pact) -> Document:
    number = pact.consumer_version.number
    address = links.to(urls.VERSION, pacticipant=pact.consumer.name, version=number)
    return {"number": number, "_links": {"self": link(address, "Version", number)}}


def _dated(pact: Pact) -> str:
    return f"Version {pact.consumer_version.number} - {pact.created_at:%d/%m/%Y}"


def render_latest(links: Links, found: Sequence[Pact]) -> Document:
    """The latest pact of every pair."""
    addresses = [pact_url(links, each, urls.PACT_LATEST) for each in found]
    names = [f"Pact between {each.consumer.name} and {each.provider.name}" for each in found]
    pairs = list(zip(addresses, names, strict=True))
    return {
        "pacts": [_latest_item(links, each) for each in found],
        "_links": {
            "self": link(links.to(urls.PACTS_LATEST), "Latest pact of every pair"),
            "pb:pacts": [link(address, name) for address, name in pairs],
            "curies": curies(links.base, "pacts"),
            "pacts": [link(address, name, "DEPRECATED - please use the pb:pacts relation") for address, name in pairs],
        },
    }


def _latest_item(links: Links, pact: Pact) -> Document:
    consumer, provider = pact.consumer.name, pact.provider.name
    return {
        "createdAt": timestamp(pact.created_at),
        "_embedded": {
            "consumer": {
                "name": consumer,
                "_embedded": {"version": _version(links, pact)},
                "_links": {"self": link(links.to(urls.PACTICIPANT, pacticipant=consumer))},
            },
            "provider": {
                "name": provider,
                "_links": {"self": link(links.to(urls.PACTICIPANT, pacticipant=provider))},
            },
        },
        "_links": {
            "self": [
                link(pact_url(links, pact, urls.PACT_LATEST), "Latest version of this pact"),
                link(pact_url(links, pact), pact.name),
            ]
        },
    }
