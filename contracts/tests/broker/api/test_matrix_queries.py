"""Reading a question to the matrix from a query string."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.broker.api import matrix_queries, queries
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.errors import InvalidQuery
from contracts.model.matrix import Ignored, Scope, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy


def question(query):
    return matrix_queries.read(queries.parse(query)).question()


@pytest.mark.parametrize(
    ("query", "criteria", "latest"),
    [
        ("", (), False),
        ("&q[][version]=1", (Numbered(number="1"),), False),
        ("&q[][latest]=true", (), True),
        ("&q[][latest]=yes&q[][tag]=&q[][mainBranch]=1", (), False),
        ("&q[][tag]=prod&q[][latest]=true", (Tagged(tag="prod"),), True),
        ("&q[][branch]=feat/x", (OnBranch(branch="feat/x"),), False),
        ("&q[][mainBranch]=true", (OnMainBranch(),), False),
        ("&q[][environment]=live", (InEnvironment(environment="live"),), False),
        ("&q[][branch]=main&q[][tag]=prod", (OnBranch(branch="main"), Tagged(tag="prod")), False),
    ],
)
def test_a_selector_has_the_criteria_of_its_parameters(query, criteria, latest):
    read = question(f"q[][pacticipant]=Till{query}")
    assert read.selectors == (
        Selector(pacticipant="Till", version_filter=VersionFilter(criteria=criteria, latest=latest)),
    )


@pytest.mark.parametrize(
    ("query", "scope"),
    [
        ("", None),
        ("&latest=false&tag=&branch=main", None),
        ("&latest=true", VersionFilter(latest=True)),
        ("&latest=true&tag=prod", VersionFilter(criteria=(Tagged(tag="prod"),), latest=True)),
        ("&environment=live", VersionFilter(criteria=(InEnvironment(environment="live"),))),
        ("&mainBranch=true&latest=true", VersionFilter(criteria=(OnMainBranch(),), latest=True)),
    ],
)
def test_the_scope_is_outside_of_selectors(query, scope):
    assert question(f"q[][pacticipant]=Till{query}").others == (None if scope is None else Scope(version_filter=scope))


@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("", ()),
        ("&ignore[][pacticipant]=A&ignore[][pacticipant]=B", (Ignored(pacticipant="A"), Ignored(pacticipant="B"))),
        ("&ignore[][pacticipant]=A&ignore[][version]=1", (Ignored(pacticipant="A", version="1"),)),
        ("&ignore[]=A", (Ignored(pacticipant="A"),)),
    ],
)
def test_an_ignore_selector_has_a_name_and_perhaps_a_version(query, ignored):
    assert question(f"q[][pacticipant]=Till{query}").ignored == ignored


@pytest.mark.parametrize(
    ("query", "successes"),
    [
        ("", {True, False, None}),
        ("&success=true", {True}),
        ("&success[]=false&success[]=", {False, None}),
        ("&success=", {None}),
    ],
)
def test_success_selects_results(query, successes):
    assert question(f"q[][pacticipant]=Till{query}").successes == successes


@pytest.mark.parametrize(
    ("query", "limit"),
    [("", None), ("&limit=", None), ("&limit=007", 7), ("&limit=99999999999999999999", 2**31 - 1)],
)
def test_a_limit_is_a_number_that_a_database_takes(query, limit):
    assert question(f"q[][pacticipant]=Till{query}").limit == limit


@pytest.mark.parametrize(("query", "latest_by"), [("", None), ("&latestby=", None), ("&latestby=cp", LatestBy("cp"))])
def test_latestby_groups_rows(query, latest_by):
    assert question(f"q[][pacticipant]=Till{query}").latest_by == latest_by


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=Till",
        "q[0][pacticipant]=Till",
        "q[][version]=1",
        "q[][pacticipant]=",
        "q[][pacticipant][]=Till",
        "q[][pacticipant]=Till&q[][tag][]=x",
        "q[][pacticipant]=Till&q[][version]=1&q[][latest]=true",
        "q[][pacticipant]=Till&tag=a&environment=b",
        "q[][pacticipant]=Till&latest=true&environment=b",
        "q[][pacticipant]=Till&environment[]=b",
        "q[][pacticipant]=Till&limit=0",
        "q[][pacticipant]=Till&limit=x",
        "q[][pacticipant]=Till&limit=²",
        "q[][pacticipant]=Till&latestby=zzz",
        "q[][pacticipant]=Till&success[]=maybe",
        "q[][pacticipant]=Till&success[][x]=true",
        "q[][pacticipant]=Till&ignore=Till",
        "q[][pacticipant]=Till&ignore[][version]=1",
        "&".join(["q[][pacticipant]=Till"] * (matrix_queries.MAX_SELECTORS + 1)),
    ],
)
def test_an_invalid_query_is_refused_with_one_reason(query):
    with pytest.raises(InvalidQuery) as caught:
        question(query)
    assert len(caught.value.errors) == 1


def test_every_problem_is_reported_at_once():
    with pytest.raises(InvalidQuery) as caught:
        question(
            "q[][pacticipant]=&q[][pacticipant]=Till&q[][version]=1&q[][latest]=true&limit=0&latestby=x&tag=a&success=x"
        )
    assert len(caught.value.errors) == 5


@given(st.dictionaries(st.sampled_from(["q", "ignore", "success", "tag", "limit", "latestby"]), st.text(max_size=3)))
def test_any_text_is_a_question_or_refused(given_query):
    draft = matrix_queries.read({**given_query, "q": [{"pacticipant": "Till"}]})
    assert draft.problems or draft.question().selectors
