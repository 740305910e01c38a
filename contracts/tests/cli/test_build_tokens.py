"""Commands of a job on GitHub without a stored secret."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
from click.testing import CliRunner
from issuers import AUDIENCE, BUILDS, Issuing
from listeners import Reply

from contracts.broker.build_files import BUILD_FILE
from contracts.cli import init, main
from contracts.client import Broker
from contracts.scaffold import repositories
from contracts.scaffold.repositories import Remote
from contracts.testing import running_broker


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in a job of org/web, whose tokens an issuer on this machine signs, on a branch."""
    monkeypatch.chdir(tmp_path)
    with Issuing() as issuer:
        builds = BUILDS.replace('keys = "keys.json"', f'issuer = "{issuer.url}"').replace(AUDIENCE, "the broker")
        (tmp_path / "builds.toml").write_text(builds)
        trusted = BUILD_FILE.read(str(tmp_path / "builds.toml"))
        with running_broker(require_tokens=True, trusted_ci=trusted) as broker:

            def run(*arguments, ref="refs/heads/main"):
                claims = {"repository": "org/web", "ref": ref, "event_name": "push"}
                return in_job(issuer, broker.base_url, *arguments, **claims)

            yield run


def test_the_entry_that_init_shows_lets_its_pipeline_publish_and_deploy(tmp_path, monkeypatch):
    """With an issuer on this machine instead of GitHub's, in the jobs of main, of a pull request and of a fork."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    repository = replace(repositories.inspect(tmp_path), remote=Remote(host="github.com", path="acme/shop"))
    monkeypatch.setattr(init, "inspect", lambda _: repository)
    arguments = ["init", "--consumer", "shop", "--calls", "stock", "--ci", "github", "--yes"]
    shown = CliRunner().invoke(main, arguments, env={"PACT_BROKER_BASE_URL": "the broker"}).output
    with Issuing() as issuer:
        entries = shown[shown.index("[[builds]]") :].replace("[[builds]]", f'[[builds]]\nissuer = "{issuer.url}"')
        (tmp_path / "builds.toml").write_text(entries)
        trusted = BUILD_FILE.read(str(tmp_path / "builds.toml"))
        accounts = {"basic_auth_username": "admin", "basic_auth_password": "a"}
        with running_broker(require_tokens=True, trusted_ci=trusted, **accounts) as broker:
            with Broker(broker.base_url, username="admin", password="a") as admin:
                admin.create_environment(name="production", production=True)
            run = partial(in_job, issuer, broker.base_url)
            branch = repository.default_branch
            main_branch = {"repository": "acme/shop", "ref": f"refs/heads/{branch}", "event_name": "push"}
            request = main_branch | {"event_name": "pull_request", "ref": "refs/pull/7/merge"}
            add = ("create-or-update-version", "--pacticipant", "shop", "--version", "1", "--branch", branch)
            record = ("record-deployment", "--pacticipant", "shop", "--version", "1", "--environment", "production")
            assert run(*add, **request).exit_code == 0
            assert run(*record, **request).exit_code == 4
            assert run(*add, **request | {"repository": "stranger/shop"}).exit_code == 4
            done = run(*record, **main_branch)
            assert done.exit_code == 0, done.output


def in_job(issuer, base_url, *arguments, audience="the broker", **claims):
    """Run a command in a job with these claims, which may request its token."""
    token = issuer.token(aud=audience, run_id="12", **claims)
    issuer.answers["/token"] = Reply(body=json.dumps({"value": token}).encode())
    environ = {
        "PACT_BROKER_BASE_URL": base_url,
        "PACT_BROKER_TOKEN": "",
        "PACT_BROKER_TOKEN_AUDIENCE": audience,
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{issuer.url}/token?v=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
    }
    return CliRunner(env=environ).invoke(main, arguments, prog_name="contracts")


def test_a_job_publishes_as_its_application_on_its_branch(run):
    done = run("create-or-update-pacticipant", "--name", "web")
    assert done.exit_code == 0, done.output

    for arguments, ref, reason in (
        ("api", "refs/heads/main", "The build org/web (GitHub Actions, run 12) may not publish as api"),
        ("web", "refs/heads/feature", "ref is refs/heads/feature, not refs/heads/main"),
    ):
        refused = run("create-or-update-pacticipant", "--name", arguments, ref=ref)
        assert refused.exit_code == 4
        assert reason in refused.output
        assert "eyJ" not in refused.output  # the beginning of every token
