"""`/`: each pair of applications with its latest contract, its result on the main branches, and deployments."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Self, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.store import environments, labels, overview, standings
from contracts.broker.ui.pages import LIVE_SCRIPT, Pages, page_number, unknown_choices
from contracts.model.attention import Arrangement, Filter, Grouping, Order, Standings, arrange


PAGE_SIZE = 30
FIRST_CONTRACT = json.dumps(
    {
        "consumer": {"name": "web"},
        "provider": {"name": "api"},
        "interactions": [
            {
                "description": "a request for a product",
                "request": {"method": "GET", "path": "/products/10"},
                "response": {"status": 200, "body": {"id": 10}},
            }
        ],
    }
)
"""A contract that an empty broker offers to publish; it has no quote that a shell would end a text at."""
FILTERS = {
    Filter.FAILED: "Failed",
    Filter.UNVERIFIED: "Not verified",
    Filter.WAITING: "Waiting",
    Filter.STALE: "Stale",
    Filter.VERIFIED: "Verified",
}
ORDERS = {
    Order.ATTENTION: "attention first",
    Order.NEWEST: "newest first",
    Order.CONSUMER: "consumer",
    Order.PROVIDER: "provider",
}
GROUPINGS = {
    Grouping.NONE: "nothing",
    Grouping.CONSUMER: "consumer",
    Grouping.PROVIDER: "provider",
    Grouping.LABEL: "team label",
}
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the query of the URL asks for."""

    q: str = ""
    state: Filter | None = None
    environment: str = ""
    label: str = ""
    sort: Order = Order.ATTENTION
    group: Grouping = Grouping.NONE
    page: int = 1

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Return the view of a *query*; a value that does not exist counts as none."""
        return cls(
            q=query.get("q", "").strip(),
            state=_one_of(Filter, query.get("state")),
            environment=query.get("environment", ""),
            label=query.get("label", ""),
            sort=_one_of(Order, query.get("sort")) or Order.ATTENTION,
            group=_one_of(Grouping, query.get("group")) or Grouping.NONE,
            page=page_number(query),
        )

    def values(self, **changes: object) -> dict[str, object]:
        """Return what the query of this view with *changes* contains; without a `page`, it is the first."""
        values: Mapping[str, object] = {each.name: getattr(self, each.name) for each in fields(self)}
        values = {**values, "page": 1, **changes}
        return {each.name: values[each.name] for each in fields(self) if values[each.name] != each.default}

    def query(self, **changes: object) -> str:
        """Return the query for this view with *changes*, `?` included."""
        values = self.values(**changes)
        return f"?{urlencode(values)}" if values else ""

    @property
    def narrowed(self) -> bool:
        """Whether it may leave out pairs."""
        return bool(self.q or self.state or self.environment or self.label)


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.INDEX, scripts=True)
    def show(request: Request) -> str:
        view = View.of(request.query_params)
        with pages.runtime.database.reading() as connection:
            every = standings.search(
                connection, pages.runtime.now(), search=view.q, environment=view.environment, label=view.label
            )
            of_applications = labels.all(connection) if view.group is Grouping.LABEL else {}
            arrangement = _arranged(every, view, of_applications)
            rows = overview.rows(connection, [each for _, each in arrangement.pairs])
            all_environments = environments.all(connection)
        grouped = zip((group for group, _ in arrangement.pairs), rows, strict=True)
        return pages.render(
            "overview.html",
            title=_title(view, arrangement),
            view=view,
            arrangement=arrangement,
            groups=[(group, [row for _, row in members]) for group, members in groupby(grouped, key=itemgetter(0))],
            last_page=max(1, -(-arrangement.total // PAGE_SIZE)),
            unknown=unknown_choices(
                request.query_params,
                {
                    "state": FILTERS,
                    "environment": [each.name for each in all_environments],
                    "sort": ORDERS,
                    "group": GROUPINGS,
                },
            ),
            environments=[("", "any"), *((each.name, each.name) for each in all_environments)],
            filters=FILTERS,
            orders=ORDERS,
            groupings=GROUPINGS,
            base_url=shlex.quote(base_urls.of(pages.runtime.settings.base_url, request)),
            first_contract=FIRST_CONTRACT,
            script=LIVE_SCRIPT,
        )


def _arranged(standings: Standings, view: View, of_applications: Mapping[int, tuple[str, ...]]) -> Arrangement:
    return arrange(
        standings,
        chosen=view.state,
        order=view.sort,
        grouping=view.group,
        labels=of_applications,
        limit=PAGE_SIZE,
        offset=(view.page - 1) * PAGE_SIZE,
    )


def _title(view: View, arrangement: Arrangement) -> str:
    """The title of the tab, which starts with what differs."""
    failed = arrangement.totals[Filter.FAILED]
    title = f"{FILTERS[view.state]} contracts" if view.state else "Contracts"
    return f"({failed} failed) {title}" if failed else title


def _one_of(words: type[_Word], word: str | None) -> _Word | None:
    return next((each for each in words if each == word), None)
