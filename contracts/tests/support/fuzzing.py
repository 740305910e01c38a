"""A broker that gets any request, with its responses checked, and its data restored after each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asgi import JSON_TYPES, Caller, RawRequest, RawResponse
from sqlalchemy import delete, event, insert, select
from starlette.applications import Starlette
from starlette.routing import Route
from valid_requests import Settled, settle

from contracts.broker import ui, urls
from contracts.broker.api.resources import Resource
from contracts.broker.runtime import Runtime
from contracts.broker.store.tables import metadata
from contracts.model.webhook_rules import METHODS


Rows = dict[str, list[tuple[Any, ...]]]

DATABASES = ("sqlite", "postgresql")
SAFE = {"GET", "HEAD", "OPTIONS"}
WITH_A_REASON = {400, 404, 409, 422}


class Fuzzed:
    """A broker with data: `ask` it, then `restore` its data."""

    def __init__(self, app: Starlette, call: Caller, broker: Runtime) -> None:
        self.app = app
        self.call = call
        self.database = broker.database
        # what fails on request is left out
        routes = [each for each in app.router.routes if isinstance(each, Resource)]
        self.operations = [each.operation for each in routes if each.operation.path != urls.TEST_ERROR]
        # what people see stands at addresses of the API, and at some of its own
        self.pages = [
            each.path.replace(":segment", "") for each in ui.all_pages(broker).router.routes if isinstance(each, Route)
        ]
        self.settled: Settled = settle(call)
        self.wrote = False
        event.listen(self.database.engine, "before_cursor_execute", self._note)
        self.rows = self.everything()

    def _note(self, *arguments: Any) -> None:
        self.wrote = self.wrote or not arguments[2].startswith(("SELECT", "BEGIN"))

    def everything(self) -> Rows:
        """Every row of every table."""
        with self.database.reading() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
                for table in metadata.sorted_tables
            }

    def ask(self, request: RawRequest) -> RawResponse:
        """Return the response; a refusal must have a reason, and must not have written anything."""
        try:
            answered = self.call(request)
        finally:
            changed = self._changed()
        assert answered.status < 500 or (answered.status == 501 and request.method not in METHODS), answered
        if answered.status in WITH_A_REASON:
            require_reason(answered)
        if answered.status >= 400 or request.method in SAFE:
            assert changed == [], answered
        return answered

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Undo the changes of the block at its end."""
        try:
            yield
        finally:
            self._changed()

    def _changed(self) -> list[str]:
        """Restore the tables that differ from the beginning, and return their names."""
        if not self.wrote:
            return []
        rows = self.everything()
        changed = [name for name, before in self.rows.items() if rows[name] != before]
        if changed:
            self.restore()
        self.wrote = False
        return changed

    def restore(self) -> None:
        """Restore the rows of every table."""
        with self.database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
            for table in metadata.sorted_tables:
                names = [column.name for column in table.columns]
                if rows := [dict(zip(names, row, strict=True)) for row in self.rows[table.name]]:
                    connection.execute(insert(table), rows)


def require_reason(answered: RawResponse) -> None:
    """Require a reason in a refusal: JSON, or plain text if an application's name looks like another's."""
    if answered.status == 409 and answered.media_type == "text/plain":
        assert answered.content.strip()
        return
    if answered.media_type == "text/html":  # the page for a browser: not found
        assert answered.status == 404
        return
    assert answered.media_type in JSON_TYPES, answered
    document = json.loads(answered.content)
    assert any(document.get(name) for name in ("error", "errors", "notices", "detail")), answered
