"""The dashboard: how the pacts stand that matter now, the latest of each pair and those of its tags.

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
class Item:
    """One pact.

    *tags* are those whose latest pact it is; the branches are those whose head its version is, or the version of its
    last result; *result_tags* are those whose latest version the latter is.
    """

    pact: Pact
    branches: tuple[str, ...]
    tags: tuple[str, ...]
    result: Verification | None
    result_branches: tuple[str, ...]
    result_tags: tuple[str, ...]

    @property
    def status(self) -> Status:
        """What the last result says."""
        if self.result is None:
            return "never"
        if self.result.success:
            return "success"
        return "failed_pending" if self.result.pending else "failed"
