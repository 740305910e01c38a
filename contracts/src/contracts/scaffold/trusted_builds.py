"""The entry by which a broker trusts the builds of a pipeline that stores no token."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from contracts.scaffold.answers import Answers
from contracts.scaffold.repositories import Remote, Repository


_IDENTITY = ("id-token: write", "id_tokens:", "CIRCLE_OIDC_TOKEN", "oidc request-token")
_CIRCLECI = "oidc.circleci.com/"

Match = Mapping[str, str | Sequence[str]]


def has_identity(pipeline: str) -> bool:
    """Whether the text of a pipeline requests the token of its build.

    >>> has_identity("permissions: {id-token: write}")
    True
    """
    return any(each in pipeline for each in _IDENTITY)


def entry(repository: Repository, answers: Answers) -> str:
    """Return the tables for the file of trusted builds: what every build may do, and what one of the main branch may.

    Words in capitals stand for what the repository does not say.
    """
    remote = repository.remote or Remote(host=_HOSTS.get(answers.vendor or "", ""), path="OWNER/REPOSITORY")
    builds, deployments = _MATCHES[answers.vendor or ""](remote, repository.default_branch)
    service = [f"service = {json.dumps(answers.vendor)}", *_issuer(answers, remote)]
    return "\n".join(
        [
            f"[[builds]] # of {answers.name}: every branch",
            *service,
            f"match = {_table(builds)}",
            f"publish = [{json.dumps(answers.name)}]",
            "",
            f"[[builds]] # of {answers.name}: its deployments",
            *service,
            f"match = {_table(deployments)}",
            f"publish = [{json.dumps(answers.name)}]",
            f"deploy = [{json.dumps(answers.environment)}]",
            "",
        ]
    )


def _github(remote: Remote, branch: str) -> tuple[Match, Match]:
    """GitHub gives no token to the pull request of a fork, so the others may be named."""
    repository = {"repository": remote.path}
    builds = {**repository, "event_name": ["push", "pull_request", "repository_dispatch"]}
    return builds, {**repository, "ref": f"refs/heads/{branch}"}


def _gitlab(remote: Remote, branch: str) -> tuple[Match, Match]:
    project = {"project_path": remote.path}
    return project, {**project, "ref_path": f"refs/heads/{branch}"}


def _circleci(remote: Remote, branch: str) -> tuple[Match, Match]:
    origin = {f"{_CIRCLECI}vcs-origin": f"{remote.host}/{remote.path}"}
    return origin, {**origin, f"{_CIRCLECI}vcs-ref": f"refs/heads/{branch}"}


def _buildkite(remote: Remote, branch: str) -> tuple[Match, Match]:
    organization, _, pipeline = remote.path.partition("/")
    names = {"organization_slug": organization.lower(), "pipeline_slug": pipeline.replace("/", "-").lower()}
    return names, {**names, "build_branch": branch}


_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "circleci": "github.com", "buildkite": "github.com"}
_MATCHES = {"github": _github, "gitlab": _gitlab, "circleci": _circleci, "buildkite": _buildkite}


def _issuer(answers: Answers, remote: Remote) -> list[str]:
    """Return the lines of the audience, and of the issuer if it is not the usual one of the service."""
    vendor, audience = answers.vendor or "", f"audience = {json.dumps(answers.broker_url)} # PACT_BROKER_BASE_URL in CI"
    if vendor == "circleci":
        return [
            'issuer = "https://oidc.circleci.com/org/ORGANIZATION_ID" # in CircleCI: Organization Settings, Overview',
            'audience = "ORGANIZATION_ID"',
        ]
    if vendor == "buildkite":
        return [audience, "# the names are those in the URL of the pipeline on Buildkite"]
    if remote.host == _HOSTS[vendor]:
        return [audience]
    path = "/_services/token" if vendor == "github" else ""
    return [f'issuer = "https://{remote.host}{path}"', audience]


def _table(match: Match) -> str:
    return "{ " + ", ".join(f"{_key(name)} = {json.dumps(value)}" for name, value in match.items()) + " }"


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)
