"""Commands of a job on GitHub without a stored secret."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from issuers import AUDIENCE, BUILDS, Issuing
from listeners import Reply

from contracts.broker.build_files import BUILD_FILE
from contracts.cli import main
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
                claims = {"repository": "org/web", "ref": ref, "event_name": "push", "run_id": "12"}
                token = issuer.token(aud="the broker", **claims)
                issuer.answers["/token"] = Reply(body=json.dumps({"value": token}).encode())
                environ = {
                    "PACT_BROKER_BASE_URL": broker.base_url,
                    "PACT_BROKER_TOKEN": "",
                    "PACT_BROKER_TOKEN_AUDIENCE": "the broker",
                    "GITHUB_ACTIONS": "true",
                    "ACTIONS_ID_TOKEN_REQUEST_URL": f"{issuer.url}/token?v=1",
                    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
                }
                return CliRunner(env=environ).invoke(main, arguments, prog_name="contracts")

            yield run


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
