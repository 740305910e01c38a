"""Deployed and released versions: what is where.

A deployment takes the place of the one before it in its slot (application, environment, target); releases do not, many
versions are supported at once. Source: Pact Broker protocol, deployed versions and released versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.model.environments import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedVersion:
    """A version that was put into an environment, and is there until *undeployed_at*.

    *target* names the instance, where there are several; None is a slot of its own.
    """

    uuid: str
    pacticipant: str
    version_id: int
    version: str
    environment: Environment
    target: str | None
    undeployed_at: datetime | None
    created_at: datetime

    @property
    def currently_deployed(self) -> bool:
        """Whether it is there now."""
        return self.undeployed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedVersion:
    """A version that was made available in an environment, and is supported until *support_ended_at*."""

    uuid: str
    pacticipant: str
    version_id: int
    version: str
    environment: Environment
    support_ended_at: datetime | None
    created_at: datetime

    @property
    def currently_supported(self) -> bool:
        """Whether it is supported now."""
        return self.support_ended_at is None
