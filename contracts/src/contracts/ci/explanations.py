"""A failed interaction in one sentence: which consumer needs what from which response, and what it got."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from contracts.model.plain_text import plain
from contracts.verification.interactions import Interaction


_MISSING_FIELDS = re.compile(r"Actual map is missing the following keys: (.+)")


def explain(interaction: Interaction, *, provider: str) -> str:
    """Return why *interaction* failed: its first mismatch, or, without one, its problems.

    Source: the mismatches of the official verifier (pact_models, `Mismatch`).
    """
    if not interaction.mismatches:
        return interaction.failure
    mismatch = interaction.mismatches[0]
    response = f"the response of {provider} to {interaction.description!r}"
    more = len(interaction.mismatches) - 1
    end = f" ({more} more {'mismatch' if more == 1 else 'mismatches'})" if more else ""
    return plain(f"{interaction.consumer} {_need(mismatch, response)}{end}")


def _need(mismatch: Mapping[str, Any], response: str) -> str:
    text, path = str(mismatch.get("mismatch", "")), str(mismatch.get("path", ""))
    match str(mismatch.get("type")).removesuffix("Mismatch"):
        case "Status":
            return f"needs status {mismatch.get('expected')} in {response}, but gets {mismatch.get('actual')}"
        case "Body" if missing := _MISSING_FIELDS.fullmatch(text):
            place = f" of {path}" if path not in ("", "$") else ""
            return f"needs {missing[1]}{place} in {response}, but gets {_fields(mismatch)}"
        case "Body" | "BodyType":
            return f"does not accept {path or 'the body'} in {response}: {text}"
        case "Header":
            return f"needs another header {mismatch.get('key')} in {response}: {text}"
        case _:
            return f"does not accept {response}: {text}"


def _fields(mismatch: Mapping[str, Any]) -> str:
    """Return the fields of the actual object."""
    try:
        names = json.loads(str(mismatch.get("actual")))
    except ValueError:
        return "something else"
    return f"only {', '.join(map(str, names))}" if names else "an empty object"
