"""docs/api.md tells the truth about what is served."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.broker import ui
from contracts.broker.api.openapi import OPENAPI
from contracts.broker.api.resources import Resource


DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"
_ROUTE = re.compile(r"^\| ([A-Z ]+) \| `(/[^`]*)` \| \S", re.MULTILINE)


def test_every_route_is_documented_with_its_methods_and_nothing_else(http):
    served = {OPENAPI: {"GET"}}
    for route in http.app.router.routes:
        if isinstance(route, Resource):
            served.setdefault(route.operation.path, set()).update(route.operation.methods)

    documented = _ROUTE.findall(DOCUMENT.read_text(encoding="utf-8"))

    assert {path: set(methods.split()) for methods, path in documented} == served
    assert len(documented) == len(served)


def test_every_page_is_documented(broker):
    text = DOCUMENT.read_text(encoding="utf-8")
    pages = {route.path.replace(":segment", "") for route in ui.all_pages(broker).router.routes}

    assert [each for each in pages if f"`{each}`" not in text and not each.startswith("/ui/")] == []
