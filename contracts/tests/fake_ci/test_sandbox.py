import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
import requests

from contracts.broker.settings import Settings
from contracts.ci import detection
from contracts.ci import git as trees
from contracts.client import UsageError
from contracts.fake_ci import processes
from contracts.fake_ci.sandbox import KEPT_TREES, Sandbox
from contracts.model.webhook_targets import is_listed


@pytest.fixture
def sandbox(checkout):
    (checkout / ".gitignore").write_text(".contracts/\n*.log\n")
    return Sandbox(root=checkout)


def test_the_embedded_broker_is_served_from_its_own_folder(sandbox, monkeypatch):
    monkeypatch.setenv("PACT_BROKER_BASE_URL", "https://broker.example")
    monkeypatch.setenv("PACT_BROKER_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3")

    with sandbox.broker(0) as url:
        index = requests.get(url, headers={"Accept": "application/hal+json"}, timeout=60).json()
        assert index["_links"]["self"]["href"] == url

    assert (sandbox.root / ".contracts" / "broker.sqlite3").exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=60)


def test_webhooks_of_the_embedded_broker_reach_one_server_only(sandbox, monkeypatch):
    monkeypatch.setenv("PACT_BROKER_WEBHOOK_HOST_WHITELIST", "127.0.0.1 localhost")
    environments = []

    @contextmanager
    def running(_command, *, environ, **_):
        environments.append(environ)
        yield

    monkeypatch.setattr(processes, "running", running)
    with sandbox.broker(0, webhooks_to="127.0.0.1:5001"), sandbox.broker(0):
        allowed, default = (Settings.from_environment(each).webhook_host_whitelist for each in environments)
    assert (allowed, default) == (("127.0.0.1:5001",), ())
    assert is_listed("127.0.0.1", 5001, allowed)
    assert not is_listed("127.0.0.1", 5002, allowed)


def test_clearing_removes_everything_or_only_the_logs(sandbox):
    (sandbox.logs / "old.log").write_text("")
    (sandbox.folder / "broker.sqlite3").write_text("")

    sandbox.clear_logs()
    assert not (sandbox.logs / "old.log").exists()
    assert (sandbox.folder / "broker.sqlite3").exists()
    sandbox.clear()
    assert [path.name for path in sandbox.folder.iterdir()] == [".gitignore"]


def test_a_folder_in_use_is_not_cleared(sandbox):
    with sandbox.used("invoke broker"):
        with pytest.raises(UsageError, match=rf"invoke broker is running here \(pid {os.getpid()}\): stop it first"):
            sandbox.clear()
        with pytest.raises(UsageError, match="stop it first"), sandbox.used("invoke broker"):
            pass
        assert sandbox.folder.exists()
    with sandbox.used("invoke broker"):
        pass
    sandbox.clear()


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.thorough)])
def test_the_broker_is_served_until_an_interrupt(sandbox, number):
    port = processes.free_port()
    serves = "import sys; from pathlib import Path; from contracts.fake_ci.sandbox import Sandbox\n"
    serves += "sys.exit(Sandbox(root=Path(sys.argv[1])).serve(int(sys.argv[2])))"
    command = [sys.executable, "-c", serves, str(sandbox.root), str(port)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout.readline() == f"Pact Broker at http://127.0.0.1:{port}\n"
        assert processes.answers(f"http://127.0.0.1:{port}/diagnostic/status/heartbeat")
        process.send_signal(number)
        assert process.stdout.read() == ""

    assert process.returncode == 0
    assert not processes.answers(f"http://127.0.0.1:{port}/diagnostic/status/heartbeat")


def test_the_checked_out_version_is_the_repository_itself(sandbox):
    with sandbox.tree("x", current="x") as tree:
        assert tree == sandbox.root


def test_another_commit_is_checked_out_in_its_own_folder(sandbox, git):
    first = git(sandbox.root, "rev-parse", "HEAD")
    (sandbox.root / "file.txt").write_text("second\n")

    with sandbox.tree(first, current=first + "+0a") as tree:
        assert tree != sandbox.root
        assert (tree / "file.txt").read_text() == "one\n"
    assert not tree.exists()


def test_a_tree_with_changes_is_saved_for_its_version(sandbox):
    (sandbox.root / "file.txt").write_text("second\n")
    version = detection.from_directory(sandbox.root).version
    sandbox.keep(version)
    (sandbox.root / "file.txt").write_text("third\n")
    sandbox.keep(version)

    with sandbox.tree(version, current="another") as tree:
        assert (tree / "file.txt").read_text() == "second\n"


def test_an_interrupted_copy_does_not_count_as_the_tree(sandbox, monkeypatch):
    def cut_short(_root, into):
        into.mkdir()
        (into / "file.txt").write_text("half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(trees, "keep", cut_short)
        with pytest.raises(KeyboardInterrupt):
            sandbox.keep("files-1")
    sandbox.keep("files-1")

    with sandbox.tree("files-1", current="another") as tree:
        assert (tree / "file.txt").read_text() == "one\n"


def test_a_repository_in_the_folder_of_another_one_keeps_only_its_folder(sandbox):
    inner = Sandbox(root=sandbox.root / "folder")
    inner.keep("files-1")

    with inner.tree("files-1", current="another") as tree:
        assert (tree / "other.txt").read_text() == "two\n"


def test_only_the_latest_trees_are_kept(sandbox):
    for number in range(KEPT_TREES + 2):
        sandbox.keep(f"files-{number}")
        os.utime(sandbox.folder / "trees" / f"files-{number}", (number, number))

    sandbox.keep("files-99")

    assert len(list((sandbox.folder / "trees").iterdir())) == KEPT_TREES
    with pytest.raises(trees.TreeError, match=r"Version files-1 is not a commit.*--fresh"):
        sandbox.tree("files-1", current="another").__enter__()


@pytest.mark.parametrize("version", ["{}/elsewhere", "../../elsewhere", "..", ".", "", "elsewhere", "files-../../x"])
def test_a_version_is_never_a_path(sandbox, tmp_path, version):
    (tmp_path / "elsewhere").mkdir()
    sandbox.keep("files-1")
    version = version.format(tmp_path)
    sandbox.keep(version)

    assert not sandbox.knows(version)
    with pytest.raises(trees.TreeError, match="is not a commit"), sandbox.tree(version, current="another"):
        pass
    assert [path.name for path in (sandbox.folder / "trees").iterdir()] == ["files-1"]


def test_a_played_commit_is_known_even_if_it_is_on_no_branch(sandbox):
    assert not sandbox.knows("1" * 40)
    sandbox.keep("1" * 40)
    assert sandbox.knows("1" * 40)


def test_a_commit_outside_this_clone_is_an_error(sandbox):
    with (
        pytest.raises(trees.TreeError, match="is not in this clone"),
        sandbox.tree("0" * 40, current="another"),
    ):
        pass


@pytest.mark.thorough
def test_a_port_that_another_process_takes_at_the_last_moment_is_replaced(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        lost = taken.getsockname()[1]
        looks = iter([lost])
        look = processes.free_port
        monkeypatch.setattr(processes, "free_port", lambda preferred=0: next(looks, None) or look(preferred))

        with Sandbox(root=tmp_path).broker(lost) as url:
            assert url != f"http://127.0.0.1:{lost}"
            assert processes.answers(url)


def test_a_port_that_was_taken_only_for_a_moment_is_tried_again(tmp_path, monkeypatch):
    """Both processes found it free, and the other one has released it since."""
    port, attempts = processes.free_port(), []

    @contextmanager
    def running(command, **_):
        attempts.append(command)
        if len(attempts) == 1:
            raise processes.ServerError(f"Error: Port {port} on 127.0.0.1 cannot be used (Address already in use)")
        yield

    monkeypatch.setattr(processes, "running", running)
    with Sandbox(root=tmp_path).broker(port) as url:
        assert url == f"http://127.0.0.1:{port}"
    assert len(attempts) == 2


@pytest.mark.thorough
def test_a_broker_that_cannot_start_is_an_error_with_its_log(tmp_path):
    sandbox = Sandbox(root=tmp_path)
    (sandbox.folder / "broker.sqlite3").write_text("this is no database")

    with pytest.raises(processes.ServerError, match="file is not a database"), sandbox.broker():
        pass
