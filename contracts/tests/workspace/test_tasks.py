"""The commands of this repository, as a person meets them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from invoke.collection import Collection
from invoke.config import Config
from invoke.exceptions import Exit
from invoke.executor import Executor
from invoke.loader import FilesystemLoader

from contracts.ci import projects


ROOT = Path(__file__).parents[3]
REPOSITORY = {
    *("bench", "broker", "check", "demo", "docs", "fake-ci", "fake-ci-webhook", "list", "package", "recording"),
    *("screenshots", "test"),
    *("github.changes", "github.commit-to-verify", "github.gate", "github.verify-changed-pact"),
}
EVERY_APPLICATION = {"can-i-deploy", "ci", "create-github-token-secret", "deploy", "record-deployment", "test"}
CONSUMER = {*EVERY_APPLICATION, "create-or-update-github-webhook", "publish-pacts", "test-github-webhook"}
PROVIDER = {
    *EVERY_APPLICATION,
    *("ci-webhook", "create-or-update-pact-changed-webhook", "test-pact-changed-webhook"),
}
BOTH = {*CONSUMER, *PROVIDER, "create-verification-token-secret"}
TASKS = {
    *REPOSITORY,
    *(
        f"{each.folder.name}.{task}"
        for each in projects.load(ROOT).applications
        for task in {"consumer": CONSUMER, "provider": PROVIDER, "both": BOTH}[each.role]
    ),
}


LONGEST = 80 - 2 - 3 - len("provider.create-or-update-pact-changed-webhook")
"""The longest description that `invoke --list` prints in one line of 80 columns."""


def load():
    module, _ = FilesystemLoader(start=str(ROOT)).load("tasks")
    return Collection.from_module(module)


@pytest.fixture(scope="module")
def tasks():
    return load()


@pytest.fixture(scope="module")
def explained():
    """The help of each option, by task; Invoke provides it only once."""
    contexts = load().to_contexts()
    return {context.name: [argument.help for argument in context.args.values()] for context in contexts}


@pytest.fixture
def run(tasks):
    """Run one task in this process, with its options by name."""
    return lambda name, **options: Executor(tasks, Config()).execute((name, options))


def invoke(*arguments, **environ):
    """Run invoke in a process of its own, with no broker except one that *environ* names."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PACT_", "GITHUB_", "GIT_"))}
    return subprocess.run(
        [sys.executable, "-m", "invoke", *arguments],
        cwd=ROOT,
        env=inherited | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tasks_are_those_of_the_declared_applications_and_of_the_repository(tasks):
    assert set(tasks.task_names) == TASKS


@pytest.mark.parametrize("name", sorted(TASKS))
def test_each_task_has_a_short_description_and_explains_its_options(tasks, explained, name):
    task = tasks[name]
    first = task.__doc__.splitlines()[0]

    assert first.endswith(".")
    assert len(first) <= LONGEST
    assert all(explained[name])


def test_invoke_without_a_task_prints_the_list():
    answer = invoke()

    assert answer.returncode == 0
    assert answer.stdout.startswith("Available tasks:")
    assert all(f"  {name} " in answer.stdout for name in TASKS)


@pytest.mark.thorough
def test_the_demo_prints_what_the_provider_serves():
    answer = invoke("demo")

    assert answer.returncode == 0, answer.stderr
    assert "Darjeeling" in answer.stdout


@pytest.mark.parametrize("task", ["provider.ci-webhook", "github.verify-changed-pact"])
def test_the_verification_of_a_changed_pact_needs_its_url(run, monkeypatch, task):
    for name in ("PACT_URL", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(Exit, match="PACT_URL is not set") as raised:
        run(task)

    assert raised.value.code == 2


def test_a_pact_of_an_undeclared_provider_is_not_verified(run, monkeypatch):
    monkeypatch.setenv("PACT_PROVIDER", "another")
    with pytest.raises(Exit, match="'another' does not name one provider"):
        run("github.verify-changed-pact")


@pytest.mark.parametrize("task", ["consumer.publish-pacts", "consumer.can-i-deploy", "provider.record-deployment"])
def test_a_step_without_a_broker_fails_and_says_what_to_set(task):
    answer = invoke(task, GIT_COMMIT="1" * 40)

    assert answer.returncode == 2
    assert "Set PACT_BROKER_BASE_URL" in answer.stderr


def test_a_broker_that_does_not_answer_fails_the_gate_at_once():
    answer = invoke("consumer.can-i-deploy", GIT_COMMIT="1" * 40, PACT_BROKER_BASE_URL="http://127.0.0.1:9")

    assert answer.returncode == 4
    assert "127.0.0.1:9" in answer.stderr


def test_a_token_and_a_user_name_together_are_refused():
    answer = invoke(
        "consumer.can-i-deploy",
        GIT_COMMIT="1" * 40,
        PACT_BROKER_BASE_URL="http://127.0.0.1:9",
        PACT_BROKER_TOKEN="token",
        PACT_BROKER_USERNAME="user",
    )

    assert answer.returncode == 2
    assert "unset the other" in answer.stderr


@pytest.mark.parametrize("package", ["consumer", "provider"])
def test_the_deployment_says_that_it_is_a_stand_in(run, capsys, package):
    run(f"{package}.deploy")

    assert "A stand-in" in capsys.readouterr().out


@pytest.fixture
def fork(tmp_path):
    """The variables of a pull request from a fork, whose branch is called main."""
    event = {
        "pull_request": {"head": {"sha": "2" * 40, "ref": "main", "repo": {"full_name": "stranger/shop"}}},
        "repository": {"default_branch": "main"},
    }
    (tmp_path / "event.json").write_text(json.dumps(event))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_REPOSITORY": "acme/shop",
        "PACT_BROKER_BASE_URL": "http://127.0.0.1:9",
        "PACT_DIR": str(tmp_path / "pacts"),  # two tests may run at once
    }


@pytest.mark.parametrize("task", ["consumer.publish-pacts", "consumer.can-i-deploy", "provider.can-i-deploy"])
def test_a_pull_request_from_a_fork_uses_no_broker_and_says_so(fork, task):
    answer = invoke(task, **fork)

    assert answer.returncode == 0
    assert "comes from a fork or from Dependabot, and has no secrets" in answer.stdout


@pytest.mark.thorough
def test_the_pipeline_of_a_fork_deploys_nothing_even_if_its_branch_is_called_main(fork):
    for package in ("consumer", "provider"):  # one after the other: they use the folder of one repository
        answer = invoke(f"{package}.ci", **fork)

        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert f"{package}.yml" in answer.stdout
        assert "passed, not deployed" in answer.stdout
        assert "Deploying" not in answer.stdout


def test_a_wrong_number_of_seconds_is_refused_by_the_task_that_waits():
    answer = invoke("consumer.can-i-deploy", GIT_COMMIT="1" * 40, CAN_I_DEPLOY_WAIT_SECONDS="soon")

    assert answer.returncode == 2
    assert "'soon' is not a number of seconds" in answer.stderr
    assert invoke("--list", CAN_I_DEPLOY_WAIT_SECONDS="soon").returncode == 0


@pytest.mark.thorough
def test_the_repository_may_be_in_a_folder_with_a_space_and_a_quote(tmp_path):
    folder = tmp_path / "my shop's"
    shutil.copytree(ROOT / "commands", folder / "commands")
    shutil.copy(ROOT / "tasks.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)

    answer = subprocess.run([sys.executable, "-m", "invoke"], cwd=folder, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("Available tasks:")


def test_a_wrong_declaration_is_one_sentence(tmp_path):
    shutil.copytree(ROOT / "commands", tmp_path / "commands")
    shutil.copy(ROOT / "tasks.py", tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\n")

    answer = subprocess.run([sys.executable, "-m", "invoke"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert answer.returncode != 0
    assert "pyproject.toml declares no application" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_relevance_of_a_change_is_printed_and_written_as_an_output(run, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.delenv("GITHUB_EVENT_PATH", raising=False)

    run("github.changes", package="consumer")

    assert (tmp_path / "output").read_text() == "relevant=true\n"
    assert "everything counts as changed" in capsys.readouterr().out


def test_the_gate_names_the_jobs_that_did_not_pass(run, monkeypatch, capsys):
    needs = {"changes": {"result": "success", "outputs": {"relevant": "true"}}, "deploy": {"result": "skipped"}}
    monkeypatch.setenv("NEEDS", json.dumps(needs))

    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    run("github.gate", deploys="deploy")
    assert "Every job that had to run passed." in capsys.readouterr().out
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    with pytest.raises(Exit, match="deploy: skipped") as raised:
        run("github.gate", deploys="deploy")
    assert raised.value.code == 1


STUBS = """
import os, stat, sys
from pathlib import Path
if sys.argv[1] == "-c":
    sys.exit(0)
folder = Path(sys.argv[3], "bin")
folder.mkdir(parents=True)
for name in ("pip", "invoke"):
    stub = folder / name
    stub.write_text(f'''#!/bin/sh
echo "{name} $*" >> "$CALLS"
case "$*" in test*) echo "3 passed in 0.10s";; esac
[ "$1" != "$FAILING" ]
''')
    stub.chmod(0o755)
"""


@pytest.mark.skipif(os.name != "posix", reason="the script is for bash")
@pytest.mark.parametrize(("failing", "status"), [("nothing", 0), ("test", 1), ("check", 1), ("install", 1)], ids=str)
def test_ci_run_installs_tests_and_checks_and_fails_if_one_of_them_does(tmp_path, failing, status):
    python = tmp_path / "python"
    python.write_text(f"#!{sys.executable}\n{STUBS}")
    python.chmod(0o755)
    calls = tmp_path / "calls"

    answer = subprocess.run(
        [ROOT / ".ci" / "run"],
        env=os.environ | {"PYTHON": str(python), "CALLS": str(calls), "FAILING": failing, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == status, answer.stderr
    installed = ["pip install --quiet --requirement requirements.txt"]
    steps = installed if failing == "install" else [*installed, "invoke test", "invoke test --thorough", "invoke check"]
    assert calls.read_text().splitlines() == steps
    if failing != "install":
        assert answer.stdout.splitlines()[-2] == "3 passed in 0.10s"
        assert ("FAILED" in answer.stdout) is (status == 1)
