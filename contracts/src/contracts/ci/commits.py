"""Which commits a webhook may have built: what a broker names is text that anybody who may write to it chose.

GitHub hands out every commit of every fork under the repository's own name. A commit counts only if a branch of this
repository holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from contracts.ci import git, github_webhooks
from contracts.ci.builds import commit_of
from contracts.client import UsageError


def to_verify(environ: Mapping[str, str], directory: Path, *, built_here: Callable[[str], bool]) -> str:
    """The version that the event in GITHUB_EVENT_PATH asks for; GITHUB_SHA where it names none.

    *directory* must hold the history of all branches. A version that fake-ci built here before (*built_here*)
    counts too.

    Raises:
        UnknownBuild: if there is no event, or it cannot be read.
        UsageError: if no branch of this repository holds that commit.
        TreeError: if git is missing.
    """
    started_from = environ.get("GITHUB_SHA", "")
    version = github_webhooks.read_payload(environ).sha or started_from
    if version and (version == started_from or built_here(version)):
        return version
    if commit_of(version) != version:
        raise UsageError(
            f"The event asks for a result of version {version!r}, which is no full commit hash: nothing of it is run. "
            "Publish versions of the provider under the hash of their commit."
        )
    if not git.branches_with(directory, version):
        raise UsageError(
            f"The event asks for a result of commit {version}, which no branch of this repository holds: nothing of it "
            "is run. If it is on a branch that is not fetched here, fetch all of them (fetch-depth: 0)."
        )
    return version


def tell_github(version: str, environ: Mapping[str, str]) -> None:
    """Give *version*, once it is checked, to the jobs that follow, as the output `commit` of this step."""
    if output := environ.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"commit={version}\n")
