"""Letting applications in: whoever publishes names them, and a misspelt name must not become one.

Source: Pact Broker protocol, pacticipant names (potential duplicates).
"""

from __future__ import annotations

from collections.abc import Sequence

from contracts.broker.runtime import Runtime
from contracts.broker.store import pacticipants
from contracts.broker.store.database import Connection
from contracts.model import names
from contracts.model.errors import PotentialDuplicate
from contracts.model.pacticipants import Pacticipant


def parties(runtime: Runtime, connection: Connection, called: Sequence[str]) -> dict[str, Pacticipant]:
    """The applications *called* so, by name, made where they are missing.

    Raises:
        PotentialDuplicate: if new names look like those of applications that exist; it has a line for each.
    """
    known = pacticipants.hold(connection, called)
    # in the same order by everybody, so that writers never wait for one another in a circle
    new = sorted(set(called) - set(known))
    if new and runtime.settings.check_for_potential_duplicate_pacticipant_names:
        # one that somebody else has made since is not new any more: it must not look like itself
        there = pacticipants.names(connection)
        _require_distinct(sorted(set(new) - set(there)), there)
    return known | {name: pacticipants.ensure(connection, name, runtime.now()) for name in new}


def _require_distinct(new: Sequence[str], existing: Sequence[str]) -> None:
    if sentences := [_sentence(name, others) for name, others in names.look_alike(new, existing).items()]:
        raise PotentialDuplicate("\n".join(sentences))


def _sentence(name: str, alike: Sequence[str]) -> str:
    quoted = ", ".join(f"'{each}'" for each in alike)
    return (
        f"'{name}' is new, and looks like {quoted}. If it is the same application, publish under the name it has; if "
        "it is another one, create it first (POST /pacticipants), then publish again."
    )
