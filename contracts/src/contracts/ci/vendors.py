"""The builds of CI services, read from the variables that each documents for its jobs.

If a service builds the merge of a pull request with its target, the version is the head of the pull request: the merge
commit is temporary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from contracts.ci import github_builds, more_vendors
from contracts.ci.builds import Build, branch_of, pull_request_of, required


def _gitlab(environ: Mapping[str, str]) -> Build:
    if "CI_EXTERNAL_PULL_REQUEST_IID" in environ:  # the repository is on GitHub
        prefix = "CI_EXTERNAL_PULL_REQUEST_"
        request, source, target = (
            environ.get(prefix + each) for each in ("IID", "SOURCE_REPOSITORY", "TARGET_REPOSITORY")
        )
    else:
        prefix = "CI_MERGE_REQUEST_"
        request, source, target = (environ.get(prefix + each) for each in ("IID", "SOURCE_PROJECT_ID", "PROJECT_ID"))
    return Build(
        kind="gitlab",
        # Only pipelines for merged results set the commit of the source branch: CI_COMMIT_SHA is the merge.
        version=required(environ.get(f"{prefix}SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA"), "CI_COMMIT_SHA"),
        branch=environ.get(f"{prefix}SOURCE_BRANCH_NAME") or environ.get("CI_COMMIT_BRANCH"),
        build_url=environ.get("CI_JOB_URL") or environ.get("CI_PIPELINE_URL"),
        pull_request=pull_request_of(request is not None, fork=source != target),
        default_branch=environ.get("CI_DEFAULT_BRANCH"),
    )


def _circleci(environ: Mapping[str, str]) -> Build:
    return Build(
        kind="circleci",
        version=required(environ.get("CIRCLE_SHA1"), "CIRCLE_SHA1"),
        branch=None if "CIRCLE_TAG" in environ else environ.get("CIRCLE_BRANCH"),
        build_url=environ.get("CIRCLE_BUILD_URL"),
        # It builds branches; only the pull request of a fork is built as pull/NUMBER.
        pull_request="fork"
        if "CIRCLE_PR_USERNAME" in environ or environ.get("CIRCLE_BRANCH", "").startswith("pull/")
        else None,
    )


def _jenkins(environ: Mapping[str, str]) -> Build:
    plugin = environ.get("GIT_BRANCH", "").removeprefix("origin/")
    branch = environ.get("CHANGE_BRANCH") or environ.get("BRANCH_NAME") or plugin or None
    return Build(
        kind="jenkins",
        version=required(environ.get("GIT_COMMIT"), "GIT_COMMIT"),
        branch=None if "TAG_NAME" in environ else branch,
        build_url=environ.get("BUILD_URL"),
        pull_request=pull_request_of("CHANGE_ID" in environ, fork="CHANGE_FORK" in environ),
        default_branch=branch if environ.get("BRANCH_IS_PRIMARY") == "true" else None,
        target=environ.get("CHANGE_TARGET"),  # GIT_COMMIT may be the merge with it
    )


def overriding_jenkins(environ: Mapping[str, str]) -> str | None:
    """Return GIT_BRANCH, unless Jenkins' git plugin set it."""
    branch = environ.get("GIT_BRANCH", "")
    by_plugin = branch.startswith("origin/") or branch == environ.get("BRANCH_NAME", branch)
    return None if by_plugin else branch


def _buildkite(environ: Mapping[str, str]) -> Build:
    source = environ.get("BUILDKITE_PULL_REQUEST_REPO")
    fork = source is not None and _owner_and_name(source) != _owner_and_name(environ.get("BUILDKITE_REPO", ""))
    return Build(
        kind="buildkite",
        version=required(environ.get("BUILDKITE_COMMIT"), "BUILDKITE_COMMIT"),
        branch=None if "BUILDKITE_TAG" in environ else environ.get("BUILDKITE_BRANCH"),
        build_url=environ.get("BUILDKITE_BUILD_URL"),
        pull_request=pull_request_of(environ.get("BUILDKITE_PULL_REQUEST", "false") != "false", fork=fork),
        default_branch=environ.get("BUILDKITE_PIPELINE_DEFAULT_BRANCH"),
    )


def _azure(environ: Mapping[str, str]) -> Build:
    ref, source = environ.get("BUILD_SOURCEBRANCH", ""), environ.get("SYSTEM_PULLREQUEST_SOURCEBRANCH")
    head, target = (environ.get(f"SYSTEM_PULLREQUEST_{each}") for each in ("SOURCECOMMITID", "TARGETBRANCH"))
    collection, project, build = (
        environ.get(name) for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")
    )
    request = source is not None or ref.startswith("refs/pull/") or environ.get("BUILD_REASON") == "PullRequest"
    address = f"{collection}{quote(project or '', safe='')}/_build/results?buildId={build}"
    return Build(
        kind="azure",
        version=required(head or environ.get("BUILD_SOURCEVERSION"), "BUILD_SOURCEVERSION"),
        branch=source.removeprefix("refs/heads/") if source else branch_of(ref),
        build_url=address if collection and build else None,
        pull_request=pull_request_of(request, fork=environ.get("SYSTEM_PULLREQUEST_ISFORK", "").lower() == "true"),
        # BUILD_SOURCEVERSION of a pull request is the merge
        target=(target or "").removeprefix("refs/heads/") if request and not head else None,
    )


def _bitbucket(environ: Mapping[str, str]) -> Build:
    origin, number = (environ.get(name) for name in ("BITBUCKET_GIT_HTTP_ORIGIN", "BITBUCKET_BUILD_NUMBER"))
    return Build(  # a fork's pipelines run in the fork
        kind="bitbucket",
        version=required(environ.get("BITBUCKET_COMMIT"), "BITBUCKET_COMMIT"),
        branch=None if "BITBUCKET_TAG" in environ else environ.get("BITBUCKET_BRANCH"),
        build_url=f"{origin}/pipelines/results/{number}" if origin and number else None,
        pull_request=pull_request_of("BITBUCKET_PR_ID" in environ, fork=False),
    )


# The variable that identifies each service, and the function that reads its other variables.
SERVICES: Mapping[str, Callable[[Mapping[str, str]], Build]] = {
    "GITHUB_ACTIONS": github_builds.read,
    "GITLAB_CI": _gitlab,
    "CIRCLECI": _circleci,
    "JENKINS_URL": _jenkins,
    "BUILDKITE": _buildkite,
    "TF_BUILD": _azure,
    "BITBUCKET_BUILD_NUMBER": _bitbucket,
    **more_vendors.SERVICES,
}


def _owner_and_name(address: str) -> list[str]:
    """Return the last two parts of a repository's URL (git://…, https://… or git@host:…)."""
    return address.removesuffix(".git").replace(":", "/").split("/")[-2:]
