"""Limits for requests that are processed at the same time; changes, reads and sent webhooks each have their own.

So a thread that waits to write does not block a reader, and a thread that waits for a webhook's receiver blocks
neither.
"""

from __future__ import annotations

from anyio import CapacityLimiter


SENDERS = 4
_RECEIVERS = 32


class Limits:
    """The limits of a broker with *most_connections* to its database; writers get a third of the connections."""

    def __init__(self, most_connections: int) -> None:
        writers = max(1, most_connections // 3)
        self.writing = CapacityLimiter(writers)
        self.reading = CapacityLimiter(max(1, most_connections - writers))
        self.sending = CapacityLimiter(SENDERS)  # they hold no connection while they wait
        self.receiving = CapacityLimiter(_RECEIVERS)  # bodies that do not arrive together with their headers
        self.large_changes = CapacityLimiter(1)
        self.large_questions = CapacityLimiter(1)
