"""Tag versions, with the consequences for branches and deployments.

Source: Pact Broker protocol, branches, heads, tags, labels.
"""

from __future__ import annotations

from collections.abc import Sequence

from contracts.broker.actions import branch
from contracts.broker.runtime import Runtime
from contracts.broker.store import branches, deployments, environments, tags
from contracts.broker.store.database import Connection
from contracts.model.pacticipants import Pacticipant
from contracts.model.versions import Version


def add(
    runtime: Runtime,
    connection: Connection,
    pacticipant: Pacticipant,
    version: Version,
    names: Sequence[str],
    *,
    deploys: bool,
) -> list[str]:
    """Add the tags with these *names* to *version*, in this order; return those that are new.

    A tag with the name of a main branch makes it the main branch of a pacticipant that has none; the first tag of a
    young version without a branch becomes its branch. With *deploys*, a tag with the name of an environment deploys the
    version there, if the settings allow it: a tag added by PUT says where the version runs, one in a publication does
    not.
    """
    if names and _stands_for_branch(runtime, connection, version):
        branch.add_version(runtime, connection, pacticipant, version, names[0], auto_created=True)
    created = tags.add(connection, pacticipant.id, version.id, names, runtime.now())
    for tag in names:
        branch.detect_main_branch(runtime, connection, pacticipant, tag)
        if deploys and runtime.settings.create_deployed_versions_for_tags:
            _deploy_to_namesake(runtime, connection, version, tag)
    return created


def _stands_for_branch(runtime: Runtime, connection: Connection, version: Version) -> bool:
    """Whether the next tag of *version* is the first sign of its branch: old clients do not send branches."""
    settings = runtime.settings
    if not settings.use_first_tag_as_branch:
        return False
    if runtime.now() - version.created_at > settings.first_tag_as_branch_window:
        return False
    return not branches.of_versions(connection, [version.id]) and not tags.names(connection, version.id)


def _deploy_to_namesake(runtime: Runtime, connection: Connection, version: Version, tag: str) -> None:
    if (environment := environments.get_by_name(connection, tag)) is not None:
        deployments.deploy(
            connection, version, environment.id, uuid=runtime.uuid(), now=runtime.now(), auto_created=True
        )
