"""An application behind a real address, in this process."""

from __future__ import annotations

import sys

import pytest
import requests
from fastapi import FastAPI

from contracts.client import UsageError
from contracts.pipeline.serving import AppFailed, serve


def test_the_application_answers_while_the_block_runs():
    app = FastAPI()
    app.get("/x")(lambda: {"ok": True})
    with serve(app) as url:
        assert requests.get(f"{url}/x", timeout=5).json() == {"ok": True}
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/x", timeout=5)


def test_an_application_that_does_not_start_is_an_error():
    async def app(_scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(AppFailed, match="did not start"), serve(app):
        pytest.fail("it started")


def test_without_uvicorn_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(UsageError, match=r"pip install '\./contracts\[verify\]'"), serve(FastAPI()):
        pytest.fail("it started")
