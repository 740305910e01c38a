"""Lists of the pacts of a provider: all, with a tag, on a branch, and the latest of each consumer.

Source: Pact Broker protocol, provider pact lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import paging
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link
from contracts.broker.api.pacts import pact_url
from contracts.broker.api.resources import Resources
from contracts.broker.store import pact_filters, pact_lists, pacticipants
from contracts.broker.store.pact_lists import Listing
from contracts.broker.store.pact_rows import Which
from contracts.broker.urls import Links
from contracts.model.pacts import Pact


routes = Resources("pacts")


@routes.get(urls.PROVIDER_PACTS, query=paging.PARAMETERS)
def list_provider_pacts(call: Call, provider: str) -> Response:
    return _show(call, provider, "All pacts", pact_filters.everything())


@routes.get(urls.PROVIDER_PACTS_TAG, query=paging.PARAMETERS)
def list_tagged_provider_pacts(call: Call, provider: str, tag: str) -> Response:
    return _show(call, provider, f"All pacts with tag {tag}", pact_filters.tagged(tag))


@routes.get(urls.PROVIDER_PACTS_LATEST, query=paging.PARAMETERS)
def list_latest_provider_pacts(call: Call, provider: str) -> Response:
    return _show_latest(call, provider, "Latest pact of each consumer")


@routes.get(urls.PROVIDER_PACTS_LATEST_TAG, query=paging.PARAMETERS)
def list_latest_tagged_provider_pacts(call: Call, provider: str, tag: str) -> Response:
    return _show_latest(call, provider, f"Latest pact with tag {tag} of each consumer", tag=tag)


@routes.get(urls.PROVIDER_PACTS_MAIN_BRANCH, query=paging.PARAMETERS)
def list_main_branch_provider_pacts(call: Call, provider: str) -> Response:
    return _show(call, provider, "All pacts on main branches", pact_filters.on_branch())


@routes.get(urls.PROVIDER_PACTS_LATEST_MAIN_BRANCH, query=paging.PARAMETERS)
def list_main_branch_head_provider_pacts(call: Call, provider: str) -> Response:
    return _show(call, provider, "Pacts at the heads of main branches", pact_filters.at_head())


@routes.get(urls.PROVIDER_PACTS_BRANCH, query=paging.PARAMETERS)
def list_branch_provider_pacts(call: Call, provider: str, branch: str) -> Response:
    return _show(call, provider, f"All pacts on branch {branch}", pact_filters.on_branch(branch))


@routes.get(urls.PROVIDER_PACTS_LATEST_BRANCH, query=paging.PARAMETERS)
def list_branch_head_provider_pacts(call: Call, provider: str, branch: str) -> Response:
    return _show(call, provider, f"Pacts at the heads of branch {branch}", pact_filters.at_head(branch))


def _show(call: Call, provider: str, title: str, which: Which) -> Response:
    return _page(call, provider, title, lambda provider_id: pact_lists.of_provider(provider_id, which))


def _show_latest(call: Call, provider: str, title: str, tag: str | None = None) -> Response:
    return _page(call, provider, title, lambda provider_id: pact_lists.latest_of_provider(provider_id, tag))


def _page(call: Call, provider: str, title: str, listing_of: Callable[[int], Listing]) -> Response:
    page = paging.page_of(call)
    with call.reading() as connection:
        listing = listing_of(pacticipants.find(connection, provider, "provider").id)
        listed = pact_lists.read(connection, listing, **paging.limits(page))
        total = pact_lists.count(connection, listing) if page else len(listed)
    return call.hal(paging.add(render(call.links, call.url, title, provider, listed), call, page, total))


def render(links: Links, url: str, title: str, provider: str, listed: Sequence[Pact]) -> Document:
    """Return the list at *url* of pacts of the provider."""
    address = links.to(urls.PACTICIPANT, pacticipant=provider)
    pact_links = [link(pact_url(links, each), each.name, each.consumer.name) for each in listed]
    return {
        "_links": {
            "self": link(url, f"{title} for the provider {provider}"),
            "pb:provider": link(address, name=provider),
            "pb:pacts": pact_links,
            "provider": link(address, provider, "DEPRECATED - please use the pb:provider relation"),
            "pacts": pact_links,
        }
    }
