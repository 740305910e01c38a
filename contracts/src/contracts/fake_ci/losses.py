"""A lost verification, as an exercise: GitHub accepts a webhook, and no build starts.

The broker waits for the result for `LEASE_SECONDS`, and then sends the webhook again.
"""

from __future__ import annotations

import textwrap
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


LEASE_SECONDS = 10
"""The time that the broker waits for a result; a build starts faster even on a slow machine."""

BROKER_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "PACT_BROKER_VERIFICATION_JOB_LEASE": f"{LEASE_SECONDS / 60:.6f}",
        "PACT_BROKER_VERIFICATION_JOB_MAX_ATTEMPTS": "10",
    }
)
"""The settings of a broker that soon notices the loss."""

NOTHING_LOST = "No webhook requested a verification, so --lose-verification had nothing to lose."
NOT_REPEATED = "The broker did not request the lost verification again. Look at its log."

_WIDTH = 78
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loss:
    """The dispatch that was lost: the pact and the provider version that it names, and when it arrived."""

    pact_url: str
    sha: str
    moment: float


@dataclass(slots=True, kw_only=True)
class Losses:
    """Loses the first dispatch of a run, and prints with *say* what becomes of it."""

    say: Callable[[str, str], None]
    clock: Callable[[], float] = time.monotonic
    _loss: _Loss | None = None
    _repeated: threading.Event = field(default_factory=threading.Event)

    def lose(self, payload: Mapping[str, Any]) -> bool:
        """Return whether the dispatch with *payload* is lost; the first one is."""
        pact_url, sha = str(payload.get("pact_url") or ""), str(payload.get("sha") or "")
        if self._loss is None:
            self._loss = _Loss(pact_url=pact_url, sha=sha, moment=self.clock())
            self._tell("✗", "red", f"Lost, as you asked: {_verification(payload)}.")
            self._tell("", "red", "GitHub accepted the webhook of the broker with a 204, but no build starts.")
            self._tell("", "", f"No result will arrive. The broker waits {LEASE_SECONDS} s for it; the gate waits too.")
            return True
        if (self._loss.pact_url, self._loss.sha) == (pact_url, sha) and not self._repeated.is_set():
            seconds = self.clock() - self._loss.moment
            text = f"The broker noticed: after {seconds:.0f} s without a result, it requests the verification again."
            self._tell("✓", "green", text)
            self._tell("", "", "This time, the build starts:")
            self._repeated.set()
        return False

    def problem(self, patience_seconds: float = _PATIENCE_SECONDS) -> str | None:
        """Wait until the lost verification was requested again; return a sentence if that did not happen."""
        if self._loss is None:
            return NOTHING_LOST
        return None if self._repeated.wait(patience_seconds) else NOT_REPEATED

    def summarise(self) -> None:
        """Print how the run ended well."""
        self._tell("✓", "green", "One verification was lost, and nobody had to notice: the broker requested it again.")

    def _tell(self, sign: str, style: str, text: str) -> None:
        lines = textwrap.wrap(text, _WIDTH - 4, break_long_words=False)
        for number, line in enumerate(lines):
            self.say(f"  {(sign if number == 0 else '') or ' '} {line}", style)


def _verification(payload: Mapping[str, Any]) -> str:
    consumer, provider = payload.get("consumer") or "the consumer", payload.get("provider") or "the provider"
    return f"the verification of the contract between {consumer} and {provider}"
