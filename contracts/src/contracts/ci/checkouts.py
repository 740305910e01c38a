"""Comparison of a CI service's commit with the commit that is checked out.

A service may name another commit than the one that is checked out: the head of main for a pull request, or a merge that
exists on the build machine only. A result under such a version would be about other code.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from contracts.ci import git
from contracts.ci.builds import Build, UnknownBuild


_OVERRIDE = "or set GIT_COMMIT and GIT_BRANCH to the commit and branch of this build."


def settled(build: Build, directory: Path) -> Build:
    """Return *build* with the head of its pull request as version, after checking that *directory* has that commit.

    The checkout may be a merge of that head with its target. Nothing is compared without git or a commit, nor for a
    fork, whose results are not published.

    Raises:
        UnknownBuild: if the service's variables do not decide the version, or another commit is checked out.
    """
    if build.doubt:
        raise UnknownBuild(build.doubt)
    if build.pull_request_from_fork or build.commit is None:
        return build
    try:
        checked_out = git.resolve(directory, "HEAD")
        if checked_out is None:
            return build
        if build.target is not None:
            build = replace(build, version=_head(directory, build.commit, build.target))
        ours = {checked_out} if build.pull_request is None else {checked_out, *git.parents(directory, checked_out)}
    except git.TreeError:  # git may be missing on a build machine, or refuse
        return build
    if build.commit not in ours:
        raise UnknownBuild(
            f"This build is for commit {build.commit}, but {checked_out} is checked out. "
            f"Check out {build.commit} first, {_OVERRIDE}"
        )
    return replace(build, branch=None) if build.branch and _is_tag(directory, build.branch, checked_out) else build


def _is_tag(directory: Path, name: str, checked_out: str) -> bool:
    """Return whether *name* is a tag of the checked-out commit and not a branch: some events use one key for both."""
    tagged = git.resolve(directory, f"refs/tags/{name}") == checked_out
    return tagged and git.head_of(directory, name) is None


def _head(directory: Path, commit: str, target: str) -> str:
    """Return the head of the pull request in *commit*, which may be its merge with the branch *target*.

    A merge that is on a branch was made by people: it is the head itself.
    """
    sides = git.parents(directory, commit)
    if len(sides) < 2 or git.branches_with(directory, commit):  # noqa: PLR2004, a merge has two sides
        return commit
    base = git.resolve(directory, f"refs/remotes/origin/{target}") or git.resolve(directory, f"refs/heads/{target}")
    heads = [side for side in sides if base is not None and not git.is_within(directory, side, base)]
    if len(heads) != 1:
        raise UnknownBuild(
            f"Commit {commit} is a merge that this build made, and its history does not show which parent is the pull "
            f"request. Fetch the branch {target}, {_OVERRIDE}"
        )
    return heads[0]
