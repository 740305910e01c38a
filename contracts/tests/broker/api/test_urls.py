"""Every path of the API, once."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from contracts.broker import ui, urls
from contracts.broker.api.openapi import OPENAPI
from contracts.broker.api.sessions import Sessions
from contracts.broker.grants import GRANTS
from contracts.broker.urls import Links


@given(st.text())
def test_a_name_survives_its_way_through_a_path(name):
    assert urls.decode(urls.encode(name)) == name


@given(st.text())
def test_a_name_is_one_segment(name):
    assert "/" not in urls.encode(name)


def test_reserved_characters_are_encoded():
    assert (
        urls.expand(urls.BRANCH, pacticipant="a b", branch="feat/x+%") == "/pacticipants/a%20b/branches/feat%2Fx%2B%25"
    )


def test_a_parameter_without_a_value_is_left_to_the_client():
    link = Links("http://broker").to(urls.VERSION, pacticipant="{x}")

    assert link == "http://broker/pacticipants/%7Bx%7D/versions/{version}"


def test_the_index_is_the_base_itself():
    assert Links("http://broker/sub").to(urls.INDEX) == "http://broker/sub"


def test_routes_are_the_paths_and_nothing_else(http, broker):
    """Each route is declared by a path of `urls`, and each path is served; so is each page but its own files."""
    paths = {
        value for name, value in vars(urls).items() if name.isupper() and isinstance(value, str) and name != "PAIR"
    }
    paths.add(OPENAPI)
    broker.settings = dataclasses.replace(
        broker.settings,
        base_url=("https://broker.example.org",),
        sign_in_issuer="https://issuer.example.org",
        sign_in_client_id="contracts",
        sign_in_permissions=GRANTS.read('{"*": [{"role": "read"}]}'),
    )
    routes = [*http.app.router.routes, *ui.all_pages(broker, Sessions(broker)).router.routes]
    served = {route.path.replace(":segment", "") for route in routes}

    files = {each for each in served if each.startswith("/ui/") and "." in each and each not in paths}
    # not routes: they send requests to them
    forms = {urls.FORM, urls.WEBHOOK_FORM, urls.TOKEN_FORM, urls.SECRET_FORM}
    forms |= {urls.ENVIRONMENT_FORM, urls.APPLICATION_FORM, urls.DEPLOYMENT_FORM}
    assert served - files | forms == paths
