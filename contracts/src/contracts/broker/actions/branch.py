"""Add versions to branches, with the consequences for the main branch.

Source: Pact Broker protocol, main branch and branches.
"""

from __future__ import annotations

from contracts.broker.runtime import Runtime
from contracts.broker.store import branches, pacticipants
from contracts.broker.store.database import Connection
from contracts.model.pacticipants import Pacticipant
from contracts.model.versions import Version


def add_version(
    runtime: Runtime,
    connection: Connection,
    pacticipant: Pacticipant,
    version: Version,
    branch: str,
    *,
    auto_created: bool = False,
) -> bool:
    """Add *version* to *branch*, created if missing, as its head; return False if it is on the branch already.

    A branch with the name of a main branch becomes the main branch of a pacticipant that has none.
    """
    now = runtime.now()
    used = branches.use(connection, pacticipant.id, branch, now)
    detect_main_branch(runtime, connection, pacticipant, branch)
    return branches.add_version(connection, used.id, version.id, now, auto_created=auto_created)


def add_new_version(
    runtime: Runtime, connection: Connection, pacticipant: Pacticipant, version: Version, branch: str
) -> None:
    """Add *version*, created in this transaction, to *branch*: as `add_version`, in fewer statements."""
    branches.use_for(connection, pacticipant.id, branch, version.id, runtime.now())
    detect_main_branch(runtime, connection, pacticipant, branch)


def detect_main_branch(runtime: Runtime, connection: Connection, pacticipant: Pacticipant, name: str) -> None:
    """Make the branch or tag *name* the main branch of a pacticipant that has none, if the settings list it."""
    settings = runtime.settings
    detecting = settings.auto_detect_main_branch and name in settings.main_branch_candidates
    if detecting and pacticipant.main_branch is None:
        pacticipants.set_main_branch(connection, pacticipant.id, name, runtime.now())
