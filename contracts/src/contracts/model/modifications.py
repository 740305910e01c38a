"""Contracts that a version cannot publish, because it has already published different ones.

Source: Pact Broker protocol, revisions and content changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.model import diffs
from contracts.model.errors import Conflict, PublishConflict
from contracts.model.notices import Notice


MOST_SHOWN = 5  # each takes up to a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Modification:
    """A contract of version *number* with the *provider*: the *stored* text, and the *sent* document."""

    number: str
    provider: str
    stored: str
    sent: Mapping[str, Any]

    def __str__(self) -> str:
        """The problem, and what to do."""
        return refusal(self.number, self.provider)

    def difference(self) -> str:
        """The differences, line by line."""
        return diffs.diff(json.loads(self.stored), self.sent)


class Modified(Conflict):
    """A version would replace contracts that it has published."""

    def __init__(self, modifications: Sequence[Modification]) -> None:
        super().__init__("; ".join(map(str, modifications)))
        self.modifications = tuple(modifications)

    def explained(self) -> PublishConflict:
        """Return the same error with the first differences. This is slow, so call it outside of any lock."""
        notices = []
        for number, each in enumerate(self.modifications):
            difference = each.difference() if number < MOST_SHOWN else f"Only {MOST_SHOWN} differences are shown."
            notices += [Notice(type="error", text=str(each)), Notice(type="info", text=difference)]
        return PublishConflict([str(each) for each in self.modifications], notices)


def refusal(number: str, provider: str) -> str:
    """The text that says why version *number* cannot publish another contract with the *provider*."""
    return (
        f"Version {number} has published another contract with {provider} already. A version's "
        "contract does not change, as results of verifying it would no longer hold: publish this one under a new "
        "version number, best the commit it was made from."
    )
