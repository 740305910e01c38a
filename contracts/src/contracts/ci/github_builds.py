"""Detection of the commit and branch of a GitHub workflow run, from the event that started it.

GITHUB_SHA and GITHUB_REF name the commit and ref of the workflow file. For many events that is the head of the default
branch, whatever the event is about: then the event's document names the commit.

Source: GitHub's documentation of the events that start workflows, and of webhook events and payloads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.ci.builds import Build, PullRequest, UnknownBuild, branch_of, commit_of, required


_OVERRIDE = "Set GIT_COMMIT and GIT_BRANCH to the commit and branch of this build."
_NOTHING = "0" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """The commit, branch and pull request that an event is about."""

    version: str | None
    branch: str | None
    pull_request: PullRequest | None = None
    doubt: str = ""


def read(environ: Mapping[str, str]) -> Build:
    """Read the build from GitHub's variables and the event's document.

    Raises:
        UnknownBuild: if the document cannot be read, or lacks a documented part.
    """
    event = github_event(environ)
    subject = _subject(environ, event)
    if environ.get("GITHUB_REF", "").startswith("refs/tags/") and subject.pull_request is None:
        subject = _Subject(version=subject.version, branch=None, doubt=subject.doubt)
    run = environ.get("GITHUB_RUN_ID")
    server = environ.get("GITHUB_SERVER_URL", "https://github.com")
    return Build(
        kind="github",
        version="" if subject.doubt else required(subject.version, "GITHUB_SHA"),
        branch=subject.branch,
        build_url=f"{server}/{environ.get('GITHUB_REPOSITORY')}/actions/runs/{run}" if run else None,
        pull_request=subject.pull_request,
        default_branch=(event.get("repository") or {}).get("default_branch"),
        doubt=subject.doubt,
    )


def github_event(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the event that started this GitHub workflow; empty if GITHUB_EVENT_PATH is not set.

    Raises:
        UnknownBuild: if the file is missing, or is not a JSON object.
    """
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise UnknownBuild(f"GITHUB_EVENT_PATH names {path}, which cannot be read as JSON: {problem}") from problem
    if not isinstance(event, dict):
        raise UnknownBuild(f"GITHUB_EVENT_PATH names {path}, which is not a JSON object.")
    return event


def _subject(environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    """Return the subject of *event*: the commit in its document, else GITHUB_SHA and GITHUB_REF."""
    name = environ.get("GITHUB_EVENT_NAME") or ""
    if name.startswith("pull_request") or isinstance(event.get("pull_request"), Mapping):
        return _pull_request(environ, event)
    return _SUBJECTS.get(name, _default)(environ, event)


def _default(environ: Mapping[str, str], _event: Mapping[str, Any]) -> _Subject:
    return _Subject(version=environ.get("GITHUB_SHA"), branch=branch_of(environ.get("GITHUB_REF", "")))


def _pull_request(environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    head = _part(event, "pull_request", "head")
    # A fork that was deleted has no repository.
    fork = (head.get("repo") or {}).get("full_name") != environ.get("GITHUB_REPOSITORY")
    # GitHub withholds secrets from Dependabot as from forks.
    without_secrets = fork or environ.get("GITHUB_ACTOR") == "dependabot[bot]"
    return _Subject(version=head.get("sha"), branch=head.get("ref"), pull_request="fork" if without_secrets else "own")


def _push(environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    if event.get("deleted") is not True and event.get("after") != _NOTHING:
        return _default(environ, event)
    doubt = f"This push deleted {event.get('ref')}, so nothing can be built. {_OVERRIDE}"
    return _Subject(version=None, branch=None, doubt=doubt)


def _merge_group(_environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    group = _part(event, "merge_group")
    return _Subject(version=group.get("head_sha"), branch=branch_of(group.get("head_ref") or ""))


def _deployment(environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    version = _part(event, "deployment").get("sha")
    return _Subject(version=version, branch=branch_of(environ.get("GITHUB_REF", "")))


def _workflow_run(environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    run = _part(event, "workflow_run")
    version, started_by = run.get("head_sha"), run.get("event") or ""
    requests = [each for each in run.get("pull_requests") or [] if isinstance(each, Mapping)]
    fork = (run.get("head_repository") or {}).get("full_name") != environ.get("GITHUB_REPOSITORY")
    if started_by == "pull_request_target" and version not in {
        (each.get("head") or {}).get("sha") for each in requests
    }:
        # such a run belongs to the target branch of the pull request
        doubt = f"The preceding run was started by pull_request_target, which does not name its commit. {_OVERRIDE}"
        return _Subject(version=None, branch=None, pull_request="fork" if fork else "own", doubt=doubt)
    of_pull_request = fork or started_by.startswith("pull_request")
    branch = None if started_by == "release" else run.get("head_branch")
    pull_request: PullRequest | None = ("fork" if fork else "own") if of_pull_request else None
    return _Subject(version=version, branch=branch, pull_request=pull_request)


def _check_run(_environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    check = _part(event, "check_run")
    return _check(check, check.get("check_suite") or {})


def _check_suite(_environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    suite = _part(event, "check_suite")
    return _check(suite, suite)


def _check(check: Mapping[str, Any], suite: Mapping[str, Any]) -> _Subject:
    """Read a check: GitHub names no branch if the commit came from a fork."""
    branch = suite.get("head_branch")
    requests = check.get("pull_requests") or suite.get("pull_requests")
    pull_request: PullRequest | None = "fork" if branch is None else "own" if requests else None
    return _Subject(version=check.get("head_sha"), branch=branch, pull_request=pull_request)


def _status(_environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    """Read a commit status: its branch is the only one whose head is that commit."""
    version = event.get("sha")
    heads = [each["name"] for each in event.get("branches") or [] if (each.get("commit") or {}).get("sha") == version]
    return _Subject(version=version, branch=heads[0] if len(heads) == 1 else None)


def _comment(environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    issue = _part(event, "issue")
    if not issue.get("pull_request"):
        return _default(environ, event)
    doubt = f"This event is a comment on pull request {issue.get('number')}, and does not name its commit. {_OVERRIDE}"
    return _Subject(version=None, branch=None, pull_request="own", doubt=doubt)


def _dispatched(environ: Mapping[str, str], event: Mapping[str, Any]) -> _Subject:
    payload = event.get("client_payload") or {}
    version = payload.get("sha")
    if not version:
        return _default(environ, event)
    doubt = "" if isinstance(version, str) and commit_of(version) == version else _no_commit(version)
    return _Subject(version=version, branch=payload.get("branch") or None, doubt=doubt)


def _no_commit(version: object) -> str:
    return f"The event's client_payload requests version {version!r}, which is not a full commit hash. {_OVERRIDE}"


def _part(event: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    part: Any = event
    for key in path:
        part = part.get(key) if isinstance(part, Mapping) else None
    if not isinstance(part, Mapping):
        raise UnknownBuild(
            f"The event in GITHUB_EVENT_PATH has no {'.'.join(path)}, which names the commit of this build. {_OVERRIDE}"
        )
    return part


# The events that are about another commit than GITHUB_SHA, and pushes, which may delete a branch.
_SUBJECTS: Mapping[str, Callable[[Mapping[str, str], Mapping[str, Any]], _Subject]] = {
    "check_run": _check_run,
    "check_suite": _check_suite,
    "deployment": _deployment,
    "deployment_status": _deployment,
    "issue_comment": _comment,
    "merge_group": _merge_group,
    "push": _push,
    "repository_dispatch": _dispatched,
    "status": _status,
    "workflow_run": _workflow_run,
}
