"""Which pairs of applications need attention: filters with their totals, order, and groups of the overview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
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


_CONSUMER, _PROVIDER = (Standing._fields.index(each) for each in ("consumer", "provider"))
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
    counts = {_Facets(*each): count for each, count in Counter(map(_facets, standings)).items()}
    rank: _Ranks = {each: each.rank for each in counts}
    shown = {each for each in counts if chosen is None or each.matches(chosen)}
    matching = sorted((each for each in standings if chosen is None or _facets(each) in shown), key=_key(order, rank))
    page = slice(offset, offset + limit)
    if grouping is Grouping.NONE:
        total = len(matching)
        pairs: list[tuple[Group | None, Standing]] = [(None, Standing(*each)) for each in matching[page]]
    else:
        grouped = _grouped(
            [Standing(*each) for each in matching], grouping, labels or {}, rank if order is Order.ATTENTION else {}
        )
        total, pairs = len(grouped), [*grouped[page]]
    return Arrangement(
        pairs=tuple(pairs),
        totals={each: sum(count for facets, count in counts.items() if facets.matches(each)) for each in Filter},
        everything=len(standings),
        total=total,
    )


def _key(order: Order, rank: _Ranks) -> Callable[[Sequence[Any]], Any]:
    match order:
        case Order.CONSUMER:
            return lambda each: (each[_CONSUMER].lower(), each[_PROVIDER].lower())
        case Order.PROVIDER:
            return lambda each: (each[_PROVIDER].lower(), each[_CONSUMER].lower())
        case Order.NEWEST:
            return lambda _: 0
        case Order.ATTENTION:
            return lambda each: rank[_facets(each)]


def _grouped(
    standings: Sequence[Standing], grouping: Grouping, labels: Mapping[int, Collection[str]], rank: _Ranks
) -> list[tuple[Group, Standing]]:
    """Each pair with its groups; groups by the *rank*, if not empty, of their most urgent pair, then by name."""
    members = [(name, each) for each in standings for name in _names(each, grouping, labels)]
    totals = Counter(name for name, _ in members)
    failed = Counter(name for name, each in members if each.main is MainState.FAILED)
    groups = {name: Group(name=name, total=totals[name], failed=failed[name]) for name in totals}
    urgency: dict[str, int] = {}
    for name, each in members if rank else ():  # the most urgent pair of each group comes first
        urgency.setdefault(name, rank[_facets(each)])
    members.sort(key=lambda member: (urgency.get(member[0], 0), member[0] == "", member[0].lower(), member[0]))
    return [(groups[name], each) for name, each in members]


def _names(each: Standing, grouping: Grouping, labels: Mapping[int, Collection[str]]) -> Iterable[str]:
    """The groups of a pair; the empty name for none."""
    match grouping:
        case Grouping.CONSUMER:
            return (each.consumer,)
        case Grouping.PROVIDER:
            return (each.provider,)
        case _:
            both = (*labels.get(each.consumer_id, ()), *labels.get(each.provider_id, ()))
            return dict.fromkeys(both) or ("",)
