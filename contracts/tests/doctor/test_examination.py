"""`contracts doctor` finds each fault that is planted in a healthy set-up, and nothing in the healthy one."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from listeners import until
from sqlalchemy import update

from contracts.broker.store.backups import history
from contracts.broker.store.tables import verification_jobs
from contracts.broker.webhooks.worker import Worker
from contracts.cli import main
from contracts.client import Broker
from contracts.client.documents import Contract
from contracts.client.webhooks import Webhook, WebhookRequest
from contracts.doctor import brokers, libraries, workflows
from contracts.doctor.examination import examine
from contracts.doctor.findings import Finding
from contracts.doctor.surroundings import Surroundings
from contracts.testing import running_broker


PACT = {
    "consumer": {"name": "shop"},
    "provider": {"name": "stock"},
    "interactions": [
        {
            "description": "a request",
            "providerStates": [{"name": "an item exists"}],
            "request": {"method": "GET", "path": "/"},
            "response": {"status": 200},
        }
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}
PYPROJECT = """
[tool.contracts.applications.shop]
role = "consumer"
providers = ["stock"]

[tool.contracts.applications.stock]
role = "provider"
app = "stock_api:app"
states = "states:STATES"
"""
FILES = {
    "pyproject.toml": PYPROJECT,
    ".github/workflows/shop.yml": "on: push\n",
    ".github/workflows/stock.yml": "on: push\n",
    ".gitignore": "pacts/\n",
    "shop/pacts/shop-stock.json": json.dumps(PACT),
    "stock/stock_api.py": "app = object()\n",
    "stock/states.py": "STATES = {'an item exists': print}\n",
}


@dataclass(slots=True, kw_only=True)
class Site:
    """A repository and the broker that its environment names."""

    root: Path
    broker: Broker
    environ: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)  # noqa: S607

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=Change", "--allow-empty")

    def findings(self) -> list[Finding]:
        return list(examine(self.root, self.environ))


@pytest.fixture(scope="module")
def healthy_repository(tmp_path_factory):
    site = Site(root=tmp_path_factory.mktemp("healthy"), broker=None)  # type: ignore[arg-type]  # not used
    site.git("init", "--quiet", "--initial-branch=main")
    site.git("remote", "add", "origin", "git@github.com:acme/stock.git")
    for name, text in FILES.items():
        site.write(name, text)
    site.commit()
    return site.root


def webhook(**changes: object) -> Webhook:
    values = {
        "events": ("contract_requiring_verification_published",),
        "provider": "stock",
        "request": WebhookRequest(url="http://127.0.0.1:1/repos/acme/stock/dispatches", body={}),
    }
    return Webhook(**values | changes)  # type: ignore[arg-type]


def set_up(broker: Broker) -> None:
    """Bring *broker* to the state of a healthy set-up, whatever a fault has changed."""
    if not broker.environments():
        broker.create_environment(name="production", production=True)
    broker.create_or_update_pacticipant("shop", main_branch="main")
    broker.create_or_update_pacticipant("stock", main_branch="main")
    broker.put_webhook("webhook-of-the-stock", webhook())


@pytest.fixture(scope="module")
def shared_broker():
    with running_broker() as running, Broker(running.base_url) as broker:
        yield broker


@pytest.fixture
def site(healthy_repository, shared_broker, tmp_path):
    root = tmp_path / "repository"
    shutil.copytree(healthy_repository, root)
    set_up(shared_broker)
    return Site(root=root, broker=shared_broker, environ={"PACT_BROKER_BASE_URL": shared_broker.base_url})


def test_a_folder_without_git_has_one_finding_about_git(tmp_path):
    findings = [each for each in examine(tmp_path, {}) if each.area == "git and CI"]
    assert [(each.level, "not a git repository" in each.text) for each in findings] == [("warning", True)]


def test_a_repository_without_a_remote_is_not_advised_to_ask_it(site):
    no_default_branch(site)
    assert "git remote set-head origin --auto" in [each.fix for each in site.findings()]
    site.git("remote", "remove", "origin")
    assert "git remote add origin URL, and push." in [each.fix for each in site.findings()]


def test_a_healthy_set_up_has_no_problem_and_no_warning(site):
    assert [each for each in site.findings() if each.level != "ok"] == []


def publish(site: Site, pact: dict[str, object]) -> None:
    content = json.dumps(pact).encode()
    contract = Contract(consumer="shop", provider="stock", content=content)
    site.broker.publish_contracts(pacticipant="shop", version="1", branch="main", contracts=(contract,))


def no_git(site: Site) -> None:
    shutil.rmtree(site.root / ".git")


def uncommitted_changes(site: Site) -> None:
    site.write("stock/more.py", "")


def detached_head(site: Site) -> None:
    site.git("checkout", "--quiet", "--detach")


def no_default_branch(site: Site) -> None:
    site.git("branch", "--move", "topic")


def abbreviated_commit(site: Site) -> None:
    site.environ["GIT_COMMIT"] = "abcdef1"


def incomplete_variables_of_ci(site: Site) -> None:
    site.environ["GITLAB_CI"] = "true"


def nothing_declared(site: Site) -> None:
    site.write("pyproject.toml", "[tool.black]\n")


def wrong_declaration(site: Site) -> None:
    site.write("pyproject.toml", PYPROJECT.replace('"provider"', '"server"'))


def missing_folder(site: Site) -> None:
    shutil.rmtree(site.root / "stock")


def missing_workflow(site: Site) -> None:
    (site.root / ".github/workflows/stock.yml").unlink()


WORKFLOW = """
on: push
permissions: {}
env: {PACT_BROKER_BASE_URL: "${{ vars.PACT_BROKER_BASE_URL }}"}
jobs:
  contract:
    runs-on: ubuntu-24.04
    permissions: {contents: read, id-token: write}
    steps: [{run: contracts publish pacts}]
  lint:
    runs-on: ubuntu-24.04
    steps: [{run: ruff check}]
  deploy:
    runs-on: ubuntu-24.04
    permissions: {contents: read, id-token: write}
    steps: [{run: contracts record-deployment --environment production}]
"""


def deployment_that_may_not_request_a_token(site: Site) -> None:
    start, _, end = WORKFLOW.rpartition(", id-token: write")
    site.write(".github/workflows/shop.yml", start + end)


def jobs_that_may_not_request_a_token(site: Site) -> None:
    site.write(".github/workflows/shop.yml", WORKFLOW.replace(", id-token: write", ""))


def workflow_that_is_no_yaml(site: Site) -> None:
    site.write(".github/workflows/shop.yml", "on: [")


def missing_module(site: Site) -> None:
    (site.root / "stock/stock_api.py").unlink()


def missing_name(site: Site) -> None:
    site.write("stock/stock_api.py", "api = object()\n")


def missing_states(site: Site) -> None:
    site.write("pyproject.toml", PYPROJECT.replace("states:STATES", "states:OTHERS"))


def no_pact_files(site: Site) -> None:
    shutil.rmtree(site.root / "shop/pacts")


def broken_pact_file(site: Site) -> None:
    site.write("shop/pacts/shop-stock.json", "{")


def pact_of_another_provider(site: Site) -> None:
    site.write("shop/pacts/shop-stock.json", json.dumps(PACT | {"provider": {"name": "stok"}}))


def undefined_state(site: Site) -> None:
    site.write("stock/states.py", "STATES = {}\n")


def no_broker(site: Site) -> None:
    site.environ.clear()


def nothing_listens(site: Site) -> None:
    site.environ["PACT_BROKER_BASE_URL"] = "http://127.0.0.1:1"


def another_path(site: Site) -> None:
    site.environ["PACT_BROKER_BASE_URL"] += "/elsewhere"


def two_kinds_of_credentials(site: Site) -> None:
    site.environ |= {"PACT_BROKER_TOKEN": "t", "PACT_BROKER_USERNAME": "u"}


def no_environment(site: Site) -> None:
    site.write("pyproject.toml", f'[tool.contracts]\nenvironment = "prod"\n{PYPROJECT}')


def unknown_application(site: Site) -> None:
    site.write("pyproject.toml", PYPROJECT.replace("applications.shop", "applications.shopp"))


def other_main_branch(site: Site) -> None:
    site.broker.create_or_update_pacticipant("stock", main_branch="master")


def no_webhook(site: Site) -> None:
    site.broker.delete_webhook("webhook-of-the-stock")


def webhook_of_another_event(site: Site) -> None:
    site.broker.put_webhook("webhook-of-the-stock", webhook(events=("provider_verification_published",)))


def disabled_webhook(site: Site) -> None:
    site.broker.put_webhook("webhook-of-the-stock", webhook(enabled=False))


def webhook_of_another_repository(site: Site) -> None:
    request = WebhookRequest(url="http://127.0.0.1:1/repos/acme/shop/dispatches", body={})
    site.broker.put_webhook("webhook-of-the-stock", webhook(request=request))


FAULTS: list[tuple[Callable[[Site], None], str, str]] = [
    (no_git, "git and CI", "not a git repository"),
    (uncommitted_changes, "git and CI", "uncommitted changes"),
    (detached_head, "git and CI", "branch is unknown"),
    (no_default_branch, "git and CI", "default branch is unknown"),
    (abbreviated_commit, "git and CI", "abbreviated"),
    (incomplete_variables_of_ci, "git and CI", "CI_COMMIT_SHA"),
    (nothing_declared, "declaration", "declares an application"),
    (wrong_declaration, "declaration", "applications.stock.role is 'server'"),
    (missing_folder, "declaration", "does not exist"),
    (missing_workflow, "declaration", "workflow of stock"),
    (deployment_that_may_not_request_a_token, "workflows", "The job deploy of .github/workflows/shop.yml has no cred"),
    (jobs_that_may_not_request_a_token, "workflows", "The job contract of .github/workflows/shop.yml has no cred"),
    (workflow_that_is_no_yaml, "workflows", "shop.yml cannot be read"),
    (missing_module, "declaration", "no module stock_api"),
    (missing_name, "declaration", "does not define app"),
    (missing_states, "declaration", "does not define OTHERS"),
    (no_pact_files, "pacts", "no pact files"),
    (broken_pact_file, "pacts", "shop-stock.json"),
    (pact_of_another_provider, "pacts", "between shop and stok"),
    (undefined_state, "pacts", "'an item exists', which stock does not define"),
    (no_broker, "broker", "No broker is configured"),
    (nothing_listens, "broker", "cannot be reached"),
    (another_path, "broker", "/elsewhere"),
    (two_kinds_of_credentials, "broker", "PACT_BROKER_TOKEN"),
    (no_environment, "environments", "no environment prod"),
    (unknown_application, "applications", "does not know shopp. It knows shop"),
    (other_main_branch, "applications", "master in the broker, but main in git"),
    (no_webhook, "webhooks", "No webhook starts"),
    (webhook_of_another_event, "webhooks", "No webhook starts"),
    (disabled_webhook, "webhooks", "is disabled"),
    (webhook_of_another_repository, "webhooks", "builds of acme/shop, but this repository is acme/stock"),
]


@pytest.mark.parametrize(
    ("plant", "area", "text"), [pytest.param(*each, id=each[0].__name__.replace("_", " ")) for each in FAULTS]
)
def test_a_planted_fault_is_found_with_its_fix(site, plant, area, text):
    plant(site)
    if plant is not uncommitted_changes and (site.root / ".git").exists() and plant is not detached_head:
        site.commit()
    matching = [each for each in site.findings() if each.area == area and text in each.text]
    assert matching, site.findings()
    assert all(each.level != "ok" and each.fix for each in matching)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id-token", "id-token"),
        (", id-token: write", ", id-token: none}\n    env: {PACT_BROKER_TOKEN: x"),
        ("env: {", "env: {PACT_BROKER_TOKEN: x, "),
    ],
)
def test_a_job_with_either_credentials_has_them(tmp_path, old, new):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "shop.yml").write_text(WORKFLOW.replace(old, new))
    findings = list(workflows.check(Surroundings(directory=tmp_path, environ={})))
    assert all(each.level == "ok" for each in findings), findings


def test_a_provider_in_another_language_needs_no_test_in_python(site):
    declaration = 'app = "stock_api:app"\nstates = "states:STATES"\n'
    site.write("pyproject.toml", PYPROJECT.replace(declaration, 'states-command = "node states.mjs"\n'))
    assert not any("declares no app" in each.text for each in site.findings())
    site.write("pyproject.toml", PYPROJECT.replace(declaration, ""))
    assert any("declares no app" in each.text for each in site.findings())


def test_a_failed_delivery_and_an_undefined_state_of_a_published_pact_are_found(site):
    with running_broker(webhook_retry_schedule=()) as running, Broker(running.base_url) as broker:
        set_up(broker)
        broker.add_branch(pacticipant="stock", version="2", branch="main")  # it has to verify what is published
        site.broker, site.environ = broker, {"PACT_BROKER_BASE_URL": running.base_url}
        interaction = PACT["interactions"][0] | {"providerStates": [{"name": "it is Sunday"}]}  # type: ignore[index]
        publish(site, PACT | {"interactions": [interaction]})
        worker = Worker(running.broker)
        worker.start()
        try:
            (pact,) = broker.pacts_for_verification("stock")
            until(lambda: broker.triggered_webhooks(pact.url)[0].status == "failure")
        finally:
            worker.stop()
        texts = " ".join(each.text for each in site.findings())
        assert "last delivery of a webhook" in texts
        assert "'it is Sunday', which stock does not define" in texts


def test_verifications_that_get_no_result_by_themselves_are_found(site):
    """First no webhook requests it, then one exists, and then every request was in vain."""

    def finding():
        (one,) = [each for each in site.findings() if each.area == "verification jobs" and each.level != "ok"]
        return one.text, one.fix

    with running_broker() as running, Broker(running.base_url) as broker:
        set_up(broker)
        broker.delete_webhook("webhook-of-the-stock")
        broker.add_branch(pacticipant="stock", version="2", branch="main")
        site.broker, site.environ = broker, {"PACT_BROKER_BASE_URL": running.base_url}
        publish(site, PACT)
        (job,) = broker.verification_jobs()
        retry = f"contracts jobs retry --uuid {job.uuid}"
        text, fix = finding()
        assert "No webhook has requested a verification of stock: version 2, with the pact of version 1 of shop" in text
        assert fix.startswith("contracts create-or-update-webhook --event contract_requiring_verification_published")
        assert fix.endswith(f" && {retry}")

        broker.put_webhook("webhook-of-the-stock", webhook())
        assert finding()[1] == retry

        with running.broker.database.writing() as connection:
            connection.execute(update(verification_jobs).values(state="dead", attempts=3, deadline=None))
        text, fix = finding()
        assert "A verification of stock got no result after 3 requests: version 2" in text
        assert fix == retry


def test_the_outcome_of_scheduled_backups_is_reported(tmp_path):
    with running_broker(database_backup_folder=str(tmp_path)) as running:

        def record(error=None):
            now = datetime.now(UTC)
            with running.broker.database.writing() as connection:
                number = history.claim(connection, now, "here", now)
                history.finish(connection, number, now, file="x", size_bytes=1, error=error)

        def findings():
            with brokers.connected(Surroundings(directory=tmp_path, environ=environ)) as (_, lines):
                return [(each.level, each.text) for each in lines if "backup" in each.text]

        environ = {"PACT_BROKER_BASE_URL": running.base_url}
        assert findings() == []
        record()
        ((level, text),) = findings()
        assert level == "ok"
        assert text.startswith("The last scheduled backup was made and verified at 20")
        record("the disk is full")
        ((level, text),) = findings()
        assert level == "problem"
        assert "failed: the disk is full. The last verified backup: 20" in text


@pytest.mark.parametrize(
    ("credentials", "text"),
    [
        ({}, "does not accept"),
        ({"PACT_BROKER_USERNAME": "reader", "PACT_BROKER_PASSWORD": "r"}, "may read, but not publish"),
    ],
)
def test_missing_credentials_and_permissions_are_found(healthy_repository, credentials, text):
    accounts = {
        "basic_auth_enabled": True,
        "basic_auth_username": "writer",
        "basic_auth_password": "w",
        "basic_auth_read_only_username": "reader",
        "basic_auth_read_only_password": "r",
    }
    with running_broker(**accounts) as running:
        environ = {"PACT_BROKER_BASE_URL": running.base_url, **credentials}
        findings = [each for each in examine(healthy_repository, environ) if each.area == "broker"]
    assert any(each.level == "problem" and text in each.text for each in findings), findings


@pytest.mark.parametrize("may", ["the applications of this repository", "others"])
def test_a_token_is_tried_as_each_declared_application(healthy_repository, may):
    names = ["other"] if may == "others" else ["shop", "stock"]
    with running_broker(basic_auth_username="admin", basic_auth_password="a") as running:
        body = {"note": "ci", "permissions": [{"role": "publish", "names": names}]}
        account = ("admin", "a")
        created = requests.post(f"{running.base_url}/tokens", json=body, auth=account, timeout=60).json()
        environ = {"PACT_BROKER_BASE_URL": running.base_url, "PACT_BROKER_TOKEN": created["token"]}
        texts = [each.text for each in examine(healthy_repository, environ) if each.area == "broker"]
        applications = requests.get(f"{running.base_url}/pacticipants", auth=account, timeout=60).json()
    assert ("These credentials may read and write." in texts) == (may != "others"), texts
    assert any("may read, but not publish as " in each for each in texts) == (may == "others"), texts
    assert applications["_embedded"]["pacticipants"] == []


def test_a_clock_that_differs_is_found(site, monkeypatch):
    monkeypatch.setattr(brokers, "_LARGEST_DIFFERENCE_SECONDS", -1)
    assert any("clocks" in each.text for each in site.findings())


@pytest.mark.parametrize(
    ("version", "text"), [(None, "is not installed"), ("4.1.9", "Use 4.2 or newer"), ("5.0.0", "before 5")]
)
def test_a_library_that_is_missing_or_of_another_version_is_found(site, monkeypatch, version, text):
    monkeypatch.setattr(libraries, "installed", lambda package: version if package == "pact-python" else "9.0")
    findings = [each for each in site.findings() if each.area == "libraries" and each.level == "problem"]
    assert len(findings) == 1
    assert text in findings[0].text


def test_the_command_ends_with_1_if_something_is_wrong(site, monkeypatch):
    monkeypatch.chdir(site.root)
    healthy = CliRunner().invoke(main, ["doctor"], env=site.environ)
    assert (healthy.exit_code, healthy.output) == (
        0,
        "0 problems, 0 warnings, 16 checks passed (--verbose shows them).\n",
    )
    no_webhook(site)
    result = CliRunner().invoke(main, ["doctor", "--output", "json"], env=site.environ)
    assert result.exit_code == 1
    problems = [each for each in json.loads(result.output) if each["level"] == "problem"]
    assert [each["area"] for each in problems] == ["webhooks"]
    assert problems[0]["fix"].startswith("contracts create-or-update-webhook")
