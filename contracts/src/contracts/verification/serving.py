"""Serves an application of this process at a real address: ASGI directly, WSGI through a2wsgi."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import inspect
import itertools
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit


if TYPE_CHECKING:
    import uvicorn


from contracts.client import UsageError
from contracts.model.plain_text import plain


_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_CONNECT_SECONDS = 2.0
_TICK_SECONDS = 0.01  # uvicorn's is 0.1


_ASGI_ARGUMENTS, _WSGI_ARGUMENTS = 3, 2


class AppFailed(Exception):
    """The application did not start, or does not respond at its address."""


class PlainFormatter(logging.Formatter):
    """A log without commands for a terminal or GitHub's runner, because its lines may quote a pact."""

    def format(self, record: logging.LogRecord) -> str:
        """Format *record*, its traceback included."""
        return plain(super().format(record))


def require_interface(app: Callable[..., Any] | None) -> None:
    """Check that *app* is an ASGI or a WSGI application.

    Raises:
        UsageError: if it is neither; the message says what it is.
    """
    if app is not None:
        _is_wsgi(app)


def _is_wsgi(app: Callable[..., Any]) -> bool:
    """Whether *app* is a WSGI application: two arguments, and not a coroutine. ASGI has three.

    Raises:
        UsageError: if it is neither.
    """
    if callable(app) and not inspect.isclass(app):
        call = app if inspect.isroutine(app) else getattr(app, "__call__", app)  # noqa: B004 - its own signature
        is_async = inspect.iscoroutinefunction(inspect.unwrap(call)) or inspect.iscoroutinefunction(app)
        if _takes(app, _ASGI_ARGUMENTS) and (is_async or not _takes(app, _WSGI_ARGUMENTS)):
            return False
        if _takes(app, _WSGI_ARGUMENTS) and not is_async:
            return True
    kind = "a class" if inspect.isclass(app) else f"a {type(app).__name__}"
    raise UsageError(
        f"{app!r} ({kind}) is neither an ASGI application (scope, receive, send) nor a WSGI application "
        "(environ, start_response). Pass the application itself, not a function that creates it."
    )


def _takes(app: Callable[..., Any], count: int) -> bool:
    """Whether *app* can be called with *count* arguments."""
    try:
        inspect.signature(app).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


@contextlib.contextmanager
def elsewhere(url: str) -> Iterator[str]:
    """Return the base *url* of a provider that runs in another process.

    Raises:
        AppFailed: if it does not respond.
    """
    if not answers(url):
        raise AppFailed(f"No server responds at {url}. Start the provider first, or correct the base URL.")
    yield url


def answers(url: str) -> bool:
    """Whether something accepts connections at *url*."""
    place = urlsplit(url)
    port = place.port or {"http": 80, "https": 443}.get(place.scheme, 80)
    try:
        socket.create_connection((place.hostname or "", port), _CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def serve(app: Callable[..., Any]) -> Iterator[str]:
    """Serve *app* on a free port of the loopback interface, and yield its base URL.

    Raises:
        AppFailed: if the application does not start, for example because its lifespan raises.
        UsageError: if it is neither ASGI nor WSGI, or uvicorn is not installed (the extra ``verify`` brings it).
    """
    server, listening = _server(app)
    thread = threading.Thread(target=_run, args=(server, listening), name="serving", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise AppFailed("The application did not start; its log above says why.")
            time.sleep(0.002)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    except KeyboardInterrupt:
        server.force_exit = True  # do not wait for a request that still runs
        raise
    finally:
        server.should_exit = True
        thread.join(0.0 if server.force_exit else _STOP_SECONDS)
        listening.close()


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    # Uvicorn exits the program if an application does not start; here that ends the thread.
    with contextlib.suppress(SystemExit):
        server.run(sockets=[listening])


def asgi(app: Callable[..., Any]) -> Callable[..., Any]:
    """Return *app* as an ASGI application.

    Raises:
        UsageError: if it is neither ASGI nor WSGI, or a2wsgi is not installed (the extra ``verify`` brings it).
    """
    if not _is_wsgi(app):
        return app
    try:
        from a2wsgi import WSGIMiddleware  # noqa: PLC0415 - only a WSGI application needs it
    except ImportError as error:
        raise _missing(error) from error
    return WSGIMiddleware(app)


def _missing(error: ImportError) -> UsageError:
    return UsageError(
        f"Verifying an application in this process needs {error.name}: "
        "pip install 'pact-contracts[verify]', or use the base URL of a running provider."
    )


def _server(app: Callable[..., Any]) -> tuple[uvicorn.Server, socket.socket]:
    app = asgi(app)
    try:
        import uvicorn  # noqa: PLC0415 - only who verifies an application needs it
        from uvicorn.config import LOGGING_CONFIG  # noqa: PLC0415 - as above
    except ImportError as error:
        raise _missing(error) from error

    class QuickServer(uvicorn.Server):
        """A server that ends soon, because each test of an interaction has one of its own."""

        async def main_loop(self) -> None:
            ticks = itertools.count()
            while not await self.on_tick(next(ticks)):  # noqa: ASYNC110 - uvicorn has a flag, no event
                await asyncio.sleep(_TICK_SECONDS)

    # Bound here, so the port is known and no other process can take it.
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    logging_config = copy.deepcopy(LOGGING_CONFIG)
    logging_config["formatters"]["default"] = {"()": f"{__name__}.{PlainFormatter.__qualname__}"}
    config = uvicorn.Config(app, interface="asgi3", log_level="warning", lifespan="auto", log_config=logging_config)
    return QuickServer(config), listening
