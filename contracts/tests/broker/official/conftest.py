"""A broker for each test module, and the official commands; each test has its own applications."""

from __future__ import annotations

import json

import pytest
import requests
from fastapi import FastAPI
from official_cli import run
from official_loop import Loop

from contracts.testing import running_broker
from contracts.verification.serving import serve


@pytest.fixture(scope="module")
def address():
    """The URL of a broker for the whole module; each test has its own applications."""
    with running_broker() as running:
        yield running.base_url


@pytest.fixture
def pact(address):
    """Runs a command against the broker."""

    def pact(*arguments, status=0):
        return run(*arguments, "--broker-base-url", address, "--retries", "1", status=status)

    return pact


@pytest.fixture
def ask(pact):
    """Runs a command that prints JSON alone."""

    def ask(*arguments):
        return json.loads(pact(*arguments, "--output", "json"))

    return ask


@pytest.fixture
def publish(pact, tmp_path):
    """Publishes a contract of a consumer's version, about a request for *path*."""

    def publish(consumer, provider, version, *more, path="/a", status=0):
        file = tmp_path / f"{consumer}-{provider}.json"
        interaction = {
            "description": f"a request for {path}",
            "providerState": "there is a book",
            "request": {"method": "GET", "path": path},
            "response": {"status": 200},
        }
        document = {
            "consumer": {"name": consumer},
            "provider": {"name": provider},
            "interactions": [interaction],
            "metadata": {"pactSpecification": {"version": "2.0.0"}},
        }
        file.write_text(json.dumps(document))
        return pact("publish", str(file), "--consumer-app-version", version, *more, status=status)

    return publish


@pytest.fixture
def verify(address):
    """Publishes a result, as the verifier does."""

    def verify(consumer, provider, version, by, *, success=True):
        here = f"{address}/pacts/provider/{provider}/consumer/{consumer}/version/{version}"
        links = requests.get(here, timeout=60).json()["_links"]
        result = {"success": success, "providerApplicationVersion": by}
        sent = requests.post(links["pb:publish-verification-results"]["href"], json=result, timeout=60)
        assert sent.status_code == 201

    return verify


@pytest.fixture
def environment(pact):
    """Creates an environment, and returns its uuid."""

    def environment(name):
        return pact("create-environment", "--name", name, "--output", "id").strip()

    return environment


@pytest.fixture(scope="module")
def provider_url():
    """A provider that serves /good, and nothing else."""
    app = FastAPI()

    @app.get("/good")
    def good() -> dict[str, str]:
        return {"name": "tea"}

    with serve(app) as url:
        yield url


@pytest.fixture
def loop(provider_url):
    with running_broker() as running:
        yield Loop(running, provider_url)
