"""Lists of the pacts of a pair (all, with a tag, on a branch) and their removal; the latest pact of every pair.

Source: Pact Broker protocol, pact lists per pair, provider pact lists.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import paging
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, curies, link, timestamp
from contracts.broker.api.pacts import pact_url, remaining_links
from contracts.broker.api.resources import Resources
from contracts.broker.store import branches, pact_filters, pact_lists, pacticipants, pacts, publications, tags
from contracts.broker.store.database import Connection
from contracts.broker.store.pact_rows import Which
from contracts.broker.urls import Links
from contracts.model.pacticipants import Pacticipant
from contracts.model.pacts import Pact


routes = Resources("pacts")


@routes.get(urls.PACT_ALL_VERSIONS)
def list_pacts_of_pair(call: Call, provider: str, consumer: str) -> Response:
    return _show(call, provider, consumer, pact_filters.everything(), "All versions")


@routes.delete(urls.PACT_ALL_VERSIONS)
def delete_pacts_of_pair(call: Call, provider: str, consumer: str) -> Response:
    with call.writing() as connection:
        pair = _pair(connection, provider, consumer)
        publications.remove(connection, pair[0].id, pair[1].id, pact_filters.everything())
    return Response(status_code=204)


@routes.get(urls.PACT_TAG_VERSIONS)
def list_tagged_pacts(call: Call, provider: str, consumer: str, tag: str) -> Response:
    return _show(call, provider, consumer, pact_filters.tagged(tag), f"Versions with tag {tag}")


@routes.delete(urls.PACT_TAG_VERSIONS)
def delete_tagged_pacts(call: Call, provider: str, consumer: str, tag: str) -> Response:
    return _remove(call, provider, consumer, pact_filters.tagged(tag), tag=tag)


@routes.get(urls.PACT_MAIN_BRANCH_VERSIONS)
def list_main_branch_pacts(call: Call, provider: str, consumer: str) -> Response:
    return _show(call, provider, consumer, pact_filters.on_branch(), "Versions on the main branch")


@routes.get(urls.PACT_MAIN_BRANCH_LATEST_VERSIONS)
def list_main_branch_head_pacts(call: Call, provider: str, consumer: str) -> Response:
    return _show(call, provider, consumer, pact_filters.at_head(), "Head of the main branch")


@routes.delete(urls.PACT_MAIN_BRANCH_VERSIONS, urls.PACT_MAIN_BRANCH_LATEST_VERSIONS)
def delete_main_branch_pacts(call: Call, provider: str, consumer: str) -> Response:
    # removes everything, as in the reference broker
    return _remove(call, provider, consumer, pact_filters.everything())


@routes.get(urls.PACT_BRANCH_LATEST_VERSIONS)
def list_branch_head_pacts(call: Call, provider: str, consumer: str, branch: str) -> Response:
    return _show(call, provider, consumer, pact_filters.at_head(branch), f"Head of branch {branch}")


@routes.get(urls.PACT_BRANCH_VERSIONS)
def list_branch_pacts(call: Call, provider: str, consumer: str, branch: str) -> Response:
    return _show(call, provider, consumer, pact_filters.on_branch(branch), f"Versions on branch {branch}")


@routes.delete(urls.PACT_BRANCH_LATEST_VERSIONS, urls.PACT_BRANCH_VERSIONS)
def delete_branch_pacts(call: Call, provider: str, consumer: str, branch: str) -> Response:
    return _remove(call, provider, consumer, pact_filters.on_branch(branch), branch=branch)


@routes.get(urls.PACTS_LATEST, query=paging.PARAMETERS)
def list_latest_pacts(call: Call) -> Response:
    page, listing = paging.page_of(call), pact_lists.latest()
    with call.reading() as connection:
        latest = pact_lists.read(connection, listing, **paging.limits(page))
        total = pact_lists.count(connection, listing) if page else len(latest)
    return call.hal(paging.add(render_latest(call.links, latest), call, page, total))


def _remove(
    call: Call, provider: str, consumer: str, which: Which, *, branch: str | None = None, tag: str | None = None
) -> Response:
    with call.writing() as connection:
        pair = _pair(connection, provider, consumer)
        if branch is not None:  # a typo must not look like a success
            branches.find(connection, pair[0].id, branch)
        if tag is not None:
            tags.require_used(connection, pair[0].id, tag)
        publications.remove(connection, pair[0].id, pair[1].id, which)
        remains = pacts.get_latest(connection, provider, consumer) is not None
        return call.hal(remaining_links(call.links, provider, consumer, remains=remains))


def _show(call: Call, provider: str, consumer: str, which: Which, title: str) -> Response:
    with call.reading() as connection:
        pair = _pair(connection, provider, consumer)
        listed = pact_lists.of_pair(connection, pair[0].id, pair[1].id, which)
    return call.hal(render(call.links, call.url, title, pair, listed))


def _pair(connection: Connection, provider: str, consumer: str) -> tuple[Pacticipant, Pacticipant]:
    consuming = pacticipants.find(connection, consumer, "consumer")
    return consuming, pacticipants.find(connection, provider, "provider")


def render(
    links: Links, url: str, title: str, pair: tuple[Pacticipant, Pacticipant], listed: Sequence[Pact]
) -> Document:
    """Return the list at *url* of the pacts of a consumer and a provider."""
    consumer, provider = (
        link(links.to(urls.PACTICIPANT, pacticipant=each.name), role, each.name)
        for role, each in zip(("Consumer", "Provider"), pair, strict=True)
    )
    pact_links = [link(pact_url(links, each), "Pact", _dated(each)) for each in listed]
    names = f"{pair[0].name} and {pair[1].name}"
    return {
        "_embedded": {"pacts": [_item(links, each) for each in listed]},
        "_links": {
            "self": link(url, f"{title} of the pact between {names}"),
            "pb:consumer": consumer,
            "pb:provider": provider,
            "pb:pact-versions": pact_links,
            # older names
            "consumer": consumer,
            "provider": provider,
            "pact-versions": pact_links,
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


def render_latest(links: Links, latest: Sequence[Pact]) -> Document:
    """Return the list of the latest pact of every pair."""
    addresses = [pact_url(links, each, urls.PACT_LATEST) for each in latest]
    names = [f"Pact between {each.consumer.name} and {each.provider.name}" for each in latest]
    pairs = list(zip(addresses, names, strict=True))
    return {
        "pacts": [_latest_item(links, each) for each in latest],
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
