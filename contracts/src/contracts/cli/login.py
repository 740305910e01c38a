"""`contracts login` and `contracts logout`: a person's own token for the command line, by way of the browser.

The browser brings a code to a port of this machine, which the broker exchanges for a token only with the verifier that
never left this process. So a link that somebody else sends cannot lead to a token on their machine.
Source: RFC 8252, section 7.3 (loopback redirections), RFC 7636 (PKCE).
"""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import platform
import secrets
import threading
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import click

from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker, ClientError, UsageError, sign_ins
from contracts.client.sign_ins import SavedSignIn


WAIT_SECONDS = 300
_CREDENTIALS = ("PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME")
_STOP_CHECK_SECONDS = 0.05
_UNKNOWN = "<!doctype html><title>Not found</title><p>The command line has not asked for this."
_DONE = "<!doctype html><title>Signed in</title><p>You are signed in. Close this page, and go back to the command line."


@dataclass(slots=True, kw_only=True)
class Waiting:
    """What the command knows while the person signs in, and the *code* that the browser brings."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    code: str = ""
    arrived: threading.Event = field(default_factory=threading.Event)

    @property
    def challenge(self) -> str:
        """The digest of the verifier, which the broker keeps until the exchange."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")

    def accept(self, query: Mapping[str, list[str]]) -> bool:
        """Take the code of a request, if it has the state of this command."""
        state, code = query.get("state", [""])[0], query.get("code", [""])[0]
        if not code or not secrets.compare_digest(state.encode(), self.state.encode()):
            return False
        self.code = code
        return True


@click.command(
    "login",
    cls=BrokerCommand,
    short_help="Sign in to a broker in the browser.",
    epilog=epilog("login --broker-base-url https://broker.example.org", "login --no-browser"),
)
@click.option("--no-browser", is_flag=True, help="Only print the URL.")
@output("text")
@functools.partial(with_broker, sign_in="none")
def login(*, broker: Broker, printer: Printer, no_browser: bool) -> None:
    """Sign in to the broker in the browser, and keep a token for the command line.

    The token has your permissions and lasts some hours. Commands use it if no other credentials are set. It is stored
    in your configuration folder, for you alone.
    """
    page, waiting = broker.sign_in_page(), Waiting()
    with _listening(waiting) as port:
        query = {"port": port, "state": waiting.state, "challenge": waiting.challenge}
        url = f"{page}?{urlencode(query)}"
        click.echo(f"Sign in at {url}", err=True)
        if not no_browser:
            webbrowser.open(url)
        if not waiting.arrived.wait(WAIT_SECONDS):
            minutes = WAIT_SECONDS // 60
            raise UsageError(f"Nobody signed in within {minutes} minutes. Start again: contracts login")
    token = broker.exchange_code(waiting.code, waiting.verifier, platform.node())
    saved = SavedSignIn(
        base_url=broker.base_url,
        token=token.secret or "",
        uuid=token.uuid,
        name=token.created_by,
        expires_at=token.expires_at or "",
    )
    path = sign_ins.save(saved, os.environ)
    text = f"You are signed in to {broker.base_url} as {saved.name} until {saved.expires_at}."
    if any(os.environ.get(name) for name in _CREDENTIALS):
        text += " Commands still use PACT_BROKER_TOKEN or PACT_BROKER_USERNAME, which is set."
    printer.done(text, {"name": saved.name, "expiresAt": saved.expires_at, "file": str(path)})


@click.command(
    "logout",
    cls=BrokerCommand,
    short_help="Revoke and forget the token of contracts login.",
    epilog=epilog("logout --broker-base-url https://broker.example.org"),
)
@output("text")
@functools.partial(with_broker, sign_in="any")
def logout(*, broker: Broker, printer: Printer) -> None:
    """Revoke the token of `contracts login`, and forget it."""
    if (saved := sign_ins.load(broker.base_url, os.environ)) is None:
        printer.done(f"You are not signed in to {broker.base_url}.", {"revoked": False})
        return
    try:
        broker.revoke_token(saved.uuid)
    except ClientError as error:
        text = f"The token is forgotten here, but not revoked; it expires at {saved.expires_at}. {error}"
    else:
        text = f"You have signed out of {broker.base_url}."
    sign_ins.remove(broker.base_url, os.environ)
    printer.done(text, {"revoked": text.startswith("You")})


@contextmanager
def _listening(waiting: Waiting) -> Iterator[int]:
    """Take the code at a port of this machine, which is yielded; a browser may open connections that it never uses."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            accepted = waiting.accept(parse_qs(urlsplit(self.path).query))
            body = (_DONE if accepted else _UNKNOWN).encode()
            self.send_response(200 if accepted else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
            if accepted:
                waiting.arrived.set()

        def log_message(self, *_: object) -> None:
            """Print nothing: the path has the code."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(_STOP_CHECK_SECONDS,), daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


COMMANDS = (login, logout)
