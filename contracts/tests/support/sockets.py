"""A server of connections with limits, and clients that send bytes to it."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import uvicorn

from contracts.broker.serving.connection_limits import ConnectionLimits, Places
from contracts.broker.serving.tls import Certificates, loop, protocol
from contracts.broker.settings import Settings


async def _app(scope, receive, send):
    """Answer with the number of bytes of the body; under /slow, wait until the client has gone."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["path"] == "/large":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": bytes(50_000_000)})
        return
    if scope["path"] == "/slow":
        await receive()
        return
    body = str(size).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]}
    )
    await send({"type": "http.response.body", "body": body})


class Server:
    """Serves the application of this module; *places* are those of the last server."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.places = Places(ConnectionLimits.of(Settings()))

    def __call__(self, certificates: Certificates | None = None, **limits: object) -> int:
        """Return the port of a new server, whose connections have *limits* and otherwise the default ones."""
        self.places = Places(dataclasses.replace(ConnectionLimits.of(Settings(trusted_proxies=())), **limits))
        http = protocol(self.places, certificates)
        config = uvicorn.Config(
            _app, http=http, loop=loop(certificates), ws="none", lifespan="off", log_level="critical"
        )
        return self._stack.enter_context(_running(uvicorn.Server(config)))


@contextmanager
def _running(server: uvicorn.Server) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.001)
        yield listener.getsockname()[1]
        server.should_exit = True
        server.force_exit = True
        thread.join(10)


@contextmanager
def connected(port, *sent):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        for each in sent:
            connection.sendall(each)
        yield connection


def everything(connection):
    """What is received until the server closes the connection."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:  # closed before the whole request was read
        pass
    return received
