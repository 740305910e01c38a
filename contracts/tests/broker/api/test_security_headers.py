"""Each response has every security header, whatever it responds to."""

from __future__ import annotations

import base64
import dataclasses
import re

import pytest
from asgi import Caller, RawRequest
from in_process import TestClient
from starlette.routing import Route

from contracts.broker.api.resources import Resource
from contracts.broker.app import create_app
from contracts.broker.store import tokens
from contracts.broker.ui import all_pages


ACCOUNT = ("full", "s3cret")


@pytest.fixture
def guarded(broker):
    """A client of a broker with an account; the client sends no credentials by itself."""
    broker.settings = dataclasses.replace(
        broker.settings, basic_auth_username="full", basic_auth_password="s3cret", enable_public_badge_access=True
    )
    with TestClient(create_app(broker), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def problems(path, headers):
    """What is wrong with the *headers* of the response at *path*."""
    kind = headers.get("content-type", "").partition(";")[0]
    is_badge, wrong = "badge" in path and kind == "image/svg+xml", []
    if headers.get("x-content-type-options") != "nosniff":
        wrong.append("may be sniffed")
    if headers.get("x-frame-options") != "DENY":
        wrong.append("may be framed")
    if headers.get("referrer-policy") not in {"no-referrer", "same-origin"}:
        wrong.append("leaks its URL")
    policy = headers.get("content-security-policy", "")
    if "default-src 'none'" not in policy or "unsafe-inline" in policy.partition("script-src")[2].partition(";")[0]:
        wrong.append(f"loads what it likes: {policy}")
    if ("frame-ancestors 'none'" not in policy) is (not is_badge):
        wrong.append("may be framed by newer browsers")
    if headers.get("cross-origin-resource-policy") != ("cross-origin" if is_badge else "same-origin"):
        wrong.append("is or is not for pages of other sites")
    if "strict-transport-security" in headers:
        wrong.append("asks for TLS without TLS")
    if "cache-control" not in headers:
        wrong.append("does not say who may store it")
    return [f"{path} ({kind}) {each}" for each in wrong]


def reads(broker, app):
    """The path of every route of the API and the pages, with values that exist nowhere, and what its clients accept."""
    documents = {each.operation.path if isinstance(each, Resource) else each.path for each in app.routes}
    pages = {each.path for each in all_pages(broker).router.routes if isinstance(each, Route)}
    for path in sorted(documents):
        yield path.replace("{", "").replace("}", ""), "*/*"
    for path in sorted(pages):
        yield re.sub(r"\{(\w+)(:\w+)?\}", r"\1", path), "text/html"


@pytest.mark.thorough
@pytest.mark.parametrize("auth", [None, ACCOUNT], ids=["nobody", "an account"])
def test_every_route_has_every_security_header(broker, guarded, auth):
    statuses, wrong = set(), []
    encoded = b"Basic " + base64.b64encode(":".join(ACCOUNT).encode())
    own = ((b"authorization", encoded),) if auth else ()
    with Caller(guarded.app) as call:
        for path, accept in reads(broker, guarded.app):
            headers = ((b"accept", accept.encode()), *own)
            response = call(RawRequest(method="GET", path=path.encode(), headers=headers))
            statuses.add(response.status)
            wrong += problems(path, response.headers)
            if auth and response.media_type == "text/html":
                assert response.headers["cache-control"] == "no-store", path
            elif auth:
                assert "private" in response.headers["cache-control"], path
    assert wrong == []
    assert statuses >= ({200, 404, 500} if auth else {200, 401})


@pytest.mark.parametrize(
    ("method", "path", "status", "more"),
    [
        ("GET", "/nowhere", 404, {}),
        ("PATCH", "/", 405, {}),
        ("FROB", "/", 501, {}),
        ("GET", "/pacticipants", 406, {"headers": {"Accept": "image/png"}}),
        (
            "POST",
            "/environments",
            415,
            {"json": {"name": "e", "production": False}, "headers": {"Content-Type": "text/plain"}},
        ),
        ("POST", "/pacticipants", 400, {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        ("PUT", "/pacticipants/a%0Ab", 422, {}),
        ("GET", "/a//b", 404, {}),
        ("POST", "/pacticipants", 413, {"json": {"name": "a" * 2_000_000}}),
        ("POST", "/pacticipants", 403, {"json": {"name": "a"}, "headers": {"Origin": "https://elsewhere.example"}}),
        ("POST", "/pacticipants", 201, {"json": {"name": "a"}}),
        ("GET", "/test/error", 500, {}),
        ("GET", "/test/error", 500, {"headers": {"Accept": "application/problem+json"}}),
        ("GET", "/ui/style.css", 200, {"headers": {"Accept": "text/css"}}),
        ("GET", "/", 200, {"headers": {"Accept": "text/html"}}),
    ],
)
def test_every_kind_of_response_has_every_security_header(broker, guarded, method, path, status, more):
    broker.settings = dataclasses.replace(broker.settings, max_body_bytes=1_000_000)
    guarded.app.middleware_stack = None

    response = guarded.request(method, path, auth=ACCOUNT, **more)

    assert (response.status_code, problems(path, response.headers)) == (status, [])
    names = [name.lower() for name, _ in response.headers.multi_items()]
    assert len(names) == len(set(names))


def test_an_error_before_every_other_part_has_them_too(guarded, monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(tokens, "by_digest", fail)

    response = guarded.get("/", headers={"Authorization": "Bearer contracts_x"})

    assert (response.status_code, problems("/", response.headers)) == (500, [])
    assert "reference" in response.json()["error"]


def test_a_badge_may_be_shown_by_pages_of_other_sites(guarded):
    path = "/pacticipants/C/main-branch/can-i-merge/badge.svg"

    response = guarded.get(path)

    assert (response.status_code, problems(path, response.headers)) == (200, [])
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"


def test_what_everyone_may_read_may_be_stored(broker):
    broker.settings = dataclasses.replace(
        broker.settings, basic_auth_username="full", basic_auth_password="s3cret", allow_public_read=True
    )
    with TestClient(create_app(broker)) as client:
        assert client.get("/").headers["cache-control"] == "no-cache"
        assert client.get("/", auth=ACCOUNT).headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(("seconds", "header"), [(31_536_000, "max-age=31536000"), (0, None)])
def test_browsers_use_only_tls_after_they_used_it_once(broker, seconds, header):
    broker.settings = dataclasses.replace(broker.settings, hsts_max_age=seconds)
    with TestClient(create_app(broker), base_url="https://testserver.example") as client:
        assert client.get("/").headers.get("strict-transport-security") == header


@pytest.mark.parametrize("host", ["localhost", "localhost:9292", "broker.localhost"])
def test_other_services_of_a_developer_s_machine_need_no_tls(broker, host):
    with TestClient(create_app(broker), base_url=f"https://{host}") as client:
        assert "strict-transport-security" not in client.get("/").headers
