"""Tag versions, with the consequences for branches and deployments.

Source: Pact Broker protocol, branches, heads, tags, labels.
"""

from __future__ import annotations

from collections.abc import Sequence

from contracts.broker.actions import branch, place
from contracts.broker.runtime import Runtime
from contracts.broker.store import branches, environments, tags
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
    base_url: str,
) -> list[str]:
    """Add the tags with these *names* to *version*, in this order; return those that are new.

    A tag with the name of a main branch makes it the main branch of a pacticipant that has none; the first tag of a
    young version without a branch becomes its branch. With *deploys*, a tag with the name of an environment deploys the
    version there, if the settings allow it: a tag added by PUT says where the version runs, one in a publication does
    not. URLs for webhooks start with *base_url*.
    """
    if names and _stands_for_branch(runtime, connection, version):
        branch.add_version(runtime, connection, pacticipant, version, names[0], base_url=base_url, auto_created=True)
    created = tags.add(connection, pacticipant.id, version.id, names, runtime.now())
    for tag in names:
        if branch.detect_main_branch(runtime, connection, pacticipant, tag) and tag in created:
            branch.need_results_of_tag(runtime, connection, pacticipant, version, tag, base_url=base_url)
        if deploys and runtime.settings.create_deployed_versions_for_tags:
            _deploy_to_namesake(runtime, connection, version, tag, base_url)
    return created


def _stands_for_branch(runtime: Runtime, connection: Connection, version: Version) -> bool:
    """Whether the next tag of *version* is the first sign of its branch: old clients do not send branches."""
    settings = runtime.settings
    if not settings.use_first_tag_as_branch:
        return False
    if runtime.now() - version.created_at > settings.first_tag_as_branch_window:
        return False
    return not branches.of_versions(connection, [version.id]) and not tags.names(connection, version.id)


def _deploy_to_namesake(runtime: Runtime, connection: Connection, version: Version, tag: str, base_url: str) -> None:
    if (environment := environments.get_by_name(connection, tag)) is not None:
        place.deploy(runtime, connection, version, environment, base_url=base_url, auto_created=True)
