"""Which consumer versions a provider verifies the pacts of: one class for each kind of selector.

`document()` gives a selector in the protocol's words, `criteria()` the same in Python's, as
pact-python takes it. Source: Pact Broker protocol, pacts for verification.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from contracts.client.hal import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfConsumer(ABC):
    """Limits a selector to one consumer, where given."""

    consumer: str | None = None

    def criteria(self) -> dict[str, Any]:
        """What is asked for, by names as Python spells them."""
        given = self._criteria() | {"consumer": self.consumer}
        return {name: value for name, value in given.items() if value is not None}

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return {_camel(name): value for name, value in self.criteria().items()}

    @abstractmethod
    def _criteria(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MainBranch(_OfConsumer):
    """The head of each consumer's main branch."""

    def _criteria(self) -> dict[str, Any]:
        return {"main_branch": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingBranch(_OfConsumer):
    """The head of the branch that is named like the provider's."""

    def _criteria(self) -> dict[str, Any]:
        return {"matching_branch": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(_OfConsumer):
    """The head of one branch."""

    name: str

    def _criteria(self) -> dict[str, Any]:
        return {"branch": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedOrReleased(_OfConsumer):
    """What is deployed, or released and supported, now; in any environment, or the one given."""

    environment: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"deployed_or_released": True, "environment": self.environment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed(_OfConsumer):
    """What is deployed now; in any environment, or the one given."""

    environment: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"deployed": True, "environment": self.environment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(_OfConsumer):
    """What is released and supported now; in any environment, or the one given."""

    environment: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"released": True, "environment": self.environment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest(_OfConsumer):
    """The latest version that has a pact; with *tag*, the latest version with that tag."""

    tag: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"latest": True, "tag": self.tag}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllTagged(_OfConsumer):
    """Every version with a tag."""

    tag: str

    def _criteria(self) -> dict[str, Any]:
        return {"tag": self.tag}


Selector = MainBranch | MatchingBranch | Branch | DeployedOrReleased | Deployed | Released | Latest | AllTagged

# What a provider's pipeline verifies unless told otherwise: what consumers develop, what runs, and
# the branch of the same name, on which both sides of a change are made.
RECOMMENDED: tuple[Selector, ...] = (MainBranch(), MatchingBranch(), DeployedOrReleased())


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
