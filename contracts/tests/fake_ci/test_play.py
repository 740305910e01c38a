"""The whole loop as a user runs it: in a copy of this repository, with a broker process, the real verifier and git.

Each test has its own copy, whose code comes first on the path of Python, so that changes in the copy count.
"""

import queue
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.ci import git as trees
from contracts.ci import projects
from contracts.cli import main
from contracts.client import Broker
from contracts.client.selectors import RECOMMENDED
from contracts.fake_ci import environments, workflows
from contracts.fake_ci.environments import own_environment
from contracts.fake_ci.github import GitHubStandIn
from contracts.fake_ci.processes import answers, free_port
from contracts.testing import running_broker


pytestmark = pytest.mark.thorough
ROOT = Path(__file__).parents[3]
CONSUMER, PROVIDER = "example-consumer", "example-provider"


@pytest.fixture
def copy(tmp_path):
    """A copy of the files of this repository, without git."""
    copy = tmp_path / "copy"
    trees.keep(ROOT, copy)
    return copy


@pytest.fixture
def commit(copy, git):
    """Commit everything in the copy, and return the commit."""

    def commit():
        if not (copy / ".git").exists():
            git(copy, "init", "--quiet", "--initial-branch=main")
        git(copy, "add", "--all")
        git(copy, "commit", "--quiet", "--message=a change")
        return git(copy, "rev-parse", "HEAD")

    return commit


@pytest.fixture
def invoke(copy):
    """Run a task in the copy, with no broker except a given one; return its exit status and output."""

    def invoke(*arguments, **environ):
        options = ["--verbose"] if arguments[0].startswith("fake-ci") else []
        return subprocess.run(
            [sys.executable, "-m", "invoke", *arguments, *options],
            cwd=copy,
            env=own_environment() | source_path(copy) | {"COLUMNS": "1000"} | environ,
            capture_output=True,
            text=True,
            check=False,
        )

    return invoke


def source_path(copy):
    return environments.source_path(copy, projects.load(copy).sources)


def steps(answer):
    """Return the table of an answer: workflow, job, line and result of each step."""
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in answer.stdout.splitlines() if "│" in line]
    return [
        (workflow, job, line, verdict.split()[-1])
        for workflow, job, line, verdict, _ in (r for r in rows if len(r) == 5)
    ]


def played(answer, workflow, verdict="success"):
    return [line for file, _, line, ended in steps(answer) if file == workflow and ended == verdict]


def passed(answer):
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.endswith("Everything passed.\n")
    assert {ended for *_, ended in steps(answer)} <= {"success", "skipped"}
    return True


def failed(answer):
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert answer.stdout.endswith("Not everything passed.\n")
    return True


@pytest.fixture
def look(copy):
    """Return a client of the embedded broker of the copy, after a run."""
    clients = []

    def look():
        running = running_broker(f"sqlite:///{copy / '.contracts' / 'broker.sqlite3'}")
        clients.append((running, Broker(running.__enter__().base_url)))
        return clients[-1][1]

    yield look
    for running, client in clients:
        client.close()
        running.__exit__(None, None, None)


def deployed(broker, name):
    return [each.version for each in broker.currently_deployed("production", pacticipant=name)]


def lines(copy, workflow):
    return list(workflows.read(copy / ".github" / "workflows" / workflow).lines)


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1, f"{path} contains {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new))


def change_the_contract(copy):
    """Let the consumer expect something new that the provider already does."""
    edit(
        copy / "consumer" / "tests" / "test_contract.py",
        '"a request for one product"',
        '"a request for one product, reworded"',
    )


def add_a_field_to_both(copy):
    """Add a field to the provider, and to the contract of the consumer."""
    edit(
        copy / "provider" / "src" / "provider" / "catalogue.py",
        "    units_in_stock: Annotated[int, Field(ge=0)]\n",
        '    units_in_stock: Annotated[int, Field(ge=0)]\n    origin: str = "unknown"\n',
    )
    edit(
        copy / "consumer" / "tests" / "test_contract.py",
        '        "price_cents": match.int(product.price_cents),\n',
        '        "price_cents": match.int(product.price_cents),\n        "origin": match.str("unknown"),\n',
    )


def break_the_provider(copy):
    """Remove a field that the consumer uses."""
    edit(
        copy / "provider" / "src" / "provider" / "app.py",
        '@app.get("/products/{product_id}", responses=product_responses)',
        '@app.get("/products/{product_id}", responses=product_responses, response_model_exclude={"price_cents"})',
    )


def test_a_loop_from_the_first_run_to_a_provider_that_breaks_the_contract(copy, commit, invoke, git, look):
    """One repository, played again and again, as its owner would."""
    version = commit()
    first = invoke("fake-ci")
    every_line_is_played_and_both_are_deployed(first, copy, version, look())
    again = invoke("fake-ci")
    no_verification_is_needed(again, version)

    add_a_field_to_both(copy)
    git(copy, "checkout", "--quiet", "--", "provider")
    tried = invoke("fake-ci", CAN_I_DEPLOY_WAIT_SECONDS="60")
    assert failed(tried)
    assert played(tried, "consumer.yml", "failure")[0] == "invoke consumer.can-i-deploy"
    git(copy, "checkout", "--quiet", "--", ".")
    assert passed(invoke("fake-ci"))
    no_trace_is_left_on_main(version, look())

    break_the_provider(copy)
    bad = commit()
    the_broken_provider_is_refused(invoke("fake-ci"), version, bad, look())


def every_line_is_played_and_both_are_deployed(first, copy, version, broker):
    assert passed(first)
    for workflow in ("provider.yml", "consumer.yml", "verify-changed-pact.yml"):
        assert played(first, workflow) == lines(copy, workflow)
    assert played(first, "fake-ci") == [f"webhook for {PROVIDER}"]
    assert f"version {version}, branch main" in first.stdout
    assert "nothing to verify yet" in first.stdout
    assert f"published pact of {version[:8]}\n" in first.stdout
    assert f"7 interactions with {CONSUMER} verified\n" in first.stdout
    assert f"yes: {CONSUMER} {version[:8]} can go to production\n" in first.stdout
    assert deployed(broker, PROVIDER) == deployed(broker, CONSUMER) == [version]
    assert broker.version(CONSUMER, version).branches == ("main",)
    assert broker.version(CONSUMER, version).build_url is None  # this run has no page
    assert broker.can_i_deploy(pacticipant=CONSUMER, version=version, environment="production").deployable is True


def no_verification_is_needed(again, version):
    assert passed(again)
    assert played(again, "verify-changed-pact.yml") == []
    verified = f"{PROVIDER} {version[:8]} has already verified the pact of {CONSUMER}"
    assert f"No verification needed: {verified}." in again.stdout


def no_trace_is_left_on_main(version, broker):
    heads = broker.matrix([{"pacticipant": CONSUMER, "branch": "main", "latest": True}]).rows
    assert {row.consumer_version for row in heads} == {version}
    assert len(broker.pacts_for_verification(PROVIDER, selectors=RECOMMENDED, branch="main")) == 1


def the_broken_provider_is_refused(answer, good, bad, broker):
    """The reason is printed once."""
    assert failed(answer)
    test, gate, last = played(answer, "provider.yml", "failure")
    assert (test, last) == ("invoke provider.test", "invoke github.gate --deploys=deploy")
    assert gate.startswith("invoke provider.can-i-deploy")
    reason = f"{CONSUMER} needs price_cents in the response of {PROVIDER} to 'a request for one product'"
    assert answer.stdout.count(reason) == answer.stdout.count("price_cents") == 1
    assert f"version {bad[:8]} of {PROVIDER} breaks the contract with version {good[:8]} of {CONSUMER}" in answer.stdout
    assert {"invoke provider.deploy", "invoke provider.record-deployment"} <= set(
        played(answer, "provider.yml", "skipped")
    )
    assert deployed(broker, PROVIDER) == [good]
    verdict = broker.can_i_deploy(pacticipant=PROVIDER, version=bad, environment="production")
    assert verdict.deployable is False


def test_on_a_branch_a_consumer_that_needs_more_than_the_provider_of_main_is_refused(copy, commit, invoke, git, look):
    main = commit()
    git(copy, "switch", "--quiet", "--create", "feature")
    add_a_field_to_both(copy)
    version = commit()

    answer = invoke("fake-ci")

    assert failed(answer)
    assert f"{PROVIDER} is not deployed yet, so first the pipeline of main, {main[:8]}" in answer.stdout
    assert f"with {PROVIDER} {main[:8]}" in answer.stdout
    assert played(answer, "verify-changed-pact.yml", "failure") == ["invoke github.verify-changed-pact"]
    assert "origin" in answer.stdout
    assert played(answer, "consumer.yml", "failure")[0] == "invoke consumer.can-i-deploy"
    broker = look()
    assert broker.can_i_deploy(pacticipant=CONSUMER, version=version, environment="production").deployable is False
    assert (deployed(broker, PROVIDER), deployed(broker, CONSUMER)) == ([main], [])
    assert git(copy, "worktree", "list").count("\n") == 0


@pytest.fixture
def started(copy):
    """Start a task in the copy, and return its process."""
    processes = []

    def started(*arguments, **environ):
        command = [sys.executable, "-m", "invoke", *arguments]
        inherited = own_environment() | source_path(copy) | {"PYTHONUNBUFFERED": "1"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        processes.append(subprocess.Popen(command, cwd=copy, env=inherited | environ, **pipes))
        return processes[-1]

    yield started
    for process in processes:
        process.terminate()
        process.communicate(timeout=60)


def read_until(process, words):
    """Return the line that contains *words*, once the process prints it."""
    return next(line for line in process.stdout if words in line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_running(commit, git, copy, started, number):
    commit()
    git(copy, "switch", "--quiet", "--create", "feature")
    (copy / "consumer" / "new.txt").write_text("on the branch\n")
    commit()

    fake_ci = started("fake-ci")
    broker = re.search(r"http://127\.0\.0\.1:\d+", read_until(fake_ci, "the embedded broker at"))[0]
    read_until(fake_ci, "✓ github.changes")
    fake_ci.send_signal(number)
    output, _ = fake_ci.communicate(timeout=60)

    assert fake_ci.returncode == 130
    assert output.endswith("Interrupted: the broker is stopped, and nothing more was recorded.\n")
    assert not answers(broker)
    assert git(copy, "worktree", "list").count("\n") == 0


def test_a_detached_head_is_played_as_main(copy, commit, git, started):
    version = commit()
    git(copy, "checkout", "--quiet", "--detach")

    pipeline = started("provider.ci")

    assert f"version {version}, branch main" in read_until(pipeline, "version ")
    read_until(pipeline, "a detached head, without a branch: the sandbox plays it as main")


def test_without_git_the_version_is_a_digest_of_the_files(started):
    assert re.search(r"version files-[0-9a-f]{40}, branch main", read_until(started("provider.ci"), "branch main"))


def test_a_running_broker_keeps_its_port_and_its_data(commit, started, invoke):
    commit()
    port = free_port()
    looked_at = started("broker", f"--port={port}")
    read_until(looked_at, f"http://127.0.0.1:{port}")

    fresh = invoke("fake-ci", "--fresh")
    taken = invoke("fake-ci-webhook", "--pact-url", f"http://127.0.0.1:{port}/pacts/1")
    second = invoke("broker", f"--port={port}")

    running = f"invoke broker is running here (pid {looked_at.pid}): stop it first."
    assert (fresh.returncode, fresh.stderr.strip()) == (2, running)
    assert (second.returncode, second.stderr.strip()) == (2, running)
    assert taken.returncode == 2
    assert f"Port {port} of the pact's URL is taken" in taken.stderr
    assert answers(f"http://127.0.0.1:{port}/diagnostic/status/heartbeat")


def test_with_read_only_credentials_nothing_is_published_or_deployed(commit, invoke):
    commit()
    accounts = {"basic_auth_username": "writer", "basic_auth_password": "w"}
    readers = {"basic_auth_read_only_username": "reader", "basic_auth_read_only_password": "r"}
    with running_broker(basic_auth_enabled=True, **accounts, **readers) as running:
        writer = {
            "PACT_BROKER_BASE_URL": running.base_url,
            "PACT_BROKER_USERNAME": "writer",
            "PACT_BROKER_PASSWORD": "w",
        }
        reader = writer | {"PACT_BROKER_USERNAME": "reader", "PACT_BROKER_PASSWORD": "r"}
        assert invoke("consumer.test").returncode == 0
        assert invoke("consumer.publish-pacts", **writer).returncode == 0
        with Broker.from_environment(writer) as broker:
            broker.create_environment("production", production=True)

        answer = invoke("fake-ci", CAN_I_DEPLOY_WAIT_SECONDS="1", **reader)

        assert failed(answer)
        assert played(answer, "provider.yml", "failure")[0] == "invoke provider.test"
        assert "invoke provider.record-deployment" in played(answer, "provider.yml", "skipped")
        with Broker.from_environment(writer) as broker:
            assert deployed(broker, PROVIDER) == []


def test_a_configured_broker_without_the_environment_is_refused_before_anything_is_played(commit, invoke):
    commit()
    with running_broker() as running:
        answer = invoke("fake-ci", PACT_BROKER_BASE_URL=running.base_url)

    assert answer.returncode == 2
    assert "has no environment production to deploy to. It has: none" in answer.stderr
    assert "contracts create-environment --name production --production" in answer.stderr
    assert "provider.test" not in answer.stdout


def test_a_configured_broker_gets_a_webhook_only_on_request_and_missing_verifications_are_started(copy, commit, invoke):
    version = commit()
    with running_broker() as running, Broker(running.base_url) as broker:
        broker.create_environment("production", production=True)

        answer = invoke("fake-ci", PACT_BROKER_BASE_URL=running.base_url)

        assert passed(answer)
        assert f"Playing against the configured broker at {running.base_url}" in answer.stdout
        assert played(answer, "verify-changed-pact.yml") == lines(copy, "verify-changed-pact.yml")
        assert broker.webhooks() == ()
        assert not (copy / ".contracts" / "broker.sqlite3").exists()
        assert deployed(broker, PROVIDER) == deployed(broker, CONSUMER) == [version]

        assert passed(invoke("fake-ci", "--webhook", PACT_BROKER_BASE_URL=running.base_url))
        (webhook,) = broker.webhooks()
        assert webhook.provider == PROVIDER


def test_a_configured_broker_that_does_not_answer_ends_the_run_at_once(copy, invoke):
    answer = invoke("fake-ci", PACT_BROKER_BASE_URL=f"http://127.0.0.1:{free_port()}")

    assert answer.returncode == 4
    assert "127.0.0.1" in answer.stderr
    assert "Playing" not in answer.stdout
    assert not (copy / ".contracts" / "broker.sqlite3").exists()


def test_a_webhook_is_sent_again_until_its_target_answers(commit, invoke):
    version = commit()
    repository, token, dispatched = "acme/shop", "secret", queue.Queue()
    with running_broker(webhook_retry_schedule=(1,) * 30) as running, Broker(running.base_url) as broker:
        there = {"PACT_BROKER_BASE_URL": running.base_url, "GITHUB_REPOSITORY": repository, "GITHUB_TOKEN": token}
        broker.create_environment("production", production=True)
        assert invoke("provider.test", PACT_BROKER_PUBLISH_VERIFICATION_RESULTS="true", **there).returncode == 0
        assert invoke("provider.record-deployment", **there).returncode == 0
        assert invoke("consumer.test").returncode == 0
        with socket.create_server(("127.0.0.1", 0)) as down:
            port = down.getsockname()[1]
            there["GITHUB_API_URL"] = f"http://127.0.0.1:{port}"
            assert invoke("provider.create-or-update-pact-changed-webhook", **there).returncode == 0
            assert invoke("consumer.publish-pacts", **there).returncode == 0
            down.settimeout(60)
            down.accept()[0].close()  # the first attempt ends without an answer
        assert invoke("consumer.can-i-deploy", "--wait-seconds=0", **there).returncode == 3
        github = GitHubStandIn(
            repository=repository, token=token, port=port, on_dispatch=lambda *received: dispatched.put(received)
        )
        with github:
            _, payload = dispatched.get(timeout=60)

        named = {"PACT_URL": payload["pact_url"], "GIT_COMMIT": payload["sha"], "GIT_BRANCH": payload["branch"]}
        assert (payload["sha"], payload["branch"]) == (version, "main")
        assert invoke("provider.ci-webhook", **there, **named).returncode == 0
        assert invoke("consumer.can-i-deploy", "--wait-seconds=0", **there).returncode == 0


def test_fake_ci_webhook_verifies_one_pact_and_publishes_the_result(copy, commit, invoke):
    version = commit()
    with running_broker() as running, Broker(running.base_url) as broker:
        there = {"PACT_BROKER_BASE_URL": running.base_url}
        assert invoke("consumer.test").returncode == 0
        assert invoke("consumer.publish-pacts", **there).returncode == 0
        url = f"{running.base_url}/pacts/provider/{PROVIDER}/consumer/{CONSUMER}/version/{version}"

        answer = invoke("fake-ci-webhook", "--pact-url", url, **there)

        assert passed(answer)
        assert [line for _, _, line, _ in steps(answer)] == lines(copy, "verify-changed-pact.yml")
        (row,) = broker.matrix([{"pacticipant": CONSUMER, "version": version}]).rows
        assert (row.provider_version, row.success) == (version, True)


def test_the_url_of_a_pact_at_another_broker_is_refused(commit, invoke):
    commit()
    with running_broker() as running:
        answer = invoke(
            "fake-ci-webhook", "--pact-url", "http://127.0.0.1:9/pacts/1", PACT_BROKER_BASE_URL=running.base_url
        )

        assert failed(answer)
        assert "is not on the configured broker" in answer.stdout


@pytest.fixture
def init(copy, monkeypatch):
    """Run `contracts init` in the copy."""
    monkeypatch.chdir(copy)

    def init(*arguments):
        result = CliRunner().invoke(main, ["init", *arguments, "--yes"])
        assert result.exit_code == 0, result.output
        return result.output

    return init


def test_init_adds_a_consumer_whose_pipeline_passes_at_once(init, commit, invoke, look):
    init("--consumer", "shop", "--calls", PROVIDER)
    version = commit()

    answer = invoke("fake-ci")

    assert passed(answer)
    workflows_played = list(dict.fromkeys(file for file, *_ in steps(answer)))
    assert workflows_played == ["provider.yml", "consumer.yml", "shop.yml", "verify-changed-pact.yml", "fake-ci"]
    broker = look()
    for name in (PROVIDER, CONSUMER, "shop"):
        assert deployed(broker, name) == [version]


ACCEPTED = "each_application or tasks_are_those or without_a_task or pipeline or deployment or schema or zizmor or line"


def test_the_checks_and_tests_of_this_repository_accept_what_init_adds(copy, init, commit, git):
    init("--provider", "stock")
    init("--consumer", "shop", "--calls", "stock", "--calls", PROVIDER)
    commit()
    assert "Nothing to write." in init("--consumer", "shop")
    assert git(copy, "status", "--porcelain") == ""
    workspace = [f"contracts/tests/workspace/test_{name}.py" for name in ("tasks", "workflows")]
    for command in (
        ("ruff", "check", "--no-cache", "shop", "stock"),
        ("ruff", "format", "--no-cache", "--check", "shop", "stock"),
        ("pytest", "-n0", *workspace, "-k", ACCEPTED),
        ("pytest", "-n0", "shop/tests", "stock/tests"),
    ):
        answer = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=copy,
            env=own_environment() | source_path(copy),
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_task_ci_plays_the_pipeline_of_one_application(copy, commit, invoke, look):
    version = commit()

    answer = invoke("consumer.ci", "--verbose")

    assert passed(answer)
    assert played(answer, "consumer.yml") == lines(copy, "consumer.yml")
    assert f"{PROVIDER} is not deployed yet, so first the pipeline of main, {version[:8]}" in answer.stdout
    assert deployed(look(), CONSUMER) == [version]
