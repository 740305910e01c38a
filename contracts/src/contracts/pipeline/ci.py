"""Which commit, branch and build this is: asked here, and nowhere else.

Versions are full commit hashes: whoever reads one out of a broker (a webhook, say) can check it
out.

Sources: the variables that each CI service documents for its jobs. Where a service builds a merge
of a pull request with its target, the version is the pull request's own head: the merge commit is
gone tomorrow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from contracts.pipeline import trees


Kind = Literal["github", "gitlab", "circleci", "jenkins", "buildkite", "azure", "bitbucket", "git", "files"]


class UnknownBuild(Exception):
    """It cannot be told what is built here; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What is built, and where.

    `version` is the full commit hash; `<hash>+<digest>` for a tree with changes that are not
    committed, where the same content has the same digest; `files-<digest>` where there is no commit
    at all. `branch` is None for a tag, on a detached head and outside git.
    `pull_request_from_fork`, or one of Dependabot: such a build has no secrets, and must not publish.
    """

    kind: Kind
    version: str
    branch: str | None
    build_url: str | None
    dirty: bool = False
    pull_request_from_fork: bool = False

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
_ABBREVIATED = re.compile(r"[0-9a-fA-F]{4,39}")
DIGEST_LENGTH = 12


def detect(environ: Mapping[str, str], directory: Path) -> Build:
    """Say what is built in *directory*, from the variables in *environ* or, outside CI, from git.

    GIT_COMMIT and GIT_BRANCH override what is found. (Jenkins' git plugin sets variables of these
    names itself: there a branch overrides only where it is not Jenkins' own.) BUILD_URL is taken
    where no CI service has its own.

    Raises:
        UnknownBuild: if a CI service's variables are incomplete, or GIT_COMMIT is an abbreviated
            hash nobody knows.
        TreeError: if git has to be asked, and is missing or refuses.
    """
    said = {name: value for name, value in environ.items() if value}
    service = next((read for variable, read in _SERVICES.items() if said.get(variable)), None)
    version, branch = said.get("GIT_COMMIT"), said.get("GIT_BRANCH")
    if service is not None:
        build = service(said)
        if build.kind == "jenkins":
            version, branch = None, _overriding_jenkins(said)
        if build.version == "HEAD":  # Buildkite, for a build that was started by hand
            build = replace(build, version=_full(build.version, directory))
    elif version is not None:
        build = Build(kind="git", version=version, branch=None, build_url=None)
        branch = branch or trees.branch(directory)
    else:
        build = from_directory(directory)
    if build.build_url is None:
        build = replace(build, build_url=said.get("BUILD_URL"))
    if version is not None:
        version = _full(version, directory) if _ABBREVIATED.fullmatch(version) else version
        build = replace(build, version=version, dirty="+" in version)
    return replace(build, branch=branch) if branch is not None else build


def from_directory(directory: Path) -> Build:
    """What stands in *directory*, whatever the environment says.

    Raises:
        TreeError: if git is missing or refuses.
    """
    tree = trees.read(directory)
    if tree.commit is None:
        version = f"files-{tree.content}"
    else:
        version = f"{tree.commit}+{tree.content[:DIGEST_LENGTH]}" if tree.dirty else tree.commit
    return Build(
        kind="git" if tree.in_git else "files",
        version=version,
        branch=tree.branch,
        build_url=None,
        dirty=tree.dirty,
    )


def _full(commit: str, directory: Path) -> str:
    if (full := trees.resolve(directory, commit)) is None:
        msg = (
            f"GIT_COMMIT is {commit}, an abbreviated hash of no commit here. Versions are full "
            "commit hashes, so that "
            "a webhook's receiver can check them out: set the full one."
        )
        raise UnknownBuild(msg)
    return full


def _github(environ: Mapping[str, str]) -> Build:
    event = github_event(environ)
    name, ref = environ.get("GITHUB_EVENT_NAME"), environ.get("GITHUB_REF", "")
    version, branch, fork = environ.get("GITHUB_SHA"), _branch_of(ref), False
    match name:
        case "pull_request" | "pull_request_target":
            head = _find(event, "pull_request", "head")
            version, branch = head["sha"], head["ref"]
            # A fork that was deleted since has no repository any more.
            fork = (head.get("repo") or {}).get("full_name") != environ.get("GITHUB_REPOSITORY")
            # GitHub gives Dependabot's pull requests no more than it gives a fork's.
            fork = fork or environ.get("GITHUB_ACTOR") == "dependabot[bot]"
        case "merge_group":
            group = _find(event, "merge_group")
            version, branch = group["head_sha"], _branch_of(group["head_ref"])
        case "repository_dispatch":
            payload = event.get("client_payload") or {}
            version, branch = payload.get("sha") or version, payload.get("branch") or branch
        case _:
            pass
    run = environ.get("GITHUB_RUN_ID")
    server = environ.get("GITHUB_SERVER_URL", "https://github.com")
    return Build(
        kind="github",
        version=_required(version, "GITHUB_SHA"),
        branch=branch,
        build_url=f"{server}/{environ.get('GITHUB_REPOSITORY')}/actions/runs/{run}" if run else None,
        pull_request_from_fork=fork,
    )


def github_event(environ: Mapping[str, str]) -> dict[str, Any]:
    """The event that started this GitHub workflow; empty where GITHUB_EVENT_PATH is not set.

    Raises:
        UnknownBuild: if the file is missing, or no JSON object.
    """
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        msg = f"GITHUB_EVENT_PATH names {path}, which cannot be read as JSON: {problem}"
        raise UnknownBuild(msg) from problem
    if not isinstance(event, dict):
        msg = f"GITHUB_EVENT_PATH names {path}, which holds no JSON object."
        raise UnknownBuild(msg)
    return event


def _gitlab(environ: Mapping[str, str]) -> Build:
    source, target = (environ.get(f"CI_MERGE_REQUEST_{side}PROJECT_ID") for side in ("SOURCE_", ""))
    return Build(
        kind="gitlab",
        # The source branch's own commit is set in pipelines for merged results only: there
        # CI_COMMIT_SHA is the merge.
        version=_required(
            environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA"),
            "CI_COMMIT_SHA",
        ),
        branch=environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") or environ.get("CI_COMMIT_BRANCH"),
        build_url=environ.get("CI_JOB_URL") or environ.get("CI_PIPELINE_URL"),
        pull_request_from_fork=source != target,
    )


def _circleci(environ: Mapping[str, str]) -> Build:
    return Build(
        kind="circleci",
        version=_required(environ.get("CIRCLE_SHA1"), "CIRCLE_SHA1"),
        branch=None if "CIRCLE_TAG" in environ else environ.get("CIRCLE_BRANCH"),
        build_url=environ.get("CIRCLE_BUILD_URL"),
        pull_request_from_fork="CIRCLE_PR_USERNAME" in environ,  # set for forks alone
    )


def _jenkins(environ: Mapping[str, str]) -> Build:
    plugin = environ.get("GIT_BRANCH", "").removeprefix("origin/")
    named = environ.get("CHANGE_BRANCH") or environ.get("BRANCH_NAME") or plugin or None
    return Build(
        kind="jenkins",
        version=_required(environ.get("GIT_COMMIT"), "GIT_COMMIT"),
        branch=None if "TAG_NAME" in environ else named,
        build_url=environ.get("BUILD_URL"),
        pull_request_from_fork="CHANGE_FORK" in environ,
    )


def _overriding_jenkins(environ: Mapping[str, str]) -> str | None:
    branch = environ.get("GIT_BRANCH", "")
    by_plugin = branch.startswith("origin/") or branch == environ.get("BRANCH_NAME", branch)
    return None if by_plugin else branch


def _buildkite(environ: Mapping[str, str]) -> Build:
    contributed = environ.get("BUILDKITE_PULL_REQUEST_REPO")
    return Build(
        kind="buildkite",
        version=_required(environ.get("BUILDKITE_COMMIT"), "BUILDKITE_COMMIT"),
        branch=None if "BUILDKITE_TAG" in environ else environ.get("BUILDKITE_BRANCH"),
        build_url=environ.get("BUILDKITE_BUILD_URL"),
        pull_request_from_fork=contributed is not None
        and _owner_and_name(contributed) != _owner_and_name(environ.get("BUILDKITE_REPO", "")),
    )


def _azure(environ: Mapping[str, str]) -> Build:
    pull_request = environ.get("SYSTEM_PULLREQUEST_SOURCEBRANCH")
    collection, project, build = (
        environ.get(name) for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")
    )
    return Build(
        kind="azure",
        version=_required(
            environ.get("SYSTEM_PULLREQUEST_SOURCECOMMITID") or environ.get("BUILD_SOURCEVERSION"),
            "BUILD_SOURCEVERSION",
        ),
        branch=pull_request.removeprefix("refs/heads/")
        if pull_request
        else _branch_of(environ.get("BUILD_SOURCEBRANCH", "")),
        build_url=f"{collection}{project}/_build/results?buildId={build}" if build else None,
        pull_request_from_fork=environ.get("SYSTEM_PULLREQUEST_ISFORK", "").lower() == "true",
    )


def _bitbucket(environ: Mapping[str, str]) -> Build:
    origin, number = (environ.get(name) for name in ("BITBUCKET_GIT_HTTP_ORIGIN", "BITBUCKET_BUILD_NUMBER"))
    return Build(  # pipelines of a fork run in the fork: there is no build here with its code
        kind="bitbucket",
        version=_required(environ.get("BITBUCKET_COMMIT"), "BITBUCKET_COMMIT"),
        branch=environ.get("BITBUCKET_BRANCH"),
        build_url=f"{origin}/pipelines/results/{number}" if origin and number else None,
    )


# The variable that says which service this is, and how to read its others.
_SERVICES: Mapping[str, Callable[[Mapping[str, str]], Build]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
    "CIRCLECI": _circleci,
    "JENKINS_URL": _jenkins,
    "BUILDKITE": _buildkite,
    "TF_BUILD": _azure,
    "BITBUCKET_BUILD_NUMBER": _bitbucket,
}


def _required(value: str | None, variable: str) -> str:
    if not value:
        msg = (
            f"This looks like a CI service, but {variable} is not set. Set GIT_COMMIT (and "
            "GIT_BRANCH) to say what is built."
        )
        raise UnknownBuild(msg)
    return value


def _find(event: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    found: Any = event
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping):
        msg = f"The event in GITHUB_EVENT_PATH has no {'.'.join(path)}, so what is built is unknown."
        raise UnknownBuild(msg)
    return found


def _branch_of(ref: str) -> str | None:
    return ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None


def _owner_and_name(address: str) -> list[str]:
    """The last two parts of a repository's address (git://…, https://… or git@host:…)."""
    return address.removesuffix(".git").replace(":", "/").split("/")[-2:]
