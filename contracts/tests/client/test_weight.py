"""What a pipeline loads: the client, and nothing of the server."""

from __future__ import annotations

import subprocess
import sys


SERVERS = {"alembic", "contracts.broker", "jinja2", "psycopg", "pydantic", "sqlalchemy", "starlette", "uvicorn"}
# processor time: 60 to 80 ms for requests, 20 for ours on top
_LOADED = """
import sys, time
started = time.process_time()
import requests
between = time.process_time()
import contracts.client
print(between - started, time.process_time() - between)
print(*sys.modules)
"""


def test_the_client_brings_nothing_of_the_server_and_less_than_the_library_for_http():
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)
    seconds, modules = done.stdout.splitlines()
    assert SERVERS.isdisjoint(modules.split())
    requests, ours = map(float, seconds.split())
    assert ours < requests
