"""Which pairs of applications need attention: filters with their totals, order, and groups of the overview."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from contracts.model.overview import MainState, main_state


QUIET = timedelta(days=90)
"""A pair without a new contract or result for so long is stale."""


class Standing(NamedTuple):
    """The state of one pair.

    *main_branch*, *contract* and *success* are those of `main_state`. *waiting*: a verification job may still bring a
    result. *outdated*: there are results, but only for other contents than the main branch's. *quiet*: nothing was
    published for `QUIET`.
    """

    id: int
    consumer_id: int
    provider_id: int
    consumer: str
    provider: str
    main_branch: bool
    contract: bool
    success: bool | None
    waiting: bool
    outdated: bool
    quiet: bool

    @property
    def main(self) -> MainState:
        """Its state on the main branches."""
        return main_state(main_branch=self.main_branch, contract=self.contract, success=self.success)


Standings = Sequence[Sequence[Any]]
"""Tuples with the fields of `Standing`: of thousands of pairs, only those that are shown become one."""


class Filter(StrEnum):
    """What the overview can be narrowed to."""

    FAILED = "failed"
    UNVERIFIED = "unverified"
    WAITING = "waiting"
    STALE = "stale"
    VERIFIED = "verified"


class Order(StrEnum):
    """An order of the overview; `NEWEST` is the order in which the pairs come from the database."""

    ATTENTION = "attention"
    NEWEST = "newest"
    CONSUMER = "consumer"
    PROVIDER = "provider"


class Grouping(StrEnum):
    """What the overview is grouped by."""

    NONE = ""
    CONSUMER = "consumer"
    PROVIDER = "provider"
    LABEL = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pairs with the same *name* of an application or label; *failed* of all *total* pairs fail on main."""

    name: str
    total: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """One page of pairs, each with its group (None without groups).

    *totals* counts the pairs of each filter, *everything* all pairs; *total* counts those in the chosen filter, once
    for each group that they are in.
    """

    pairs: tuple[tuple[Group | None, Standing], ...]
    totals: Mapping[Filter, int]
    everything: int
    total: int


class _Facets(NamedTuple):
    """The fields of `Standing` that filters and order depend on; pairs have few different ones."""

    main_branch: bool
    contract: bool
    success: bool | None
    waiting: bool
    outdated: bool
    quiet: bool

    @property
    def main(self) -> MainState:
        """The state on the main branches."""
        return main_state(main_branch=self.main_branch, contract=self.contract, success=self.success)

    def matches(self, filter_: Filter) -> bool:
        """Whether pairs with these facets are in a filter."""
        match filter_:
            case Filter.FAILED:
                return self.main is MainState.FAILED
            case Filter.UNVERIFIED:
                return self.main is MainState.UNVERIFIED
            case Filter.WAITING:
                return bool(self.waiting)
            case Filter.STALE:
                return bool(self.outdated or self.quiet)
            case Filter.VERIFIED:
                return self.main is MainState.VERIFIED

    @property
    def rank(self) -> int:
        """The place in the order of attention, 0 first."""
        if self.main is MainState.FAILED:
            return 0
        if self.main is MainState.UNVERIFIED:
            return 2 if self.waiting else 1
        return 3 if self.waiting else 4 + (not self.quiet)


_CONSUMER_ID, _PROVIDER_ID, _CONSUMER, _PROVIDER = (
    Standing._fields.index(each) for each in ("consumer_id", "provider_id", "consumer", "provider")
)
as_standing: Callable[[Iterable[Any]], Standing] = partial(tuple.__new__, Standing)
"""Returns the standing of a tuple, in half the time of the constructor."""
_facets = itemgetter(slice(Standing._fields.index(_Facets._fields[0]), None))
_Ranks = Mapping[tuple[Any, ...], int]


def arrange(
    standings: Standings,
    *,
    chosen: Filter | None = None,
    order: Order = Order.ATTENTION,
    grouping: Grouping = Grouping.NONE,
    labels: Mapping[int, Collection[str]] | None = None,
    limit: int,
    offset: int = 0,
) -> Arrangement:
    """Return the pairs from *offset*, at most *limit*, of *standings*, which come with the newest first.

    *labels* are those of each application, by its id.
    """
    facets = list(map(_facets, standings))
    counts = {_Facets(*each): count for each, count in Counter(facets).items()}
    rank: _Ranks = {each: each.rank for each in counts if chosen is None or each.matches(chosen)}
    matching = _ordered([each for each in zip(standings, facets, strict=True) if each[1] in rank], order, rank)
    page: list[tuple[Group | None, Standing]]
    if grouping is Grouping.NONE:
        total = len(matching)
        page = [(None, as_standing(each)) for each in matching[offset : offset + limit]]
    else:
        members = _members(matching, grouping, labels or {})
        total = sum(map(len, members.values()))
        names = _sorted_names(members, rank if order is Order.ATTENTION else {})
        failing = {each for each in counts if each.main is MainState.FAILED}
        page = [*_page({name: members[name] for name in names}, failing, limit, offset)]
    return Arrangement(
        pairs=tuple(page),
        totals={each: sum(count for facets, count in counts.items() if facets.matches(each)) for each in Filter},
        everything=len(standings),
        total=total,
    )


def _ordered(
    standings: Sequence[tuple[Sequence[Any], tuple[Any, ...]]], order: Order, rank: _Ranks
) -> list[Sequence[Any]]:
    """Return the standings, which come with their facets, in an order."""
    if order is Order.ATTENTION:
        by_rank: dict[int, list[Sequence[Any]]] = defaultdict(list)
        for each, facets in standings:
            by_rank[rank[facets]].append(each)
        return [each for place in sorted(by_rank) for each in by_rank[place]]
    listed = [each for each, _ in standings]
    if order is not Order.NEWEST:
        first, second = (_CONSUMER, _PROVIDER) if order is Order.CONSUMER else (_PROVIDER, _CONSUMER)
        listed.sort(key=lambda each: (each[first].lower(), each[second].lower()))
    return listed


def _members(
    standings: Iterable[Sequence[Any]], grouping: Grouping, labels: Mapping[int, Collection[str]]
) -> dict[str, list[Sequence[Any]]]:
    """The pairs of each group, by its name; the empty name is for pairs without a label."""
    members: dict[str, list[Sequence[Any]]] = defaultdict(list)
    if grouping is Grouping.LABEL:
        for each in standings:
            both = (*labels.get(each[_CONSUMER_ID], ()), *labels.get(each[_PROVIDER_ID], ()))
            for name in dict.fromkeys(both) or ("",):
                members[name].append(each)
    else:
        name_of = itemgetter(_CONSUMER if grouping is Grouping.CONSUMER else _PROVIDER)
        for each in standings:
            members[name_of(each)].append(each)
    return members


def _sorted_names(members: Mapping[str, Sequence[Sequence[Any]]], rank: _Ranks) -> list[str]:
    """The names of groups by the *rank*, if not empty, of their most urgent pair, which comes first; then by name."""

    def key(name: str) -> tuple[int, bool, str, str]:
        return rank[_facets(members[name][0])] if rank else 0, name == "", name.lower(), name

    return sorted(members, key=key)


def _page(
    members: Mapping[str, Sequence[Sequence[Any]]], failing: Collection[tuple[Any, ...]], limit: int, offset: int
) -> Iterator[tuple[Group, Standing]]:
    """Yield the pairs from *offset*, at most *limit*, with their groups."""
    for name, listed in members.items():
        part = listed[offset : offset + limit]
        if part:
            failed = sum(_facets(each) in failing for each in listed)
            group = Group(name=name, total=len(listed), failed=failed)
            yield from ((group, as_standing(each)) for each in part)
        offset, limit = max(0, offset - len(listed)), limit - len(part)
        if limit <= 0:
            return


def main_states(standings: Iterable[Sequence[Any]]) -> list[MainState]:
    """Return the state of each pair on the main branches."""
    facets = list(map(_facets, standings))
    states = {each: _Facets(*each).main for each in set(facets)}
    return [states[each] for each in facets]
