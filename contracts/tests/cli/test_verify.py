"""`contracts verify`: what it takes, and what it ends with."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_broker import Answer
from fake_verifications import PROVIDER, VerifyingBroker, interaction, pact
from processes import wait_for

from contracts.cli.verify import command


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
    """Verify the provider in the current folder as version v1, with more arguments."""
    (tmp_path / "a_provider.py").write_text(MODULE)
    (tmp_path / "ending.py").write_text("raise SystemExit(0)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def run(*arguments, app="a_provider:app", version="v1", provider=PROVIDER, **environ):
        options = [*(["--version", version] if version else []), *arguments]
        options += ["--provider", provider] if provider else []
        options += ["--app", app] if app else []
        variables = {"PACT_BROKER_BASE_URL": fake.base_url, "PACT_URL": "", "GITHUB_ACTIONS": "", **environ}
        return CliRunner(env=variables).invoke(command, options, catch_exceptions=False)

    return run


DECLARATION = '[tool.contracts.applications.{name}]\nrole = "provider"\n'


def test_the_only_declared_provider_is_verified_by_default(fake, run, tmp_path):
    fake.add(pact(interaction("one")))
    assert "--provider" in run(provider=None).output
    (tmp_path / "pyproject.toml").write_text(DECLARATION.format(name=PROVIDER))
    result = run(provider=None)
    assert (result.exit_code, f"Verification of {PROVIDER} passed" in result.output) == (0, True)
    (tmp_path / "pyproject.toml").write_text(DECLARATION.format(name=PROVIDER) + DECLARATION.format(name="till"))
    result = run(provider=None)
    assert (result.exit_code, f"declares {PROVIDER}, till" in result.output) == (2, True)


def test_a_passed_verification_is_status_0_and_published_on_request(fake, run):
    fake.add(pact(interaction("one")))
    assert run().exit_code == 0
    assert fake.results == []
    result = run("--publish", "--branch", "main")
    assert (result.exit_code, fake.results) == (0, [("web", "v1", True)])
    assert "results are published" in result.output


def test_a_failed_verification_is_status_1_with_the_reason(fake, run):
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


@pytest.mark.parametrize("declared", [False, True], ids=["option", "pyproject.toml"])
def test_states_are_prepared_by_a_command(fake, run, tmp_path, declared):
    fake.add(pact(interaction("one", states=[("a product exists", {"id": 10})])))
    (tmp_path / "states.py").write_text(
        "import os, sys; print('no disk'); sys.exit(os.environ['CONTRACTS_STATE_ACTION'])"
    )
    command = shlex.join([sys.executable, "-S", "states.py"])
    if declared:
        table = f'[tool.contracts.applications.{PROVIDER}]\nrole = "provider"\n'
        (tmp_path / "pyproject.toml").write_text(f"{table}states-command = {json.dumps(command)}\n")
    result = run() if declared else run("--states-command", command)
    assert result.exit_code == 1
    assert "✗ web: one: provider state 'a product exists' (setup) was not prepared: " in result.output
    assert "ended with status 1: setup\nno disk" in result.output


def test_the_application_is_imported_before_its_states(fake, run, tmp_path):
    """As Django needs it: get_wsgi_application reads the settings, and models cannot be imported before."""
    (tmp_path / "shop_settings.py").write_text("ready = False")
    wsgi = "import shop_settings\nshop_settings.ready = True\n"
    wsgi += "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
    (tmp_path / "shop_wsgi.py").write_text(wsgi)
    (tmp_path / "shop_states.py").write_text("import shop_settings\nassert shop_settings.ready\nSTATES = {}\n")
    fake.add(pact(interaction("one")))
    assert run("--states", "shop_states:STATES", app="shop_wsgi:application").exit_code == 0


def test_pact_files_are_verified_without_a_broker(fake, run, tmp_path):
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
        ((), None, "either the provider's application"),
        (("--broker-base-url", ""), "a_provider:app", "Set PACT_BROKER_BASE_URL"),
        (("web.json", "--publish"), "a_provider:app", "cannot be published"),
        ((), "json:dumps", "neither an ASGI application"),
        ((), "json:JSONDecoder", "neither an ASGI application"),
        (("--header", "Bearer"), "a_provider:app", "is not a header"),
        (("--consumer-version-selector", "{"), "a_provider:app", "is not JSON"),
        (("--consumer-version-selector", '{"x": 1}'), "a_provider:app", "selects nothing"),
        (("--states", "a:B", "--states-url", "http://x"), "a_provider:app", "exclude each other"),
        (("--states-url", "http://x", "--states-command", "x"), "a_provider:app", "exclude each other"),
        (("--states-command", "nowhere-to-be-seen"), "a_provider:app", "is not an executable file"),
        (("--parallel", "0"), "a_provider:app", "0 is not in the range"),
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


SLOW = """
import pathlib, time

def app(environ, start_response):
    pathlib.Path("asked").touch()
    time.sleep(30)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another thing there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interrupt_ends_it_at_once_with_130_and_nothing_published(fake, tmp_path, number):
    """While the verifier waits for the provider; the process that it runs in ends as well."""
    fake.add(pact(interaction("one")))
    (tmp_path / "slow.py").write_text(SLOW)
    command = [Path(sys.executable).with_name("contracts"), "verify", "--provider", PROVIDER, "--app", "slow:app"]
    command += ["-e", "v1", "--branch", "main", "--publish", "-b", fake.base_url]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as running:
        wait_for((tmp_path / "asked").exists)
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
        verifiers = children.read_text().split() if children.exists() else []
        running.send_signal(number)
        started = time.monotonic()
        output, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert time.monotonic() - started < 25  # the provider's answer takes thirty seconds
    assert "Interrupted: nothing more was published." in output
    assert fake.results == []
    assert fake.branches == {}
    assert not any(os.path.exists(f"/proc/{each}") for each in verifiers)  # noqa: PTH110 - no path of ours


def test_a_provider_without_pacts_is_status_1_unless_that_is_allowed(fake, run):
    fake.on("GET", f"/pacticipants/{PROVIDER}", Answer(404, {"error": "unknown"}))
    result = run()
    assert (result.exit_code, "has no consumers yet" in result.output) == (1, True)
    assert run("--allow-no-pacts").exit_code == 0


def test_pending_failures_alone_are_status_0_and_no_pass(fake, run):
    fake.add(pact(interaction("one", status=201)), pending=True)
    result = run()
    assert (result.exit_code, "nothing that counts was verified" in result.output) == (0, True)
    assert "passed" not in result.output.replace("✓ passed", "")


def test_options_select_pacts(fake, run):
    fake.add(pact(interaction("one")))
    run(
        "--branch=main",
        '--consumer-version-selector={"mainBranch": true, "consumer": "web"}',
        "--matching-branch",
        "--consumer-branch=feat/x",
        "--consumer-tag=prod",
        "--deployed-or-released",
        "--include-wip-since=2026-01-02",
        "--no-pending",
    )
    [question] = [request.json for request in fake.requests if request.method == "POST"]
    assert question == {
        "consumerVersionSelectors": [
            {"mainBranch": True, "consumer": "web"},
            {"matchingBranch": True},
            {"deployedOrReleased": True},
            {"branch": "feat/x"},
            {"latest": True, "tag": "prod"},
        ],
        "includePendingStatus": False,
        "includeWipPactsSince": "2026-01-02",
        "providerVersionBranch": "main",
    }


def test_options_narrow_a_run_down(fake, run):
    fake.add(pact(interaction("one"), interaction("two", status=500)))
    fake.add(pact(interaction("three", status=500), consumer="mobile"))
    assert run("--description=one").exit_code == 0
    assert run("--consumer=web", "--description=one").exit_code == 0
    assert run("--consumer=mobile").exit_code == 1
    assert run("--state=x").exit_code == 1


def test_progress_off_a_terminal_is_a_line_for_each_pact(fake, run):
    fake.add(pact(interaction("one"), interaction("two", status=500)), pending=True)
    output = run().output
    assert "(1 of 1) verifying the pact of version c1 of web: 0 of 2 interactions, 0.0 s" in output
    assert "(1 of 1) verified the pact of version c1 of web: 2 of 2 interactions, 1 failed, " in output


def test_verbose_shows_the_output_of_the_verifier(fake, run):
    fake.add(pact(interaction("one")))
    assert "Verifying a pact between" not in run().output
    assert "Verifying a pact between" in run("--verbose").output


def test_the_version_is_detected_and_printed(fake, run):
    fake.add(pact(interaction("one")))
    result = run("--publish", version=None, GIT_COMMIT="1f3a" * 10, GIT_BRANCH="main")
    assert f"Detected from git: version {'1f3a' * 10}, branch main" in result.stderr
    assert fake.results == [("web", "1f3a" * 10, True)]


def test_the_report_is_json_on_request(fake, run):
    fake.add(pact(interaction("one"), interaction("two", status=201)))
    result = run("--output", "json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["passed"], report["published"]) == (1, False, False)
    assert [(each["description"], each["success"]) for each in report["interactions"]] == [
        ("one", True),
        ("two", False),
    ]


def test_a_quiet_run_prints_failures_only(fake, run):
    fake.add(pact(interaction("one")))
    assert run("--quiet").output == ""
    fake.add(pact(interaction("two", status=201)))
    assert "✗ web: two: expected 201 but was 200" in run("--quiet").output
