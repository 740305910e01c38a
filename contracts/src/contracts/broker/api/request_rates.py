"""The rate of requests: a bucket of tokens for each account, and for each address without an account.

A bucket is full at the start and holds the requests of one minute, so a build may send them at once.
A question that waits for a verdict is one request, however long it waits.
Buckets are in memory, for each process separately.
"""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.api import paths
from contracts.broker.api.permissions import IDENTITY
from contracts.broker.settings import Settings
from contracts.model.networks import is_within, owner, parse
from contracts.model.permissions import ANONYMOUS, Identity


log = logging.getLogger(__name__)

MOST_BUCKETS = 10_000
_MINUTE = 60.0
_THIS_MACHINE = parse(("127.0.0.0/8", "::1"))


class Buckets:
    """Buckets of *per_minute* requests; the least recently used are forgotten, so they are full again."""

    def __init__(self, per_minute: int, now: Callable[[], float] | None = None) -> None:
        self.per_minute = per_minute
        self._now = now or monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str) -> float:
        """Take a request out of the bucket *key*; return 0, or the seconds until there is one."""
        now, rate = self._now(), self.per_minute / _MINUTE
        left, since = self._buckets.pop(key, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + (now - since) * rate)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / rate


class Rates:
    """The rates of one process; who sends too many requests is logged once a minute."""

    def __init__(self, settings: Settings, now: Callable[[], float] | None = None) -> None:
        self.buckets = Buckets(settings.max_requests_per_minute, now)
        self._lines = Buckets(1, now)

    def refusal(self, scope: Scope) -> PlainTextResponse | None:
        """Count a request, and return the 429 that refuses it; None if it is allowed."""
        key = _key(scope) if self.buckets.per_minute else ""
        seconds = self.buckets.take(key) if key else 0.0
        return self._refuse(key, math.ceil(seconds)) if seconds else None

    def _refuse(self, key: str, seconds: int) -> PlainTextResponse:
        most = self.buckets.per_minute
        if not self._lines.take(key):
            log.warning("%s sends more than %s requests in a minute, and gets a 429 for the others", key, most)
        text = (
            f"You send more than {most} requests in a minute. Try again in {seconds} s, or ask the operator to raise "
            "PACT_BROKER_MAX_REQUESTS_PER_MINUTE"
        )
        return PlainTextResponse(f"{text}\n", 429, headers={"Retry-After": str(seconds)})


class RequestRates:
    """ASGI middleware: responds with 429 to an account that sends too many requests."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self.app = app
        self.rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or respond with 429."""
        refusal = self.rates.refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)


def _key(scope: Scope) -> str:
    """Return whose bucket a request is for; empty for the heartbeat, and for this machine without an account."""
    if paths.raw(scope) == urls.HEARTBEAT:
        return ""
    identity: Identity | None = scope.get(IDENTITY)
    if identity is not None and identity.subject != ANONYMOUS:
        return identity.subject or identity.name
    client = (scope.get("client") or ("", 0))[0]
    return "" if is_within(client, _THIS_MACHINE) else f"address {owner(client)}"
