"""Git and CI: which commit, branch and build this is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts.ci import git
from contracts.ci.detection import detect
from contracts.ci.errors import PipelineError
from contracts.doctor.findings import Finding, ok, problem, warning
from contracts.doctor.surroundings import Surroundings


_AREA: Final = "git and CI"
_SOURCES = {"git": "git", "files": "the files themselves"}


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Say which version and branch the commands would use, and what is unusual about them."""
    try:
        build = detect(surroundings.environ, surroundings.directory)
    except PipelineError as error:
        yield problem(_AREA, str(error), "Correct the variables of CI, or set GIT_COMMIT and GIT_BRANCH.")
        return
    source = _SOURCES.get(build.kind, build.kind)
    overridden = [name for name in ("GIT_COMMIT", "GIT_BRANCH") if surroundings.environ.get(name)]
    why = f"from {source}" + (f" and {' and '.join(overridden)}" if overridden else "")
    if build.kind == "files":
        yield warning(
            _AREA,
            f"This is not a git repository, so the version is made of the files: {build.version}.",
            "git init, and commit: a version is then a commit that can be checked out.",
        )
    elif build.dirty:
        yield warning(
            _AREA,
            f"The version is {build.version} ({why}): there are uncommitted changes, so it is not a commit.",
            "Commit before you publish.",
        )
    else:
        yield ok(_AREA, f"The version is {build.version} ({why}).")
    yield from _branch(surroundings, build.branch, kind=build.kind)


def _branch(surroundings: Surroundings, branch: str | None, *, kind: str) -> Iterator[Finding]:
    if branch is None and kind == "files":
        return  # to commit, as advised, gives it a branch
    if branch is None:
        yield problem(
            _AREA,
            "The branch is unknown (a detached HEAD, a tag, or no commit yet). Pending pacts need it.",
            "git switch BRANCH, or set GIT_BRANCH.",
        )
        return
    yield ok(_AREA, f"The branch is {branch}.")
    if kind == "files":
        return
    if (default := git.default_branch(surroundings.directory)) is None:
        yield warning(
            _AREA,
            "The default branch is unknown, so no pipeline would deploy.",
            "git remote set-head origin --auto"
            if git.repository(surroundings.directory)
            else "git remote add origin URL, and push.",
        )
    else:
        yield ok(_AREA, f"The default branch is {default}.")
