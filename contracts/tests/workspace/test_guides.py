"""The guides, done as they say."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import guides
import pytest
import requests
from click.testing import CliRunner

from contracts.cli import main
from contracts.client import Broker, Contract
from contracts.scaffold.repositories import VENDORS
from contracts.testing import running_broker


COMMIT = "1" * 40
PACT = {
    "consumer": {"name": "shop"},
    "provider": {"name": "stock"},
    "interactions": [
        {"description": "a request", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}


IDENTITY = {f"GIT_{role}_{part}": "test@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
INSTALLED = {"pip install": "true"}


@pytest.mark.parametrize("page", ["docs/index.md", "README.md"])
def test_every_guide_is_listed(page):
    """A guide that no list names is not found by anyone."""
    listed = (guides.ROOT / page).read_text(encoding="utf-8")
    assert [each.name for each in guides.FOLDER.glob("*.md") if f"guide/{each.name}" not in listed] == []


def failed(done):
    return [each for each in done if each.status]


def publish_and_verify(broker, consumer, *results, deploy=True):
    """Publish version 1 of *consumer*, with the result of each version of stock, and deploy it to production."""
    content = json.dumps(PACT | {"consumer": {"name": consumer}}).encode()
    contract = Contract(consumer=consumer, provider="stock", content=content)
    broker.publish_contracts(pacticipant=consumer, version="1", contracts=[contract], branch="main")
    pact = broker.pact(f"{broker.base_url}/pacts/provider/stock/consumer/{consumer}/version/1")
    for version, success in results:
        broker.publish_result(pact, {"success": success, "providerApplicationVersion": version})
    if deploy:
        broker.record_deployment(pacticipant=consumer, version="1", environment="production")


@pytest.mark.thorough
def test_gate_your_deployments(pact_broker, tmp_path):
    with Broker(pact_broker.base_url) as broker:
        contract = Contract(consumer="shop", provider="stock", content=json.dumps(PACT).encode())
        broker.publish_contracts(pacticipant="shop", version="1", contracts=[contract], branch="main")
        broker.add_branch(pacticipant="stock", version=COMMIT, branch="main")
    environ = {"PACT_BROKER_BASE_URL": pact_broker.base_url, "COMMIT": COMMIT}
    done = guides.run("gate-deployments.md", tmp_path, environ)
    assert [each.status for each in done] == [0] * len(done), [each.output for each in done if each.status]
    assert [each.command.split()[1] for each in done] == [
        "create-environment",
        "create-environment",
        "can-i-deploy",
        "why",
        "record-deployment",
        "record-release",
        "record-support-ended",
        "record-undeployment",
    ]


@pytest.mark.thorough
def test_testing_with_a_broker(tmp_path):
    done = guides.run("testing-with-a-broker.md", tmp_path, {})
    assert [each.status for each in done] == [0, 0], done
    assert "2 passed" in done[0].output
    assert done[1].output.startswith("http://127.0.0.1:")


APPLICATION = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
"""


@pytest.mark.thorough
def test_branches_and_pull_requests(pact_broker, tmp_path):
    (tmp_path / "stock_api.py").write_text(APPLICATION)
    (tmp_path / "stock_states.py").write_text("STATES = {}\n")
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "shop-stock.json").write_text(json.dumps(PACT))
    environ = {"PACT_BROKER_BASE_URL": pact_broker.base_url, "COMMIT": COMMIT}
    with Broker(pact_broker.base_url) as broker:
        broker.create_or_update_pacticipant("shop", main_branch="feat/cheaper")
        done = guides.run("branches-and-pull-requests.md", tmp_path, environ)
        assert [each.status for each in done] == [0] * 4, [each.output for each in done if each.status]
        (row,) = broker.matrix([{"pacticipant": "shop"}, {"pacticipant": "stock"}]).rows
        assert (row.success, row.provider_version) == (True, COMMIT)
        assert broker.version("stock", COMMIT).branches == ()  # the fork's branch is not published


def test_workflows_in_guides_follow_githubs_schema(tmp_path):
    paths = []
    for guide in guides.FOLDER.glob("*.md"):
        for name, text in guides.files(guide.name).items():
            if name.startswith(".github/workflows/"):
                paths.append(tmp_path / Path(name).name)
                paths[-1].write_text(text)
    assert len(paths) == 3
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.thorough
def test_start_verifications_by_webhook(tmp_path):
    hosts = ("api.github.com", "hooks.slack.com", "example.webhook.office.com")
    with running_broker(webhook_host_whitelist=hosts) as running, Broker(running.base_url) as broker:
        for name in ("shop", "stock", "web"):
            broker.create_or_update_pacticipant(name)
        environ = {"PACT_BROKER_BASE_URL": running.base_url, "GITHUB_TOKEN": "t0k"}
        request = {"method": "POST", "url": "https://api.github.com/x"}
        webhook = {"events": [{"name": "contract_published"}], "request": request}
        created = requests.post(f"{running.base_url}/webhooks", json=webhook, timeout=60).json()
        uuid = created["_links"]["self"]["href"].rpartition("/")[2]
        done = guides.run("webhooks.md", tmp_path, environ, {"--uuid UUID": f"--uuid {uuid}"})
        urls = {each.request.url.split("/")[2] for each in broker.webhooks()}
    assert [each.status for each in done] == [0] * len(done), [each.output for each in done if each.status]
    assert urls == set(hosts)


def test_the_guide_has_a_working_command_for_the_webhook_of_each_ci_service(monkeypatch):
    text = (guides.FOLDER / "webhooks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| (?:`([A-Z_]+)`)?[^|]* \| `contracts (.+)` \|$", text, re.MULTILINE)
    assert [name for name in VENDORS if not any(f"--{name} " in command for _, command in rows)] == []
    hosts = {"api.github.com", "gitlab.com", "ci.example.com", "circleci.com", "dev.azure.com", "api.bitbucket.org"}
    hosts.add("api.buildkite.com")
    with running_broker(webhook_host_whitelist=tuple(hosts)) as running, Broker(running.base_url) as broker:
        monkeypatch.setenv("PACT_BROKER_BASE_URL", running.base_url)
        broker.create_or_update_pacticipant("stock")
        for token, command in rows:
            result = CliRunner(env={token: "t0k"} if token else {}).invoke(main, shlex.split(command))
            assert result.exit_code == 0, f"{command}: {result.output}"
        assert {each.request.url.split("/")[2] for each in broker.webhooks()} == hosts


@pytest.mark.parametrize("guide", sorted(each.name for each in guides.FOLDER.glob("*.md")))
def test_every_command_of_a_guide_exists(guide):
    from contracts.cli.commands import ALIASES, COMMANDS  # noqa: PLC0415

    for command in guides.commands(guide):
        for name in re.findall(r"(?:^|[(\s])contracts ([a-z-]+)", command):
            assert name in {*COMMANDS, *ALIASES, "--help", "--version"}, command


@pytest.mark.thorough
def test_write_a_contract(pact_broker, tmp_path):
    done = guides.run(
        "write-a-contract.md", tmp_path, IDENTITY, INSTALLED | {"http://127.0.0.1:9292": pact_broker.base_url}
    )
    assert failed(done) == []
    assert "2 interactions written" in done[3].output
    assert "an item exists" in done[-1].output
    tracked = subprocess.run(["git", "ls-files"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout  # noqa: S607
    assert "shop.py" in tracked
    assert "pacts/" not in tracked


@pytest.mark.thorough
def test_a_changed_event_breaks_its_contract(tmp_path):
    done = guides.run("message-contracts.md", tmp_path, {}, INSTALLED)
    assert failed(done) == []
    assert "1 of 1 interactions as agreed" in done[1].output
    assert "missing the following keys: name" in done[3].output
    assert "The event breaks shop." in done[3].output


@pytest.mark.thorough
def test_several_applications_in_one_repository(tmp_path):
    done = guides.run("monorepo.md", tmp_path, IDENTITY, INSTALLED)
    assert failed(done) == []
    assert "1 of 1 interactions as agreed" in done[5].output
    assert "1 interaction with shop verified" in done[-1].output
    assert "Everything passed." in done[-1].output


@pytest.mark.thorough
def test_many_repositories_meet_at_one_broker(tmp_path):
    with running_broker(webhook_host_whitelist=("api.github.com",)) as running, Broker(running.base_url) as broker:
        broker.create_environment("production", production=True)
        broker.add_branch(pacticipant="stock", version="2", branch="remove-name")
        publish_and_verify(broker, "shop", ("2", True))
        publish_and_verify(broker, "till", ("2", False))
        replaced = {"contracts create-environment": "true", "=…": "=t0k"}
        done = guides.run("many-repositories.md", tmp_path, {"PACT_BROKER_BASE_URL": running.base_url}, replaced)
        assert failed(done) == []
        assert "till" in done[-3].output
        assert "Yes" in done[-1].output
        assert [each.request.url for each in broker.webhooks()] == [
            "https://api.github.com/repos/acme/stock/dispatches"
        ]


@pytest.mark.thorough
def test_a_migrated_broker_gives_the_same_answers(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
    with running_broker() as running, Broker(running.base_url) as broker:
        broker.create_environment("production", production=True)
        broker.create_or_update_pacticipant("shop", main_branch="main")
        publish_and_verify(broker, "shop", ("1", True), deploy=False)
        broker.record_deployment(pacticipant="stock", version="1", environment="production")
        replaced = {"https://broker.example.com": running.base_url, "9292": port, "=…": "=t0k"}
        done = guides.run("migrating.md", tmp_path, {}, replaced)
    assert failed(done) == []
    assert done[5].output.count("Yes") == 2
    assert done[6].output == ""
