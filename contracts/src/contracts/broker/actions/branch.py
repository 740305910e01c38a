"""Add versions to branches, with the consequences for the main branch.

Source: Pact Broker protocol, main branch and branches.
"""

from __future__ import annotations

from contracts.broker.actions import need
from contracts.broker.runtime import Runtime
from contracts.broker.store import branches, pacticipants
from contracts.broker.store.database import Connection
from contracts.model.events import LATEST_FROM_MAIN_BRANCH
from contracts.model.pacticipants import Pacticipant
from contracts.model.versions import Version


def add_version(
    runtime: Runtime,
    connection: Connection,
    pacticipant: Pacticipant,
    version: Version,
    branch: str,
    *,
    base_url: str,
    auto_created: bool = False,
) -> bool:
    """Add *version* to *branch*, created if missing, as its head; return False if it is on the branch already.

    A branch with the name of a main branch becomes the main branch of a pacticipant that has none. The new head of a
    main branch needs results. URLs for webhooks start with *base_url*.
    """
    now = runtime.now()
    used = branches.use(connection, pacticipant.id, branch, now)
    is_main = detect_main_branch(runtime, connection, pacticipant, branch)
    added = branches.add_version(connection, used.id, version.id, now, auto_created=auto_created)
    if added and is_main:
        _need_results(runtime, connection, version, base_url)
    return added


def add_new_version(
    runtime: Runtime, connection: Connection, pacticipant: Pacticipant, version: Version, branch: str, *, base_url: str
) -> None:
    """Add *version*, created in this transaction, to *branch*: as `add_version`, in fewer statements."""
    branches.use_for(connection, pacticipant.id, branch, version.id, runtime.now())
    if detect_main_branch(runtime, connection, pacticipant, branch):
        _need_results(runtime, connection, version, base_url)


def detect_main_branch(runtime: Runtime, connection: Connection, pacticipant: Pacticipant, name: str) -> bool:
    """Make the branch or tag *name* the main branch of a pacticipant that has none, if the settings list it.

    Returns whether it is the main branch.
    """
    settings = runtime.settings
    detecting = settings.auto_detect_main_branch and name in settings.main_branch_candidates
    if detecting and pacticipant.main_branch is None:
        pacticipants.set_main_branch(connection, pacticipant.id, name, runtime.now())
        return True
    return pacticipant.main_branch == name


def need_results_of_main_branch(
    runtime: Runtime, connection: Connection, pacticipant: Pacticipant, *, base_url: str
) -> None:
    """Record the needs of the head of the main branch, which another branch was before."""
    if pacticipant.main_branch is None:
        return
    main = branches.get(connection, pacticipant.id, pacticipant.main_branch)
    if main is not None and main.head_version_id is not None:
        reason = LATEST_FROM_MAIN_BRANCH
        need.results(runtime, connection, pacticipant.id, main.head_version_id, reason, base_url=base_url)


def need_results_of_tag(
    runtime: Runtime, connection: Connection, pacticipant: Pacticipant, version: Version, tag: str, *, base_url: str
) -> None:
    """Record the needs of *version*, which has the name of the main branch as a *tag*, unless that branch exists."""
    if branches.get(connection, pacticipant.id, tag) is None:
        _need_results(runtime, connection, version, base_url)


def _need_results(runtime: Runtime, connection: Connection, version: Version, base_url: str) -> None:
    need.results(runtime, connection, version.pacticipant_id, version.id, LATEST_FROM_MAIN_BRANCH, base_url=base_url)
