"""Refused requests, counted so that no attacker can fill the audit log.

The first refusal of a kind is recorded at once. More of the same kind are counted, and recorded as one entry at the end
of the window. Above a number of kinds, all others are one kind.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.model.audit import ANONYMOUS, Act


WINDOW = timedelta(minutes=5)
MOST_KINDS = 20
"""Kinds of refusals with separate entries in one window; a window adds at most twice as many entries, and two."""

_Key = tuple[str, int | None, str]
_OTHERS: _Key = ("", None, "")


@dataclass(slots=True)
class _Repeated:
    """The refusals of one kind after the first."""

    act: Act | None = None


class Refusals:
    """The refusals of one process in the current window; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._kinds: dict[_Key, _Repeated] = {}

    def note(self, act: Act) -> list[Act]:
        """Count the refusal *act*, and return what to record now."""
        with self._lock:
            due = self._take(act.at)
            if self._since is None:
                self._since = act.at
            key = (act.subject, act.status, act.address)
            if key not in self._kinds and len(self._kinds) >= MOST_KINDS:
                key, act = _OTHERS, _anyone(act)
            if (repeated := self._kinds.get(key)) is None:
                self._kinds[key] = _Repeated()
                return [*due, act]
            repeated.act = act if repeated.act is None else _joined(repeated.act, act)
            return due

    def due(self, now: datetime) -> list[Act]:
        """Return the counts of a window that has ended."""
        with self._lock:
            return self._take(now)

    def take(self) -> list[Act]:
        """End the window, and return its counts."""
        with self._lock:
            return self._end()

    def _take(self, now: datetime) -> list[Act]:
        # a clock that was set back ends the window, too
        if self._since is None or self._since <= now < self._since + WINDOW:
            return []
        return self._end()

    def _end(self) -> list[Act]:
        acts = [each.act for each in self._kinds.values() if each.act is not None]
        self._since, self._kinds = None, {}
        return acts


def _joined(first: Act, another: Act) -> Act:
    """Return *first* with the count of both; what differs between them becomes empty."""
    same = first.resource == another.resource and first.method == another.method
    return replace(
        first,
        requests=first.requests + another.requests,
        last_at=another.at,
        method=first.method if same else "",
        resource=first.resource if same else "",
        names=first.names if same and first.names == another.names else {},
        request_id="",
    )


def _anyone(act: Act) -> Act:
    """Return *act* as one of many senders."""
    return replace(act, subject=ANONYMOUS, actor="several", address="", method="", resource="", names={}, status=None)
