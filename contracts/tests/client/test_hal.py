"""Reading HAL documents strictly, and filling in templates."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.client import NotSupported, UnexpectedAnswer, UsageError, hal


def test_a_relation_holds_one_link_or_a_list():
    one = {"_links": {"a": {"href": "/1", "name": "n", "title": "t"}}}
    many = {"_links": {"a": [{"href": "/1"}, {"href": "/2"}]}}
    assert hal.links(one, "a") == (hal.Link(href="/1", name="n", title="t"),)
    assert [link.href for link in hal.links(many, "a")] == ["/1", "/2"]
    assert hal.links({}, "a") == ()


def test_a_missing_relation_says_what_is_not_supported():
    with pytest.raises(NotSupported, match=r"does not support secrets: its response has no link 'pb:secrets'"):
        hal.find_link({"_links": {}}, "pb:secrets", "secrets")


@pytest.mark.parametrize(
    "document",
    [{"_links": []}, {"_links": {"a": "x"}}, {"_links": {"a": {"name": "x"}}}, {"_links": {"a": {"href": None}}}],
)
def test_malformed_links_are_ignored(document):
    with pytest.raises(UnexpectedAnswer, match="not what a Pact Broker sends"):
        hal.links(document, "a")


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("feat/x y", "feat%2Fx%20y"),
        ("1.0+abc", "1.0%2Babc"),
        ("50%", "50%25"),
        ("a~b_c-d.e", "a~b_c-d.e"),
        ("é", "%C3%A9"),
    ],
)
def test_every_reserved_character_of_a_value_is_encoded(name, encoded):
    assert hal.expand("/b/{branch}/v", {"branch": name}) == f"/b/{encoded}/v"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda name: name not in {".", ".."}))
def test_a_value_comes_out_of_the_address_as_it_went_in(name):
    assert unquote(hal.expand("{name}", {"name": name})) == name


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_no_address_can_hold_is_refused(name):
    with pytest.raises(UsageError, match="a URL cannot contain it"):
        hal.expand("/b/{branch}", {"branch": name})


def test_a_template_with_an_unknown_variable_is_not_guessed_at():
    with pytest.raises(UnexpectedAnswer, match="needs 'team'"):
        hal.expand("/teams/{team}", {"name": "x"})


@pytest.mark.parametrize("value", ["true", 1, None, "yes"])
def test_only_the_json_values_true_and_false_are_truths(value):
    with pytest.raises(UnexpectedAnswer, match="'x' is not true or false"):
        hal.truth({"x": value}, "x")


def test_a_truth_may_be_null_but_not_missing():
    assert hal.get_truth({"x": None}, "x") is None
    with pytest.raises(UnexpectedAnswer):
        hal.get_truth({}, "x")


def test_texts_and_objects_are_read_as_such():
    assert hal.get_text({"x": None}, "x") is None
    assert hal.get_mapping({}, "x") is None
    assert hal.get_mapping({"x": {}}, "x") == {}
    for read, value in ((hal.text, 1), (hal.mapping, []), (hal.mapping, None)):
        with pytest.raises(UnexpectedAnswer):
            read({"x": value}, "x")
    for value in (None, [1], {}):
        with pytest.raises(UnexpectedAnswer):
            hal.objects(value, "x")
    with pytest.raises(UnexpectedAnswer):
        hal.embedded({"_embedded": {"x": [1]}}, "x")
