"""Contracts that a version may not publish, as it has published others.

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
    """A contract of version *number* with the *provider*: the text *stored*, and the document that was *sent*."""

    number: str
    provider: str
    stored: str
    sent: Mapping[str, Any]

    def __str__(self) -> str:
        """It in a sentence, with what to do."""
        return refusal(self.number, self.provider)

    def difference(self) -> str:
        """What differs, line by line."""
        return diffs.diff(json.loads(self.stored), self.sent)


class Modified(Conflict):
    """A version would get other contracts than it has."""

    def __init__(self, modifications: Sequence[Modification]) -> None:
        super().__init__("; ".join(map(str, modifications)))
        self.modifications = tuple(modifications)

    def explained(self) -> PublishConflict:
        """The same with what differs in the first few. It takes a while: nobody else should have to wait for it."""
        notices = []
        for number, each in enumerate(self.modifications):
            difference = each.difference() if number < MOST_SHOWN else f"Only {MOST_SHOWN} differences are shown."
            notices += [Notice(type="error", text=str(each)), Notice(type="info", text=difference)]
        return PublishConflict([str(each) for each in self.modifications], notices)


def refusal(number: str, provider: str) -> str:
    """Why version *number* cannot publish another contract with the *provider*."""
    return (
        f"Version {number} has published another contract with {provider} already. A version's "
        "contract does not change, as results of verifying it would no longer hold: publish this one under a new "
        "version number, best the commit it was made from."
    )
