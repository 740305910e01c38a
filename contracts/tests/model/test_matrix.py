"""Questions about the matrix."""

from __future__ import annotations

import pytest
from matrices import LIVE, numbered, question, resolved, row

from contracts.model.criteria import InEnvironment, Numbered, OnBranch, Tagged
from contracts.model.errors import InvalidQuery
from contracts.model.matrix import DEFAULT_LIMIT, Ignored, Limit, MatrixQuestion, Scope, Selector, VersionFilter


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
        MatrixQuestion(selectors=selectors, limit=limit)


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


@pytest.mark.parametrize("criterion", [Tagged(), OnBranch(), InEnvironment()])
def test_a_filter_of_versions_needs_the_name_of_its_criterion(criterion):
    with pytest.raises(ValueError, match="needs the name"):
        VersionFilter(criteria=(criterion,))
