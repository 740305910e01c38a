"""What a change concerns, and whether every job that had to run did pass, for workflows on GitHub.

A workflow that path filters suppress never reports, and blocks whoever requires its check. So each workflow always
runs: its first job asks `concerns`, its last one `unmet`, and that is the check to require.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.ci import detection
from contracts.client import UsageError


SHARED = (
    "contracts/",
    "tasks.py",
    "conftest.py",
    "pyproject.toml",
    "requirements.txt",
    "constraints.txt",
    ".github/actions/",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """Whether a change concerns a package, and why."""

    relevant: bool
    reason: str

    def tell_github(self, environ: Mapping[str, str]) -> None:
        """Give it to the jobs that follow, as the output `relevant` of this step; elsewhere nobody is told."""
        if output := environ.get("GITHUB_OUTPUT"):
            with Path(output).open("a", encoding="utf-8") as file:
                file.write(f"relevant={str(self.relevant).lower()}\n")


def concerns(package: str, environ: Mapping[str, str], directory: Path) -> Relevance:
    """Whether what started this workflow changes anything that *package*'s pipeline depends on.

    Only what is to be merged is left out for changing nothing relevant. A push always counts: the push before it may
    have failed, or have made room for this one while it waited, and what it brought would never be deployed.
    Yes also whenever it cannot be told: no event, no common history.

    Raises:
        UnknownBuild: if GITHUB_EVENT_PATH cannot be read.
    """
    base = _base(detection.github_event(environ))
    if base is None:
        return Relevance(relevant=True, reason="no pull request: everything counts as changed")
    head = environ.get("GITHUB_SHA") or "HEAD"
    answer = subprocess.run(  # noqa: S603, both names come from GitHub's own event
        ["git", "diff", "--name-only", "--no-renames", "-z", "--end-of-options", f"{base}...{head}"],  # noqa: S607
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        return Relevance(
            relevant=True, reason=f"what changed since {base} cannot be told: everything counts as changed"
        )
    return relevance(package, answer.stdout.split("\0")[:-1])


def relevance(package: str, paths: Iterable[str]) -> Relevance:
    """Whether changes of *paths* concern *package*.

    A change in contracts/ concerns the other packages too; contracts depends on all of them, because its tests run
    their tests.
    """
    own: tuple[str, ...] = (f"{package}/", f".github/workflows/{package}.yml", *SHARED)
    if package == "contracts":
        own = (*own, "consumer/", "provider/", ".github/", ".ci/")
    found = next((path for path in paths if path.startswith(own)), None)
    if found is None:
        return Relevance(relevant=False, reason=f"nothing that {package} depends on has changed")
    return Relevance(relevant=True, reason=f"{found} has changed")


def unmet(environ: Mapping[str, str], *, deploys: str = "") -> list[str]:
    """Why a workflow's needed jobs, GitHub's `needs` as JSON in NEEDS, do not add up to a pass; nothing if they do.

    A job may be skipped where the job `changes` said that nothing relevant changed. The job called *deploys* may be
    skipped besides, but on a push: that is what it is for.

    Raises:
        UsageError: if NEEDS is not what GitHub writes.
    """
    needs = environ.get("NEEDS", "")
    try:
        results = {name: need["result"] for name, need in json.loads(needs).items()}
        relevant = json.loads(needs)["changes"]["outputs"].get("relevant")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as problem:
        raise UsageError(f"NEEDS is no JSON of the jobs before, with one called changes: {problem!r}") from problem
    may_be_skipped = set() if environ.get("GITHUB_EVENT_NAME") == "push" else {deploys}
    if relevant == "false":
        may_be_skipped = results.keys() - {"changes"}
    return [
        f"{name}: {result}"
        for name, result in results.items()
        if result != "success" and not (result == "skipped" and name in may_be_skipped)
    ]


def _base(event: Mapping[str, Any]) -> str | None:
    """The commit that something is to be merged into, where the event tells."""
    pull_request, merge_group = event.get("pull_request") or {}, event.get("merge_group") or {}
    return pull_request.get("base", {}).get("sha") or merge_group.get("base_sha") or None
