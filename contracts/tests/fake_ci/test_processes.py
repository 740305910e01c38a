import os
import socket
import sys
import threading

import pytest

from contracts.fake_ci import processes


SERVER = """
import http.server, sys
print("listening", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def log(tmp_path):
    return tmp_path / "server.log"


def test_a_server_runs_while_its_block_does(log):
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}/"
    assert not processes.answers(url)

    with processes.running([sys.executable, "-c", SERVER, str(port)], url=url, log=log, environ=os.environ):
        assert processes.answers(url)

    assert not processes.answers(url)
    assert log.read_text().startswith("listening\n")


def test_a_server_that_does_not_end_is_killed(log, monkeypatch):
    monkeypatch.setattr(processes, "_STOP_SECONDS", 0.1)
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}/"
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + SERVER

    with processes.running([sys.executable, "-c", stubborn, str(port)], url=url, log=log, environ=os.environ):
        pass

    assert not processes.answers(url)


def test_a_server_that_ends_at_its_start_is_an_error(log):
    command = [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"]

    with (
        pytest.raises(processes.ServerError, match=r"(?s)ended with status 3\..*no such table"),
        processes.running(command, url="http://127.0.0.1:9/", log=log, environ=os.environ),
    ):
        pass


def test_the_answer_of_another_server_on_the_port_does_not_count(log):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    other = [sys.executable, "-c", SERVER, str(port)]
    late = [sys.executable, "-c", "import signal; signal.pause()"]

    with (
        processes.running(other, url=url, log=log.with_suffix(".other"), environ=os.environ, says="listening"),
        pytest.raises(processes.ServerError, match="did not answer in time"),
        processes.running(late, url=url, log=log, environ=os.environ, says="listening", timeout_seconds=0.3),
    ):
        pass


def test_a_server_that_never_answers_is_an_error(log):
    command = [sys.executable, "-c", "input()" if os.name == "nt" else "import signal; signal.pause()"]

    with (
        pytest.raises(processes.ServerError, match="did not answer in time"),
        processes.running(command, url="http://127.0.0.1:9/", log=log, environ=os.environ, timeout_seconds=0.1),
    ):
        pass


def test_a_port_in_use_is_replaced_by_a_free_one():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert processes.free_port(port) not in {0, port}

    assert processes.free_port(port) == port


def test_a_command_runs_in_its_folder_and_returns_its_status(tmp_path, log):
    command = [sys.executable, "-c", "import os; print(os.getcwd()); raise SystemExit(3)"]

    assert processes.Commands().run(command, directory=tmp_path, environ=os.environ, log=log) == 3
    assert log.read_text() == f"{tmp_path}\n"


def test_an_interrupted_command_ends_with_all_its_children(tmp_path, log):
    says = "import socket, signal; s = socket.create_connection(('127.0.0.1', {})); signal.pause()"
    started = "import subprocess, sys; subprocess.run([sys.executable, '-c', {!r}])"
    commands, ended = processes.Commands(), []

    def run():
        try:
            commands.run(command, directory=tmp_path, environ=os.environ, log=log)
        except processes.Ended:
            ended.append(True)

    with socket.create_server(("127.0.0.1", 0)) as ear:
        command = [sys.executable, "-c", started.format(says.format(ear.getsockname()[1]))]
        thread = threading.Thread(target=run)
        thread.start()
        ear.settimeout(20)
        connection, _ = ear.accept()
        commands.end()
        thread.join(20)
        connection.settimeout(20)
        assert connection.recv(1) == b""  # gone, with the command that started it
        connection.close()

    assert ended == [True]
    with pytest.raises(processes.Ended):
        commands.run([sys.executable, "-c", ""], directory=tmp_path, environ=os.environ, log=log)


def test_an_interrupt_waits_for_children_that_clean_up_first(tmp_path, log):
    child = """
import pathlib, signal, sys, threading
signal.signal(signal.SIGTERM, lambda *_: (threading.Event().wait(0.3), pathlib.Path("cleaned").touch(), sys.exit()))
print("ready", flush=True)
signal.pause()
"""
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    command = [sys.executable, "-c", parent, child]
    commands = processes.Commands()

    def end_when_ready():
        while "ready" not in (log.read_text() if log.exists() else ""):
            threading.Event().wait(0.01)
        commands.end()

    thread = threading.Thread(target=end_when_ready)
    thread.start()
    with pytest.raises(processes.Ended):
        commands.run(command, directory=tmp_path, environ=os.environ, log=log)
    thread.join()

    assert (tmp_path / "cleaned").exists()
