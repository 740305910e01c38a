"""`contracts verify`: what it takes, and what it ends with."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from fake_broker import Answer
from fake_verifications import PROVIDER, VerifyingBroker, interaction, pact

from contracts.pipeline.verify_command import command


MODULE = """
from fastapi import FastAPI

app = FastAPI()
app.get("/products/{product_id}")(lambda product_id: {"id": product_id})
"""


@pytest.fixture
def fake():
    with VerifyingBroker() as fake:
        yield fake


@pytest.fixture
def run(fake, tmp_path, monkeypatch):
    """Verify the provider that stands in the folder, as version v1, with what else is given."""
    (tmp_path / "a_provider.py").write_text(MODULE)
    (tmp_path / "ending.py").write_text("raise SystemExit(0)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def run(*arguments, app="a_provider:app", **environ):
        given = ["--provider", PROVIDER, "--version", "v1", *arguments]
        given += ["--app", app] if app else []
        variables = {"PACT_BROKER_BASE_URL": fake.base_url, "PACT_URL": "", "GITHUB_ACTIONS": "", **environ}
        return CliRunner(env=variables).invoke(command, given, catch_exceptions=False)

    return run


def test_what_is_kept_is_status_0_and_published_on_request(fake, run):
    fake.add(pact(interaction("one")))
    assert run().exit_code == 0
    assert fake.results == []
    result = run("--publish", "--branch", "main")
    assert (result.exit_code, fake.results) == (0, [("web", "v1", True)])
    assert "results are published" in result.output


def test_what_is_not_kept_is_status_1_with_the_reason(fake, run):
    fake.add(pact(interaction("one", status=201)))
    result = run()
    assert result.exit_code == 1
    assert "✗ web: one: expected 201 but was 200" in result.output


def test_a_result_that_the_broker_does_not_take_is_status_1(fake, run):
    fake.add(pact(interaction("one")))
    fake.on("POST", "/pacts/web/results", Answer(401))
    assert run("--publish", "--branch", "main").exit_code == 1


def test_one_pact_by_its_url(fake, run):
    url = fake.add(pact(interaction("one")))
    fake.add(pact(interaction("two", status=201), consumer="mobile"))
    assert run(PACT_URL=url).exit_code == 0


def test_pact_files(fake, run, tmp_path):
    (tmp_path / "web.json").write_text(json.dumps(pact(interaction("one"))))
    assert run("web.json").exit_code == 0
    assert fake.requests == []


@pytest.mark.parametrize(
    ("arguments", "app", "says"),
    [
        ((), "nowhere:app", "No module named 'nowhere'"),
        ((), "a_provider:none", "has no attribute 'none'"),
        ((), "a_provider", "must be MODULE:NAME"),
        ((), "ending:app", "SystemExit"),
        ((), None, "either the provider's application or the base URL"),
        (("--broker-base-url", ""), "a_provider:app", "set PACT_BROKER_BASE_URL"),
        (("web.json", "--publish"), "a_provider:app", "cannot be published"),
    ],
)
def test_wrong_usage_is_status_2(run, arguments, app, says):
    result = run(*arguments, app=app)
    assert (result.exit_code, says in result.output) == (2, True)


def test_a_broker_that_refuses_is_status_4(fake, run):
    fake.on("GET", "/", Answer(401))
    assert run().exit_code == 4


def test_an_application_that_does_not_start_is_status_4(fake, run, tmp_path):
    fake.add(pact(interaction("one")))
    text = "async def app(scope, receive, send):\n    await receive()\n"
    text += "    await send({'type': 'lifespan.startup.failed', 'message': 'no'})"
    (tmp_path / "broken.py").write_text(text)
    result = run(app="broken:app")
    assert (result.exit_code, "did not start" in result.output) == (4, True)
