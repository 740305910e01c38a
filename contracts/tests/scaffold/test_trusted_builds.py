"""A pipeline without a stored token, and the entry by which a broker trusts it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from contracts.model import trusted_builds
from contracts.model.ci_services import SERVICES
from contracts.model.permissions import READ, deploy, publish
from contracts.scaffold import repositories
from contracts.scaffold.answers import Answers, InitError
from contracts.scaffold.plans import Plan, plan
from contracts.scaffold.repositories import VENDORS, Remote, WebApplication


CIRCLECI = "oidc.circleci.com/"
BUILDS = {
    "github": {"repository": "acme/shop", "ref": "refs/heads/main", "event_name": "push"},
    "gitlab": {"project_path": "acme/shop", "ref_path": "refs/heads/main", "pipeline_source": "push"},
    "circleci": {f"{CIRCLECI}vcs-origin": "github.com/acme/shop", f"{CIRCLECI}vcs-ref": "refs/heads/main"},
    "buildkite": {"organization_slug": "acme", "pipeline_slug": "shop", "build_branch": "main"},
}
"""The claims of a build of the main branch."""
BRANCHES = {
    "github": {"ref": "refs/heads/topic"},
    "gitlab": {"ref_path": "refs/heads/topic"},
    "circleci": {f"{CIRCLECI}vcs-ref": "refs/heads/topic"},
    "buildkite": {"build_branch": "topic"},
}
FORKS = {
    "github": {"repository": "stranger/shop"},
    "gitlab": {"project_path": "stranger/shop"},
    "circleci": {f"{CIRCLECI}vcs-ref": "refs/pull/7/head"},
    "buildkite": {"build_branch": "stranger:topic"},
}
SECRETS = ("secrets.", "masked", "PACT_BROKER_TOKEN (secret)", "comes from the secrets")


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return the plan for acme/shop on a host."""
    empty = repositories.inspect(tmp_path_factory.mktemp("shop"))
    app = WebApplication(framework="flask", location="shop:app", folder=Path())

    def planned(vendor: str, *, host: str = "github.com", **values: object) -> Plan:
        repository = replace(empty, remote=Remote(host=host, path="acme/shop"), default_branch="main")
        answers = {"name": "shop", "role": "both", "providers": ("stock",), "app": app, "vendor": vendor}
        return plan(repository, None, Answers(**answers | values))  # type: ignore[arg-type]

    return planned


def permitted(entries: trusted_builds.TrustedBuilds, claims: dict[str, str]) -> set[object]:
    (audience,) = {each.audience for each in entries.entries}
    matching = trusted_builds.matching(entries.entries, {"aud": audience, **claims})
    return set(trusted_builds.permissions(matching, {}))


@pytest.mark.parametrize("vendor", SERVICES)
def test_the_entry_trusts_what_the_pipeline_does_and_no_fork(planned, vendor):
    host = "gitlab.com" if vendor == "gitlab" else "github.com"
    entries = trusted_builds.parse(planned(vendor, host=host).trust)
    build = BUILDS[vendor]
    assert permitted(entries, build) == {READ, publish("shop"), deploy("production")}
    assert permitted(entries, build | BRANCHES[vendor]) == {READ, publish("shop")}
    assert permitted(entries, build | FORKS[vendor]) == set()
    assert {each.issuer for each in entries.entries} == {
        SERVICES[vendor].issuer or "https://oidc.circleci.com/org/ORGANIZATION_ID"
    }


def test_a_pull_request_on_github_publishes_but_does_not_deploy(planned):
    entries = trusted_builds.parse(planned("github").trust)
    claims = BUILDS["github"] | {"event_name": "pull_request", "ref": "refs/pull/7/merge"}
    assert permitted(entries, claims) == {READ, publish("shop")}


@pytest.mark.parametrize(
    ("vendor", "issuer"),
    [("github", "https://code.example.com/_services/token"), ("gitlab", "https://code.example.com")],
)
def test_the_issuer_of_a_companys_own_server_is_named(planned, vendor, issuer):
    trust = planned(vendor, host="code.example.com", broker_url="https://pacts.example.com").trust
    entries = trusted_builds.parse(trust)
    assert {each.issuer for each in entries.entries} == {issuer}
    assert {each.audience for each in entries.entries} == {"https://pacts.example.com"}


@pytest.mark.parametrize("vendor", SERVICES)
def test_a_pipeline_names_a_stored_token_only_if_its_credentials_are_one(planned, vendor):
    for credentials in (None, "identity", "token"):
        plan = planned(vendor, credentials=credentials)
        text = "\n".join(each.after for each in plan.changes if each.path.suffix == ".yml")
        stored = any(each in text for each in SECRETS) or "and PACT_BROKER_TOKEN" in text
        assert (stored, plan.trust is None) == (credentials == "token",) * 2, text


def test_only_the_jobs_that_use_the_broker_may_request_a_token(planned):
    for change in planned("github").changes:
        if change.path.suffix == ".yml":
            workflow = yaml.safe_load(change.after)
            assert workflow["permissions"] == {}
            for job in workflow["jobs"].values():
                assert job["permissions"] == {"contents": "read", "id-token": "write"}


@pytest.mark.parametrize("vendor", [each for each in VENDORS if each not in SERVICES])
def test_other_services_need_a_stored_token(planned, vendor):
    plan = planned(vendor)
    assert plan.trust is None
    assert "PACT_BROKER_TOKEN" in plan.changes[-1].after or "pact-broker-token" in plan.changes[-1].after
    with pytest.raises(InitError, match=f"no tokens of builds on {vendor}.*--credentials token.*buildkite"):
        planned(vendor, credentials="identity")
