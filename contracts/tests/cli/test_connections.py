"""The options that lead to a broker."""

from __future__ import annotations

import logging
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_broker import Answer, FakeBroker

from contracts.cli import main


CERTIFICATE = Path(__file__).parents[1] / "support" / "self_signed.pem"


@pytest.fixture
def fake():
    with FakeBroker() as fake:
        fake.with_index()
        yield fake.on("GET", "/pacticipants", Answer(document={"_embedded": {"pacticipants": []}}))


@pytest.fixture
def run(fake):
    def run(*arguments, **environ):
        variables = {"PACT_BROKER_BASE_URL": fake.base_url, "GITHUB_ACTIONS": ""}
        return CliRunner(env={**variables, **environ}).invoke(main, ["list-pacticipants", *arguments])

    return run


def test_no_broker_is_wrong_usage(run):
    result = run(PACT_BROKER_BASE_URL="")
    assert result.exit_code == 2
    assert "No broker is configured. Set PACT_BROKER_BASE_URL, or use --broker-base-url URL." in result.output


def test_options_win_over_variables(fake, run):
    assert (
        run(
            "-b", fake.base_url, "-k", "mine", PACT_BROKER_BASE_URL="http://127.0.0.1:9", PACT_BROKER_TOKEN="its"
        ).exit_code
        == 0
    )
    assert fake.requests[0].headers["Authorization"] == "Bearer mine"


def test_one_attempt_does_not_wait_for_a_broker_that_restarts(fake, run):
    fake.on("GET", "/", Answer(503))
    assert run("--retries", "1").exit_code == 4
    assert len(fake.requests) == 1


def test_several_attempts_wait_for_a_broker_that_restarts(fake, run):
    index = fake.answers["GET", "/"][0]
    fake.on("GET", "/", Answer(503), Answer(503), index)
    assert run(PACT_BROKER_HTTP_RETRIES="4").exit_code == 0


def test_a_slow_response_ends_after_the_time_limit(fake, run):
    hold = threading.Event()
    fake.on("GET", "/pacticipants", Answer(document={}, hold=hold))
    result = run("--timeout-seconds", "0.2", "--retries", "1")
    hold.set()
    assert (result.exit_code, "0.2 seconds" in result.output) == (4, True)


@pytest.mark.parametrize("header", ["X-Tenant", ": x"])
def test_a_malformed_header_is_wrong_usage(fake, run, header):
    result = run("--custom-header", header)
    assert (result.exit_code, "--custom-header" in result.output) == (2, True)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("arguments", "logged"), [(("--log-level", "debug"), True), (("--log-level", "off"), False), ((), False)]
)
def test_requests_are_logged_to_standard_error_on_request(run, arguments, logged):
    result = run(*arguments)
    assert ("GET /pacticipants" in result.stderr) is logged
    assert "GET /pacticipants" not in result.stdout
    assert logging.getLogger("urllib3.connectionpool").handlers == []


class Index(BaseHTTPRequestHandler):
    def do_GET(self):
        links = b'{"_links": {"pb:pacticipants": {"href": "/pacticipants"}}, "_embedded": {"pacticipants": []}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/hal+json")
        self.send_header("Content-Length", str(len(links)))
        self.end_headers()
        self.wfile.write(links)

    def log_message(self, *_):
        pass


@pytest.fixture
def tls_url():
    """A broker with a certificate that nobody trusts."""
    server = HTTPServer(("127.0.0.1", 0), Index)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_is_checked_unless_you_skip_it(run, tls_url):
    refusal = run("-b", tls_url, "--retries", "1", SSL_CERT_FILE="", REQUESTS_CA_BUNDLE="")
    assert (refusal.exit_code, "certificate" in refusal.output) == (4, True)
    assert run("-b", tls_url, "--skip-ssl-verification").exit_code == 0
    assert run("-b", tls_url, "-c", str(CERTIFICATE)).exit_code == 0
    missing = run("-b", tls_url, "-c", "none.pem")
    assert (missing.exit_code, "none.pem" in missing.output) == (2, True)
