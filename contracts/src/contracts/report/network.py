"""The network of a report: where each application and each contract is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.client.nouns.dashboard import LatestContract
from contracts.model.network_layout import NODE_HEIGHT, NODE_WIDTH, Point, layout


MOST_APPLICATIONS = 200
_STATES = {True: ("verified", "✔"), False: ("failed", "✘"), None: ("unverified", "○")}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnContract:
    """A line: its SVG path, the place of its sign, and its state, which is also its class."""

    contract: LatestContract
    path: str
    x: float
    y: float
    state: str
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnNetwork:
    """The drawing; *applications* are names with the upper left corners of their boxes."""

    width: float
    height: float
    applications: tuple[tuple[str, float, float], ...]
    contracts: tuple[DrawnContract, ...]
    box_width: int = NODE_WIDTH
    box_height: int = NODE_HEIGHT


def draw(contracts: Sequence[LatestContract]) -> DrawnNetwork | None:
    """Return the drawing of *contracts*; None if there are none, or too many applications to see anything."""
    names = sorted({name for each in contracts for name in (each.consumer, each.provider)})
    if not 0 < len(names) <= MOST_APPLICATIONS:
        return None
    key = {name: number for number, name in enumerate(names)}
    drawing = layout(list(key.values()), [(key[each.consumer], key[each.provider]) for each in contracts])
    lines = []
    for each in contracts:
        points = drawing.edges.get((key[each.consumer], key[each.provider]))
        if points is not None:
            x, y = _middle(points)
            state, sign = _STATES[each.success]
            path = "M" + " L".join(f"{point[0]:.0f} {point[1]:.0f}" for point in points)
            lines.append(DrawnContract(contract=each, path=path, x=x, y=y, state=state, sign=sign))
    boxes = tuple((name, *drawing.nodes[number]) for name, number in key.items())
    return DrawnNetwork(width=drawing.width, height=drawing.height, applications=boxes, contracts=tuple(lines))


def _middle(points: Sequence[Point]) -> Point:
    """Return the middle of the longest piece of a line."""
    pieces = list(itertools.pairwise(points))
    (x1, y1), (x2, y2) = max(pieces, key=lambda piece: abs(piece[1][0] - piece[0][0]))
    return (x1 + x2) / 2, (y1 + y2) / 2
