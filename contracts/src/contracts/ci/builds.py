"""A build: its commit, its branch, and whether it may publish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from contracts.ci.errors import PipelineError


Service = Literal[
    "github",
    "gitlab",
    "circleci",
    "jenkins",
    "buildkite",
    "azure",
    "bitbucket",
    "travis",
    "appveyor",
    "teamcity",
    "drone",
    "semaphore",
    "codebuild",
    "git",
    "files",
]
PullRequest = Literal["own", "fork"]


class UnknownBuild(PipelineError):
    """The commit or branch of this build is unknown; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """The commit and branch that a CI job or a checkout builds.

    `version` is the full commit hash; with uncommitted changes `<hash>+<digest>`, where the same content has the same
    digest; without any commit `files-<digest>`. `branch` is None for a tag, on a detached head and outside git; for a
    pull request it is the source branch. `default_branch` is None if the service does not name it.

    `target` is the branch that a pull request merges into, set if the service may have named the merge commit instead
    of the pull request's head. `doubt` says why the service's variables do not decide the version, else it is empty.
    """

    kind: Service
    version: str
    branch: str | None
    build_url: str | None
    dirty: bool = False
    pull_request: PullRequest | None = None
    default_branch: str | None = None
    target: str | None = None
    doubt: str = ""

    @property
    def pull_request_from_fork(self) -> bool:
        """True for a pull request of a fork or of Dependabot: it has no secrets, and must not publish."""
        return self.pull_request == "fork"

    @property
    def commit(self) -> str | None:
        """The commit in the version, without the digest of changes."""
        return commit_of(self.version)


def commit_of(version: str) -> str | None:
    """Return the full commit hash in *version*, if it has one.

    >>> commit_of("1.2.3")
    >>> commit_of("0123456789012345678901234567890123456789+0a1b2c3d4e5f")
    '0123456789012345678901234567890123456789'
    """
    match = _VERSION.fullmatch(version)
    return match["commit"] if match else None


_VERSION = re.compile(r"(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})(\+[0-9a-f]+)?")


def required(value: str | None, variable: str) -> str:
    """Return the *value* of a CI service's *variable*.

    Raises:
        UnknownBuild: if the variable is not set.
    """
    if not value:
        raise UnknownBuild(
            f"This looks like a CI service, but {variable} is not set. "
            "Set GIT_COMMIT and GIT_BRANCH to the commit and branch of this build."
        )
    return value


def pull_request_of(is_pull_request: bool, *, fork: bool) -> PullRequest | None:
    """Return whose pull request this build is of, if any; a build of a fork is always one."""
    if fork:
        return "fork"
    return "own" if is_pull_request else None


def branch_of(ref: str) -> str | None:
    """Return the branch that a full *ref* names; None for tags, pull requests and any other ref."""
    return ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
