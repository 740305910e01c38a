"""Every command of `pact broker`: in each of its forms when it succeeds, and with its reason when it fails.

The files beside this one test what each command does; this one tests that no command is missing.
"""

from __future__ import annotations

import json
import re
import shlex

import pytest
import requests
from estates import Estate
from hooks import add_webhook
from official_cli import FAILED, UUID, run
from official_commands import COMMANDS, DEAF, ELSEWHERE, HOOK, TEXT_ANYWAY

from contracts.testing import running_broker


FORM = re.compile(r"--output <OUTPUT>\n.*?\[possible values: ([a-z, ]+)\]", re.DOTALL)


@pytest.fixture
def till(tmp_path):
    """Runs a command against a broker of its own, in which Till is verified, deployed and released."""
    with running_broker() as running:
        estate = Estate(running.broker)
        estate.publish("Till", "1", "a", branch="main", tags=("dev",))
        estate.version("Ledger", "10", branch="main")
        estate.verify("Till", "1", by="10")
        estate.environment("live")
        estate.deploy("Till", "1", "live")
        estate.deploy("Ledger", "10", "live")
        estate.release("Till", "1", "live")
        listed = requests.get(f"{running.base_url}/environments", timeout=60).json()["_embedded"]["environments"]
        names = {
            "pact": pact_file(tmp_path),
            "environment": listed[0]["uuid"],
            "webhook": add_webhook(running.broker, url="http://127.0.0.1:1/").uuid,
        }

        def till(name, arguments, *more, **how):
            words = shlex.split(arguments.format(**names))
            broker = () if name == "generate-uuid" else ("--broker-base-url", running.base_url, "--retries", "1")
            return run(name, *words, *more, *broker, **how)

        yield till


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """Runs a command against a broker that asks for a password."""
    names = {"pact": pact_file(tmp_path_factory.mktemp("guarded")), "environment": UUID, "webhook": UUID}
    with running_broker(basic_auth_enabled=True, basic_auth_username="ann", basic_auth_password="secret") as running:

        def guarded(name, *more, **how):
            words = shlex.split(COMMANDS[name].succeeds.format(**names))
            return run(name, *words, *more, "--broker-base-url", running.base_url, "--retries", "1", **how)

        yield guarded


def pact_file(folder):
    """Another contract than the one that version 1 of Till has."""
    interaction = {
        "description": "a request for tea",
        "providerState": "there is tea",
        "request": {"method": "GET", "path": "/tea"},
        "response": {"status": 200},
    }
    document = {"consumer": {"name": "Till"}, "provider": {"name": "Ledger"}, "interactions": [interaction]}
    file = folder / "pact.json"
    file.write_text(json.dumps(document))
    return file


def option(form):
    return ("--output", form) if form else ()


def succeeding():
    return [(name, form) for name, command in COMMANDS.items() for form in (None, *command.forms)]


def failing():
    """Each command as it is, and in JSON; but a gate in JSON ends well whatever the answer, its own defect."""
    return [
        (name, form)
        for name, form in succeeding()
        if COMMANDS[name].fails and form in {None, "json"} and not (name.startswith("can-i") and form)
    ]


@pytest.mark.thorough
def test_no_command_and_no_form_is_forgotten():
    listed = run("--help").partition("Commands:\n")[2].partition("\n\n")[0]
    commands = re.findall(r"^  (\S+)", listed, re.MULTILINE)
    forms = {name: FORM.search(run(name, "--help")) for name in COMMANDS}

    assert set(commands) == set(COMMANDS) | set(ELSEWHERE)
    assert {name: match[1].split(", ") if match else [] for name, match in forms.items()} == {
        name: list(command.forms) for name, command in COMMANDS.items()
    }


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "form"), succeeding())
def test_a_command_succeeds_in_each_of_its_forms(till, name, form):
    if before := COMMANDS[name].after:
        till(before, COMMANDS[before].succeeds)
    output = till(name, COMMANDS[name].succeeds, *option(form))
    if form == "json" and name not in TEXT_ANYWAY:
        document = json.loads(output[output.index("{") :])  # `publish` says first what it does
        assert COMMANDS[name].says in json.dumps(document)
    elif form == "id":
        assert re.fullmatch(r"[0-9a-f-]{36}", output.strip())
    else:
        assert COMMANDS[name].says in output


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "form"), failing())
def test_a_command_fails_with_its_reason(till, name, form):
    output = till(name, COMMANDS[name].fails, *option(form), status=FAILED)

    assert COMMANDS[name].because in output


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"generate-uuid", *DEAF}))
def test_a_command_without_a_password_is_refused(guarded, name):
    assert "401 Unauthorized" in guarded(name, status=FAILED)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["list-environments", "list-pacticipants", "create-environment", "create-webhook"])
def test_a_command_with_the_password_succeeds(guarded, name):
    assert "401 Unauthorized" not in guarded(name, "--broker-username", "ann", "--broker-password", "secret")


@pytest.mark.thorough
def test_a_command_for_pactflow_alone_names_the_missing_relation(till, tmp_path):
    document = tmp_path / "openapi.yml"
    document.write_text("openapi: 3.1.0")
    arguments = f"{document} --provider Ledger --provider-app-version 1 --branch main --verification-success"

    output = till("publish-provider-contract", arguments, status=FAILED, group="pactflow")

    assert "Could not find relation 'pf:publish-provider-contract'" in output
    assert "Ledger" not in till("describe-version", "--pacticipant Ledger --version 1", status=FAILED)


@pytest.mark.thorough
def test_a_webhook_for_a_team_of_pactflow_is_refused(till):
    webhook = json.loads(till("create-webhook", f"{HOOK} --team-uuid {UUID}"))

    assert UUID not in json.dumps(webhook)
