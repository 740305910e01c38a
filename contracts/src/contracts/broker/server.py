"""Serving the broker: one process, one address, until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from contracts.broker.app import create_app, opened


if TYPE_CHECKING:
    from contracts.broker.settings import Settings


def serve(settings: Settings) -> None:
    """Serve a broker as *settings* say, until interrupted."""
    with opened(settings) as broker:
        uvicorn.run(
            create_app(broker),
            host=settings.host,
            port=settings.port,
            log_level=settings.log_level,
            access_log=False,
            server_header=False,
        )
