"""The builds of Travis CI, AppVeyor, TeamCity, Drone, Semaphore and CodeBuild.

Source: each service's documentation of its jobs' variables. For several, the branch of a pull request is its target,
and the branch of a tag is the tag.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from contracts.ci.builds import Build, UnknownBuild, branch_of, pull_request_of, required


def _travis(environ: Mapping[str, str]) -> Build:
    request = environ.get("TRAVIS_PULL_REQUEST", "false") != "false"
    head, branch = environ.get("TRAVIS_PULL_REQUEST_SHA"), environ.get("TRAVIS_BRANCH")
    source = environ.get("TRAVIS_PULL_REQUEST_SLUG") if request else None
    return Build(
        kind="travis",
        version=required((head if request else None) or environ.get("TRAVIS_COMMIT"), "TRAVIS_COMMIT"),
        branch=environ.get("TRAVIS_PULL_REQUEST_BRANCH") if request else None if "TRAVIS_TAG" in environ else branch,
        build_url=environ.get("TRAVIS_JOB_WEB_URL") or environ.get("TRAVIS_BUILD_WEB_URL"),
        pull_request=pull_request_of(request, fork=request and source != environ.get("TRAVIS_REPO_SLUG")),
        target=(branch or "") if request and not head else None,
    )


def _appveyor(environ: Mapping[str, str]) -> Build:
    request = "APPVEYOR_PULL_REQUEST_NUMBER" in environ
    head, branch = environ.get("APPVEYOR_PULL_REQUEST_HEAD_COMMIT"), environ.get("APPVEYOR_REPO_BRANCH")
    source = environ.get("APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME")
    tag = environ.get("APPVEYOR_REPO_TAG", "").lower() == "true"
    account, project, build = (environ.get(f"APPVEYOR_{each}") for each in ("ACCOUNT_NAME", "PROJECT_SLUG", "BUILD_ID"))
    server = environ.get("APPVEYOR_URL", "https://ci.appveyor.com")
    return Build(
        kind="appveyor",
        version=required(head or environ.get("APPVEYOR_REPO_COMMIT"), "APPVEYOR_REPO_COMMIT"),
        branch=environ.get("APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH") if request else None if tag else branch,
        build_url=f"{server}/project/{account}/{project}/builds/{build}" if build else None,
        pull_request=pull_request_of(request, fork=request and source != environ.get("APPVEYOR_REPO_NAME")),
        target=(branch or "") if request and not head else None,
    )


def _teamcity(environ: Mapping[str, str]) -> Build:
    parameters = _teamcity_parameters(environ)
    number = parameters.get("teamcity.pullRequest.number")
    name = parameters.get("teamcity.build.branch")
    branch = None if name == "<default>" else name
    # a branch specification may show a branch by its short name, or by the whole reference
    if branch is not None and branch.startswith("refs/"):
        branch = branch_of(branch)
    source, target = (parameters.get(f"teamcity.pullRequest.{each}.branch") for each in ("source", "target"))
    return Build(
        kind="teamcity",
        version=required(environ.get("BUILD_VCS_NUMBER"), "BUILD_VCS_NUMBER"),
        branch=source if number else branch,
        build_url=environ.get("BUILD_URL"),
        pull_request=pull_request_of(number is not None, fork=False),
        target=(target or "").removeprefix("refs/heads/") if number else None,
    )


def _teamcity_parameters(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the build's configuration parameters, from the file that the properties file names."""
    properties = environ.get("TEAMCITY_BUILD_PROPERTIES_FILE")
    if not properties:
        return {}
    configuration = _properties(properties).get("teamcity.configuration.properties.file")
    return _properties(configuration) if configuration else {}


def _properties(path: str) -> dict[str, str]:
    """Read a Java properties file as TeamCity writes it: one property a line, special characters escaped."""
    try:
        lines = Path(path).read_text(encoding="latin-1").splitlines()
    except OSError as problem:
        raise UnknownBuild(f"TeamCity names the properties file {path}, which cannot be read: {problem}") from problem
    pairs = (line.partition("=") for line in lines if line and not line.startswith(("#", "!")))
    return {name.strip().replace("\\", ""): value.strip().replace("\\", "") for name, _, value in pairs}


def _drone(environ: Mapping[str, str]) -> Build:
    request = environ.get("DRONE_BUILD_EVENT") == "pull_request" or "DRONE_PULL_REQUEST" in environ
    branch = environ.get("DRONE_SOURCE_BRANCH") if request else environ.get("DRONE_BRANCH")
    return Build(  # no variable says whether a pull request comes from a fork
        kind="drone",
        version=required(environ.get("DRONE_COMMIT_SHA") or environ.get("DRONE_COMMIT"), "DRONE_COMMIT_SHA"),
        branch=None if "DRONE_TAG" in environ else branch,
        build_url=environ.get("DRONE_BUILD_LINK"),
        pull_request=pull_request_of(request, fork=False),
        default_branch=environ.get("DRONE_REPO_BRANCH"),
    )


def _semaphore(environ: Mapping[str, str]) -> Build:
    kind = environ.get("SEMAPHORE_GIT_REF_TYPE")
    request = kind == "pull-request" or "SEMAPHORE_GIT_PR_NUMBER" in environ
    head, branch = environ.get("SEMAPHORE_GIT_PR_SHA"), environ.get("SEMAPHORE_GIT_BRANCH")
    source = environ.get("SEMAPHORE_GIT_PR_SLUG")
    organization, workflow = (environ.get(f"SEMAPHORE_{each}") for each in ("ORGANIZATION_URL", "WORKFLOW_ID"))
    return Build(
        kind="semaphore",
        version=required((head if request else None) or environ.get("SEMAPHORE_GIT_SHA"), "SEMAPHORE_GIT_SHA"),
        branch=environ.get("SEMAPHORE_GIT_PR_BRANCH") if request else None if kind == "tag" else branch,
        build_url=f"{organization}/workflows/{workflow}" if organization and workflow else None,
        pull_request=pull_request_of(request, fork=request and source != environ.get("SEMAPHORE_GIT_REPO_SLUG")),
        target=(branch or "") if request and not head else None,
    )


def _codebuild(environ: Mapping[str, str]) -> Build:
    started_by = environ.get("CODEBUILD_WEBHOOK_TRIGGER", "")
    request = started_by.startswith("pr/") or environ.get("CODEBUILD_WEBHOOK_EVENT", "").startswith("PULL_REQUEST")
    head = branch_of(environ.get("CODEBUILD_WEBHOOK_HEAD_REF", ""))
    branch = started_by.removeprefix("branch/") if started_by.startswith("branch/") else None
    base = branch_of(environ.get("CODEBUILD_WEBHOOK_BASE_REF", ""))
    return Build(  # no variable says whether a pull request comes from a fork
        kind="codebuild",
        version=required(environ.get("CODEBUILD_RESOLVED_SOURCE_VERSION"), "CODEBUILD_RESOLVED_SOURCE_VERSION"),
        branch=None if started_by.startswith("tag/") else head or branch,
        build_url=environ.get("CODEBUILD_BUILD_URL"),
        pull_request=pull_request_of(request, fork=False),
        target=(base or "") if request else None,
    )


# The variable that identifies each service, and the function that reads its other variables.
SERVICES: Mapping[str, Callable[[Mapping[str, str]], Build]] = {
    "TRAVIS": _travis,
    "APPVEYOR": _appveyor,
    "TEAMCITY_VERSION": _teamcity,
    "DRONE": _drone,
    "SEMAPHORE": _semaphore,
    "CODEBUILD_BUILD_ID": _codebuild,
}
