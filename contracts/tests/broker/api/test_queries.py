"""Nested query strings, as Rack reads them."""

from __future__ import annotations

import pytest

from contracts.broker.api.queries import count_problem, parse, text
from contracts.model.errors import InvalidQuery


@pytest.mark.parametrize(
    ("query", "nested"),
    [
        ("", {}),
        ("a=1&a=2&b=", {"a": "2", "b": ""}),
        ("a+b=c%20d", {"a b": "c d"}),
        ("x[]=1&x[]=2", {"x": ["1", "2"]}),
        ("x%5B%5D=1", {"x": ["1"]}),
        ("h[a]=1&h[b][c]=2", {"h": {"a": "1", "b": {"c": "2"}}}),
        (
            "q[][pacticipant]=A&q[][version]=1&q[][pacticipant]=B",
            {"q": [{"pacticipant": "A", "version": "1"}, {"pacticipant": "B"}]},
        ),
        (
            "q[][pacticipant]=A&q[][latest]=true&q[][latest]=true&q[][pacticipant]=B",
            {"q": [{"pacticipant": "A", "latest": "true"}, {"latest": "true", "pacticipant": "B"}]},
        ),
        ("q[][a][b]=1&q[][a][c]=2", {"q": [{"a": {"b": "1", "c": "2"}}]}),
        ("[x]=1", {"[x]": "1"}),
        (
            "q[]pacticipant=A&q[]version=1&q[]pacticipant=B",
            {"q": [{"pacticipant": "A", "version": "1"}, {"pacticipant": "B"}]},
        ),
        ("q[]a[b]=1&q[]a[c]=2&h[a]b=3", {"q": [{"a": {"b": "1", "c": "2"}}], "h": {"a": {"b": "3"}}}),
    ],
)
def test_brackets_of_a_query_nest(query, nested):
    assert parse(query) == nested


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("a=1&a[]=2", "two different forms"),
        ("a[]=1&a[b]=2", "two different forms"),
        ("a=%ff", "query string is invalid"),
        ("a" + "[b]" * 21 + "=1", "nests too deeply"),
    ],
)
def test_a_query_that_contradicts_itself_is_refused(query, words):
    with pytest.raises(InvalidQuery, match=words):
        parse(query)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("1", None),
        ("007", None),
        ("2147483647", None),
        ("2147483648", "must be less than or equal to 2147483647"),
        ("9" * 5000, "must be less than or equal to 2147483647"),
        ("000", "must be greater than or equal to 1"),
        ("-" + "9" * 5000, "must be greater than or equal to 1"),
        ("1.0", "must be an integer"),
        ("\N{SUPERSCRIPT TWO}", "must be an integer"),
        (["1"], "must be an integer"),
    ],
)
def test_a_count_is_a_whole_number_from_one(value, problem):
    assert count_problem(value) == problem


def test_an_operation_sees_only_the_parameters_that_it_declares(http):
    assert http.get("/labels?size=0").status_code == 400
    assert http.get("/metrics?size=0").status_code == 200


def test_a_plain_value_is_one_or_none():
    query = parse("a=1&b[]=2")

    assert (text(query, "a"), text(query, "none")) == ("1", None)
    with pytest.raises(InvalidQuery, match="b must be a single value"):
        text(query, "b")
