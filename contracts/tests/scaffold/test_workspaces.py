"""An application beside others whose workflows consist of tasks: what `contracts init` writes for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from contracts.ci import projects
from contracts.cli import main
from contracts.scaffold import workspaces
from contracts.scaffold.answers import Answers, InitError


PYPROJECT = """\
[tool.pytest] # the tests
testpaths = [
    "consumer/tests",
    "checkout/tests",
]

[tool.ruff]
line-length = 120
src = ["consumer/src", "checkout/src"]

[tool.coverage.paths]
consumer = ["consumer/src", "*/consumer/src"]

[tool.contracts.applications.web]
folder = "consumer"
role = "consumer"
providers = ["checkout"]

[tool.contracts.applications.checkout]
role = "provider"
"""
WORKFLOW = """\
name: {name}
jobs:
  changes:
    steps:
      - run: invoke github.changes --package={name}
  pact:
    steps:
      - uses: actions/checkout@3d3c42e5 # v7.0.1
      - run: invoke {name}.test{environment}
      - run: invoke {name}.{step}
  deploy:
    concurrency: {name}-production
"""
ENVIRONMENT = "\n        env:\n          TOKEN: secret"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository with a consumer and a provider, whose workflows consist of tasks."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "tasks.py").write_text("")
    (tmp_path / "requirements.txt").write_text("-e ./consumer\n-e ./checkout\n\ninvoke\n")
    (folder / "consumer.yml").write_text(WORKFLOW.format(name="consumer", environment="", step="publish-pacts"))
    (folder / "checkout.yml").write_text(
        WORKFLOW.format(name="checkout", environment=ENVIRONMENT, step="can-i-deploy --wait-seconds=0")
    )
    return tmp_path


def init(*arguments):
    result = CliRunner().invoke(main, ["init", "--yes", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def contents(root):
    return {path: path.read_text() for path in root.rglob("*") if path.is_file()}


def answers(**values):
    defaults = {"name": "shop", "role": "consumer", "folder": Path("shop"), "providers": ("checkout",), "tasks": True}
    return Answers(**defaults | values)


def test_a_workflow_is_a_copy_of_that_of_the_same_role_with_the_other_folder(root):
    init("--provider", "stock")
    text = (root / ".github" / "workflows" / "stock.yml").read_text()
    assert text == WORKFLOW.format(name="stock", environment=ENVIRONMENT, step="can-i-deploy --wait-seconds=0")


def test_an_application_that_is_both_is_tested_as_a_provider_and_waits_as_a_consumer(root):
    init("--provider", "shop", "--consumer", "shop", "--calls", "checkout")
    text = (root / ".github" / "workflows" / "shop.yml").read_text()
    assert text == WORKFLOW.format(name="shop", environment=ENVIRONMENT, step="publish-pacts")
    assert projects.load(root).applications[2].role == "both"
    yaml.safe_load(text)


def test_a_role_that_no_application_has_yet_gets_the_general_pipeline(root):
    (root / "pyproject.toml").write_text('[tool.contracts.applications.checkout]\nrole = "provider"\n')
    init("--consumer", "shop", "--calls", "checkout")
    text = (root / ".github" / "workflows" / "shop.yml").read_text()
    assert "contracts publish pacts" in text
    assert "invoke" not in text


def test_every_list_of_the_settings_and_the_requirements_get_the_application(root):
    init("--consumer", "shop", "--calls", "checkout")
    tool = tomllib.loads((root / "pyproject.toml").read_text())["tool"]
    assert tool["pytest"]["testpaths"] == ["consumer/tests", "checkout/tests", "shop/tests"]
    assert tool["ruff"]["src"] == ["consumer/src", "checkout/src", "shop/src"]
    assert tool["coverage"]["paths"]["shop"] == ["shop/src", "*/shop/src"]
    assert tool["contracts"]["applications"]["shop"] == {
        "folder": "shop",
        "role": "consumer",
        "providers": ["checkout"],
    }
    assert (root / "requirements.txt").read_text() == "-e ./consumer\n-e ./checkout\n-e ./shop\n\ninvoke\n"


@pytest.mark.parametrize("again", [("--calls", "checkout"), ()], ids=["the same options", "only the name"])
def test_a_second_run_changes_nothing_even_after_edits(root, again):
    init("--consumer", "shop", "--calls", "checkout")
    for path in (*(root / "shop").rglob("*.py"), root / ".github" / "workflows" / "shop.yml"):
        path.write_text(f"{path.read_text()}# mine\n")
    before = contents(root)
    assert "Nothing to write." in init("--consumer", "shop", *again)
    assert contents(root) == before


def test_each_provider_has_its_own_contract_test(root):
    init("--consumer", "shop", "--calls", "checkout", "--calls", "Stock 2")
    assert sorted(path.name for path in (root / "shop" / "tests").iterdir()) == [
        "test_contract_with_checkout.py",
        "test_contract_with_stock_2.py",
    ]
    assert '@pytest.mark.pact(provider="Stock 2")' in (root / "shop/tests/test_contract_with_stock_2.py").read_text()


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("Shop", "cannot name the tasks and the package"),
        ("class", "cannot name the tasks and the package"),
        ("json", "Another Python package is called json"),
        ("requests", "Another Python package is called requests"),
    ],
)
def test_a_folder_that_cannot_name_a_package_is_refused_with_an_option(root, folder, reason):
    workspace = workspaces.find(projects.load(root))
    with pytest.raises(InitError, match=rf"{reason}.*--folder NAME"):
        workspaces.files(workspace, answers(folder=Path(folder)))


def test_the_default_folder_is_the_name_in_lower_case(root):
    init("--consumer", "Web Shop", "--calls", "checkout")
    assert (root / "web-shop" / "src" / "web_shop" / "client.py").exists()
    assert '[tool.contracts.applications."Web Shop"]\nfolder = "web-shop"' in (root / "pyproject.toml").read_text()


def test_an_application_of_a_repository_without_tasks_gets_the_general_files(root):
    (root / "tasks.py").unlink()
    init("--consumer", "shop", "--calls", "checkout")
    assert "contracts publish pacts" in (root / ".github" / "workflows" / "shop.yml").read_text()
    assert not (root / "shop" / "pyproject.toml").exists()
