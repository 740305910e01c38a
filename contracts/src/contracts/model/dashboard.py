"""The dashboard: the latest pact of each pair and of each tag, with its last result.

Source: Pact Broker protocol, dashboard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal


if TYPE_CHECKING:
    from contracts.model.pacts import Pact
    from contracts.model.verifications import Verification

    Status = Literal["never", "success", "failed", "failed_pending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardItem:
    """One pact.

    *tags* are those with this as their latest pact. *branches* are those with its version as their head.
    *result_branches* and *result_tags* are the same for the provider version of its last result.
    """

    pact: Pact
    branches: tuple[str, ...]
    tags: tuple[str, ...]
    result: Verification | None
    result_branches: tuple[str, ...]
    result_tags: tuple[str, ...]

    @property
    def status(self) -> Status:
        """The status of the last result."""
        if self.result is None:
            return "never"
        if self.result.success:
            return "success"
        return "failed_pending" if self.result.pending else "failed"
