"""Limits for wrong passwords and tokens, of each address and of each account.

An address that sent too many passwords is refused without a check, until the window ends. Passwords that worked from
this address before get ten times as many attempts, so that one wrong job does not stop the other builds of its machine.
An account that got too many is refused to the addresses that sent one of them: its owner elsewhere still gets in.
Nobody guesses a token, so a right one always works; wrong ones are counted separately, and refused with a 429.

Everything is in memory, for each process separately, and bounded.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from contracts.model.networks import owner


MOST_REMEMBERED = 10_000  # of each kind
PATIENCE = 10  # times as many failures until credentials that worked are refused as well


@dataclass(slots=True, kw_only=True)
class _Window:
    ends_at: float
    count: int


class Windows:
    """Counts by key, each for *seconds* from its first; the oldest are forgotten if there are too many."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._windows: OrderedDict[Hashable, _Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    def count(self, key: Hashable, now: float) -> int:
        """Return the count of *key*."""
        window = self._windows.get(key)
        return 0 if window is None or window.ends_at <= now else window.count

    def left(self, key: Hashable, now: float) -> int:
        """Return the whole seconds until the window of *key* ends, at least 1."""
        window = self._windows.get(key)
        return 1 if window is None else max(1, math.ceil(window.ends_at - now))

    def add(self, key: Hashable, now: float) -> int:
        """Return the count of *key* with one more."""
        window = self._windows.get(key)
        if window is None or window.ends_at <= now:
            self._windows.pop(key, None)
            window = self._windows[key] = _Window(ends_at=now + self._seconds, count=0)
            if len(self._windows) > MOST_REMEMBERED:
                self._windows.popitem(last=False)
        window.count += 1
        return window.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """An attempt from *address* to be *account*, None for a token, with the whole header *credentials*."""

    address: str
    account: str | None
    credentials: str

    @property
    def origin(self) -> tuple[str, bool]:
        """What is counted: the owner of the address, and whether it sent tokens."""
        return owner(self.address), self.account is None


class FailedLogins:
    """The failed logins of one process; *most* in *seconds* are allowed, any number if *most* is 0."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._now = now
        self._key = secrets.token_bytes(32)
        self._addresses, self._accounts, self._pairs, self._lines = (Windows(seconds) for _ in range(4))
        self._working: OrderedDict[bytes, None] = OrderedDict()

    def wait_seconds(self, login: Login) -> int:
        """Return the time after which to try again; 0 if *login* may be checked now."""
        if not self.most:
            return 0
        now, address = self._now(), login.origin
        works = self._digest(login.address, login.credentials) in self._working
        if self._addresses.count(address, now) >= self.most * (PATIENCE if works else 1):
            return self._addresses.left(address, now)
        if works or login.account is None:
            return 0
        account = self._digest(login.account)
        if self._accounts.count(account, now) < self.most:
            return 0
        return self._accounts.left(account, now) if self._pairs.count((address, account), now) else 0

    def fail(self, login: Login) -> int:
        """Record that *login* was wrong; return the failures of its address in this window."""
        now, address = self._now(), login.origin
        if login.account is not None:
            account = self._digest(login.account)
            self._accounts.add(account, now)
            self._pairs.add((address, account), now)
        return self._addresses.add(address, now)

    def succeed(self, login: Login) -> None:
        """Record that *login* was right."""
        digest = self._digest(login.address, login.credentials)
        if digest in self._working:
            self._working.move_to_end(digest)
            return
        self._working[digest] = None
        if len(self._working) > MOST_REMEMBERED:
            self._working.popitem(last=False)

    def is_first_line(self, address: str, who: str) -> bool:
        """Return whether the log has no line about *who* and *address* in this window."""
        return self._lines.add((owner(address), who), self._now()) == 1

    def _digest(self, *texts: str) -> bytes:
        """Return a value for *texts* that neither grows with them nor reveals them."""
        content = "\0".join(texts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(content, key=self._key, digest_size=16).digest()
