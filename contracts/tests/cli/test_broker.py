"""`python -m contracts.broker`, as a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest
import requests
from click.testing import CliRunner

from contracts.cli.broker import command as broker


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_it_serves_until_a_signal(tmp_path, port):
    url = f"sqlite:///{tmp_path / 'broker.sqlite3'}"
    command = [sys.executable, "-m", "contracts.broker", "--port", str(port), "--database-url", url]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout.readline() == f"Pact Broker at http://127.0.0.1:{port}\n"
        answer = requests.get(f"http://127.0.0.1:{port}", timeout=60)  # the port is taken, so that it waits its turn
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert answer.status_code == 200
    assert process.returncode == 0


@pytest.mark.thorough
def test_an_interrupt_ends_it_quietly(tmp_path, port):
    url = f"sqlite:///{tmp_path / 'broker.sqlite3'}"
    command = [sys.executable, "-m", "contracts.broker", "--port", str(port), "--database-url", url]
    environ = os.environ | {"PACT_BROKER_LOG_LEVEL": "warning"}

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ) as process:
        process.stdout.readline()
        requests.get(f"http://127.0.0.1:{port}", timeout=60)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)

    assert (process.returncode, output) == (0, "")


def test_a_port_in_use_is_reported_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "contracts.broker",
                "--port",
                str(port),
                "--database-url",
                f"sqlite:///{tmp_path / 'b.sqlite3'}",
            ],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert done.returncode == 4
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert "while attempting to bind" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        (["--port", "none"], {}, "Invalid value for '--port': must be a whole number from 0 to 65535, not 'none'"),
        ([], {"PACT_BROKER_PORT": "many"}, "PACT_BROKER_PORT must be a whole number from 0 to 65535, not 'many'"),
    ],
)
def test_an_invalid_setting_is_a_usage_error(options, environment, words):
    result = CliRunner(env={**os.environ, **environment}).invoke(broker, options)

    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "'nonsense' is not the address of a database; a database is sqlite:///FILE or"),
        ("mysql://host/name", "keeps nothing in mysql"),
        ("sqlite:////no/such/folder/b.sqlite3", "/no/such/folder/b.sqlite3 cannot be opened: unable to open"),
        ("postgresql://someone:s3cret@127.0.0.1:1/none", "cannot be opened: connection"),
    ],
)
def test_an_unusable_database_is_reported_in_a_sentence(port, url, words):
    result = CliRunner().invoke(broker, ["--port", str(port), "--database-url", url])

    assert result.exit_code == 4
    assert words in result.output
    assert "s3cret" not in result.output
