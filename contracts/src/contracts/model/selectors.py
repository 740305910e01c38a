"""Consumer version selectors: which pacts a provider asks to verify.

`parse` makes them from a client's JSON and reports every problem.
Source: Pact Broker protocol, selector validation and how each selector resolves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from contracts.model.criteria import Criterion, InEnvironment, OnBranch, OnMainBranch, Presence, Tagged
from contracts.model.errors import InvalidFields


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerVersionSelector:
    """Consumer versions whose pacts a provider asks to verify.

    Without a *criterion* and with *latest*, the newest version that has a pact with the provider.
    If no consumer has a version with the tag, the versions with the tag *fallback* are used.
    If a consumer has no pact at the head of the branch, the head of its branch *fallback* is used.
    Without a *consumer*, every consumer counts.
    """

    criterion: Criterion | None = None
    latest: bool = False
    fallback: str | None = None
    consumer: str | None = None


_PRESENCES = ("deployed", "released", "deployedOrReleased")
_ONLY_TRUE = ("mainBranch", "matchingBranch", *_PRESENCES)
_NAMES = ("tag", "branch", "fallbackTag", "fallbackBranch", "consumer", "environment")
_KEYS = {*_NAMES, *_ONLY_TRUE, "latest"}
_KEYS_IN_LOWER_CASE = {key.lower(): key for key in sorted(_KEYS)}
_BRANCHISH = ("tag", "branch", "mainBranch", "latest", "fallbackTag", "fallbackBranch")
_ENVIRONMENTISH = ("environment", *_PRESENCES)
_FIELD = "consumerVersionSelectors"


def parse(
    documents: Sequence[object], provider_branch: str | None, field: str = _FIELD
) -> tuple[ConsumerVersionSelector, ...]:
    """Parse a client's *documents* into selectors, one for each, in order.

    A key that looks like a misspelt one is an error; any other unknown key is ignored, as in the reference broker.
    *provider_branch* is the branch for `matchingBranch`; *field* is the name of the list in the request.

    Raises:
        InvalidFields: with every problem, each with the index of its selector.
    """
    problems: list[str] = []
    selectors: list[ConsumerVersionSelector] = []
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


def require_environments(
    selectors: Sequence[ConsumerVersionSelector], environment_names: Collection[str], field: str = _FIELD
) -> None:
    """Refuse *selectors* of environments that are not among *environment_names*, the existing ones.

    Raises:
        InvalidFields: naming each, with the index of its selector.
    """
    problems = [
        f"environment '{criterion.environment}' does not exist in this broker (at index {index})"
        for index, criterion in enumerate(each.criterion for each in selectors)
        if isinstance(criterion, InEnvironment) and criterion.environment not in {None, *environment_names}
    ]
    if problems:
        raise InvalidFields({field: problems})


def _selector(document: Mapping[str, Any], provider_branch: str) -> ConsumerVersionSelector:
    """The selector of a *document* without problems."""
    criterion = _criterion(document, provider_branch)
    latest = isinstance(criterion, OnBranch | OnMainBranch) or document.get("latest") is True
    fallback = None
    if latest:
        fallback = document.get("fallbackTag" if isinstance(criterion, Tagged) else "fallbackBranch")
    return ConsumerVersionSelector(
        criterion=criterion, latest=latest, fallback=fallback, consumer=document.get("consumer")
    )


def _criterion(document: Mapping[str, Any], provider_branch: str) -> Criterion | None:
    criterion: Criterion | None
    match document:
        case {"mainBranch": True}:
            criterion = OnMainBranch()
        case {"matchingBranch": True}:
            criterion = OnBranch(branch=provider_branch)
        case {"branch": True}:
            criterion = OnBranch()
        case {"branch": name}:
            criterion = OnBranch(branch=name)
        case {"tag": tag}:
            criterion = Tagged(tag=tag)
        case {"latest": True}:
            criterion = None
        case _:
            criterion = InEnvironment(environment=document.get("environment"), presence=_presence(document))
    return criterion


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
            yield f"mainBranch can only be combined with consumer, not with {others}"
    if "matchingBranch" in document:
        if others := _others(document, "matchingBranch"):
            yield f"matchingBranch can only be combined with consumer, not with {others}"
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
        yield "tag and branch cannot be combined"
    if "fallbackTag" in document:
        if document.get("latest") is not True:
            yield "fallbackTag needs latest: true"
        if "tag" not in document:
            yield "fallbackTag needs a tag to fall back from"


def _wrong_environments(document: Mapping[str, Any]) -> Iterator[str]:
    branchish = next((key for key in _BRANCHISH if key in document), None)
    environmentish = next((key for key in _ENVIRONMENTISH if key in document), None)
    if branchish and environmentish:
        yield f"{branchish} and {environmentish} cannot be combined"
    presences = [key for key in _PRESENCES if key in document]
    if len(presences) > 1:
        yield f"{' and '.join(presences)} cannot be combined"


def _others(document: Mapping[str, Any], *allowed: str) -> str:
    """The keys of *document* other than consumer and *allowed*, for a message."""
    keys = dict.fromkeys((*_BRANCHISH, *_ENVIRONMENTISH, "matchingBranch"))
    return ", ".join(key for key in keys if key in document and key not in allowed)
