"""`/audit`: what changed or was refused, the newest first, for an administrator; the filters are those of the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contracts.broker import urls
from contracts.broker.api import audit as api
from contracts.broker.api import permissions
from contracts.broker.store import audit
from contracts.broker.store.audit import Filters
from contracts.broker.ui.pages import Pages, middle
from contracts.model.audit import Act, Kind
from contracts.model.errors import InvalidFields


if TYPE_CHECKING:
    from starlette.requests import Request


PAGE_SIZE = 50
_PARAMETER = re.compile(r"\{(\w+)\}")
KINDS = {
    Kind.CHANGE: "changes",
    Kind.REFUSAL: "refused requests",
    Kind.SYSTEM: "by the broker itself",
    Kind.COMMAND: "by commands",
}
"""The words for each type."""
_FIELDS = ("type", "name", "subject", "since", "until")


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.AUDIT)
    def show(request: Request) -> str:
        permissions.require_admin(request.scope)
        query = {name: request.query_params.get(name, "").strip() for name in (*_FIELDS, "from")}
        problems: list[str] = []
        filters, start = Filters(), None
        try:
            filters, start = api.read_filters(query), api.read_start(query)
        except InvalidFields as error:
            problems = [f"{name} {text}" for name, texts in error.errors.items() for text in texts]
        with pages.runtime.database.reading() as connection:
            entries = audit.page(connection, filters, limit=PAGE_SIZE + 1, start=start, newest_first=True)
        chosen = {name: query[name] for name in _FIELDS}
        return pages.render(
            "audit.html",
            section="audit",
            title="Audit log",
            entries=entries[:PAGE_SIZE],
            kinds=KINDS,
            chosen=chosen,
            values={name: value for name, value in chosen.items() if value},
            is_first=start is None,
            older=api.event_uuid(entries[PAGE_SIZE]) if len(entries) > PAGE_SIZE else "",
            problems=problems,
            described=_described,
        )


def _described(act: Act) -> tuple[str, dict[str, str]]:
    """Return what an entry is about, with the names in their places in the path, and the other names."""
    others = dict(act.names)
    return _PARAMETER.sub(lambda each: middle(others.pop(each[1], each[0])), act.what), others
