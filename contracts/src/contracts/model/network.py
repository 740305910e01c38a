"""The network of applications: the contracts between them, direct and through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.model.pacts import PacticipantRef


_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A consumer and its provider."""

    consumer: PacticipantRef
    provider: PacticipantRef


def group(relations: Sequence[Relation], pacticipant_id: int, most: int | None = None) -> list[Relation]:
    """Return the *relations* between the applications that are connected to one, in their order.

    *most* is the maximum number of applications, the nearest first.
    """
    neighbours: dict[int, list[int]] = {}
    for each in relations:
        neighbours.setdefault(each.consumer.id, []).append(each.provider.id)
        neighbours.setdefault(each.provider.id, []).append(each.consumer.id)
    near = set(nearest(neighbours, pacticipant_id)[:most])
    return [each for each in relations if each.consumer.id in near and each.provider.id in near]


def nearest(neighbours: Mapping[int, Iterable[int]], start: int) -> list[int]:
    """Return the nodes connected to *start*, by distance, *start* first."""
    reached = {start: None}
    queue = [start]
    for each in queue:
        new = [other for other in neighbours.get(each, ()) if other not in reached]
        queue += list(dict.fromkeys(new))
        reached.update(dict.fromkeys(new))
    return list(reached)


def _cell(name: str) -> str:
    """*name* as a cell of a table, with an apostrophe if a spreadsheet would take it for a formula."""
    return f"'{name}" if name.startswith(_FORMULA) else name


def table(relations: Sequence[Relation]) -> list[list[str | int]]:
    """Return one row for each application: id, name, 1, 1, 0, its index, and the ids of its providers.

    Zeros fill the rows up to the same length. Source: Pact Broker protocol, network CSV.
    """
    pacticipants = {ref.id: ref for each in relations for ref in (each.consumer, each.provider)}
    connected: dict[int, list[int]] = {}
    for each in relations:
        connected.setdefault(each.consumer.id, []).append(each.provider.id)
    widest = max(map(len, connected.values()), default=0)
    return [
        [ref.id, _cell(ref.name), 1, 1, 0, place, *(others := connected.get(ref.id, [])), *[0] * (widest - len(others))]
        for place, ref in enumerate(pacticipants.values())
    ]
