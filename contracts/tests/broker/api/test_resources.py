"""What every resource has in common."""

from __future__ import annotations

import requests
from asgi import Caller
from valid_requests import settle

from contracts.broker import urls
from contracts.broker.api.resources import Resource
from contracts.broker.app import create_app
from contracts.testing import running_broker


def _told(response):
    return response.status_code, {name: value for name, value in response.headers.items() if name != "date"}


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
                got, head = (session.request(method, address, timeout=10) for method in ("GET", "HEAD"))
                assert _told(head) == _told(got), template
                assert head.content == b"", template
                assert got.content, template
