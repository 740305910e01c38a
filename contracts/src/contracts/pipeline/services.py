"""What each CI service tells of a build, in the variables that it documents for its jobs.

Where a service builds a merge of a pull request with its target, the version is the pull request's own head: the
merge commit is gone tomorrow.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from contracts.pipeline.builds import Build, PullRequest, UnknownBuild


def _github(environ: Mapping[str, str]) -> Build:
    event = github_event(environ)
    name, ref = environ.get("GITHUB_EVENT_NAME"), environ.get("GITHUB_REF", "")
    version, branch = environ.get("GITHUB_SHA"), _branch_of(ref)
    pull_request: PullRequest | None = None
    match name:
        case "pull_request" | "pull_request_target":
            head = _find(event, "pull_request", "head")
            version, branch = head["sha"], head["ref"]
            # A fork that was deleted since has no repository any more.
            fork = (head.get("repo") or {}).get("full_name") != environ.get("GITHUB_REPOSITORY")
            # GitHub gives Dependabot's pull requests no more than it gives a fork's.
            pull_request = "fork" if fork or environ.get("GITHUB_ACTOR") == "dependabot[bot]" else "own"
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
        pull_request=pull_request,
        default_branch=(event.get("repository") or {}).get("default_branch"),
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
        pull_request=_pull_request("CI_MERGE_REQUEST_IID" in environ, fork=source != target),
        default_branch=environ.get("CI_DEFAULT_BRANCH"),
    )


def _circleci(environ: Mapping[str, str]) -> Build:
    return Build(
        kind="circleci",
        version=_required(environ.get("CIRCLE_SHA1"), "CIRCLE_SHA1"),
        branch=None if "CIRCLE_TAG" in environ else environ.get("CIRCLE_BRANCH"),
        build_url=environ.get("CIRCLE_BUILD_URL"),
        # It builds branches; only a fork's pull request is built as one.
        pull_request="fork" if "CIRCLE_PR_USERNAME" in environ else None,
    )


def _jenkins(environ: Mapping[str, str]) -> Build:
    plugin = environ.get("GIT_BRANCH", "").removeprefix("origin/")
    named = environ.get("CHANGE_BRANCH") or environ.get("BRANCH_NAME") or plugin or None
    return Build(
        kind="jenkins",
        version=_required(environ.get("GIT_COMMIT"), "GIT_COMMIT"),
        branch=None if "TAG_NAME" in environ else named,
        build_url=environ.get("BUILD_URL"),
        pull_request=_pull_request("CHANGE_ID" in environ, fork="CHANGE_FORK" in environ),
        default_branch=named if environ.get("BRANCH_IS_PRIMARY") == "true" else None,
    )


def overriding_jenkins(environ: Mapping[str, str]) -> str | None:
    """The branch that GIT_BRANCH overrides with, where it is not the variable of Jenkins' own git plugin."""
    branch = environ.get("GIT_BRANCH", "")
    by_plugin = branch.startswith("origin/") or branch == environ.get("BRANCH_NAME", branch)
    return None if by_plugin else branch


def _buildkite(environ: Mapping[str, str]) -> Build:
    contributed = environ.get("BUILDKITE_PULL_REQUEST_REPO")
    fork = contributed is not None and _owner_and_name(contributed) != _owner_and_name(
        environ.get("BUILDKITE_REPO", "")
    )
    return Build(
        kind="buildkite",
        version=_required(environ.get("BUILDKITE_COMMIT"), "BUILDKITE_COMMIT"),
        branch=None if "BUILDKITE_TAG" in environ else environ.get("BUILDKITE_BRANCH"),
        build_url=environ.get("BUILDKITE_BUILD_URL"),
        pull_request=_pull_request(environ.get("BUILDKITE_PULL_REQUEST", "false") != "false", fork=fork),
        default_branch=environ.get("BUILDKITE_PIPELINE_DEFAULT_BRANCH"),
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
        pull_request=_pull_request(
            pull_request is not None, fork=environ.get("SYSTEM_PULLREQUEST_ISFORK", "").lower() == "true"
        ),
    )


def _bitbucket(environ: Mapping[str, str]) -> Build:
    origin, number = (environ.get(name) for name in ("BITBUCKET_GIT_HTTP_ORIGIN", "BITBUCKET_BUILD_NUMBER"))
    return Build(  # pipelines of a fork run in the fork: there is no build here with its code
        kind="bitbucket",
        version=_required(environ.get("BITBUCKET_COMMIT"), "BITBUCKET_COMMIT"),
        branch=environ.get("BITBUCKET_BRANCH"),
        build_url=f"{origin}/pipelines/results/{number}" if origin and number else None,
        pull_request=_pull_request("BITBUCKET_PR_ID" in environ, fork=False),
    )


def _pull_request(whether: bool, *, fork: bool) -> PullRequest | None:  # noqa: FBT001, read at the call
    if fork:
        return "fork"
    return "own" if whether else None


# The variable that says which service this is, and how to read its others.
SERVICES: Mapping[str, Callable[[Mapping[str, str]], Build]] = {
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
