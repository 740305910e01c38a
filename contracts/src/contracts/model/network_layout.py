"""The layout of a network as layers from left to right: consumers before the providers that they call.

It is the method of Sugiyama: turn edges of cycles around, assign layers, order each layer to avoid crossings, place.
The same input gives the same drawing, so that a page does not jump when it is loaded again.
Source: Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical system structures (1981).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


NODE_WIDTH, NODE_HEIGHT = 180, 28
_LAYER = NODE_WIDTH + 120  # from one layer to the next
_ROW = NODE_HEIGHT + 10  # from one node to the next
_BEND = 14  # what an edge takes up in a layer that it passes
_MARGIN = 12
_SWEEPS = 4
_MOST_BENDS = 1_500  # of all edges; with more, edges are straight
_PORT = 7  # an edge against the direction of reading begins and ends lower than one along it

Point = tuple[float, float]
_Edge = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Where everything is: *nodes* have the upper left corner of each node, *edges* the points of each edge.

    Each edge begins at its source, which is right of its target if the edge is part of a cycle.
    """

    width: float
    height: float
    nodes: Mapping[int, Point]
    edges: Mapping[_Edge, tuple[Point, ...]]


def layout(nodes: Sequence[int], edges: Iterable[_Edge]) -> Drawing:
    """Return the drawing of a graph; edges from a node to itself are left out.

    >>> drawing = layout([1, 2], [(1, 2)])
    >>> drawing.nodes[1][0] < drawing.nodes[2][0]
    True
    """
    edges = [each for each in dict.fromkeys(edges) if each[0] != each[1]]
    reversed_edges = _against(nodes, edges)
    forward = dict.fromkeys((b, a) if (a, b) in reversed_edges else (a, b) for a, b in edges)
    layer_of = _layers(nodes, forward)
    layers, segments, bends = _with_bends(nodes, forward, layer_of)
    _order(layers, segments)
    heights = _place(layers, segments, set(bends.values()))
    positions = {each: (_MARGIN + layer_of[each] * _LAYER, heights[each]) for each in nodes}
    return Drawing(
        width=2 * _MARGIN + max((layer_of[each] * _LAYER for each in nodes), default=0) + NODE_WIDTH,
        height=max(heights.values(), default=0.0) + NODE_HEIGHT + _MARGIN,
        nodes=positions,
        edges={each: _points(each, layer_of, positions, bends, heights) for each in edges},
    )


def _against(nodes: Sequence[int], edges: Iterable[_Edge]) -> set[_Edge]:
    """Return the edges to turn around: those that lead back to a node of the path on which a search found them."""
    following: dict[int, list[int]] = defaultdict(list)
    targets = set()
    for source, target in edges:
        following[source].append(target)
        targets.add(target)
    backward: set[_Edge] = set()
    done: set[int] = set()
    for start in sorted(nodes, key=lambda each: each in targets):  # those that nobody calls come first
        path: dict[int, Iterable[int]] = {}
        if start not in done:
            path[start] = iter(following[start])
        while path:
            node = next(reversed(path))
            for target in path[node]:  # goes on where it was left
                if target in path:
                    backward.add((node, target))
                elif target not in done:
                    path[target] = iter(following[target])
                    break
            else:
                del path[node]
                done.add(node)
    return backward


def _layers(nodes: Sequence[int], edges: Iterable[_Edge]) -> dict[int, int]:
    """Return the layer of each node: one more than the last of its consumers."""
    following: dict[int, list[int]] = defaultdict(list)
    missing = dict.fromkeys(nodes, 0)
    for source, target in edges:
        following[source].append(target)
        missing[target] += 1
    layer_of = dict.fromkeys(nodes, 0)
    ready = [each for each in nodes if not missing[each]]
    for node in ready:
        for target in following[node]:
            layer_of[target] = max(layer_of[target], layer_of[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return layer_of


def _with_bends(
    nodes: Sequence[int], edges: Iterable[_Edge], layer_of: Mapping[int, int]
) -> tuple[list[list[int]], list[_Edge], dict[tuple[_Edge, int], int]]:
    """Return layers with a bend wherever an edge passes one, the edges between neighbouring layers, and the bends.

    Bends are by edge and layer, and have numbers after those of the nodes.
    """
    layers: list[list[int]] = [[] for _ in range(max(layer_of.values(), default=0) + 1)]
    for node in nodes:
        layers[layer_of[node]].append(node)
    segments: list[_Edge] = []
    bends: dict[tuple[_Edge, int], int] = {}
    number = max(nodes, default=0)
    edges = list(edges)
    bent = sum(layer_of[target] - layer_of[source] - 1 for source, target in edges) <= _MOST_BENDS
    for edge in edges:
        last = edge[0]
        for layer in range(layer_of[edge[0]] + 1, layer_of[edge[1]]) if bent else ():
            number += 1
            bends[edge, layer] = number
            layers[layer].append(number)
            segments.append((last, number))
            last = number
        segments.append((last, edge[1]))
    return layers, segments, bends


def _order(layers: list[list[int]], segments: Iterable[_Edge]) -> None:
    """Sort each layer by the mean place of its neighbours in the layer before, then after, and so on."""
    before, after = _neighbours(segments)
    for sweep in range(_SWEEPS):
        onwards = sweep % 2 == 0
        neighbours = before if onwards else after
        places: dict[int, float] = {}
        for layer in layers if onwards else reversed(layers):
            wishes = {each: _mean(neighbours[each], places, place / len(layer)) for place, each in enumerate(layer)}
            layer.sort(key=wishes.__getitem__)
            places.update({each: place / len(layer) for place, each in enumerate(layer)})


def _mean(neighbours: Sequence[int], places: Mapping[int, float], own: float) -> float:
    neighbour_places = [places[each] for each in neighbours if each in places]
    return sum(neighbour_places) / len(neighbour_places) if neighbour_places else own


def _neighbours(segments: Iterable[_Edge]) -> tuple[defaultdict[int, list[int]], defaultdict[int, list[int]]]:
    before: defaultdict[int, list[int]] = defaultdict(list)
    after: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in segments:
        before[target].append(source)
        after[source].append(target)
    return before, after


def _place(layers: Sequence[Sequence[int]], segments: Iterable[_Edge], bends: set[int]) -> dict[int, float]:
    """Return the height of each node and bend: as near to its neighbours as the order and the others allow."""
    before, after = _neighbours(segments)
    heights: dict[int, float] = {}
    for layer in layers:
        _stack(layer, {}, bends, heights)
    for sweep in range(_SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wishes = {each: _mean(neighbours[each], heights, heights[each]) for each in layer}
            _stack(layer, wishes, bends, heights)
    top = min(heights.values(), default=0.0) - _MARGIN
    return {each: height - top for each, height in heights.items()}


def _stack(layer: Sequence[int], wishes: Mapping[int, float], bends: set[int], heights: dict[int, float]) -> None:
    """Give each item of a layer the height that it wishes, but below the one before; then centre them together."""
    if not layer:
        return
    bottom, shift = float("-inf"), 0.0
    for each in layer:
        wish = wishes.get(each, bottom if bottom > float("-inf") else 0.0)
        heights[each] = max(wish, bottom)
        shift += wish - heights[each]
        bottom = heights[each] + (_BEND if each in bends else _ROW)
    for each in layer:
        heights[each] += shift / len(layer)


def _points(
    edge: _Edge,
    layer_of: Mapping[int, int],
    positions: Mapping[int, Point],
    bends: Mapping[tuple[_Edge, int], int],
    heights: Mapping[int, float],
) -> tuple[Point, ...]:
    against = layer_of[edge[0]] > layer_of[edge[1]]
    left, right = reversed(edge) if against else edge
    middle = NODE_HEIGHT / 2 + (_PORT if against else -_PORT)
    passed = [
        (_MARGIN + layer * _LAYER + NODE_WIDTH / 2, heights[bends[(left, right), layer]])
        for layer in range(layer_of[left] + 1, layer_of[right])
        if ((left, right), layer) in bends
    ]
    start = (positions[left][0] + NODE_WIDTH, positions[left][1] + middle)
    points = (start, *passed, (positions[right][0], positions[right][1] + middle))
    return points[::-1] if against else points
