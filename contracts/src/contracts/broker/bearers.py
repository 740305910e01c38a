"""The holders of tokens: who a token stands for, remembered for a moment.

A revoked token is refused at once by the process that revoked it, and within `REMEMBER_SECONDS` by the others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from contracts.broker.store import tokens
from contracts.broker.store.database import Database
from contracts.model import tokens as model
from contracts.model.errors import Unavailable
from contracts.model.permissions import Identity
from contracts.model.tokens import Token


log = logging.getLogger(__name__)

REMEMBER_SECONDS = 2.0
_MOST_REMEMBERED = 10_000


class Bearers:
    """Who each token stands for, by the tokens in *database* and the time that *now* returns.

    *teams* has the applications of each team.
    """

    def __init__(self, database: Database, now: Callable[[], datetime], teams: Mapping[str, Iterable[str]]) -> None:
        self._database = database
        self._now = now
        self._teams = teams
        self._lock = threading.Lock()
        self._recording = threading.Lock()
        self._remembered: dict[str, tuple[Token, float]] = {}

    def remembered(self, token: str) -> Identity | None:
        """Return who *token* stands for if that is known without a look at the database, otherwise None."""
        entry = self._remembered.get(model.digest(token))
        if entry is None or entry[1] < time.monotonic() or entry[0].has_expired(self._now()):
            return None
        return entry[0].identity

    def look_up(self, token: str) -> Identity | None:
        """Return who *token* stands for; None if it does not exist, or has expired."""
        digest, now = model.digest(token), self._now()
        with self._database.reading() as connection:
            stored = tokens.by_digest(connection, digest)
        if stored is None or stored.has_expired(now):
            return None
        stored = replace(stored, permissions=tuple(each.of_teams(self._teams) for each in stored.permissions))
        with self._lock:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[digest] = (stored, time.monotonic() + REMEMBER_SECONDS)
        if stored.should_record_use(now) and self._recording.acquire(blocking=False):  # one waits for a writer, not all
            try:
                self._record_use(stored, now)
            finally:
                self._recording.release()
        return stored.identity

    def forget(self) -> None:
        """Look every token up again."""
        with self._lock:
            self._remembered.clear()

    def _record_use(self, token: Token, now: datetime) -> None:
        try:
            with self._database.writing() as connection:
                tokens.used(connection, token.id, now)
        except Unavailable as error:  # reads still work, for example on a full disk
            log.warning("The last use of the token %s was not recorded: %s", token.note, error.reason)
