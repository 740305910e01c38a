"""`python -m provider`: serve the catalogue."""

from __future__ import annotations

import argparse
import contextlib
import errno
import socket
import sys
from pathlib import Path

import uvicorn

from provider.app import create_app
from provider.catalogue import Catalogue


SHIPPED_CATALOGUE = Path(__file__).with_name("products.json")
HIGHEST_PORT = 65535


def main(arguments: list[str] | None = None) -> int:
    """Serve until an interrupt, and return the exit status: 0, or 1 if the address is not available.

    *arguments* default to those of the command line. Wrong usage exits with 2.
    """
    options = _parser().parse_args(arguments)
    try:
        listener = _listen(options.host, options.port)
    except OSError as error:
        print(_explain(error, options.host, options.port), file=sys.stderr)
        return 1
    with listener:
        url = _url(listener)
        print(f"Serving {options.catalogue} at {url} (its API: {url}/docs)", flush=True)
        server = uvicorn.Server(uvicorn.Config(create_app(Catalogue(options.catalogue))))
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m provider",
        description="Serve a product catalogue over HTTP until Ctrl-C.",
        epilog="Exit status: 0 served and stopped, 1 address not available, 2 wrong usage.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8000,
        help="port to listen on (default: %(default)s; 0 for a free one)",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="name or address to listen on (default: %(default)s, only this machine)",
    )
    parser.add_argument(
        "--catalogue",
        type=Path,
        default=SHIPPED_CATALOGUE,
        metavar="FILE",
        help="JSON file of products, read for every request (default: some teas and coffees)",
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port. Use a number from 0 to {HIGHEST_PORT}")
    return int(text)


def _listen(host: str, port: int) -> socket.socket:
    """Listen before the server starts, so that a taken port is an error at once.

    Raises:
        OSError: if the host is unknown or on another machine, or the port is taken or not permitted.
    """
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    return socket.create_server((host, port), family=family)


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken by another program: "
            "stop that program, or choose another port with --port (0 for a free one)."
        )
    return f"Cannot listen on port {port} of {host}: {error.strerror}. Check --host and --port."


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


if __name__ == "__main__":
    sys.exit(main())
