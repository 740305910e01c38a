"""The commits that a webhook may start a build of.

Anyone who may write to the broker chooses the commit in a webhook, and GitHub serves the commits of every fork under
the repository's own name. So a commit counts only if it is on a branch of this repository.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from contracts.ci import git, github_webhooks
from contracts.ci.builds import commit_of
from contracts.client import UsageError


def to_verify(environ: Mapping[str, str], directory: Path, *, built_here: Callable[[str], bool]) -> str:
    """Return the version that the event in GITHUB_EVENT_PATH requests; by default GITHUB_SHA.

    *directory* must have the history of all branches. A version that fake-ci built before (*built_here*) counts too.

    Raises:
        UnknownBuild: if the event is missing, or cannot be read.
        UsageError: if that commit is not on a branch of this repository.
        TreeError: if git is missing.
    """
    head = environ.get("GITHUB_SHA", "")
    version = github_webhooks.read_payload(environ).sha or head
    if version and (version == head or built_here(version)):
        return version
    if commit_of(version) != version:
        raise UsageError(
            f"The event requests a result for version {version!r}, which is not a full commit hash. Nothing was run. "
            "Publish versions of the provider under their commit hash."
        )
    if not git.branches_with(directory, version):
        raise UsageError(
            f"The event requests a result for commit {version}, which is not on any branch of this repository. "
            "Nothing was run. If its branch is not fetched here, fetch all branches (fetch-depth: 0)."
        )
    return version


def write_output(version: str, environ: Mapping[str, str]) -> None:
    """Write the checked *version* as the output `commit` of this GitHub step."""
    if output := environ.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"commit={version}\n")
