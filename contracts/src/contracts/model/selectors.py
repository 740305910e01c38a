"""Consumer version selectors: which pacts a provider asks to verify.

One class for each kind; `parse` makes them from a client's JSON and reports every problem.
A *consumer* of None means every consumer.
Source: Pact Broker protocol, selector validation and how each selector resolves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from contracts.model.errors import InvalidFields


Presence = Literal["deployed", "released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MainBranch:
    """The head of each consumer's main branch."""

    consumer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The head of a branch, which may be the provider's own (a matching branch).

    If a consumer has no pact at the head of that branch, the head of *fallback* is used, if set.
    """

    name: str
    fallback: str | None = None
    consumer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllBranches:
    """The heads of every branch."""

    consumer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestTag:
    """The newest version with a tag; the one with *fallback* if no consumer has a version with *tag*."""

    tag: str
    fallback: str | None = None
    consumer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllTagged:
    """Every version with a tag, each content once."""

    tag: str
    consumer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The newest version that has a pact with the provider."""

    consumer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InEnvironment:
    """The versions that are deployed, or released and supported, or (*presence* None) either.

    In one environment, or (*environment* None) in any.
    """

    presence: Presence | None = None
    environment: str | None = None
    consumer: str | None = None


Selector = MainBranch | Branch | AllBranches | LatestTag | AllTagged | Latest | InEnvironment


_PRESENCES = ("deployed", "released", "deployedOrReleased")
_ONLY_TRUE = ("mainBranch", "matchingBranch", *_PRESENCES)
_NAMES = ("tag", "branch", "fallbackTag", "fallbackBranch", "consumer", "environment")
_KEYS = {*_NAMES, *_ONLY_TRUE, "latest"}
_KEYS_IN_LOWER_CASE = {key.lower(): key for key in sorted(_KEYS)}
_BRANCHISH = ("tag", "branch", "mainBranch", "latest", "fallbackTag", "fallbackBranch")
_ENVIRONMENTISH = ("environment", *_PRESENCES)
_FIELD = "consumerVersionSelectors"


def parse(documents: Sequence[object], provider_branch: str | None, field: str = _FIELD) -> tuple[Selector, ...]:
    """Parse a client's *documents* into selectors, one for each, in order.

    A key that looks like a misspelt one is an error; any other unknown key is ignored, as in the reference broker.
    *provider_branch* is the branch for `matchingBranch`; *field* is the name of the list in the request.

    Raises:
        InvalidFields: with every problem, each with the index of its selector.
    """
    problems: list[str] = []
    selectors: list[Selector] = []
    for index, document in enumerate(documents):
        if not isinstance(document, dict):
            problems.append(f"must be a hash (at index {index})")
        elif messages := _problems(document, provider_branch):
            problems += [f"{each} (at index {index})" for each in messages]
        else:
            selectors.append(_selector(document, provider_branch or ""))
    if problems:
        raise InvalidFields({field: problems})
    return tuple(selectors)


def require_environments(selectors: Sequence[Selector], known: Collection[str], field: str = _FIELD) -> None:
    """Refuse *selectors* of environments that do not exist; *known* has the names of those that do.

    Raises:
        InvalidFields: naming each, with the index of its selector.
    """
    problems = [
        f"environment '{each.environment}' does not exist in this broker (at index {index})"
        for index, each in enumerate(selectors)
        if isinstance(each, InEnvironment) and each.environment is not None and each.environment not in known
    ]
    if problems:
        raise InvalidFields({field: problems})


def _selector(document: Mapping[str, Any], provider_branch: str) -> Selector:
    """The selector of a *document* without problems."""
    consumer = document.get("consumer")
    selector: Selector
    match document:
        case {"mainBranch": True}:
            selector = MainBranch(consumer=consumer)
        case {"matchingBranch": True}:
            selector = Branch(name=provider_branch, consumer=consumer)
        case {"branch": True}:
            selector = AllBranches(consumer=consumer)
        case {"branch": name}:
            selector = Branch(name=name, fallback=document.get("fallbackBranch"), consumer=consumer)
        case {"tag": tag, "latest": True}:
            selector = LatestTag(tag=tag, fallback=document.get("fallbackTag"), consumer=consumer)
        case {"tag": tag}:
            selector = AllTagged(tag=tag, consumer=consumer)
        case {"latest": True}:
            selector = Latest(consumer=consumer)
        case _:
            environment = document.get("environment")
            selector = InEnvironment(presence=_presence(document), environment=environment, consumer=consumer)
    return selector


def _presence(document: Mapping[str, Any]) -> Presence | None:
    if document.get("deployed"):
        return "deployed"
    return "released" if document.get("released") else None


def _problems(document: Mapping[str, Any], provider_branch: str | None) -> list[str]:
    return [
        *_misspelt(document),
        *_wrong_values(document),
        *_insufficient(document),
        *_wrong_branches(document, provider_branch),
        *_wrong_named_branches(document),
        *_wrong_tags(document),
        *_wrong_environments(document),
    ]


def _misspelt(document: Mapping[str, Any]) -> Iterator[str]:
    """Keys that are misspelt, so that they would have no effect."""
    for key in document.keys() - _KEYS:
        alike = key.replace("_", "").replace("-", "").lower()
        if matches := get_close_matches(alike, _KEYS_IN_LOWER_CASE, n=1, cutoff=0.85):
            yield f"{key} is unknown: did you mean {_KEYS_IN_LOWER_CASE[matches[0]]}?"


def _wrong_values(document: Mapping[str, Any]) -> Iterator[str]:
    for key in _ONLY_TRUE:
        if key in document and document[key] is not True:
            yield f"{key} must be one of: true"
    if "latest" in document and not isinstance(document["latest"], bool):
        yield "latest must be one of: true, false"
    for key in _NAMES:
        value = document.get(key, "absent")
        if value is None or value == "":
            yield f"{key} must be filled"
        elif isinstance(value, str) and "\0" in value:
            yield f"{key} cannot contain null characters"
        elif not isinstance(value, str) and not (key == "branch" and value is True):
            yield f"{key} must be a string"


def _insufficient(document: Mapping[str, Any]) -> Iterator[str]:
    enough = ("environment", "tag", "branch", *_ONLY_TRUE)
    if not any(key in document for key in enough) and document.get("latest") is not True:
        yield f"needs one of {', '.join(enough)}, or latest: true"


def _wrong_branches(document: Mapping[str, Any], provider_branch: str | None) -> Iterator[str]:
    if "mainBranch" in document:
        if document.get("latest") is False:
            yield "mainBranch takes the latest version, so latest cannot be false"
        if others := _others(document, "mainBranch", "latest"):
            yield f"mainBranch can be combined with consumer alone, not with {others}"
    if "matchingBranch" in document:
        if others := _others(document, "matchingBranch"):
            yield f"matchingBranch can be combined with consumer alone, not with {others}"
        if not provider_branch:
            yield "matchingBranch needs the providerVersionBranch to match"


def _wrong_named_branches(document: Mapping[str, Any]) -> Iterator[str]:
    if "branch" in document and document.get("latest") is False:
        yield "branch takes the latest version, so latest cannot be false"
    if "fallbackBranch" in document:
        if not isinstance(document.get("branch"), str):
            yield "fallbackBranch needs a branch to fall back from"
        if document.get("latest") is False:
            yield "fallbackBranch takes the latest version, so latest cannot be false"


def _wrong_tags(document: Mapping[str, Any]) -> Iterator[str]:
    if "tag" in document and "branch" in document:
        yield "tag and branch cannot be given together"
    if "fallbackTag" in document:
        if document.get("latest") is not True:
            yield "fallbackTag needs latest: true"
        if "tag" not in document:
            yield "fallbackTag needs a tag to fall back from"


def _wrong_environments(document: Mapping[str, Any]) -> Iterator[str]:
    branchish = next((key for key in _BRANCHISH if key in document), None)
    environmentish = next((key for key in _ENVIRONMENTISH if key in document), None)
    if branchish and environmentish:
        yield f"{branchish} and {environmentish} cannot be given together"
    presences = [key for key in _PRESENCES if key in document]
    if len(presences) > 1:
        yield f"{' and '.join(presences)} cannot be given together"


def _others(document: Mapping[str, Any], *allowed: str) -> str:
    """The keys of *document* other than consumer and *allowed*, for a message."""
    keys = dict.fromkeys((*_BRANCHISH, *_ENVIRONMENTISH, "matchingBranch"))
    return ", ".join(key for key in keys if key in document and key not in allowed)
