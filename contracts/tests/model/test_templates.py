"""Template parameters in requests."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model.encodings import as_it_is
from contracts.model.templates import Unfillable, fill_body, fill_request, fill_url
from contracts.model.webhooks import WebhookRequest


VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(VALUES, inner, max_size=3),
    max_leaves=8,
)
BRANCH = "${pactbroker.consumerVersionBranch}"


@given(VALUES)
def test_a_value_in_a_json_body_comes_back_as_it_is(value):
    body = fill_body({"branch": BRANCH, "all": ["on " + BRANCH, 1, None]}, {"consumerVersionBranch": value})
    assert json.loads(json.dumps(body)) == {"branch": value, "all": ["on " + value, 1, None]}


@given(VALUES)
def test_a_value_in_a_text_that_is_json_comes_back_as_it_is(value):
    body = fill_body(f'{{ "branch" : "{BRANCH}" }}', {"consumerVersionBranch": value})
    assert json.loads(body) == {"branch": value}
    assert body.startswith('{ "branch" : ')


@given(JSON)
def test_a_body_without_a_parameter_remains_unchanged(body):
    assert fill_body(body, {"consumerName": "never"}) == body


def test_a_body_of_plain_text_gets_the_values_as_they_are():
    assert fill_body(f"say {BRANCH}", {"consumerVersionBranch": 'a "b"'}) == 'say a "b"'


def test_names_are_filled_in_keys_too():
    assert fill_body({BRANCH: 1}, {"consumerVersionBranch": "main"}) == {"main": 1}


@given(VALUES.filter(lambda text: ".." not in text and "/." not in text and "\\." not in text), VALUES)
def test_a_value_changes_only_its_own_part_of_a_url(path, query):
    parameters = {"consumerName": path, "consumerVersionBranch": query}
    url = fill_url(f"https://ci.example.org/of/a${{pactbroker.consumerName}}?b={BRANCH}&c=1", parameters)
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path.count("/")) == ("https", "ci.example.org", 2)
    assert unquote(parts.path) == f"/of/a{path}"
    assert parse_qs(parts.query, keep_blank_values=True) == {"b": [query], "c": ["1"]}


def test_an_unknown_name_stays_as_it_is():
    text = "${pactbroker.unknown} ${user.secret} ${pactbroker.consumerName}"
    assert as_it_is(text, {"consumerName": "Till"}) == "${pactbroker.unknown} ${user.secret} Till"


@given(VALUES)
def test_a_value_is_not_filled_again(value):
    text = f"${{pactbroker.consumerName}}{value}"
    assert as_it_is("${pactbroker.providerName}", {"providerName": text, "consumerName": "never"}) == text


def test_every_text_of_a_request_is_filled():
    name = "${pactbroker.consumerName}"
    request = WebhookRequest(
        method="POST", url=f"https://h/{name}", headers={"x-name": name}, body=name, username=name, password=name
    )
    assert fill_request(request, {"consumerName": "a b"}) == WebhookRequest(
        method="POST", url="https://h/a%20b", headers={"x-name": "a b"}, body="a b", username="a b", password="a b"
    )


def test_a_request_without_user_stays_without():
    filled = fill_request(WebhookRequest(method="POST", url="https://h/"), {})
    assert (filled.username, filled.password) == (None, None)


@pytest.mark.parametrize("value", [".", "..", "a/../b", "../x", "a/..", "..\\x", "..;a", ". "])
def test_a_value_that_would_lead_to_another_folder_is_refused(value):
    with pytest.raises(Unfillable, match="take for another folder"):
        fill_url(f"https://h/statuses/{BRANCH}/x", {"consumerVersionBranch": value})


@pytest.mark.parametrize("template", [f".{BRANCH}", f"{BRANCH}.", f"%2e{BRANCH}", f"{BRANCH}{BRANCH}"])
def test_dots_of_the_template_and_of_a_value_are_refused_together(template):
    with pytest.raises(Unfillable):
        fill_url(f"https://h/{template}/x", {"consumerVersionBranch": "."})


@pytest.mark.parametrize("value", ["...", "v1.2", "a..b", "%2e%2e", ".github", "a b", "+", "feat/x"])
def test_other_values_with_dots_stay_one_part_of_the_path(value):
    url = fill_url(f"https://h/statuses/{BRANCH}/x", {"consumerVersionBranch": value})
    assert [unquote(each) for each in urlsplit(url).path.split("/")] == ["", "statuses", value, "x"]


@pytest.mark.parametrize("value", ["..", "a/../b"])
def test_dots_are_allowed_in_a_query(value):
    url = fill_url(f"https://h/x?b={BRANCH}#{BRANCH}", {"consumerVersionBranch": value})
    assert parse_qs(urlsplit(url).query) == {"b": [value]}
