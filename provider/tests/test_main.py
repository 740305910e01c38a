"""`python -m provider` serves until it is stopped, or says why it cannot."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection

import pytest

from provider.__main__ import SHIPPED_CATALOGUE, _listen, _url, main
from provider.catalogue import Catalogue


def test_it_serves_at_the_printed_address_until_an_interrupt():
    with subprocess.Popen(
        [sys.executable, "-m", "provider", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        try:
            port = re.search(r"at http://127\.0\.0\.1:(\d+) ", served.stdout.readline())[1]
            asking = HTTPConnection("127.0.0.1", int(port), timeout=60)
            asking.request("GET", "/health")
            assert asking.getresponse().read() == b'{"status":"up"}'
            asking.close()
        finally:
            served.send_signal(signal.SIGINT)
            _, log = served.communicate(timeout=60)
    assert served.returncode == 0
    assert "Traceback" not in log


def test_a_taken_port_is_an_error_that_says_what_to_do(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    assert capsys.readouterr() == (
        "",
        (
            f"Port {port} of 127.0.0.1 is taken by another program: "
            "stop that program, or choose another port with --port (0 for a free one).\n"
        ),
    )


def test_an_address_of_another_machine_is_an_error_that_says_what_to_check(capsys):
    assert main(["--host", "192.0.2.1", "--port", "0"]) == 1
    assert "Check --host and --port." in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "http", ""])
def test_a_wrong_port_is_wrong_usage(port, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([f"--port={port}"])
    assert stopped.value.code == 2
    assert f"'{port}' is not a port" in capsys.readouterr().err


def test_an_ipv6_address_is_printed_as_a_url():
    try:
        listener = _listen("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert _url(listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_the_shipped_catalogue_can_be_read():
    assert len(Catalogue(SHIPPED_CATALOGUE).all()) > 1
