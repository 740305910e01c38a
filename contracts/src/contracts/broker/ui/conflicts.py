"""What differs between a form and the document that someone else has changed since the form was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


REVISION = "revision"
"""The entry of a form with the revision of the document that it was filled from."""
CHANGED = 412
"""The API's status for a change of a document that has another revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field, as it is stored *now* and as the form has it, both as texts."""

    field: str
    now: str
    yours: str


def differences(labels: Mapping[str, str], now: Mapping[str, str], yours: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return the fields that differ, in the order of *labels*, which names them."""
    return tuple(
        Difference(field=label, now=now[name], yours=yours[name])
        for name, label in labels.items()
        if now[name] != yours[name]
    )
