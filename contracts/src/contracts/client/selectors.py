"""Which consumer versions a provider verifies the pacts of: one class for each kind of selector.

`document()` gives a selector in the protocol's words. Source: Pact Broker protocol, pacts for
verification.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from contracts.client.hal import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfConsumer:
    """Limits a selector to one consumer, where given."""

    consumer: str | None = None

    def _with(self, **criteria: object) -> JsonObject:
        document = {key: value for key, value in criteria.items() if value is not None}
        return document if self.consumer is None else document | {"consumer": self.consumer}


@dataclass(frozen=True, slots=True, kw_only=True)
class MainBranch(_OfConsumer):
    """The head of each consumer's main branch."""

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return self._with(mainBranch=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingBranch(_OfConsumer):
    """The head of the branch that is named like the provider's."""

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return self._with(matchingBranch=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(_OfConsumer):
    """The head of one branch."""

    name: str

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return self._with(branch=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedOrReleased(_OfConsumer):
    """What is deployed, or released and supported, now; in any environment, or the one given."""

    environment: str | None = None

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return self._with(deployedOrReleased=True, environment=self.environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed(_OfConsumer):
    """What is deployed now; in any environment, or the one given."""

    environment: str | None = None

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return self._with(deployed=True, environment=self.environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(_OfConsumer):
    """What is released and supported now; in any environment, or the one given."""

    environment: str | None = None

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return self._with(released=True, environment=self.environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest(_OfConsumer):
    """The latest version that has a pact; with *tag*, the latest version with that tag."""

    tag: str | None = None

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return self._with(latest=True, tag=self.tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllTagged(_OfConsumer):
    """Every version with a tag."""

    tag: str

    def document(self) -> JsonObject:
        """The selector on the wire."""
        return self._with(tag=self.tag)


Selector = MainBranch | MatchingBranch | Branch | DeployedOrReleased | Deployed | Released | Latest | AllTagged

# What a provider's pipeline verifies unless told otherwise: what consumers develop, what runs, and
# the branch of the same name, on which both sides of a change are made.
RECOMMENDED: tuple[Selector, ...] = (MainBranch(), MatchingBranch(), DeployedOrReleased())
