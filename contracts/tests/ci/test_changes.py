import json

import pytest

from contracts.ci import changes
from contracts.client import UsageError


@pytest.mark.parametrize(
    ("path", "concerned"),
    [
        ("consumer/src/consumer/client.py", {"consumer", "contracts"}),
        ("provider/src/provider/app.py", {"provider", "contracts"}),
        ("contracts/src/contracts/cli.py", {"consumer", "provider", "contracts"}),
        ("tasks.py", {"consumer", "provider", "contracts"}),
        ("requirements.txt", {"consumer", "provider", "contracts"}),
        (".github/workflows/consumer.yml", {"consumer", "contracts"}),
        (".github/workflows/verify-changed-pact.yml", {"contracts"}),
        (".github/actions/setup/action.yml", {"consumer", "provider", "contracts"}),
        (".ci/run", {"contracts"}),
        ("docs/guide/index.md", set()),
        ("README.md", set()),
    ],
)
def test_relevance(path, concerned):
    """A change concerns its own package; one in contracts/ or in what all share concerns every package."""
    found = {
        package for package in ("consumer", "provider", "contracts") if changes.relevance(package, [path]).relevant
    }

    assert found == concerned


def test_reason():
    """The first path that counts is the reason."""
    assert changes.relevance("consumer", ["README.md", "consumer/x", "tasks.py"]).reason == "consumer/x has changed"
    assert changes.relevance("consumer", ["README.md"]).reason == "nothing that consumer depends on has changed"


@pytest.fixture
def history(checkout, git):
    """Two commits in a row; the second one changes consumer/."""
    first = git(checkout, "rev-parse", "HEAD")
    (checkout / "consumer").mkdir()
    (checkout / "consumer" / "new é.txt").write_text("")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message=second")
    return checkout, first, git(checkout, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    "event",
    [
        lambda base: {"pull_request": {"base": {"sha": base}}},
        lambda base: {"merge_group": {"base_sha": base}},
    ],
    ids=["pull request", "merge queue"],
)
def test_concerns(history, event, tmp_path):
    """What changed is what lies between the event's base and the commit that is built."""
    directory, first, second = history
    (tmp_path / "event.json").write_text(json.dumps(event(first)))
    environ = {"GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_SHA": second}

    assert changes.concerns("consumer", environ, directory).reason == "consumer/new é.txt has changed"
    assert not changes.concerns("provider", environ, directory).relevant


@pytest.mark.parametrize(
    "event",
    [
        lambda _: {},
        lambda first: {"before": first},
        lambda _: {"pull_request": {"base": {"sha": "1" * 40}}},
        lambda _: {"pull_request": {"base": {"sha": ""}}},
    ],
    ids=["none", "push", "base that is not here", "base that is not named"],
)
def test_concerns_unknown(history, event, tmp_path):
    """A push counts for every package, and so does what cannot be told."""
    directory, first, second = history
    (tmp_path / "event.json").write_text(json.dumps(event(first)))
    environ = {"GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_SHA": second}

    found = changes.concerns("provider", environ, directory)

    assert found.relevant
    assert "everything counts as changed" in found.reason


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
def test_unmet(document, unmet):
    """A job may be skipped where nothing relevant changed, and deployment but on a push; nothing else passes."""
    assert changes.unmet({"NEEDS": document, "GITHUB_EVENT_NAME": "pull_request"}, deploys="deploy") == unmet


@pytest.mark.parametrize(
    ("document", "unmet"),
    [(needs(pact="success", deploy="success"), []), (needs(pact="success", deploy="skipped"), ["deploy: skipped"])],
)
def test_unmet_push(document, unmet):
    """What a push brings is deployed, or the workflow fails."""
    assert changes.unmet({"NEEDS": document, "GITHUB_EVENT_NAME": "push"}, deploys="deploy") == unmet


@pytest.mark.parametrize("document", ["", "{}", "[]", '{"pact": {"result": "success"}}', '{"changes": {}}'])
def test_unmet_unreadable(document):
    """What is not GitHub's `needs` passes nothing."""
    with pytest.raises(UsageError, match="NEEDS is no JSON of the jobs before"):
        changes.unmet({"NEEDS": document})


def test_tell_github(tmp_path):
    """The jobs that follow read it from the step's outputs, beside what other steps told."""
    output = tmp_path / "output"
    output.write_text("before=1\n")

    changes.relevance("consumer", ["tasks.py"]).tell_github({"GITHUB_OUTPUT": str(output)})
    changes.relevance("consumer", []).tell_github({})

    assert output.read_text() == "before=1\nrelevant=true\n"
