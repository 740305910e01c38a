"""The graphs that the pages of the network draw: around an application, whole, or as clusters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from contracts.broker import urls
from contracts.broker.store import labels, pacticipants
from contracts.broker.store import standings as pair_states
from contracts.broker.store.database import Connection
from contracts.model import network
from contracts.model.attention import Standing, Standings, arrange, as_standing, main_states
from contracts.model.network_clusters import Cluster, clusters
from contracts.model.overview import MainState


MOST_NODES = 200
MOST_CLUSTERS = 30
CONNECTED = "connected"
"""The steps to follow from an application: all, instead of one."""
SIGNS = {MainState.FAILED: "✘", MainState.UNVERIFIED: "○", MainState.VERIFIED: "✔"}
"""What tells states apart without colours; the others have no sign."""
_WORST_FIRST = (*SIGNS, MainState.NO_CONTRACT, MainState.NO_MAIN_BRANCH)

Url = Callable[..., str]
"""Returns the address of a path with its parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An application, or a cluster of *size* applications; *href* is its page."""

    key: int
    name: str
    href: str
    size: int = 1
    centre: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The contract of *consumer* and *provider*, or *count* contracts of two clusters in their worst *state*."""

    source: int
    target: int
    consumer: str
    provider: str
    state: MainState
    href: str | None
    count: int = 1

    @property
    def sign(self) -> str:
        """The sign of its state."""
        return SIGNS.get(self.state, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """A cluster, the number of contracts in it or to others, and of those that failed."""

    node: Node
    contracts: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A graph to draw; *standings* are all its contracts, and *left_out* applications are not drawn.

    *clusters* is empty if its nodes are applications; then the contracts that need attention come first.
    """

    title: str = ""
    nodes: Sequence[Node]
    lines: Sequence[Line]
    standings: Sequence[Standing]
    clusters: Sequence[ClusterRow] = ()
    left_out: int = 0
    query: Mapping[str, str] = field(default_factory=dict)
    """What asks for it in the URL of the drawing."""


def around(connection: Connection, now: datetime, name: str, steps: str, url: Url) -> Graph:
    """Return the graph around an application: its own contracts, or those of everything connected with it.

    Raises:
        NotFound: if the application does not exist.
    """
    centre = pacticipants.find(connection, name)
    if steps == CONNECTED:
        every = _urgent(pair_states.search(connection, now))
        near = network.nearest(_neighbours(every), centre.id)
        connected = set(near)
        standings = [each for each in every if each.consumer_id in connected]
    else:
        standings = _urgent(pair_states.of_pacticipant(connection, centre.id, now))
        near = list(dict.fromkeys([centre.id, *(end for each in standings for end in _ends(each))]))
    drawn = set(near[:MOST_NODES])
    nodes = [
        Node(key=centre.id, name=name, href=url(urls.GROUP, pacticipant=name), centre=True),
        *_nodes({key: name for key, name in _names(standings).items() if key in drawn and key != centre.id}, url),
    ]
    return Graph(
        title=name,
        nodes=nodes,
        lines=_contracts([each for each in standings if drawn.issuperset(_ends(each))], url),
        standings=standings,
        left_out=len(near) - len(drawn),
        query={"around": name} | ({"steps": steps} if steps == CONNECTED else {}),
    )


def whole(connection: Connection, now: datetime, label: str, url: Url) -> Graph:
    """Return the graph of all applications, or of those with a *label* and those that share a contract with them.

    If there are more than `MOST_NODES`, its nodes are clusters.
    """
    every = pair_states.search(connection, now, label=label)
    standings = list(map(as_standing, every))
    names = _names(standings)
    query = {"label": label} if label else {}
    if len(names) > MOST_NODES:
        return _clustered(standings, names, labels.all(connection), query, url)
    standings = _urgent(every)
    return Graph(
        title=label, nodes=_nodes(names, url), lines=_contracts(standings, url), standings=standings, query=query
    )


def _clustered(
    standings: Sequence[Standing],
    names: Mapping[int, str],
    of_applications: Mapping[int, Sequence[str]],
    query: Mapping[str, str],
    url: Url,
) -> Graph:
    edges = [_ends(each) for each in standings]
    groups = clusters(names, edges, of_applications)[:MOST_CLUSTERS]
    nodes = [_cluster(place, each, names, url) for place, each in enumerate(groups)]
    place = {member: number for number, group in enumerate(groups) for member in group.members}
    ends = ((place.get(source, -1), place.get(target, -1)) for source, target in edges)
    contracts: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    counts: Counter[tuple[int, int]] = Counter()
    states: dict[tuple[int, int], set[MainState]] = defaultdict(set)
    for (between, state), count in Counter(zip(ends, main_states(standings), strict=True)).items():
        states[between].add(state)
        counts[between] += count
        for number in set(between):
            contracts[number] += count
            failed[number] += count if state is MainState.FAILED else 0
    lines = [
        Line(
            source=source,
            target=target,
            consumer=nodes[source].name,
            provider=nodes[target].name,
            state=min(states[source, target], key=_WORST_FIRST.index),
            href=None,
            count=count,
        )
        for (source, target), count in sorted(counts.items())
        if source != target and -1 not in {source, target}
    ]
    return Graph(
        title=query.get("label", ""),
        nodes=nodes,
        lines=lines,
        standings=standings,
        clusters=[ClusterRow(node=each, contracts=contracts[each.key], failed=failed[each.key]) for each in nodes],
        left_out=len(names) - len(place),
        query=query,
    )


def _cluster(place: int, group: Cluster, names: Mapping[int, str], url: Url) -> Node:
    hub = names[group.hub]
    if group.label is not None:
        href = f"{url(urls.RELATIONSHIPS)}?{urlencode({'label': group.label})}"
        return Node(key=place, name=group.label, href=href, size=len(group.members))
    return Node(key=place, name=hub, href=url(urls.GROUP, pacticipant=hub), size=len(group.members))


def _urgent(standings: Standings) -> list[Standing]:
    return [each for _, each in arrange(standings, limit=len(standings)).pairs]


def _ends(each: Standing) -> tuple[int, int]:
    return each.consumer_id, each.provider_id


def _neighbours(standings: Sequence[Standing]) -> dict[int, list[int]]:
    neighbours: dict[int, list[int]] = defaultdict(list)
    for each in standings:
        neighbours[each.consumer_id].append(each.provider_id)
        neighbours[each.provider_id].append(each.consumer_id)
    return neighbours


def _names(standings: Sequence[Standing]) -> dict[int, str]:
    """The names of the applications of these contracts, by id; in order, so that no drawing depends on the list's."""
    names = {each.consumer_id: each.consumer for each in standings}
    names |= {each.provider_id: each.provider for each in standings}
    return dict(sorted(names.items(), key=lambda each: (each[1].lower(), each[0])))


def _nodes(names: Mapping[int, str], url: Url) -> list[Node]:
    return [Node(key=key, name=name, href=url(urls.GROUP, pacticipant=name)) for key, name in names.items()]


def _contracts(standings: Sequence[Standing], url: Url) -> list[Line]:
    return [
        Line(
            source=each.consumer_id,
            target=each.provider_id,
            consumer=each.consumer,
            provider=each.provider,
            state=each.main,
            href=url(urls.MATRIX_PAIR, consumer=each.consumer, provider=each.provider),
        )
        for each in sorted(standings, key=lambda each: (each.consumer.lower(), each.provider.lower(), each.id))
    ]
