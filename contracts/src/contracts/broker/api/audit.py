"""`/audit`: the audit log, for an account that may do everything.

`from` is the uuid of the first event, as in the link to the next page.
Source: PactFlow's audit API, for `uuid`, `timestamp`, `type` and `payload`; the other fields of an event are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import paging, queries
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, JSON, Document, link
from contracts.broker.api.paging import Page
from contracts.broker.api.queries import Parameter
from contracts.broker.api.resources import Resources
from contracts.broker.store import audit
from contracts.broker.store.audit import Filters
from contracts.model.audit import Entry, Kind
from contracts.model.errors import InvalidFields


MOST = 1_000
_SORTS = ("+timestamp", "-timestamp")
_ORDER = Parameter(name="sort", schema={"type": "string", "enum": list(_SORTS)})
_KIND = Parameter(name="type", schema={"type": "string", "enum": list(Kind)})
_FILTERS = (*queries.texts("since", "until", "subject", "userUuid", "name"), _KIND)

routes = Resources("audit")


@routes.get(urls.AUDIT, query=(*_FILTERS, _ORDER, *queries.texts("from"), *paging.PARAMETERS), provides=(HAL, JSON))
def list_events(call: Call) -> Response:
    filters, newest_first, start = read_filters(call.query), _newest_first(call.query), read_start(call.query)
    page = paging.page_of(call, always=True) or Page(number=1, size=paging.DEFAULT_SIZE)
    page = replace(page, size=min(page.size, MOST))  # a link leads to the rest
    with call.reading() as connection:
        entries = audit.page(
            connection,
            filters,
            limit=page.size + 1,
            start=start,
            offset=page.offset,
            newest_first=newest_first,
        )
    links = {"self": link(call.url, "Audit log")}
    if len(entries) > page.size:
        links["next"] = link(_following(call, page, entries[-1]), "Next page")
    return call.hal({"events": [_event(each) for each in entries[: page.size]], "_links": links})


def read_filters(query: Mapping[str, str]) -> Filters:
    """Return the filters of a *query*.

    Raises:
        InvalidFields: if a time or the type is not one.
    """
    errors: dict[str, list[str]] = {}
    times: dict[str, datetime | None] = dict.fromkeys(("since", "until"))
    for name in times:
        if text := query.get(name):
            try:
                times[name] = _moment(text)
            except ValueError:
                errors[name] = ["must be a time such as 2026-11-28T20:15:00Z"]
    kind = query.get("type") or None
    if kind is not None and kind not in set(Kind):
        errors["type"] = [f"must be one of {', '.join(Kind)}"]
    if errors:
        raise InvalidFields(errors)
    user = query.get("userUuid")
    subject = query.get("subject") or (user and (user if ":" in user else f"token:{user}"))
    return Filters(
        since=times["since"],
        until=times["until"],
        subject=subject or None,
        kind=None if kind is None else Kind(kind),
        name=query.get("name") or None,
    )


def _moment(text: str) -> datetime:
    # an unencoded plus is a space in a query
    moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _newest_first(query: Mapping[str, str]) -> bool:
    sort = (query.get("sort") or "+timestamp").strip()
    if sort.lstrip("+-") != "timestamp":
        raise InvalidFields({"sort": [f"must be {' or '.join(_SORTS)}"]})
    return sort.startswith("-")


def read_start(query: Mapping[str, str]) -> int | None:
    """Return the number of the entry with which the list of a *query* begins; None without one.

    Raises:
        InvalidFields: if it is not the uuid of an event.
    """
    if not (text := query.get("from")):
        return None
    try:
        return min(UUID(text).int, 2**63 - 1)
    except ValueError:
        raise InvalidFields({"from": ["must be the uuid of an event"]}) from None


def _following(call: Call, page: Page, following: Entry) -> str:
    others = {name: value for name, value in call.query.items() if name not in {"from", "page", "pageNumber"}}
    query = urlencode({**others, "from": event_uuid(following), "pageSize": page.size})
    return f"{call.links.to(urls.AUDIT)}?{query}"


def _event(entry: Entry) -> Document:
    act = entry.act
    document = entry.document()
    payload = {"method": act.method, "path": act.resource, "params": dict(act.names)}
    return {
        "uuid": event_uuid(entry),
        "timestamp": document["at"],
        "type": act.kind.value,
        "payload": payload,
        **document,
    }


def event_uuid(entry: Entry) -> str:
    """Return the number of *entry* in the form that clients expect of an identifier."""
    return str(UUID(int=entry.mark.number))
