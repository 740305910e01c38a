"""The order of attention, pages and groups."""

from __future__ import annotations

import pytest

from contracts.model.attention import Filter, Grouping, Order, Standing, arrange
from contracts.model.overview import MainState


STATES = {
    MainState.NO_MAIN_BRANCH: (False, False, None),
    MainState.NO_CONTRACT: (True, False, None),
    MainState.UNVERIFIED: (True, True, None),
    MainState.FAILED: (True, True, False),
    MainState.VERIFIED: (True, True, True),
}


def standing(consumer="web", provider="api", main=MainState.VERIFIED, *, waiting=False, outdated=False, quiet=False):
    first, second = sorted({consumer, provider}).index(consumer), sorted({consumer, provider}).index(provider)
    return Standing(1, first, second, consumer, provider, *STATES[main], waiting, outdated, quiet)


def test_a_failure_comes_before_a_missing_result_before_one_that_is_awaited_before_stale_pairs():
    ordered = [
        standing(main=MainState.FAILED, waiting=True),
        standing(main=MainState.UNVERIFIED),
        standing(main=MainState.UNVERIFIED, waiting=True),
        standing(waiting=True),
        standing(quiet=True),
        standing(),
        standing(main=MainState.NO_CONTRACT),
    ]

    assert arrange(ordered[::-1], limit=9).pairs == tuple(
        (None, each) for each in (*ordered[:5], ordered[6], ordered[5])
    )


@pytest.mark.parametrize(("offset", "consumers"), [(0, "ab"), (2, "c"), (4, "")])
def test_a_page_is_a_part_of_the_order(offset, consumers):
    pairs = [standing(consumer=each) for each in "cab"]

    arrangement = arrange(pairs, order=Order.CONSUMER, limit=2, offset=offset)

    assert [each.consumer for _, each in arrangement.pairs] == list(consumers)
    assert (arrangement.total, arrangement.everything) == (3, 3)


def test_totals_do_not_depend_on_the_chosen_filter():
    pairs = [standing(main=MainState.FAILED), standing(waiting=True), standing(outdated=True), standing(quiet=True)]

    arrangement = arrange(pairs, chosen=Filter.FAILED, limit=9)

    assert arrangement.totals == {
        Filter.FAILED: 1,
        Filter.UNVERIFIED: 0,
        Filter.WAITING: 1,
        Filter.STALE: 2,
        Filter.VERIFIED: 3,
    }
    assert arrangement.total == 1


def test_the_group_with_the_most_urgent_pair_comes_first_and_those_without_a_label_last():
    pairs = [standing("a", "b"), standing("x", "y"), standing("c", "d", MainState.FAILED)]
    labels = {0: ("one", "two")}

    def names(**options):
        return [group.name for group, _ in arrange(pairs, limit=9, **options).pairs]

    assert names(grouping=Grouping.PROVIDER) == ["d", "b", "y"]
    assert names(grouping=Grouping.CONSUMER, order=Order.NEWEST) == ["a", "c", "x"]
    assert names(grouping=Grouping.LABEL, labels=labels) == ["one"] * 3 + ["two"] * 3
    assert names(grouping=Grouping.LABEL, labels={}) == [""] * 3
