"""How many requests are answered at once: those that read and those that change something, apart.

A thread that waits for its turn to write would otherwise keep one from answering who only asks.
"""

from __future__ import annotations

from anyio import CapacityLimiter


class Turns:
    """The turns of a broker that opens *most_connections* to its database: a third of them for who writes."""

    def __init__(self, most_connections: int) -> None:
        writers = max(1, most_connections // 3)
        self.writing = CapacityLimiter(writers)
        self.reading = CapacityLimiter(max(1, most_connections - writers))
