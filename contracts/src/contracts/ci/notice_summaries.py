"""A short form of a broker's notices about many pacts: similar notices are shown once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from contracts.client.documents import Contract
from contracts.model.notices import Notice


FEW = 10
"""Up to this many pacts are listed one by one."""

_MOST_SHOWN = 20
_HIDDEN = frozenset({"debug"})
_ADDRESS = re.compile(r"https?://\S+")
_SOMETHING = "…"


def pairs(contracts: Sequence[Contract]) -> str:
    """List the pairs of *contracts*; more than FEW are grouped by consumer and abridged."""
    if len(contracts) <= FEW:
        return ", ".join(f"{each.consumer} → {each.provider}" for each in contracts)
    providers: dict[str, list[str]] = {}
    for each in contracts:
        providers.setdefault(each.consumer, []).append(each.provider)
    consumers = [_of_one(consumer, names) for consumer, names in providers.items()]
    more = f"; and {len(consumers) - FEW} more consumers" if len(consumers) > FEW else ""
    return f"{len(contracts)} pacts: {'; '.join(consumers[:FEW])}{more}"


def shortened(notices: Sequence[Notice], contracts: Sequence[Contract]) -> list[Notice]:
    """Return *notices* without debugging; with more than FEW *contracts*, similar ones once, with their number.

    Two notices are similar if they differ only in names of consumers and providers, and in URLs.
    """
    shown = [each for each in notices if each.type not in _HIDDEN]
    if len(contracts) <= FEW:
        return shown
    names = {each.consumer for each in contracts} | {each.provider for each in contracts}
    name = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in sorted(names, key=len, reverse=True)))
    groups: dict[tuple[str, str], list[Notice]] = {}
    for each in shown:
        groups.setdefault((each.type, name.sub(_SOMETHING, _ADDRESS.sub(_SOMETHING, each.text))), []).append(each)
    lines = [_once(group) for group in groups.values()]
    hidden = len(lines) - _MOST_SHOWN
    if hidden > 0:
        lines = [
            *lines[:_MOST_SHOWN],
            Notice(type="info", text=f"… and {hidden} more notices: --verbose shows them all."),
        ]
    return lines


def _of_one(consumer: str, providers: Sequence[str]) -> str:
    more = f" and {len(providers) - 3} more" if len(providers) > 3 else ""  # noqa: PLR2004 - as many fit into a line
    return f"{consumer} → {', '.join(providers[:3])}{more}"


def _once(group: Sequence[Notice]) -> Notice:
    first = group[0]
    if len(group) == 1 or len({each.text for each in group}) == 1:
        return first
    return Notice(type=first.type, text=f"{first.text} (the same for {len(group) - 1} more)")
