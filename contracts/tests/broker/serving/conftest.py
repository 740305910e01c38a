"""Servers of sockets."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sockets import Server


@pytest.fixture
def serve():
    """Serve an application: `serve(head_seconds=0.2)` is a port."""
    with ExitStack() as stack:
        yield Server(stack)
