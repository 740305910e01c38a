"""The one place where an error becomes an answer."""

from __future__ import annotations

import dataclasses
import re

import pytest
from in_process import TestClient

from contracts.broker import app as application
from contracts.broker import urls
from contracts.broker.api.errors import Unexpected
from contracts.broker.api.resources import Resources
from contracts.model import errors
from contracts.model.notices import Notice


PROBLEM = {"Accept": "application/hal+json, application/problem+json"}


@pytest.fixture
def failing(broker):
    """Ask a broker whose address `/fail` raises an error."""

    def ask(error, headers=None):
        routes = Resources("failing")

        @routes.get("/fail")
        def fail(call):  # noqa: ARG001 - a handler is called with its call
            raise error

        app = application.create_app(broker)
        app.router.routes[0:0] = routes.bound(broker)
        with TestClient(app) as client:
            return client.get("/fail", headers=headers or {"Accept": "application/hal+json"})

    return ask


@pytest.mark.parametrize(
    ("error", "status", "kind", "document"),
    [
        (errors.NotFound("gone"), 404, "application/json", {"error": "gone"}),
        (
            errors.PacticipantNotFound("X", "consumer"),
            404,
            "application/hal+json",
            {"error": "There is no consumer named 'X' in this broker"},
        ),
        (errors.Conflict("taken"), 409, "application/hal+json", {"error": "taken"}),
        (
            errors.PublishConflict(["changed"], [Notice(type="error", text="it changed")]),
            409,
            "application/json",
            {"notices": [{"type": "error", "text": "it changed"}], "errors": {"contracts": ["changed"]}},
        ),
        (errors.Invalid("no JSON"), 400, "application/hal+json", {"error": "no JSON"}),
        (
            errors.InvalidFields({"name": ["is missing"]}),
            400,
            "application/hal+json",
            {"errors": {"name": ["is missing"]}},
        ),
        (errors.InvalidQuery(["what?"]), 400, "application/hal+json", {"errors": ["what?"]}),
        (errors.Unprocessable({"a": ["cannot be"]}), 422, "application/hal+json", {"errors": {"a": ["cannot be"]}}),
    ],
)
def test_each_error_has_its_answer(failing, error, status, kind, document):
    response = failing(error)

    assert (response.status_code, response.headers["content-type"]) == (status, f"{kind};charset=utf-8")
    assert response.json() == document


def test_a_potential_duplicate_is_reported_in_plain_text(failing):
    response = failing(errors.PotentialDuplicate("looks like Foo"))

    assert (response.status_code, response.text) == (409, "looks like Foo")
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.NotFound("gone"), 404, "/problem/not-found"),
        (errors.Conflict("taken"), 409, "/problem/conflict"),
        (errors.Invalid("no JSON"), 400, "/problem/bad-request"),
        (RuntimeError("boom"), 500, "/problem/server-error"),
    ],
)
def test_a_client_that_takes_problems_gets_them(failing, error, status, kind):
    response = failing(error, PROBLEM)
    problem = response.json()

    assert response.headers["content-type"].startswith("application/problem+json")
    assert (response.status_code, problem["status"]) == (status, status)
    assert problem["type"] == f"http://testserver{kind}"


def test_a_problem_has_its_address_below_the_broker_s(broker):
    """It is that of links: the configured one, or what a proxy tells."""

    def address(**headers):
        with TestClient(application.create_app(broker), client=("127.0.0.1", 1)) as client:
            return client.get("/nowhere", headers=PROBLEM | headers).json()["type"]

    assert address(**{"X-Forwarded-Host": "b.example"}) == "http://b.example/problem/not-found"
    broker.settings = dataclasses.replace(broker.settings, base_url=("https://one.example/pacts/",))
    assert address() == "https://one.example/pacts/problem/not-found"


def test_a_validation_problem_points_at_each_broken_rule(failing):
    error = errors.InvalidFields(
        {"name": ["is missing"], "items": ["tag must be filled (at index 2)"], "request.url": ["is odd"], "": ["both"]}
    )

    problem = failing(error, PROBLEM).json()

    assert [(each["pointer"], each["detail"]) for each in problem["errors"]] == [
        ("/name", "name is missing"),
        ("/items/2", "tag must be filled"),
        ("/request/url", "request.url is odd"),
        ("", "both"),
    ]
    assert problem["errors"][0]["type"].endswith("/missing-body-property")


def test_an_unexpected_error_has_a_reference_that_is_in_the_log(failing, caplog):
    response = failing(RuntimeError("a secret detail"))
    reference = response.json()["error"]["reference"]

    assert response.status_code == 500
    assert "a secret detail" not in response.text
    (logged,) = (each for each in caplog.records if each.levelname == "ERROR")
    assert reference in logged.getMessage()
    assert "a secret detail" in caplog.text
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_server_aborts_a_response_that_has_started():
    async def breaks_off(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        TestClient(Unexpected(breaks_off)).get("/")


def test_an_unknown_kind_of_broker_error_is_unexpected(failing):
    assert failing(errors.BrokerError("new")).status_code == 500


def test_an_unknown_method_is_not_implemented(http):
    assert http.request("BREW", "/").status_code == 501


def test_a_method_that_one_resource_lacks_is_listed_by_its_path(http):
    response = http.request("DELETE", urls.ENVIRONMENTS)

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def test_every_resource_answers_options(http):
    for route in http.app.router.routes:
        path = re.sub(r"\{.*?\}", "x", route.path)
        response = http.options(path)
        assert (response.status_code, response.content) == (200, b""), path
        assert response.headers["access-control-allow-methods"].endswith(", OPTIONS"), path


def test_options_lists_the_methods(http):
    response = http.options(urls.ENVIRONMENTS)

    assert (response.status_code, response.headers["access-control-allow-methods"]) == (
        200,
        "GET, HEAD, POST, OPTIONS",
    )
    assert response.content == b""
