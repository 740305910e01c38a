"""Merging a contract into one that the same version published before.

Source: Pact Broker protocol, revisions, conflicts, merge.
"""

from __future__ import annotations

import json
from typing import Any

from contracts.model import contents
from contracts.model.errors import Conflict


_IDENTITY = ("description", "providerState", "provider_state", "providerStates")
_REQUEST = ("method", "path", "query", "body", "headers")


def merge(stored: str, incoming: str) -> str:
    """Return the text of the *stored* contract with the interactions of the *incoming* one.

    An interaction with the same description and provider states replaces the stored one; others are appended.
    Everything outside the interactions comes from the stored contract.

    Raises:
        Conflict: if the same interaction has a different request, or a contract has no list of interactions.
    """
    members = contents.members(stored)
    interactions = _interactions(members, "in the broker")
    places: dict[str, int] = {}
    for place, each in enumerate(interactions):
        places.setdefault(_identity(each), place)
    for part in _interactions(contents.members(incoming), "that was sent"):
        same = places.setdefault(_identity(part), len(interactions))
        if same == len(interactions):
            interactions.append(part)
        elif _request(interactions[same]) == _request(part):
            interactions[same] = part
        else:
            raise Conflict(
                f"The interaction {_name(part)} exists with another request. Change the description of the new one"
            )
    texts = {key: part.text for key, part in members.items()}
    return contents.write_object(texts | {"interactions": contents.write_array(each.text for each in interactions)})


def _interactions(members: dict[str, contents.TextPart], which: str) -> list[contents.TextPart]:
    part = members.get("interactions")
    if part is None or not isinstance(part.value, list):
        raise Conflict(f"The contract {which} has no list of interactions: contracts of messages cannot be merged")
    return list(part.elements)


def _identity(part: contents.TextPart) -> str:
    identity = [part.value.get(key) for key in _IDENTITY] if isinstance(part.value, dict) else part.value
    return json.dumps(identity, sort_keys=True)


def _request(part: contents.TextPart) -> list[Any]:
    request = part.value.get("request") if isinstance(part.value, dict) else None
    return [request.get(key) for key in _REQUEST] if isinstance(request, dict) else [request]


def _name(part: contents.TextPart) -> str:
    return f"'{part.value.get('description')}'" if isinstance(part.value, dict) else "that was sent"
