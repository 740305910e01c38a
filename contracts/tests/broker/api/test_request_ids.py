"""The id of a request."""

from __future__ import annotations

import logging

import pytest
from in_process import TestClient

from contracts.broker.app import create_app
from contracts.broker.serving.logs import TextLines, request_id
from contracts.model.errors import Unavailable


@pytest.mark.parametrize("identifier", ["a", "7f3c:1/2@host_~+=.-", "x" * 128])
def test_the_id_of_a_client_is_in_the_response(http, identifier):
    response = http.get("/", headers={"X-Request-Id": identifier})

    assert response.headers["x-request-id"] == identifier


@pytest.mark.parametrize("identifier", ["", "two words", "x" * 129, 'a"b', "a[b]", "ä".encode()])
def test_an_id_that_a_log_would_have_to_escape_is_replaced(http, identifier):
    response = http.get("/", headers={"X-Request-Id": identifier})

    assert len(response.headers["x-request-id"]) == 32


def test_each_request_gets_another_id(http):
    assert http.get("/").headers["x-request-id"] != http.get("/").headers["x-request-id"]
    assert request_id.get() == ""


@pytest.mark.parametrize("path", ["/nowhere", "/pacticipants/a%0Ab", "/test/error"])
def test_every_error_has_an_id(http, path):
    assert len(http.get(path).headers["x-request-id"]) == 32


@pytest.mark.parametrize("accept", ["application/hal+json", "application/hal+json, application/problem+json"])
@pytest.mark.parametrize("error", [Unavailable("the database is locked"), RuntimeError("a bug")])
def test_an_error_of_the_broker_names_the_id_in_its_document(broker, monkeypatch, accept, error):
    def fail(*_arguments, **_more):
        raise error

    monkeypatch.setattr("contracts.broker.store.labels.names", fail)
    with TestClient(create_app(broker)) as client:
        response = client.get("/labels", headers={"Accept": accept, "X-Request-Id": "abc"})

    assert response.status_code in {500, 503}
    assert response.json()["requestId"] == "abc"


def test_an_error_of_the_client_has_the_protocol_s_document(http):
    assert set(http.get("/pacticipants/Nobody").json()) == {"error"}


def test_a_line_that_a_handler_logs_has_the_id(http):
    lines = []

    class Lines(logging.Handler):
        def emit(self, record):
            lines.append(TextLines().format(record))

    handler = Lines()
    logger = logging.getLogger("contracts.broker.api.errors")
    logger.addHandler(handler)
    try:
        response = http.get("/test/error", headers={"X-Request-Id": "abc"})
    finally:
        logger.removeHandler(handler)

    reference = response.json()["error"]["reference"]
    assert lines[0].splitlines()[0] == f"ERROR: GET /test/error failed, reference {reference} [request abc]"
