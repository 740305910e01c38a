import json

import pytest

from contracts.client import UsageError
from contracts.pipeline import changes


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
        lambda base: {"before": base},
        lambda base: {"pull_request": {"base": {"sha": base}}},
        lambda base: {"merge_group": {"base_sha": base}},
    ],
    ids=["push", "pull request", "merge queue"],
)
def test_concerns(history, event, tmp_path):
    """What changed is what lies between the event's base and the commit that is built."""
    directory, first, second = history
    (tmp_path / "event.json").write_text(json.dumps(event(first)))
    environ = {"GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_SHA": second}

    assert changes.concerns("consumer", environ, directory).reason == "consumer/new é.txt has changed"
    assert not changes.concerns("provider", environ, directory).relevant


@pytest.mark.parametrize(
    "event", [{}, {"before": "0" * 40}, {"before": "1" * 40}, {"pull_request": {"base": {"sha": ""}}}]
)
def test_concerns_unknown(history, event, tmp_path):
    """Where it cannot be told what changed, everything counts as changed."""
    directory, _, second = history
    (tmp_path / "event.json").write_text(json.dumps(event))
    environ = {"GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_SHA": second}

    found = changes.concerns("provider", environ, directory)

    assert found.relevant
    assert "everything counts as changed" in found.reason


def needs(relevant="true", changes="success", **results):
    document = {"changes": {"result": changes, "outputs": {"relevant": relevant}}}
    return json.dumps(document | {name: {"result": result, "outputs": {}} for name, result in results.items()})


@pytest.mark.parametrize(
    ("document", "unmet"),
    [
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
    ],
)
def test_unmet(document, unmet):
    """A job may be skipped where nothing relevant changed, or where that is said of it; nothing else passes."""
    assert changes.unmet(document, optional=["deploy"]) == unmet


@pytest.mark.parametrize("document", ["", "{}", "[]", '{"pact": {"result": "success"}}', '{"changes": {}}'])
def test_unmet_unreadable(document):
    """What is not GitHub's `needs` passes nothing."""
    with pytest.raises(UsageError, match="NEEDS is no JSON of the jobs before"):
        changes.unmet(document)
