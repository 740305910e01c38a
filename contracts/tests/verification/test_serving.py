"""An application behind a real address, in this process."""

from __future__ import annotations

import functools
import logging
import sys

import pytest
import requests
from fastapi import FastAPI

from contracts.client import UsageError
from contracts.verification.serving import AppFailed, PlainFormatter, require_interface, serve


def test_the_application_answers_while_the_block_runs():
    app = FastAPI()
    app.get("/x")(lambda: {"ok": True})
    with serve(app) as url:
        assert requests.get(f"{url}/x", timeout=60).json() == {"ok": True}
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/x", timeout=60)


def test_an_application_that_does_not_start_is_an_error():
    async def app(_scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(AppFailed, match="did not start"), serve(app):
        pytest.fail("it started")


def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["QUERY_STRING"].encode()]


class Framework:
    """As Flask, Django and Bottle make their applications."""

    def __call__(self, environ, start_response):
        return wsgi(environ, start_response)


class Undecorated:
    """An ASGI application whose call is no coroutine function."""

    def __call__(self, scope, receive, send):
        return FastAPI()(scope, receive, send)


@pytest.mark.parametrize("app", [wsgi, Framework(), functools.partial(wsgi), Framework().__call__])
def test_a_wsgi_application_is_served_as_one(app):
    with serve(app) as url:
        assert requests.get(f"{url}/?a=b", timeout=60).text == "a=b"


@pytest.mark.parametrize("app", [FastAPI(), Undecorated(), functools.partial(FastAPI().__call__)])
def test_an_asgi_application_is_served_as_one(app):
    with serve(app) as url:
        assert requests.get(f"{url}/openapi.json", timeout=60).json()["info"]


def factory():
    """No application: it makes one."""


async def one_argument(_scope):
    """No application: ASGI has three arguments."""


@pytest.mark.parametrize("app", [FastAPI, dict, len, factory, one_argument, 5, "app"])
def test_an_object_that_is_neither_asgi_nor_wsgi_is_refused_before_the_run(app):
    with pytest.raises(UsageError, match="neither an ASGI application"):
        require_interface(app)


def test_a_log_is_fit_for_a_terminal():
    record = logging.LogRecord("uvicorn", logging.ERROR, "", 0, "%s", ("a\n::error::x\x1b[2J",), None)
    text = PlainFormatter().format(record)
    assert "\n::" not in text
    assert "\x1b" not in text


def test_without_uvicorn_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(UsageError, match=r"pip install 'pact-contracts\[verify\]'"), serve(FastAPI()):
        pytest.fail("it started")
