"""How many requests are answered at once: those that read, those that change something and those that send, apart.

A thread that waits for its turn to write would otherwise keep one from answering who only asks, and one that waits for
somebody else's answer would keep both.
"""

from __future__ import annotations

from anyio import CapacityLimiter


SENDERS = 4
_RECEIVERS = 32


class Turns:
    """The turns of a broker that opens *most_connections* to its database: a third of them for who writes."""

    def __init__(self, most_connections: int) -> None:
        writers = max(1, most_connections // 3)
        self.writing = CapacityLimiter(writers)
        self.reading = CapacityLimiter(max(1, most_connections - writers))
        self.sending = CapacityLimiter(SENDERS)  # they hold no connection while they wait
        self.receiving = CapacityLimiter(_RECEIVERS)  # bodies that are more than what arrives with their headers
        self.large_changes = CapacityLimiter(1)
        self.large_questions = CapacityLimiter(1)
