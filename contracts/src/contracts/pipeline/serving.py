"""An ASGI application behind a real address, in this process."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from contracts.client import UsageError


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import uvicorn

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0


class AppFailed(Exception):
    """The application did not start; the reason stands in its own log."""


@contextlib.contextmanager
def serve(app: Callable[..., Any]) -> Iterator[str]:
    """Run *app* on a free port of the loopback interface; yields its base URL.

    Raises:
        AppFailed: if the application does not start, for instance because its lifespan raises.
        UsageError: if uvicorn is not installed (the extra ``verify`` brings it).
    """
    server, listening = _server(app)
    thread = threading.Thread(target=_run, args=(server, listening), name="serving", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                msg = "The application did not start; its log above says why."
                raise AppFailed(msg)
            time.sleep(0.002)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_STOP_SECONDS)
        listening.close()


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    # Uvicorn exits the program where an application does not start; here that ends the thread.
    with contextlib.suppress(SystemExit):
        server.run(sockets=[listening])


def _server(app: Callable[..., Any]) -> tuple[uvicorn.Server, socket.socket]:
    try:
        import uvicorn  # noqa: PLC0415 - only who verifies an application needs it
    except ImportError as error:
        msg = (
            "To verify an application in this process uvicorn is needed: "
            "in a clone, pip install './contracts[verify]', or give the base URL of a running provider."
        )
        raise UsageError(msg) from error
    # Bound here, so that the port is known and nobody else can take it in between.
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", lifespan="auto")
    return uvicorn.Server(config), listening
