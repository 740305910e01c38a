"""Which packages a change concerns, and whether every job that had to run passed, for workflows on GitHub.

A workflow that a path filter suppresses never reports, and a required check that never reports blocks the pull request.
So each workflow always runs: its first job asks `concerns`, and its last job, the one to require, asks `unmet`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.ci import detection
from contracts.ci.projects import WORKFLOWS, Project
from contracts.client import UsageError


CI_FOLDERS = (".github/", ".ci/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """Whether a change concerns a package, and why."""

    relevant: bool
    reason: str

    def write_output(self, environ: Mapping[str, str]) -> None:
        """Write the output `relevant` of this step, which later jobs read; only GitHub provides the file for it."""
        if output := environ.get("GITHUB_OUTPUT"):
            with Path(output).open("a", encoding="utf-8") as file:
                file.write(f"relevant={str(self.relevant).lower()}\n")


def concerns(package: str, environ: Mapping[str, str], project: Project) -> Relevance:
    """Return whether the event that started this workflow changes anything that the pipeline of *package* depends on.

    Only a pull request or a merge queue can leave a package out. A push always counts: the previous push may have
    failed, or this one may have replaced it while it waited, and then its changes would never be deployed.
    If the changes cannot be determined, everything counts as changed.

    Raises:
        UnknownBuild: if GITHUB_EVENT_PATH cannot be read.
        UsageError: if the repository has no such package.
    """
    base = _base(detection.github_event(environ))
    if base is None:
        relevance(package, (), project)
        return Relevance(relevant=True, reason="this is not a pull request, so everything counts as changed")
    head = environ.get("GITHUB_SHA") or "HEAD"
    answer = subprocess.run(  # noqa: S603, both names come from GitHub's own event
        ["git", "diff", "--name-only", "--no-renames", "-z", "--end-of-options", f"{base}...{head}"],  # noqa: S607
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        reason = f"git cannot compare this commit with {base}, so everything counts as changed"
        return Relevance(relevant=True, reason=reason)
    return relevance(package, answer.stdout.split("\0")[:-1], project)


def relevance(package: str, paths: Iterable[str], project: Project) -> Relevance:
    """Return whether changes of *paths* concern *package*, an application or another folder of the repository.

    An application depends on its folder, its workflow and the shared files. Another folder depends on everything that
    is declared, because its tests run those of the applications.

    Raises:
        UsageError: if the repository has no such package.
    """
    dependencies = (*_dependencies(package, project), *project.shared)
    first = next((path for path in paths if _is_in(path, dependencies)), None)
    if first is None:
        return Relevance(relevant=False, reason=f"{package} does not depend on anything that has changed")
    return Relevance(relevant=True, reason=f"{first} has changed")


def _dependencies(package: str, project: Project) -> tuple[str, ...]:
    folders = [each.folder.relative_to(project.root).as_posix() for each in project.applications]
    if application := project.named(package):
        return (application.folder.relative_to(project.root).as_posix(), (WORKFLOWS / application.workflow).as_posix())
    if not (project.root / package).is_dir():
        raise UsageError(f"This repository has no package {package!r}. Use a folder: {', '.join(folders)} or another.")
    return (package, *folders, *CI_FOLDERS)


def _is_in(path: str, places: Iterable[str]) -> bool:
    return any(path == each or path.startswith(f"{each.rstrip('/')}/") for each in places)


def unmet(environ: Mapping[str, str], *, deploys: str = "") -> list[str]:
    """Return why the jobs of a workflow (NEEDS holds GitHub's `needs` as JSON) did not pass; empty if they did.

    A job may be skipped if the job `changes` found nothing relevant. Only a push requires the job *deploys*.

    Raises:
        UsageError: if NEEDS is not what GitHub writes.
    """
    needs = environ.get("NEEDS", "")
    try:
        results = {name: need["result"] for name, need in json.loads(needs).items()}
        relevant = json.loads(needs)["changes"]["outputs"].get("relevant")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as problem:
        raise UsageError(
            f"NEEDS does not describe the previous jobs, with one called changes: {problem!r}. Set it to "
            "${{ toJSON(needs) }}."
        ) from problem
    may_be_skipped = set() if environ.get("GITHUB_EVENT_NAME") == "push" else {deploys}
    if relevant == "false":
        may_be_skipped = results.keys() - {"changes"}
    return [
        f"{name}: {result}"
        for name, result in results.items()
        if result != "success" and not (result == "skipped" and name in may_be_skipped)
    ]


def _base(event: Mapping[str, Any]) -> str | None:
    """Return the commit that a pull request or a merge queue merges into."""
    pull_request, merge_group = event.get("pull_request") or {}, event.get("merge_group") or {}
    return pull_request.get("base", {}).get("sha") or merge_group.get("base_sha") or None
