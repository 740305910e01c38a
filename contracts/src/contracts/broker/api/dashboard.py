"""`/dashboard`: the latest pacts with their verification results, as a document or as a table.

Source: Pact Broker protocol, dashboard.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import PlainTextResponse, Response

from contracts.broker import urls
from contracts.broker.api import paging
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, TEXT, Document, link, timestamp
from contracts.broker.api.pacts import pact_url
from contracts.broker.api.resources import Resources
from contracts.broker.store import dashboard, pacticipants
from contracts.broker.urls import Links
from contracts.model.dashboard import DashboardItem


_FORMS = (HAL, TEXT)
_DEFAULT_SIZE = 30  # pacts, as in the reference broker
_COLUMNS = ("CONSUMER_NAME", "C_VERSION", "C_TAGS", "PROVIDER_NAME", "P_VERSION", "P_TAGS", "SUCCESS")


routes = Resources("dashboard")


@routes.get(urls.DASHBOARD, query=paging.PARAMETERS, provides=_FORMS)
def show_dashboard(call: Call) -> Response:
    page = _page(call)
    with call.reading() as connection:
        items = dashboard.newest(connection, limit=page.size, offset=page.offset)
    return _response(call, items)


@routes.get(urls.DASHBOARD_PAIR, query=paging.PARAMETERS, provides=_FORMS)
def show_dashboard_of_pair(call: Call, provider: str, consumer: str) -> Response:
    page = _page(call)
    with call.reading() as connection:
        consumer_id = pacticipants.find(connection, consumer, "consumer").id
        provider_id = pacticipants.find(connection, provider, "provider").id
        items = dashboard.of_pair(connection, consumer_id, provider_id, limit=page.size, offset=page.offset)
    return _response(call, items)


def _page(call: Call) -> paging.Page:
    return paging.page_of(call) or paging.Page(number=1, size=_DEFAULT_SIZE)


def _response(call: Call, items: Sequence[DashboardItem]) -> Response:
    if call.media_type == TEXT:
        return PlainTextResponse(_table(items))
    return call.hal({"items": [render(call.links, each) for each in items]})


def render(links: Links, item: DashboardItem) -> Document:
    """Return the document of one pact, nulls included."""
    pact, result = item.pact, item.result
    return {
        "consumer": {
            "name": pact.consumer.name,
            "version": _version(pact.consumer_version.number, item.branches)
            | {"_links": {"self": link(_version_url(links, pact.consumer.name, pact.consumer_version.number))}},
            "_links": {"self": link(links.to(urls.PACTICIPANT, pacticipant=pact.consumer.name))},
        },
        "provider": {
            "name": pact.provider.name,
            "version": None if result is None else _version(result.provider_version_number, item.result_branches),
            "_links": {"self": link(links.to(urls.PACTICIPANT, pacticipant=pact.provider.name))},
        },
        "pact": {"createdAt": timestamp(pact.created_at), "_links": {"self": link(pact_url(links, pact))}},
        "pactTags": _tags(links, pact.consumer.name, pact.consumer_version.number, item.tags),
        "latestVerificationResult": None
        if result is None
        else {
            "success": result.success,
            "verifiedAt": timestamp(result.executed_at),
            "_links": {"self": link(pact_url(links, pact, urls.PACT_RESULT_LATEST))},
        },
        "latestVerificationResultTags": []
        if result is None
        else _tags(links, pact.provider.name, result.provider_version_number, item.result_tags),
        "verificationStatus": item.status,
        # the status of webhooks has an address of its own, as in the reference broker
        "webhookStatus": "none",
        "latestWebhookExecution": None,
        "_links": {
            "pb:webhook-status": link(pact_url(links, pact, urls.PACT_WEBHOOKS_STATUS), "Status of the pair's webhooks")
        },
    }


def _version(number: str, branches: Sequence[str]) -> Document:
    return {"number": number, "branch": branches[-1] if branches else None, "headBranchNames": list(branches)}


def _version_url(links: Links, pacticipant: str, number: str) -> str:
    return links.to(urls.VERSION, pacticipant=pacticipant, version=number)


def _tags(links: Links, pacticipant: str, number: str, tags: Sequence[str]) -> list[Document]:
    return [
        {
            "name": tag,
            "latest": True,
            "_links": {
                "self": link(links.to(urls.VERSION_TAG, pacticipant=pacticipant, version=number, tag=tag), "Tag")
            },
        }
        for tag in tags
    ]


def _table(items: Sequence[DashboardItem]) -> str:
    rows = [_COLUMNS, *(_row(each) for each in items)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _row(item: DashboardItem) -> tuple[str, ...]:
    pact, result = item.pact, item.result
    return (
        pact.consumer.name,
        pact.consumer_version.number,
        ", ".join(item.tags),
        pact.provider.name,
        result.provider_version_number if result else "",
        ", ".join(item.result_tags),
        str(result.success).lower() if result else "",
    )
