"""The applications of any repository."""

import pytest

from contracts.client import UsageError
from contracts.fake_ci.discovery import applications_of


@pytest.fixture
def repository(tmp_path):
    """A repository with workflows, each of one line and with the events push and pull_request."""

    def repository(**lines):
        folder = tmp_path / ".github" / "workflows"
        folder.mkdir(parents=True)
        for name, line in lines.items():
            text = f"on: [push, pull_request]\njobs: {{a: {{steps: [{{run: '{line}'}}]}}}}\n"
            (folder / f"{name}.yml").write_text(text)
        return tmp_path

    return repository


def test_a_declaration_wins(repository):
    root = repository(shop="contracts publish pacts")
    (root / "pyproject.toml").write_text('[tool.contracts.applications.stock]\nrole = "provider"\n')
    assert [each.name for each in applications_of(root).applications] == ["stock"]


@pytest.mark.parametrize(
    ("line", "name_and_role"),
    [
        ("contracts publish pacts && contracts can-i-deploy -a shop --to-environment x", ("shop", "consumer")),
        ("pact-broker publish pacts --consumer-app-version=1", ("ci", "consumer")),
        ("pact broker publish pacts; pact broker can-i-deploy --pacticipant=shop", ("shop", "consumer")),
        ("contracts verify --provider stock --app a:b", ("stock", "provider")),
        ("pact_verifier_cli --provider-name stock", ("stock", "provider")),
        ("contracts verify --provider both && contracts publish pacts", ("both", "both")),
    ],
)
def test_an_application_is_a_workflow_that_publishes_or_verifies(repository, line, name_and_role):
    (application,) = applications_of(repository(ci=line, lint="ruff check .")).applications
    assert (application.name, application.role, application.workflow) == (*name_and_role, "ci.yml")


def test_a_workflow_that_only_a_webhook_starts_is_not_an_application(repository):
    root = repository(stock="contracts verify --provider stock")
    (root / ".github" / "workflows" / "stock.yml").write_text(
        "on: {repository_dispatch: {types: [x]}}\njobs: {a: {steps: [{run: contracts verify --provider stock}]}}\n"
    )
    with pytest.raises(UsageError, match="Set both up with `contracts init`"):
        applications_of(root)
