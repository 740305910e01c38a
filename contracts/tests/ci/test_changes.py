"""Which packages a change concerns, and which jobs a workflow requires."""

import json
from pathlib import Path

import pytest

from contracts.ci import changes, projects
from contracts.client import UsageError


PROJECT = projects.load(Path(__file__).parents[3])


@pytest.mark.parametrize(
    ("path", "packages"),
    [
        ("consumer/src/consumer/client.py", {"consumer", "contracts"}),
        ("provider/src/provider/app.py", {"provider", "contracts"}),
        ("contracts/src/contracts/cli.py", {"consumer", "provider", "contracts"}),
        ("commands/github.py", {"consumer", "provider", "contracts"}),
        ("requirements.txt", {"consumer", "provider", "contracts"}),
        (".github/workflows/consumer.yml", {"consumer", "contracts"}),
        (".github/workflows/verify-changed-pact.yml", {"contracts"}),
        (".github/actions/setup/action.yml", {"consumer", "provider", "contracts"}),
        (".ci/run", {"contracts"}),
        ("consumer-of-others/x.py", set()),
        ("docs/guide/index.md", set()),
        ("README.md", set()),
    ],
)
def test_a_change_concerns_the_packages_that_depend_on_it(path, packages):
    concerned = {
        package
        for package in ("consumer", "provider", "contracts")
        if changes.relevance(package, [path], PROJECT).relevant
    }
    assert concerned == packages


def test_an_application_can_be_named_by_its_name_or_its_folder():
    assert changes.relevance("example-consumer", ["consumer/x"], PROJECT).relevant


def test_a_package_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match=r"no package 'consumers'\. Use a folder: consumer, provider"):
        changes.concerns("consumers", {}, PROJECT)


def test_the_first_relevant_path_is_the_reason():
    paths = ["README.md", "consumer/x", "commands/github.py"]
    assert changes.relevance("consumer", paths, PROJECT).reason == "consumer/x has changed"
    unchanged = changes.relevance("consumer", ["README.md"], PROJECT)
    assert unchanged.reason == "consumer does not depend on anything that has changed"


@pytest.fixture
def history(checkout, git):
    """Two commits in a row; the second one changes consumer/."""
    first = git(checkout, "rev-parse", "HEAD")
    (checkout / "consumer").mkdir()
    (checkout / "consumer" / "new é.txt").write_text("")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message=second")
    (checkout / "pyproject.toml").write_text(
        """
        [tool.contracts.applications.consumer]
        role = "consumer"
        providers = ["provider"]
        [tool.contracts.applications.provider]
        role = "provider"
        """
    )
    return projects.load(checkout), first, git(checkout, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    "event",
    [
        lambda base: {"pull_request": {"base": {"sha": base}}},
        lambda base: {"merge_group": {"base_sha": base}},
    ],
    ids=["pull request", "merge queue"],
)
def test_a_change_is_the_difference_between_the_base_of_the_event_and_the_commit(history, event, tmp_path):
    project, first, second = history
    (tmp_path / "event.json").write_text(json.dumps(event(first)))
    environ = {"GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_SHA": second}

    assert changes.concerns("consumer", environ, project).reason == "consumer/new é.txt has changed"
    assert not changes.concerns("provider", environ, project).relevant


@pytest.mark.parametrize(
    "event",
    [
        lambda _: {},
        lambda first: {"before": first},
        lambda _: {"pull_request": {"base": {"sha": "1" * 40}}},
        lambda _: {"pull_request": {"base": {"sha": ""}}},
    ],
    ids=["none", "push", "base that git does not have", "empty base"],
)
def test_a_push_and_an_unknown_base_concern_every_package(history, event, tmp_path):
    project, first, second = history
    (tmp_path / "event.json").write_text(json.dumps(event(first)))
    environ = {"GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_SHA": second}

    relevance = changes.concerns("provider", environ, project)

    assert relevance.relevant
    assert "everything counts as changed" in relevance.reason


def needs(relevant="true", changes="success", **results):
    document = {"changes": {"result": changes, "outputs": {"relevant": relevant}}}
    return json.dumps(document | {name: {"result": result, "outputs": {}} for name, result in results.items()})


NOT_A_PUSH = [
    (needs(pact="success", deploy="success"), []),
    (needs(pact="success", deploy="skipped"), []),
    (needs(relevant="false", pact="skipped", deploy="skipped"), []),
    (needs(pact="skipped", deploy="skipped"), ["pact: skipped"]),
    (needs(pact="failure", deploy="skipped"), ["pact: failure"]),
    (needs(pact="success", deploy="failure"), ["deploy: failure"]),
    (needs(pact="cancelled", deploy="skipped"), ["pact: cancelled"]),
    (needs(relevant="", pact="skipped", changes="failure"), ["changes: failure", "pact: skipped"]),
    (needs(relevant="", pact="skipped"), ["pact: skipped"]),
    (needs(relevant="false", pact="skipped", changes="skipped"), ["changes: skipped"]),
]


@pytest.mark.parametrize(("document", "unmet"), NOT_A_PUSH)
def test_a_job_may_be_skipped_if_nothing_relevant_changed_and_a_deployment_unless_it_is_a_push(document, unmet):
    assert changes.unmet({"NEEDS": document, "GITHUB_EVENT_NAME": "pull_request"}, deploys="deploy") == unmet


@pytest.mark.parametrize(
    ("document", "unmet"),
    [(needs(pact="success", deploy="success"), []), (needs(pact="success", deploy="skipped"), ["deploy: skipped"])],
)
def test_a_push_is_deployed_or_the_workflow_fails(document, unmet):
    assert changes.unmet({"NEEDS": document, "GITHUB_EVENT_NAME": "push"}, deploys="deploy") == unmet


@pytest.mark.parametrize("document", ["", "{}", "[]", '{"pact": {"result": "success"}}', '{"changes": {}}'])
def test_a_gate_without_the_needs_of_github_does_not_pass(document):
    with pytest.raises(UsageError, match="NEEDS does not describe the previous jobs"):
        changes.unmet({"NEEDS": document})


def test_later_jobs_read_the_relevance_from_the_outputs_of_the_step(tmp_path):
    output = tmp_path / "output"
    output.write_text("before=1\n")

    changes.relevance("consumer", ["commands/github.py"], PROJECT).write_output({"GITHUB_OUTPUT": str(output)})
    changes.relevance("consumer", [], PROJECT).write_output({})

    assert output.read_text() == "before=1\nrelevant=true\n"
