"""What every resource has in common."""

from __future__ import annotations

import pytest
import requests
from asgi import Caller
from starlette.routing import Match
from valid_requests import settle

from contracts.broker import urls
from contracts.broker.api.resources import Resource
from contracts.broker.app import create_app
from contracts.testing import running_broker


PROBLEM = {"Content-Type": "application/json", "Accept": "application/problem+json"}


def _resources(broker):
    return [each for each in create_app(broker).router.routes if isinstance(each, Resource)]


def test_every_handler_has_a_name_of_its_own(broker):
    handlers = {each.description for each in _resources(broker)}
    names = [each.rpartition(".")[2] for each in handlers]
    assert len(names) > 100
    assert sorted(names) == sorted(set(names))


def test_no_route_hides_another_one(broker):
    resources = _resources(broker)
    for resource in resources:
        path = urls.expand(resource.operation.path, **dict.fromkeys(urls.parameters(resource.operation.path), "x1"))
        scope = {"type": "http", "method": resource.operation.methods[0], "path": path, "root_path": ""}
        first = next(each for each in resources if each.matches(scope)[0] is Match.FULL)
        assert first is resource, f"{resource.description} is hidden by {first.description}"


def _status_and_headers(response):
    own = {"date", "x-request-id"}
    return response.status_code, {name: value for name, value in response.headers.items() if name not in own}


@pytest.mark.thorough
def test_head_is_get_without_a_body():
    with running_broker() as running:
        app = create_app(running.broker)
        with Caller(app) as call:
            settled = settle(call)
        reads = {
            each.operation.path
            for each in app.router.routes
            if isinstance(each, Resource) and "GET" in each.operation.methods
        }
        with requests.Session() as session:
            for template in sorted(reads - {urls.TEST_ERROR}):
                address = running.base_url + urls.expand(template, **settled.names(template))
                got, head = (session.request(method, address, timeout=60) for method in ("GET", "HEAD"))
                assert _status_and_headers(head) == _status_and_headers(got), template
                assert head.content == b"", template
                assert got.content, template


def _body(size):
    return b"{}" + b" " * (size - 2)


def test_a_body_beyond_the_limit_is_not_read_and_gets_a_413_with_the_reason():
    with running_broker(max_body_bytes=1000) as running, requests.Session() as session:
        url = f"{running.base_url}/pacticipants/Till/versions/1"
        json = {"Content-Type": "application/json"}
        assert session.put(url, data=_body(1000), headers=json, timeout=60).status_code == 201
        for data in (_body(1001), iter([_body(500), b" " * 501])):
            answer = session.put(url, data=data, headers=json, timeout=60)
            assert answer.status_code == 413
            assert "more than 1000 bytes, the limit here" in answer.json()["error"]
            assert "PACT_BROKER_MAX_BODY_BYTES" in answer.json()["error"]
        assert session.get(url, timeout=60).status_code == 200


def test_a_body_far_beyond_the_limit_gets_a_response_before_its_end():
    """Memory stays: what comes after the limit is not kept."""
    chunk = b"[]," * 300_000
    with running_broker(max_body_bytes=1000) as running:
        url = f"{running.base_url}/contracts/publish"
        answer = requests.post(url, data=iter([chunk] * 30), headers=PROBLEM, timeout=60)
    assert (answer.status_code, answer.json()["title"]) == (413, "Content too large")
