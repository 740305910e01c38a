"""Create the applications that a publication names, but not for a misspelt name.

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


def parties(runtime: Runtime, connection: Connection, application_names: Sequence[str]) -> dict[str, Pacticipant]:
    """The applications called *application_names*, by name; missing ones are created.

    Raises:
        PotentialDuplicate: if new names look like those of existing applications; it has a line for each.
    """
    existing = pacticipants.hold(connection, application_names)
    # in the same order by every writer, to prevent deadlocks
    new = sorted(set(application_names) - set(existing))
    if new and runtime.settings.check_for_potential_duplicate_pacticipant_names:
        # one that another writer has created since is not new, and must not look like itself
        there = pacticipants.names(connection)
        _require_distinct(sorted(set(new) - set(there)), there)
    return existing | {name: pacticipants.ensure(connection, name, runtime.now()) for name in new}


def _require_distinct(new: Sequence[str], existing: Sequence[str]) -> None:
    if sentences := [_sentence(name, others) for name, others in names.look_alike(new, existing).items()]:
        raise PotentialDuplicate("\n".join(sentences))


def _sentence(name: str, alike: Sequence[str]) -> str:
    quoted = ", ".join(f"'{each}'" for each in alike)
    return (
        f"'{name}' is new, and looks like {quoted}. If it is the same application, publish under the name it has; if "
        "it is another one, create it first (POST /pacticipants), then publish again."
    )
