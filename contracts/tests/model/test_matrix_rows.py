"""The rows of the matrix: their groups and their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from matrices import row, rows, version

from contracts.model.matrix_rows import LatestBy, group, in_order


LATEST_BY = st.none() | st.sampled_from(LatestBy)


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
