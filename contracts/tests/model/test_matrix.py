"""The matrix: what can be asked, how rows are grouped, and in what order they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matrices import LIVE, numbered, question, resolved, row, rows, version

from contracts.model.errors import InvalidQuery
from contracts.model.matrix import (
    DEFAULT_LIMIT,
    Ignored,
    InEnvironment,
    LatestBy,
    Limit,
    Numbered,
    OnBranch,
    Question,
    Scope,
    Selector,
    Tagged,
    Wanted,
    group,
    in_order,
)


LATEST_BY = st.none() | st.sampled_from(LatestBy)


def test_a_selector_names_an_application():
    with pytest.raises(InvalidQuery, match="names no application"):
        Selector(pacticipant="")


def test_a_selector_has_a_number_or_asks_for_the_latest():
    with pytest.raises(InvalidQuery, match="Till has a version number and latest=true"):
        Selector(pacticipant="Till", wanted=Wanted(criteria=(Numbered(number="1"),), latest=True))


def test_a_scope_tells_everything_that_is_wrong_with_it():
    criteria = (Tagged(tag="prod"), InEnvironment(environment="live"))
    with pytest.raises(InvalidQuery) as caught:
        Scope(wanted=Wanted(criteria=criteria, latest=True))
    assert len(caught.value.errors) == 2


def test_what_is_ignored_has_a_name():
    with pytest.raises(InvalidQuery, match="names no application"):
        Ignored(pacticipant="", version="1")


@pytest.mark.parametrize(("selectors", "limit"), [((), None), ((Selector(pacticipant="Till"),), 0)])
def test_a_question_selects_something_and_takes_at_least_a_row(selectors, limit):
    with pytest.raises(InvalidQuery):
        Question(selectors=selectors, limit=limit)


def test_a_decision_about_versions_is_never_cut_unless_asked_for():
    assert question().most_rows([numbered(1, 1), resolved(3, LIVE.wanted, 2, specified=False)]) is None
    assert question(limit=2).most_rows([numbered(1, 1)]) == Limit(rows=2, among_all=True)


def test_what_could_be_a_whole_history_is_cut():
    assert question().most_rows([resolved(1)]) == Limit(rows=DEFAULT_LIMIT)
    assert question(others=None).most_rows([numbered(1, 1)]) == Limit(rows=DEFAULT_LIMIT)


def test_any_version_will_do_is_not_the_same_as_none():
    anything, missing = resolved(1), resolved(1, Wanted(criteria=(OnBranch(branch="main"),)))
    assert (anything.anything, anything.missing) == (True, False)
    assert (missing.anything, missing.missing) == (False, True)


@pytest.mark.parametrize(
    ("ignored", "ignores"),
    [
        (Ignored(pacticipant="Till"), True),
        (Ignored(pacticipant="Ledger"), True),
        (Ignored(pacticipant="Stock"), False),
        (Ignored(pacticipant="Till", version="1"), True),
        (Ignored(pacticipant="Till", version="2"), False),
        (Ignored(pacticipant="Ledger", version="5"), True),
    ],
)
def test_a_row_is_ignored_for_either_of_its_sides(ignored, ignores):
    assert question(ignored=(ignored,)).ignores(row(provider_version=5)) is ignores


def test_a_version_of_a_provider_is_not_ignored_where_it_gave_no_result():
    unverified = row()
    assert not question(ignored=(Ignored(pacticipant="Ledger", version="5"),)).ignores(unverified)
    assert question(ignored=(Ignored(pacticipant="Ledger"),)).ignores(unverified)


def test_without_grouping_every_row_stays():
    found = [row(provider_version=5), row(provider_version=5, result_id=1)]
    assert group(found, None) == found


def test_by_both_versions_the_last_result_stands():
    old, new = row(provider_version=5, result_id=1), row(provider_version=5, result_id=2, success=False)
    assert group([new, old], LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION) == [new]


def test_by_consumer_version_the_greatest_provider_version_stands():
    found = [row(provider_version=6), row(provider_version=7), row(consumer_version=2, provider_version=5)]
    assert group(found, LatestBy.CONSUMER_VERSION_AND_PROVIDER) == found[1:]


def test_by_pair_a_pact_published_last_stands_although_nothing_is_known_of_it():
    verified, published = row(provider_version=6, minutes=1), row(consumer_version=2, minutes=2)
    assert group([verified, published], LatestBy.CONSUMER_AND_PROVIDER) == [published]


def test_by_pair_the_greatest_provider_version_stands_when_its_result_came_last():
    published, verified = row(consumer_version=2, minutes=1), row(provider_version=6, minutes=2)
    assert group([published, verified], LatestBy.CONSUMER_AND_PROVIDER) == [verified]


def test_rows_stand_by_names_the_latest_versions_first():
    ordered = [
        row(consumer=2, provider_version=5),
        row(consumer_version=2, provider_version=6),
        row(consumer_version=2, provider_version=5),
        row(consumer_version=2, provider=4),
        row(consumer_version=1, provider_version=7),
    ]
    assert in_order(reversed(ordered)) == ordered


@given(rows(8), LATEST_BY, st.randoms())
def test_the_order_in_which_rows_are_found_changes_nothing(found, latest_by, random):
    shuffled = random.sample(found, len(found))
    assert in_order(group(shuffled, latest_by)) == in_order(group(found, latest_by))


@given(rows(8), st.sampled_from(LatestBy))
def test_a_row_stands_for_each_group_and_is_one_of_it(found, latest_by):
    standing = group(found, latest_by)
    assert {each.pair for each in standing} == {each.pair for each in found}
    assert all(each in found for each in standing)
    assert group(standing, latest_by) == standing


def test_a_version_is_known_by_application_and_number():
    assert row().consumer == version(1, 1).pacticipant
