"""What a pipeline loads: the client, and nothing of the server."""

from __future__ import annotations

import os
import subprocess
import sys


SERVERS = {"alembic", "contracts.broker", "jinja2", "psycopg", "pydantic", "sqlalchemy", "starlette", "uvicorn"}
OTHERS = {"click", "fastapi", "pact", "requests", "rich"}
# processor time: 30 to 60 ms for ours, 60 to 80 for requests, which only a command that asks a broker loads
_LOADED = """
import sys, time
started = time.process_time()
import contracts.client
between = time.process_time()
print(*sys.modules)
import requests
print(between - started, time.process_time() - between)
"""


def test_the_client_loads_nothing_of_the_server_and_hardly_longer_than_the_library_for_http():
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run([sys.executable, "-c", _LOADED], env=environ, capture_output=True, text=True, check=True)
    modules, seconds = done.stdout.splitlines()
    assert (SERVERS | OTHERS).isdisjoint(modules.split())
    ours, requests = map(float, seconds.split())
    assert ours < 2 * requests  # a busy machine disturbs either
