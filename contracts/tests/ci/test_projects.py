"""The applications that a repository declares."""

from __future__ import annotations

import pytest

from contracts.ci import projects
from contracts.ci.projects import ProjectError


@pytest.fixture
def declare(tmp_path):
    def declare(text):
        (tmp_path / "pyproject.toml").write_text(text)
        return tmp_path

    return declare


SHOP = '[tool.contracts.applications.shop]\nrole = "consumer"\nproviders = ["stock"]\n'


def test_paths_follow_from_the_name_unless_they_are_declared(declare):
    root = declare(SHOP)
    (shop,) = projects.load(root).applications
    assert (shop.name, shop.folder, shop.pacts) == ("shop", root / "shop", root / "shop" / "pacts")
    assert shop.workflow == "shop.yml"


def test_everything_can_be_declared(declare):
    root = declare(
        """
        [tool.contracts]
        environment = "live"
        shared = ["tools"]

        [tool.contracts.applications.till]
        role = "both"
        folder = "apps/till"
        providers = ["stock"]
        pacts = "written"
        workflow = "till-ci.yml"
        app = "till.app:app"
        states = "tests.states:states"
        """
    )
    project = projects.load(root)
    (till,) = project.applications
    assert (project.environment, project.shared) == ("live", ("tools",))
    assert project.consumers == project.providers == (till,)
    assert (till.folder, till.pacts, till.workflow) == (root / "apps" / "till", root / "written", "till-ci.yml")
    assert (till.app, till.states) == ("till.app:app", "tests.states:states")
    assert (till.states_command, till.parallel) == (None, 1)


def test_a_provider_declares_a_command_for_states_and_how_many_pacts_are_verified_at_a_time(declare):
    root = declare('[tool.contracts.applications.a]\nrole = "provider"\nstates-command = "node s.js"\nparallel = 4\n')
    (a,) = projects.load(root).applications
    assert (a.states_command, a.parallel) == ("node s.js", 4)


def test_the_project_of_a_folder_is_the_nearest_one_upwards_that_declares_applications(declare, tmp_path):
    root = declare(SHOP)
    inner = tmp_path / "shop" / "tests"
    inner.mkdir(parents=True)
    (tmp_path / "shop" / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    project = projects.find(inner)
    assert project is not None
    assert project.root == root


def _application(name, role, *providers):
    return f'[tool.contracts.applications.{name}]\nrole = "{role}"\nproviders = {list(providers)}\n'


@pytest.mark.parametrize(
    ("applications", "order"),
    [
        ([("web", "consumer", "stock"), ("stock", "provider")], ["stock", "web"]),
        ([("web", "consumer", "a"), ("b", "provider"), ("a", "provider")], ["b", "a", "web"]),
        (
            [
                ("web", "consumer", "till"),
                ("till", "both", "stock"),
                ("app", "consumer", "stock"),
                ("stock", "provider"),
            ],
            ["stock", "till", "web", "app"],
        ),
        ([("a", "both", "b"), ("b", "both", "a")], ["a", "b"]),
        ([("a", "both", "a"), ("b", "consumer", "elsewhere")], ["a", "b"]),
    ],
    ids=["one pair", "two providers", "one that is both", "two that call each other", "one that calls itself"],
)
def test_providers_come_before_the_consumers_that_call_them(declare, applications, order):
    project = projects.load(declare("".join(_application(*each) for each in applications)))
    assert [each.name for each in project.in_order] == order


def test_code_is_in_the_src_folders_of_shared_folders_and_applications(declare):
    root = declare('[tool.contracts]\nshared = ["tools", "a.txt"]\n' + SHOP)
    for folder in ("tools/src", "shop/src", "other/src"):
        (root / folder).mkdir(parents=True)
    assert projects.load(root).sources == ("tools/src", "shop/src")


def test_the_innermost_application_owns_a_file(declare):
    root = declare(SHOP + '[tool.contracts.applications.inner]\nrole = "provider"\nfolder = "shop/inner"\n')
    project = projects.load(root)
    owners = [project.owner(root / path) for path in ("shop/a.py", "shop/inner/a.py", "a.py")]
    assert [each and each.name for each in owners] == ["shop", "inner", None]


def test_a_repository_without_declaration_gets_an_example(declare):
    root = declare("[project]\n")
    assert projects.find(root / "deeper") is None
    with pytest.raises(ProjectError, match=r"\[tool.contracts.applications.NAME\]"):
        projects.load(root)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tool", "cannot be read"),
        ("[tool.contracts]\napplications = 1", "applications is 1. It must be a table"),
        ('[tool.contracts]\nenvironment = 1\n[tool.contracts.applications.a]\nrole="provider"', "environment is 1"),
        (
            '[tool.contracts]\nshared = "x"\n[tool.contracts.applications.a]\nrole="provider"',
            "shared is 'x'. It must be",
        ),
        ("[tool.contracts.applications]\na = 1", "applications.a is 1. It must be a table"),
        ("[tool.contracts.applications.a]\n", "role is None. It must be consumer, provider or both"),
        ('[tool.contracts.applications.a]\nrole = "server"', "role is 'server'. It must be consumer, provider or both"),
        ('[tool.contracts.applications.a]\nrole = "consumer"', "a is a consumer. Say which applications it calls"),
        ('[tool.contracts.applications.a]\nrole = "provider"\nfolder = 1', "folder is 1. It must be a string"),
        ('[tool.contracts.applications.a]\nrole = "provider"\nparallel = 0', "parallel is 0. It must be a number from"),
        (
            '[tool.contracts.applications.a]\nrole = "provider"\nstates = "a:b"\nstates-command = "c"',
            "states-command is 'c'. It must be absent if states is set",
        ),
        ('[tool.contracts.applications.a]\nrole = "both"\nproviders = "b"', "providers is 'b'. It must be a list"),
        ('[tool.contracts.applications.a]\nrole = "provider"\npath = "b"', "path is not a setting of an application"),
    ],
)
def test_a_wrong_declaration_is_refused_by_file_and_key(declare, text, reason):
    with pytest.raises(ProjectError, match=r"pyproject\.toml") as raised:
        projects.load(declare(text))
    assert reason in str(raised.value)
