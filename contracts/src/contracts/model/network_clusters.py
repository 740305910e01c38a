"""Clusters of a network that is too large to draw: applications with the same label, or around the same hub."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Applications that belong together, by id: those with a *label*, or (None) those around the application *hub*."""

    label: str | None
    hub: int
    members: tuple[int, ...]


def clusters(
    nodes: Iterable[int], edges: Iterable[tuple[int, int]], labels: Mapping[int, Sequence[str]]
) -> list[Cluster]:
    """Return the clusters of a network, the largest first; each node is in one of them.

    A node with labels belongs to its first one. Every other node belongs to the neighbour with the most neighbours, if
    that has more than itself, and with it to that one's, and so on up to a hub.

    >>> [each.members for each in clusters([1, 2, 3, 4, 5], [(1, 2), (1, 3), (4, 5)], {})]
    [(1, 2, 3), (4, 5)]
    """
    neighbours: dict[int, set[int]] = defaultdict(set)
    for source, target in edges:
        neighbours[source].add(target)
        neighbours[target].add(source)
    ranks = {each: (len(neighbours[each]), -each) for each in nodes}
    unlabelled = [each for each in ranks if not labels.get(each)]
    best = {
        each: max((each, *(other for other in neighbours[each] if not labels.get(other))), key=ranks.__getitem__)
        for each in unlabelled
    }
    members: dict[str | int, list[int]] = defaultdict(list)
    for node in ranks:
        members[labels[node][0] if labels.get(node) else _hub(node, best)].append(node)
    groups = [
        Cluster(
            label=key if isinstance(key, str) else None,
            hub=max(group, key=ranks.__getitem__),
            members=tuple(sorted(group)),
        )
        for key, group in members.items()
    ]
    return sorted(groups, key=lambda each: (-len(each.members), each.members))


def _hub(node: int, best: Mapping[int, int]) -> int:
    """The hub that a node without labels leads to."""
    while best[node] != node:
        node = best[node]
    return node
