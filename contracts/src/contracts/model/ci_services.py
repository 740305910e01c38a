"""The CI services whose builds can be trusted: what the claims of their tokens mean.

A service decides which claims identify a repository, and which builds run code that anyone can propose.
Sources: each service's documentation of its OpenID Connect tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.model.attestations import Attestation


Claims = Mapping[str, Any]

_CIRCLECI = "oidc.circleci.com/"

# a pull request's code may be a fork's; pull_request_target and workflow_run also start for forks
_GITHUB_EVENTS = frozenset(
    {
        "create",
        "deployment",
        "deployment_status",
        "merge_group",
        "push",
        "registry_package",
        "release",
        "repository_dispatch",
        "schedule",
        "workflow_dispatch",
    }
)
_GITLAB_REQUESTS = frozenset({"merge_request_event", "external_pull_request_event"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A CI service, called *key* in the settings.

    An entry must match one of the *identifying* claims. *issuer* is None if each organisation has its own.
    *is_proposed* says whether a build may run code of a fork; then an entry applies only if it names the value of the
    claim *trigger*, and never if that is one of *never*.
    """

    key: str
    name: str
    issuer: str | None
    identifying: tuple[str, ...]
    read: Callable[[Claims, str], Attestation]
    is_proposed: Callable[[Claims], bool]
    trigger: str | None = None
    never: frozenset[str] = frozenset()


def text(value: object) -> str | None:
    """Return the value of a claim as text; None if it has none, or is a list or an object.

    >>> text(True), text(12), text(""), text([1])
    ('true', '12', None, None)
    """
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (str, int)) and value != "" else None


def _github(claims: Claims, issuer: str) -> Attestation:
    repository, run = _text(claims, "repository"), _text(claims, "run_id")
    return Attestation(
        service="GitHub Actions",
        issuer=issuer,
        repository=repository,
        run=run,
        workflow=text(claims.get("workflow_ref")) or text(claims.get("workflow")),
        ref=text(claims.get("ref")),
        commit=text(claims.get("sha")),
        url=f"https://github.com/{repository}/actions/runs/{run}" if issuer == GITHUB.issuer else None,
    )


def _gitlab(claims: Claims, issuer: str) -> Attestation:
    repository, job = _text(claims, "project_path"), _text(claims, "job_id")
    return Attestation(
        service="GitLab",
        issuer=issuer,
        repository=repository,
        run=job,
        workflow=text(claims.get("ci_config_ref_uri")),
        ref=text(claims.get("ref_path")) or text(claims.get("ref")),
        commit=text(claims.get("sha")),
        url=f"{issuer}/{repository}/-/jobs/{job}",
    )


def _circleci(claims: Claims, issuer: str) -> Attestation:
    return Attestation(
        service="CircleCI",
        issuer=issuer,
        repository=_text(claims, f"{_CIRCLECI}vcs-origin"),
        run=_text(claims, f"{_CIRCLECI}job-id"),
        workflow=text(claims.get(f"{_CIRCLECI}workflow-id")),
        ref=text(claims.get(f"{_CIRCLECI}vcs-ref")),
    )


def _buildkite(claims: Claims, issuer: str) -> Attestation:
    organization, pipeline = _text(claims, "organization_slug"), _text(claims, "pipeline_slug")
    build = _text(claims, "build_number")
    return Attestation(
        service="Buildkite",
        issuer=issuer,
        repository=f"{organization}/{pipeline}",
        run=build,
        workflow=text(claims.get("step_key")),
        ref=text(claims.get("build_branch")),
        commit=text(claims.get("build_commit")),
        url=f"https://buildkite.com/{organization}/{pipeline}/builds/{build}" if issuer == BUILDKITE.issuer else None,
    )


def _is_other_event(claims: Claims) -> bool:
    return claims.get("event_name") not in _GITHUB_EVENTS


def _is_merge_request(claims: Claims) -> bool:
    return claims.get("pipeline_source") in _GITLAB_REQUESTS


def _is_outside_branches(claims: Claims) -> bool:
    return not str(claims.get(f"{_CIRCLECI}vcs-ref")).startswith(("refs/heads/", "refs/tags/"))


def _is_branch_of_fork(claims: Claims) -> bool:
    """Buildkite writes a fork's branch as OWNER:BRANCH."""
    return ":" in str(claims.get("build_branch"))


def _text(claims: Claims, name: str) -> str:
    return text(claims.get(name)) or "unknown"


GITHUB = Service(
    key="github",
    name="GitHub Actions",
    issuer="https://token.actions.githubusercontent.com",
    identifying=("repository", "repository_id", "repository_owner", "repository_owner_id"),
    read=_github,
    is_proposed=_is_other_event,
    trigger="event_name",
    never=frozenset({"pull_request_target"}),
)
GITLAB = Service(
    key="gitlab",
    name="GitLab",
    issuer="https://gitlab.com",
    identifying=("project_path", "project_id", "namespace_path", "namespace_id"),
    read=_gitlab,
    is_proposed=_is_merge_request,
    trigger="pipeline_source",
)
CIRCLECI = Service(
    key="circleci",
    name="CircleCI",
    issuer=None,
    # the project alone does not distinguish a fork's pull request
    identifying=(f"{_CIRCLECI}vcs-origin",),
    read=_circleci,
    is_proposed=_is_outside_branches,
)
BUILDKITE = Service(
    key="buildkite",
    name="Buildkite",
    issuer="https://agent.buildkite.com",
    identifying=("organization_slug", "organization_id"),
    read=_buildkite,
    is_proposed=_is_branch_of_fork,
)

SERVICES: Mapping[str, Service] = {each.key: each for each in (GITHUB, GITLAB, CIRCLECI, BUILDKITE)}
