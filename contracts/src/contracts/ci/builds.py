"""A build: which commit and branch it is of, and what it may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from contracts.ci.errors import PipelineError


Kind = Literal[
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
    """It cannot be told what is built here; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What is built, and where.

    `version` is the full commit hash; `<hash>+<digest>` for a tree with changes that are not
    committed, where the same content has the same digest; `files-<digest>` where there is no commit
    at all. `branch` is None for a tag, on a detached head and outside git; of a pull request it is the
    one that shall be merged, whatever its name. `default_branch` is None where the service does not tell it.

    `target` is the branch a pull request goes to, where the service may have named the merge of the two instead of the
    pull request's own head. `doubt` says why the service's variables do not decide the version; empty where they do.
    """

    kind: Kind
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
        """Whether it is a fork's pull request, or Dependabot's: it has no secrets, and must not publish."""
        return self.pull_request == "fork"

    @property
    def commit(self) -> str | None:
        """The commit in the version, without the digest of changes; None where there is none."""
        return commit_of(self.version)


def commit_of(version: str) -> str | None:
    """The full commit hash in *version*, if there is one.

    >>> commit_of("1.2.3")
    >>> commit_of("0123456789012345678901234567890123456789+0a1b2c3d4e5f")
    '0123456789012345678901234567890123456789'
    """
    found = _VERSION.fullmatch(version)
    return found["commit"] if found else None


_VERSION = re.compile(r"(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})(\+[0-9a-f]+)?")


def required(value: str | None, variable: str) -> str:
    """The *value* of a CI service's *variable*.

    Raises:
        UnknownBuild: if it is not set.
    """
    if not value:
        raise UnknownBuild(
            f"This looks like a CI service, but {variable} is not set. Set GIT_COMMIT (and "
            "GIT_BRANCH) to say what is built."
        )
    return value


def pull_request_of(whether: bool, *, fork: bool) -> PullRequest | None:
    """Whose pull request it is, if it is one; a fork's build is always one."""
    if fork:
        return "fork"
    return "own" if whether else None


def branch_of(ref: str) -> str | None:
    """The branch that a full *ref* names; None for a tag, a pull request and anything else."""
    return ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
