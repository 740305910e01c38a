"""Deployed and released versions.

A deployment replaces the previous one with the same application, environment and target. A release replaces nothing:
many versions can be supported at once. Source: Pact Broker protocol, deployed versions and released versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.model.environments import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedVersion:
    """A version that is deployed to an environment until *undeployed_at*.

    *target* is the name of the instance, if the application has several; None is a target of its own.
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
        """Whether it is deployed now."""
        return self.undeployed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedVersion:
    """A version that is released to an environment and supported until *support_ended_at*."""

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
