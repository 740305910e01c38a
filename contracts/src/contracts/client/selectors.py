"""Consumer version selectors: one class for each kind.

`document()` is a selector as the protocol writes it, `criteria()` the same with Python's names, for pact-python.
 Source: Pact Broker protocol, pacts for verification.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from contracts.client.errors import UsageError
from contracts.client.hal import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfConsumer(ABC):
    """Limits a selector to one consumer, if one is named."""

    consumer: str | None = None

    def criteria(self) -> dict[str, Any]:
        """The criteria, with Python's names."""
        fields = self._criteria() | {"consumer": self.consumer}
        return {name: value for name, value in fields.items() if value is not None}

    def document(self) -> JsonObject:
        """The selector as the protocol writes it."""
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
    """The head of the branch with the same name as the provider's."""

    def _criteria(self) -> dict[str, Any]:
        return {"matching_branch": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(_OfConsumer):
    """The head of one branch; of the *fallback* branch if a consumer has no branch of that name."""

    name: str
    fallback: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"branch": self.name, "fallback_branch": self.fallback}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedOrReleased(_OfConsumer):
    """The versions that are deployed, or released and supported, now; in any environment, or in *environment*."""

    environment: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"deployed_or_released": True, "environment": self.environment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed(_OfConsumer):
    """The versions that are deployed now; in any environment, or in *environment*."""

    environment: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"deployed": True, "environment": self.environment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(_OfConsumer):
    """The versions that are released and supported now; in any environment, or in *environment*."""

    environment: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"released": True, "environment": self.environment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest(_OfConsumer):
    """The latest version with a pact; with *tag*, the latest with that tag, or else with the *fallback* tag."""

    tag: str | None = None
    fallback: str | None = None

    def _criteria(self) -> dict[str, Any]:
        return {"latest": True, "tag": self.tag, "fallback_tag": self.fallback}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllTagged(_OfConsumer):
    """Every version with a tag."""

    tag: str

    def _criteria(self) -> dict[str, Any]:
        return {"tag": self.tag}


Selector = MainBranch | MatchingBranch | Branch | DeployedOrReleased | Deployed | Released | Latest | AllTagged

# The default of a provider's pipeline: what consumers develop, what runs, and the branch of the same name, on which
# both sides of a change are made.
RECOMMENDED: tuple[Selector, ...] = (MainBranch(), MatchingBranch(), DeployedOrReleased())


_KINDS: tuple[tuple[str, type[Any], dict[str, str]], ...] = (
    ("mainBranch", MainBranch, {}),
    ("matchingBranch", MatchingBranch, {}),
    ("deployedOrReleased", DeployedOrReleased, {"environment": "environment"}),
    ("deployed", Deployed, {"environment": "environment"}),
    ("released", Released, {"environment": "environment"}),
    ("branch", Branch, {"branch": "name", "fallbackBranch": "fallback"}),
    ("latest", Latest, {"tag": "tag", "fallbackTag": "fallback"}),
    ("tag", AllTagged, {"tag": "tag"}),
)


def parse(document: object) -> Selector:
    """Read a selector as the protocol writes it, such as `{"mainBranch": true, "consumer": "web"}`.

    Raises:
        UsageError: if it is not a selector; no part of it is ignored.
    """
    if not isinstance(document, dict):
        raise UsageError(f'{document!r} is not a selector. Use a JSON object such as {{"mainBranch": true}}.')
    kind = next((each for each in _KINDS if each[0] in document), None)
    if kind is None:
        names = ", ".join(name for name, _, _ in _KINDS)
        raise UsageError(f"The selector {document} selects nothing: it needs one of {names}.")
    name, selector_class, fields = kind
    fields = fields | {"consumer": "consumer"}
    flags = {} if name in fields else {name: True}
    if name == "branch" and "latest" in document:
        flags["latest"] = True  # as the official clients write it: a branch's head is always the latest
    for key, value in document.items():
        if key in flags and value is True:
            continue
        if key in fields and isinstance(value, str) and value.strip():
            continue
        raise UsageError(f"The selector {document} cannot be used: with {name}, {key} may not be {value!r}.")
    selector: Selector = selector_class(**{fields[key]: value for key, value in document.items() if key in fields})
    return selector


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
