"""The commands of this repository, as a person meets them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from invoke.collection import Collection
from invoke.config import Config
from invoke.exceptions import Exit
from invoke.executor import Executor
from invoke.loader import FilesystemLoader


ROOT = Path(__file__).parents[3]
TASKS = {
    *("bench", "broker", "check", "demo", "fake-ci", "fake-ci-webhook", "list", "test"),
    *("consumer.can-i-deploy", "consumer.ci", "consumer.create-github-token-secret"),
    *("consumer.create-or-update-github-webhook", "consumer.deploy", "consumer.publish-pacts"),
    *("consumer.record-deployment", "consumer.test", "consumer.test-github-webhook"),
    *("github.changes", "github.commit-to-verify", "github.gate"),
    *("provider.can-i-deploy", "provider.ci", "provider.ci-webhook", "provider.create-github-token-secret"),
    *("provider.create-or-update-pact-changed-webhook", "provider.deploy", "provider.record-deployment"),
    *("provider.test", "provider.test-pact-changed-webhook"),
}


@pytest.fixture(scope="module")
def tasks():
    module, _ = FilesystemLoader(start=str(ROOT)).load("tasks")
    return Collection.from_module(module)


@pytest.fixture(scope="module")
def explained():
    """By task, what is said of each of its options; Invoke can be asked once."""
    module, _ = FilesystemLoader(start=str(ROOT)).load("tasks")
    contexts = Collection.from_module(module).to_contexts()
    return {context.name: [argument.help for argument in context.args.values()] for context in contexts}


@pytest.fixture
def run(tasks):
    """Run one task in this process, with its options by name."""
    return lambda name, **options: Executor(tasks, Config()).execute((name, options))


def invoke(*arguments, **environ):
    """Run invoke as a person does, in a process of its own, with no broker but what *environ* names."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PACT_", "GITHUB_", "GIT_"))}
    return subprocess.run(
        [sys.executable, "-m", "invoke", *arguments],
        cwd=ROOT,
        env=inherited | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_task(tasks):
    """These are the commands; whoever adds one adds it here, and to the guide that speaks of it."""
    assert set(tasks.task_names) == TASKS


@pytest.mark.parametrize("name", sorted(TASKS))
def test_help(tasks, explained, name):
    """Each says in a line that fits a list what it does, and explains each of its options."""
    task = tasks[name]
    first = task.__doc__.splitlines()[0]

    assert first.endswith(".")
    assert len(first) <= 60
    assert all(explained[name])


def test_alone():
    """`invoke` alone prints the list."""
    answer = invoke()

    assert answer.returncode == 0
    assert answer.stdout.startswith("Available tasks:")
    assert all(f"  {name} " in answer.stdout for name in TASKS)


def test_demo():
    """The demo runs both applications for real: the consumer prints what the provider serves."""
    answer = invoke("demo")

    assert answer.returncode == 0, answer.stderr
    assert "Darjeeling" in answer.stdout


def test_ci_webhook_needs_a_pact(run, monkeypatch):
    """Without PACT_URL nothing is verified in its stead."""
    for name in ("PACT_URL", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(Exit, match="PACT_URL is not set") as raised:
        run("provider.ci-webhook")

    assert raised.value.code == 2


@pytest.mark.parametrize("task", ["consumer.publish-pacts", "consumer.can-i-deploy", "provider.record-deployment"])
def test_no_broker_configured(task):
    """Without a broker a step fails with status 2, and says what to set."""
    answer = invoke(task, GIT_COMMIT="1" * 40)

    assert answer.returncode == 2
    assert "set PACT_BROKER_BASE_URL" in answer.stderr


def test_broker_that_is_not_there():
    """A broker that does not answer fails the gate with status 4, at once."""
    answer = invoke("consumer.can-i-deploy", GIT_COMMIT="1" * 40, PACT_BROKER_BASE_URL="http://127.0.0.1:9")

    assert answer.returncode == 4
    assert "127.0.0.1:9" in answer.stderr


def test_token_and_user():
    """A token and a user name together are an error, not a guess."""
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
def test_deploy_says_that_it_is_a_stand_in(run, capsys, package):
    """The deployment is a stand-in, and says so."""
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
def test_fork(fork, task):
    """A pull request from a fork asks no broker and publishes nothing, and says so."""
    answer = invoke(task, **fork)

    assert answer.returncode == 0
    assert "comes from a fork or from Dependabot, and has no secrets" in answer.stdout


@pytest.mark.thorough
@pytest.mark.parametrize("package", ["consumer", "provider"])
def test_fork_is_not_deployed(fork, package):
    """The whole pipeline of a fork's pull request deploys nothing, also where its branch has the default one's name."""
    answer = invoke(f"{package}.ci", **fork)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"This is a pull request: example-{package} is not deployed." in answer.stdout
    assert "Deploying" not in answer.stdout


def test_seconds_that_are_none():
    """A wrong number of seconds is refused before any wait."""
    answer = invoke("consumer.can-i-deploy", GIT_COMMIT="1" * 40, CAN_I_DEPLOY_WAIT_SECONDS="soon")

    assert answer.returncode == 2
    assert "'soon' is not a number of seconds" in answer.stderr
    assert invoke("--list", CAN_I_DEPLOY_WAIT_SECONDS="soon").returncode == 0


def test_a_folder_with_a_space(tmp_path):
    """The repository may stand anywhere."""
    folder = tmp_path / "my shop's"
    folder.mkdir()
    (folder / "tasks.py").write_text((ROOT / "tasks.py").read_text())

    answer = subprocess.run([sys.executable, "-m", "invoke"], cwd=folder, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("Available tasks:")


def test_changes(run, monkeypatch, tmp_path, capsys):
    """What changed is told to GitHub and to people."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.delenv("GITHUB_EVENT_PATH", raising=False)

    run("github.changes", package="consumer")

    assert (tmp_path / "output").read_text() == "relevant=true\n"
    assert "everything counts as changed" in capsys.readouterr().out


def test_gate(run, monkeypatch, capsys):
    """The gate passes, and fails with what did not pass."""
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
echo "{name} $*" >> "$TOLD"
case "$*" in test*) echo "3 passed in 0.10s";; esac
[ "$1" != "$FAILING" ]
''')
    stub.chmod(0o755)
"""


@pytest.mark.skipif(os.name != "posix", reason="the script is for bash")
@pytest.mark.parametrize(("failing", "status"), [("nothing", 0), ("test", 1), ("check", 1), ("install", 1)], ids=str)
def test_continuous_integration(tmp_path, failing, status):
    """.ci/run installs, tests and checks, all of it whatever fails, and fails when one of them does."""
    python = tmp_path / "python"
    python.write_text(f"#!{sys.executable}\n{STUBS}")
    python.chmod(0o755)
    told = tmp_path / "told"

    answer = subprocess.run(
        [ROOT / ".ci" / "run"],
        env=os.environ | {"PYTHON": str(python), "TOLD": str(told), "FAILING": failing, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == status, answer.stderr
    installed = ["pip install --quiet --requirement requirements.txt"]
    steps = installed if failing == "install" else [*installed, "invoke test", "invoke test --thorough", "invoke check"]
    assert told.read_text().splitlines() == steps
    if failing != "install":
        assert answer.stdout.splitlines()[-2] == "3 passed in 0.10s"
        assert ("FAILED" in answer.stdout) is (status == 1)
