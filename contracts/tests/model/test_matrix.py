"""The matrix: questions, the groups of rows, and their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matrices import LIVE, numbered, question, resolved, row, rows, version

from contracts.model.criteria import InEnvironment, Numbered, OnBranch, Tagged
from contracts.model.errors import InvalidQuery
from contracts.model.matrix import (
    DEFAULT_LIMIT,
    Ignored,
    LatestBy,
    Limit,
    Question,
    Scope,
    Selector,
    VersionFilter,
    group,
    in_order,
)


LATEST_BY = st.none() | st.sampled_from(LatestBy)


def test_a_selector_names_an_application():
    with pytest.raises(InvalidQuery, match="names no application"):
        Selector(pacticipant="")


def test_a_selector_has_a_number_or_asks_for_the_latest():
    with pytest.raises(InvalidQuery, match="Till has a version number and latest=true"):
        Selector(pacticipant="Till", version_filter=VersionFilter(criteria=(Numbered(number="1"),), latest=True))


def test_a_scope_reports_every_problem():
    criteria = (Tagged(tag="prod"), InEnvironment(environment="live"))
    with pytest.raises(InvalidQuery) as caught:
        Scope(version_filter=VersionFilter(criteria=criteria, latest=True))
    assert len(caught.value.errors) == 2


def test_an_ignore_selector_names_an_application():
    with pytest.raises(InvalidQuery, match="names no application"):
        Ignored(pacticipant="", version="1")


@pytest.mark.parametrize(("selectors", "limit"), [((), None), ((Selector(pacticipant="Till"),), 0)])
def test_a_question_has_a_selector_and_a_limit_of_at_least_one(selectors, limit):
    with pytest.raises(InvalidQuery):
        Question(selectors=selectors, limit=limit)


def test_only_the_clients_limit_cuts_a_decision_about_versions():
    assert question().most_rows([numbered(1, 1), resolved(3, LIVE.version_filter, 2, specified=False)]) is None
    assert question(limit=2).most_rows([numbered(1, 1)]) == Limit(rows=2, among_all=True)


def test_a_question_that_could_return_a_whole_history_has_a_limit():
    assert question().most_rows([resolved(1)]) == Limit(rows=DEFAULT_LIMIT)
    assert question(others=None).most_rows([numbered(1, 1)]) == Limit(rows=DEFAULT_LIMIT)


def test_any_version_and_no_version_are_different():
    anything, missing = resolved(1), resolved(1, VersionFilter(criteria=(OnBranch(branch="main"),)))
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


def test_a_row_without_a_result_has_no_provider_version_to_ignore():
    unverified = row()
    assert not question(ignored=(Ignored(pacticipant="Ledger", version="5"),)).ignores(unverified)
    assert question(ignored=(Ignored(pacticipant="Ledger"),)).ignores(unverified)


def test_every_row_remains_without_grouping():
    verified_rows = [row(provider_version=5), row(provider_version=5, result_id=1)]
    assert group(verified_rows, None) == verified_rows


def test_by_both_versions_the_last_result_remains():
    old, new = row(provider_version=5, result_id=1), row(provider_version=5, result_id=2, success=False)
    assert group([new, old], LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION) == [new]


def test_by_consumer_version_the_latest_provider_version_remains():
    verified_rows = [row(provider_version=6), row(provider_version=7), row(consumer_version=2, provider_version=5)]
    assert group(verified_rows, LatestBy.CONSUMER_VERSION_AND_PROVIDER) == verified_rows[1:]


def test_by_pair_the_last_pact_remains_although_it_has_no_result():
    verified, published = row(provider_version=6, minutes=1), row(consumer_version=2, minutes=2)
    assert group([verified, published], LatestBy.CONSUMER_AND_PROVIDER) == [published]


def test_by_pair_the_latest_provider_version_remains_if_the_last_action_is_a_result():
    published, verified = row(consumer_version=2, minutes=1), row(provider_version=6, minutes=2)
    assert group([published, verified], LatestBy.CONSUMER_AND_PROVIDER) == [verified]


def test_rows_are_in_the_order_of_names_with_the_latest_versions_first():
    ordered = [
        row(consumer=2, provider_version=5),
        row(consumer_version=2, provider_version=6),
        row(consumer_version=2, provider_version=5),
        row(consumer_version=2, provider=4),
        row(consumer_version=1, provider_version=7),
    ]
    assert in_order(reversed(ordered)) == ordered


@given(rows(8), LATEST_BY, st.randoms())
def test_the_order_of_rows_never_changes_the_groups(every_row, latest_by, random):
    shuffled = random.sample(every_row, len(every_row))
    assert in_order(group(shuffled, latest_by)) == in_order(group(every_row, latest_by))


@given(rows(8), st.sampled_from(LatestBy))
def test_each_group_has_one_of_its_own_rows(every_row, latest_by):
    grouped = group(every_row, latest_by)
    assert {each.pair for each in grouped} == {each.pair for each in every_row}
    assert all(each in every_row for each in grouped)
    assert group(grouped, latest_by) == grouped


def test_the_consumer_of_a_row_is_the_application_of_its_version():
    assert row().consumer == version(1, 1).pacticipant
