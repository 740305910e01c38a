"""`/relationships` and `/groups/{pacticipant}`: the network of applications as a drawing and as a table.

The server draws it, so it is readable and linked without a script.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.ui import network_graphs
from contracts.broker.ui.network_graphs import CONNECTED, SIGNS, Graph
from contracts.broker.ui.pages import SECURITY_HEADERS, Pages
from contracts.model.errors import NotFound
from contracts.model.network_layout import NODE_HEIGHT, NODE_WIDTH, Point, layout


MOST_ROWS = 100
SCRIPT = "/ui/network.js"
_FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def add(pages: Pages) -> None:
    """Add the pages, the drawing as a file, and the script to *pages*."""
    pages.static(SCRIPT, "text/javascript")

    @pages.page(urls.RELATIONSHIPS, scripts=True)
    def show_whole(request: Request) -> str:
        with pages.runtime.database.reading() as connection:
            label = request.query_params.get("label", "")
            graph = network_graphs.whole(connection, pages.runtime.now(), label, pages.url)
        return _page(pages, graph)

    @pages.page(urls.GROUP, scripts=True)
    def show_around(request: Request, pacticipant: str) -> str:
        with pages.runtime.database.reading() as connection:
            steps = request.query_params.get("steps", "")
            graph = network_graphs.around(connection, pages.runtime.now(), pacticipant, steps, pages.url)
        return _page(pages, graph, around=pacticipant, steps=steps)

    pages.router.routes.append(Route(urls.NETWORK_SVG, lambda request: _file(pages, request)))


def _page(pages: Pages, graph: Graph, *, around: str = "", steps: str = "") -> str:
    return pages.render(
        "network.html",
        section="network",
        title=f"Network: {graph.title}" if graph.title else "Network",
        graph=graph,
        drawing=_drawing(graph),
        around=around,
        steps=steps,
        connected=CONNECTED,
        signs=SIGNS,
        rows=graph.standings[:MOST_ROWS],
        export=f"{pages.base}{urls.NETWORK_SVG}?{urlencode(graph.query)}",
        script=SCRIPT,
    )


def _file(pages: Pages, request: Request) -> Response:
    """Return the drawing as a file with its own styles and whole links."""
    query, now = request.query_params, pages.runtime.now()
    base = base_urls.of(pages.runtime.settings.base_url, request)

    def url(template: str, **values: str) -> str:
        return base + urls.expand(template, **values)

    try:
        with pages.runtime.database.reading() as connection:
            if around := query.get("around", ""):
                graph = network_graphs.around(connection, now, around, query.get("steps", ""), url)
            else:
                graph = network_graphs.whole(connection, now, query.get("label", ""), url)
    except NotFound as error:
        return pages.not_found(str(error))
    text = pages.render("network_file.html", graph=graph, drawing=_drawing(graph))
    headers = SECURITY_HEADERS | {"Content-Security-Policy": _FILE_POLICY}
    return Response(text, media_type="image/svg+xml", headers=headers)


def _drawing(graph: Graph) -> Mapping[str, Any]:
    """Return sizes, nodes with their corner, and lines with their curve and the place of their sign."""
    drawn = layout([each.key for each in graph.nodes], ((each.source, each.target) for each in graph.lines))
    callees, callers = Counter(each.source for each in graph.lines), Counter(each.target for each in graph.lines)
    lines = (
        # a sign is near the end with fewer lines, so that signs do not cover each other
        (each, points, 0.3 if callees[each.source] <= callers[each.target] else 0.7)
        for each in graph.lines
        if (points := drawn.edges.get((each.source, each.target)))
    )
    return {
        "width": round(drawn.width),
        "height": round(drawn.height),
        "node_width": NODE_WIDTH,
        "node_height": NODE_HEIGHT,
        "nodes": [(each, *map(round, drawn.nodes[each.key])) for each in graph.nodes],
        "lines": [(each, _curve(points), *_place(points, part)) for each, points, part in lines],
    }


def _curve(points: Sequence[Point]) -> str:
    """Return the path through *points* that leaves and reaches each of them horizontally."""
    pieces = [f"M{points[0][0]:.0f} {points[0][1]:.0f}"]
    for (x, y), (next_x, next_y) in pairwise(points):
        middle = (x + next_x) / 2
        pieces.append(f"C{middle:.0f} {y:.0f} {middle:.0f} {next_y:.0f} {next_x:.0f} {next_y:.0f}")
    return "".join(pieces)


def _place(points: Sequence[Point], part: float) -> tuple[int, int]:
    """Return the point after this *part* of the middle curve through *points*."""
    (x, y), (next_x, next_y) = points[(len(points) - 1) // 2 :][:2]
    rest = 1 - part
    # the inner points of the curve are halfway between its ends
    across = rest**3 * x + 3 * rest * part * (x + next_x) / 2 + part**3 * next_x
    return round(across), round(y + (next_y - y) * part**2 * (3 - 2 * part))
