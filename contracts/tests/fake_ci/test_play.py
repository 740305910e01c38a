"""The whole loop, as a person runs it: in a copy of this repository, with a broker process, the real verifier, git.

Each test has a copy of its own. A copy's code comes first on its path, so that a change made in it counts.
"""

import queue
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.ci import git as trees
from contracts.client import Broker
from contracts.client.selectors import RECOMMENDED
from contracts.fake_ci import runner, workflows
from contracts.fake_ci.github import GitHubStandIn
from contracts.fake_ci.processes import answers, free_port
from contracts.testing import running_broker


ROOT = Path(__file__).parents[3]
CONSUMER, PROVIDER = "example-consumer", "example-provider"


@pytest.fixture
def copy(tmp_path):
    """The files of this repository, as they stand, without git."""
    copy = tmp_path / "copy"
    trees.keep(ROOT, copy)
    return copy


@pytest.fixture
def commit(copy, git):
    """Commit everything in the copy; the commit."""

    def commit():
        if not (copy / ".git").exists():
            git(copy, "init", "--quiet", "--initial-branch=main")
        git(copy, "add", "--all")
        git(copy, "commit", "--quiet", "--message=a change")
        return git(copy, "rev-parse", "HEAD")

    return commit


@pytest.fixture
def invoke(copy):
    """Run a task in the copy, with no broker but what is named; its exit status and all it says."""

    def invoke(*arguments, **environ):
        return subprocess.run(
            [sys.executable, "-m", "invoke", *arguments],
            cwd=copy,
            env=runner.own_environment() | {"PYTHONPATH": runner.source_path(copy), "COLUMNS": "200"} | environ,
            capture_output=True,
            text=True,
            check=False,
        )

    return invoke


def steps(answer):
    """The table of an answer: workflow, job, line and verdict of each step."""
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
    """Look at the embedded broker of the copy, after a run, with a client."""
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
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new))


def change_the_contract(copy):
    """Let the consumer expect something that it did not before, and that the provider fulfils."""
    edit(
        copy / "consumer" / "tests" / "test_contract.py",
        '"a request for one product"',
        '"a request for one product, reworded"',
    )


def add_a_field_to_both(copy):
    """Let the provider serve one field more, and the consumer's contract ask for it."""
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
    """Remove a field of a product that the consumer uses, as somebody would who thinks that nobody does."""
    edit(
        copy / "provider" / "src" / "provider" / "app.py",
        '@app.get("/products/{product_id}", responses=product_responses)',
        '@app.get("/products/{product_id}", responses=product_responses, response_model_exclude={"price_cents"})',
    )


def test_the_first_run_plays_every_line_and_deploys_both(copy, commit, invoke, look):
    """Both pipelines pass, and the webhook lets the provider verify what it has not yet."""
    version = commit()
    first = invoke("fake-ci")
    assert passed(first)
    assert played(first, "provider.yml") == lines(copy, "provider.yml")
    assert played(first, "consumer.yml") == lines(copy, "consumer.yml")
    assert played(first, "verify-changed-pact.yml") == lines(copy, "verify-changed-pact.yml")
    assert played(first, "fake-ci") == ["invoke provider.create-or-update-pact-changed-webhook"]
    assert f"version {version}, branch main" in first.stdout
    assert "nothing to verify yet" in first.stdout
    assert f"published pact of {version[:8]}\n" in first.stdout
    assert f"6 interactions with {CONSUMER} verified\n" in first.stdout
    assert f"yes: {CONSUMER} {version[:8]} can go to production\n" in first.stdout
    broker = look()
    assert deployed(broker, PROVIDER) == deployed(broker, CONSUMER) == [version]
    assert broker.version(CONSUMER, version).branches == ("main",)
    assert broker.version(CONSUMER, version).build_url is None  # there is no page of this run
    assert broker.can_i_deploy(pacticipant=CONSUMER, version=version, environment="production").deployable is True


@pytest.mark.thorough
def test_later_runs_pass_with_changes_and_on_a_branch(copy, commit, invoke, look, git):
    """A second run passes, so does one with uncommitted changes, and one on a branch, which deploys nothing.

    On the branch the pact changes. What is deployed must verify it: the tree of the run before, which was never
    committed.
    """
    version = commit()
    assert passed(invoke("fake-ci"))
    broker = look()

    again = invoke("fake-ci")
    assert passed(again)
    assert played(again, "verify-changed-pact.yml") == []  # nothing changed, so that nothing needs a result

    (copy / "provider" / "new.txt").write_text("not committed\n")
    dirty = invoke("fake-ci")
    assert passed(dirty)
    (digest,) = set(re.findall(rf"version {version}\+([0-9a-f]+), branch main", dirty.stdout))
    assert f"branch main+{digest}" in dirty.stdout
    assert broker.version(CONSUMER, f"{version}+{digest}").branches == (f"main+{digest}",)

    git(copy, "switch", "--quiet", "--create", "feat/reword")
    (copy / "provider" / "new.txt").unlink()
    change_the_contract(copy)
    commit()
    feature = invoke("fake-ci")
    assert passed(feature)
    assert played(feature, "consumer.yml", "skipped") == ["invoke consumer.deploy", "invoke consumer.record-deployment"]
    assert "feat/reword is not main: nothing was deployed" in feature.stdout
    assert f"for {PROVIDER} {version[:8]}+{digest}" in feature.stdout
    assert played(feature, "verify-changed-pact.yml") != []


@pytest.mark.thorough
def test_feature_branch_first(copy, commit, invoke, git, look):
    """On a branch, with nothing deployed yet, main's provider is deployed first, out of a worktree; nothing else is."""
    main = commit()
    git(copy, "switch", "--quiet", "--create", "feature")
    (copy / "consumer" / "new.txt").write_text("on the branch\n")
    version = commit()

    answer = invoke("fake-ci", "--fresh")

    assert passed(answer)
    assert f"first the provider's pipeline of main, {main[:8]}" in answer.stdout
    assert f"for {PROVIDER} {main[:8]}" in answer.stdout
    broker = look()
    assert (deployed(broker, PROVIDER), deployed(broker, CONSUMER)) == ([main], [])
    assert version in {row.consumer_version for row in broker.matrix([{"pacticipant": CONSUMER}]).rows}
    assert git(copy, "worktree", "list").count("\n") == 0


@pytest.mark.thorough
def test_a_consumer_that_needs_more_than_is_deployed(copy, commit, invoke, git, look):
    """What is deployed is verified, not what stands in the tree: that the branch's provider would do helps nobody."""
    main = commit()
    git(copy, "switch", "--quiet", "--create", "feature")
    add_a_field_to_both(copy)
    version = commit()

    answer = invoke("fake-ci")

    assert failed(answer)
    assert f"for {PROVIDER} {main[:8]}" in answer.stdout
    assert played(answer, "verify-changed-pact.yml", "failure") == ["invoke provider.ci-webhook"]
    assert "origin" in answer.stdout
    assert played(answer, "consumer.yml", "failure")[0] == "invoke consumer.can-i-deploy"
    verdict = look().can_i_deploy(pacticipant=CONSUMER, version=version, environment="production")
    assert verdict.deployable is False


@pytest.mark.thorough
def test_detached(copy, commit, invoke, git):
    """On a detached head, as CI services check out, the sandbox plays main, and says so."""
    version = commit()
    git(copy, "checkout", "--quiet", "--detach")

    answer = invoke("fake-ci")

    assert passed(answer)
    assert "a detached head, on no branch: in the sandbox it is played as main" in answer.stdout
    assert f"version {version}, branch main" in answer.stdout


@pytest.fixture
def started(copy):
    """Start a task in the copy; a process that can be read and told to end."""
    processes = []

    def started(*arguments, **environ):
        command = [sys.executable, "-m", "invoke", *arguments]
        inherited = runner.own_environment() | {"PYTHONPATH": runner.source_path(copy), "PYTHONUNBUFFERED": "1"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        processes.append(subprocess.Popen(command, cwd=copy, env=inherited | environ, **pipes))
        return processes[-1]

    yield started
    for process in processes:
        process.terminate()
        process.communicate(timeout=60)


def read_until(process, words):
    """The line that holds *words*, once the process says it."""
    return next(line for line in process.stdout if words in line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(commit, git, copy, started, number):
    """Interrupted, or told to end, in the midst of a worktree's tests, it leaves nothing running, and says so."""
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


@pytest.mark.thorough
def test_beside_a_broker_that_is_looked_at(commit, started, invoke):
    """While `invoke broker` runs, fake-ci takes another port, and says so; it does not take the data away."""
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


@pytest.mark.thorough
def test_outside_git(copy, invoke):
    """Outside git the version is a digest of the files; the whole loop passes all the same."""
    answer = invoke("fake-ci")

    assert passed(answer)
    assert re.search(r"version files-[0-9a-f]{40}, branch main", answer.stdout)
    assert played(answer, "verify-changed-pact.yml") == lines(copy, "verify-changed-pact.yml")


@pytest.mark.thorough
def test_a_provider_that_breaks_the_contract(copy, commit, invoke, look):
    """A field removed makes the verification fail; nothing of it is deployed, and the gate says no with the reason."""
    good = commit()
    assert passed(invoke("fake-ci"))
    break_the_provider(copy)
    bad = commit()

    answer = invoke("fake-ci")

    assert failed(answer)
    test, gate, last = played(answer, "provider.yml", "failure")
    assert (test, last) == ("invoke provider.test", "invoke github.gate --deploys=deploy")
    assert gate.startswith("invoke provider.can-i-deploy")
    assert f"version {bad} of {PROVIDER} breaks the contract with version {good} of {CONSUMER}" in answer.stdout
    assert {"invoke provider.deploy", "invoke provider.record-deployment"} <= set(
        played(answer, "provider.yml", "skipped")
    )
    broker = look()
    assert deployed(broker, PROVIDER) == [good]
    verdict = broker.can_i_deploy(pacticipant=PROVIDER, version=bad, environment="production")
    assert verdict.deployable is False


@pytest.mark.thorough
def test_results_that_cannot_be_published(commit, invoke):
    """With credentials that may only read, no result can be published: that fails, and nothing is deployed."""
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


@pytest.mark.thorough
def test_changes_that_are_undone(copy, commit, invoke, git, look):
    """A change that fails, and was never committed, leaves no trace on main once it is undone."""
    version = commit()
    assert passed(invoke("fake-ci"))
    add_a_field_to_both(copy)
    git(copy, "checkout", "--quiet", "--", "provider")
    tried = invoke("fake-ci", CAN_I_DEPLOY_WAIT_SECONDS="60")
    assert failed(tried)
    assert played(tried, "consumer.yml", "failure")[0] == "invoke consumer.can-i-deploy"
    git(copy, "checkout", "--quiet", "--", ".")

    undone = invoke("fake-ci")

    assert passed(undone)
    broker = look()
    heads = broker.matrix([{"pacticipant": CONSUMER, "branch": "main", "latest": True}]).rows
    assert {row.consumer_version for row in heads} == {version}
    assert len(broker.pacts_for_verification(PROVIDER, selectors=RECOMMENDED, branch="main")) == 1


@pytest.mark.thorough
def test_a_configured_broker_without_the_environment(commit, invoke):
    """Where there is nothing to deploy to, that is said before anything is played, with what to do."""
    commit()
    with running_broker() as running:
        answer = invoke("fake-ci", PACT_BROKER_BASE_URL=running.base_url)

    assert answer.returncode == 2
    assert "has no environment production to deploy to (it knows: none)" in answer.stderr
    assert "contracts create-environment --name production --production" in answer.stderr
    assert "provider.test" not in answer.stdout


@pytest.mark.thorough
def test_a_configured_broker(copy, commit, invoke):
    """Against a configured broker nothing embedded is started, no webhook is put, and what is missing is verified."""
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


@pytest.mark.thorough
def test_a_configured_broker_with_a_webhook(commit, invoke):
    """On request the webhook is put on a configured broker too, and starts the verification."""
    commit()
    with running_broker() as running, Broker(running.base_url) as broker:
        broker.create_environment("production", production=True)

        answer = invoke("fake-ci", "--webhook", PACT_BROKER_BASE_URL=running.base_url)

        assert passed(answer)
        (webhook,) = broker.webhooks()
        assert webhook.provider == PROVIDER


@pytest.mark.thorough
def test_a_broker_that_is_not_there(copy, invoke):
    """A configured broker that does not answer ends the run at once, with status 4; nothing is started in its stead."""
    answer = invoke("fake-ci", PACT_BROKER_BASE_URL=f"http://127.0.0.1:{free_port()}")

    assert answer.returncode == 4
    assert "127.0.0.1" in answer.stderr
    assert "played" not in answer.stdout
    assert not (copy / ".contracts" / "broker.sqlite3").exists()


@pytest.mark.thorough
def test_a_webhook_target_that_is_down_at_first(commit, invoke):
    """A webhook whose target is down is sent again until somebody is there; can-i-deploy waits, and then says yes."""
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


@pytest.mark.thorough
def test_fake_ci_webhook(copy, commit, invoke):
    """`fake-ci-webhook` verifies the one pact that it is given, and publishes the result."""
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


@pytest.mark.thorough
def test_a_foreign_pact_url(commit, invoke):
    """A pact that is not on the configured broker is refused, before anything is sent there."""
    commit()
    with running_broker() as running:
        answer = invoke(
            "fake-ci-webhook", "--pact-url", "http://127.0.0.1:9/pacts/1", PACT_BROKER_BASE_URL=running.base_url
        )

        assert failed(answer)
        assert "is not on the configured broker" in answer.stdout
