"""The commands of a pipeline: what they ask for, say, and end with."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner
from fake_broker import Answer, FakeBroker

from contracts.cli.pipeline import COMMANDS


@pytest.fixture
def fake():
    with FakeBroker() as fake:
        yield fake.with_index()


@pytest.fixture
def run(fake):
    def run(*arguments, **environ):
        group = click.Group(commands={command.name: command for command in COMMANDS})
        variables = {"PACT_BROKER_BASE_URL": fake.base_url, "PACT_BROKER_TOKEN": "t0k", "GITHUB_ACTIONS": ""}
        return CliRunner(env={**variables, **environ}).invoke(group, arguments, catch_exceptions=False)

    return run


@pytest.fixture
def pact_file(tmp_path):
    path = tmp_path / "web-api.json"
    path.write_text(json.dumps({"consumer": {"name": "web"}, "provider": {"name": "api"}, "interactions": [{}]}))
    return str(path)


def matrix(deployable):
    document = {"summary": {"deployable": deployable}, "notices": [{"type": "error", "text": "because"}], "matrix": []}
    return Answer(document=document)


QUESTION = "/can-i-deploy?pacticipant=web&version=1&environment=live"
ASK = ("can-i-deploy", "-a", "web", "-e", "1", "--to-environment", "live", "--wait-seconds", "0")


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (matrix(True), 0, "be deployed to live? Yes"),
        (matrix(False), 1, "be deployed to live? No"),
        (matrix(None), 3, "be deployed to live? Unknown"),
        (matrix("true"), 4, "is not true or false"),
        (Answer(400, {"errors": {"environment": ["unknown"]}}), 2, "environment: unknown"),
        (Answer(401), 4, "does not accept these credentials"),
        (Answer(500), 4, "The broker failed"),
    ],
)
def test_can_i_deploy_ends_with_a_status_for_each_answer(fake, run, answer, status, says):
    fake.on("GET", QUESTION, answer)
    result = run(*ASK)
    assert (result.exit_code, says in result.output) == (status, True)


def test_an_unreachable_broker_is_status_4(run):
    result = run(*ASK, PACT_BROKER_BASE_URL="http://127.0.0.1:9")
    assert result.exit_code == 4
    assert "cannot be reached" in result.output


@pytest.mark.parametrize("version", [(), ("-e", " ")])
def test_can_i_deploy_without_a_version_is_wrong_usage(fake, run, version):
    result = run("can-i-deploy", "-a", "web", *version, "--to-environment", "live")
    assert result.exit_code == 2
    assert fake.requests == []


def test_a_token_and_a_user_name_are_wrong_usage(fake, run):
    result = run(*ASK, PACT_BROKER_USERNAME="u", PACT_BROKER_PASSWORD="p")
    assert result.exit_code == 2
    assert "There are both a token and a user name or password" in result.output
    assert fake.requests == []


def test_no_broker_is_wrong_usage(run):
    assert run(*ASK, PACT_BROKER_BASE_URL="").exit_code == 2


def test_credentials_may_be_options(fake, run):
    fake.on("GET", QUESTION, matrix(True))
    run(*ASK, "-u", "u", "-p", "p", PACT_BROKER_TOKEN="")
    assert fake.requests[0].headers["Authorization"] == "Basic dTpw"


def test_waiting_is_reported(fake, run):
    fake.on("GET", QUESTION, matrix(None), matrix(True))
    result = run(*ASK[:-2], "--poll-seconds", "0.1")
    assert result.exit_code == 0
    assert "Waiting for results" in result.output


def test_publish_says_what_it_published(fake, run, pact_file):
    fake.on("POST", "/contracts/publish", Answer(document={"notices": [{"type": "success", "text": "fine"}]}))
    result = run("publish", pact_file, "-e", "1", "--branch", "main", "-t", "a", "-t", "b", "--build-url", "u")
    assert (result.exit_code, "Published version 1 on branch main: web → api" in result.output) == (0, True)
    assert fake.requests[-1].json["tags"] == ["a", "b"]


def test_publish_shows_a_conflict_with_the_brokers_notices(fake, run, pact_file):
    body = {"notices": [{"type": "error", "text": "it differs"}], "errors": {"contracts": ["x"]}}
    fake.on("POST", "/contracts/publish", Answer(409, body))
    result = run("publish", pact_file, "-e", "1")
    assert result.exit_code == 1
    assert "it differs" in result.output


def test_publish_refuses_a_pact_of_another_consumer(fake, run, pact_file):
    result = run("publish", pact_file, "-e", "1", "-a", "mobile")
    assert result.exit_code == 2
    assert "is a pact of consumer 'web'" in result.output
    assert fake.requests == []


class TestRecording:
    @pytest.fixture(autouse=True)
    def _in_place(self, fake):
        parts = {"pacticipant": {"name": "web"}, "version": {"number": "1"}}
        deployed = {"uuid": "d", "currentlyDeployed": True, "_embedded": parts, "_links": {"self": {"href": "/d"}}}
        released = {"uuid": "r", "currentlySupported": True, "_embedded": parts, "_links": {"self": {"href": "/r"}}}
        version = {
            "_links": {
                "pb:record-deployment": [{"name": "live", "href": "/deploy"}],
                "pb:record-release": [{"name": "live", "href": "/release"}],
            }
        }
        live = {
            "uuid": "u",
            "name": "live",
            "production": True,
            "_links": {
                "pb:currently-deployed-deployed-versions": {"href": "/deployed"},
                "pb:currently-supported-released-versions": {"href": "/released"},
            },
        }
        environments = {"_links": {"pb:environments": [{"name": "live", "href": "/environments/u"}]}}
        for method, path, document in (
            ("GET", "/pacticipants/web/versions/1", version),
            ("POST", "/deploy", deployed),
            ("POST", "/release", released),
            ("GET", "/environments", environments),
            ("GET", "/environments/u", live),
            ("GET", "/deployed?pacticipant=web", {"_embedded": {"deployedVersions": [deployed]}}),
            ("GET", "/released?pacticipant=web", {"_embedded": {"releasedVersions": [released]}}),
            ("PATCH", "/d", {}),
            ("PATCH", "/r", {}),
            ("POST", "/environments", live),
        ):
            fake.on(method, path, Answer(document=document))

    @pytest.mark.parametrize(
        ("arguments", "written", "says"),
        [
            (
                ("record-deployment", "-a", "web", "-e", "1", "--environment", "live", "--application-instance", "x"),
                ("POST", "/deploy", {"applicationInstance": "x"}),
                "version 1 of web is deployed to live",
            ),
            (
                ("record-undeployment", "-a", "web", "--environment", "live"),
                ("PATCH", "/d", {"currentlyDeployed": False}),
                "version 1 of web is gone from live",
            ),
            (
                ("record-release", "-a", "web", "-e", "1", "--environment", "live"),
                ("POST", "/release", {}),
                "version 1 of web is released to live",
            ),
            (
                ("record-support-ended", "-a", "web", "-e", "1", "--environment", "live"),
                ("PATCH", "/r", {"currentlySupported": False}),
                "version 1 of web is no longer supported in live",
            ),
            (
                ("create-environment", "--name", "live", "--production", "--display-name", "Live"),
                ("POST", "/environments", {"name": "live", "production": True, "displayName": "Live"}),
                "Created environment live (u)",
            ),
        ],
    )
    def test_each_command_writes_once_and_says_so(self, fake, run, arguments, written, says):
        result = run(*arguments)
        assert (result.exit_code, says in result.output) == (0, True)
        sent = [(r.method, r.path, r.json) for r in fake.requests if r.method != "GET"]
        assert sent == [written]

    def test_an_unknown_environment_is_wrong_usage_and_those_that_exist_are_named(self, run):
        result = run("record-deployment", "-a", "web", "-e", "1", "--environment", "typo")
        assert result.exit_code == 2
        assert "no environment 'typo' (it knows: live)" in result.output

    def test_an_environment_that_is_there_is_not_created_twice(self, fake, run):
        fake.on("POST", "/environments", Answer(400, {"errors": {"name": ["is taken"]}}))
        environments = {"_embedded": {"environments": [{"uuid": "u", "name": "live", "production": True}]}}
        fake.on("GET", "/environments", Answer(document=environments))
        result = run("create-environment", "--name", "live", "--production")
        assert result.exit_code == 1
        assert "The broker has the environment 'live' already." in result.output
        result = run("create-environment", "--name", "li ve", "--production")
        assert result.exit_code == 2
        assert "name: is taken" in result.output

    def test_an_unknown_version_is_wrong_usage_and_what_comes_first_is_said(self, run):
        result = run("record-deployment", "-a", "web", "-e", "2", "--environment", "live")
        assert result.exit_code == 2
        assert "publish its contracts or verification results first" in result.output


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_documents_itself_and_its_statuses(run, command):
    output = run(command.name, "--help").output
    assert "Exit status:" in output
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    assert command.help
