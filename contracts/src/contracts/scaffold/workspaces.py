"""Repositories whose workflows consist of the tasks of their applications, such as `invoke shop.test`.

A new application gets the same: a folder with a package and tests, a workflow, and an entry in each list of the tools'
settings. Its workflow is a copy of that of an application with the same role, so that it keeps their actions and
secrets.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from contracts.ci.projects import WORKFLOWS, Declaration, Project, Role
from contracts.scaffold.answers import Answers, InitError, contract_test_name
from contracts.scaffold.changes import Change, read
from contracts.scaffold.rendering import render


_FOLDER = re.compile(r"[a-z][a-z0-9_-]*")
_REQUIREMENTS = Path("requirements.txt")
_LISTS = (
    ("tool.uv.workspace", "members", "{folder}"),
    ("tool.pytest", "testpaths", "{folder}/tests"),
    ("tool.coverage.run", "source_pkgs", "{package}"),
    ("tool.mypy", "mypy_path", "{folder}/src"),
    ("tool.mypy", "files", "{folder}/src"),
    ("tool.ruff", "src", "{folder}/src"),
)
"""The lists in the settings of tools that name each application: section, key and entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A repository at *root*; *siblings* are its applications whose workflows consist of tasks."""

    root: Path
    siblings: tuple[Declaration, ...]

    def workflow(self, role: Role, folder: str) -> str | None:
        """Return the workflow of a new application in *folder*, or None if no sibling has its *role*.

        An application that is both has the workflow of a consumer, which tests it as a provider.
        """
        by_role = {each.role: self._copied(each, folder) for each in reversed(self.siblings)}
        if role in by_role or role != "both":
            return by_role.get(role)
        step = re.compile(rf"^( *)- run: invoke {re.escape(folder)}\.test\n(?:\1  .*\n)*", re.MULTILINE)
        if "consumer" not in by_role or "provider" not in by_role or not (test := step.search(by_role["provider"])):
            return None
        return step.sub(lambda _: test[0], by_role["consumer"])

    def _copied(self, sibling: Declaration, folder: str) -> str:
        text = (self.root / WORKFLOWS / sibling.workflow).read_text(encoding="utf-8")
        return re.sub(rf"(?<![\w/-]){re.escape(sibling.folder.name)}(?![\w@/])", folder, text)


def find(project: Project | None) -> Workspace | None:
    """Return the workspace of *project* if its applications have tasks."""
    if project is None:
        return None
    siblings = tuple(each for each in project.applications if _has_tasks(project.root, each))
    return Workspace(root=project.root, siblings=siblings) if siblings else None


def _has_tasks(root: Path, application: Declaration) -> bool:
    workflow = read(root / WORKFLOWS / application.workflow) or ""
    return (root / "tasks.py").is_file() and f"invoke {application.folder.name}.test" in workflow


def files(workspace: Workspace, answers: Answers) -> list[Change]:
    """Work out the files of the application, and its line in requirements.txt."""
    package = _package(workspace.root, answers)
    source = answers.folder / "src" / package
    workflow = workspace.workflow(answers.role, answers.folder.name) or ""
    texts = [
        (answers.folder / "pyproject.toml", _pyproject(answers, package), "its package"),
        (source / "__init__.py", f'"""{answers.name}."""\n', "its package"),
        (source / "py.typed", "", "its package has types"),
        *(_consumer(answers, package, source) if answers.consumes else ()),
        *(_provider(answers, package, source) if answers.provides else ()),
        (WORKFLOWS / f"{answers.folder.name}.yml", workflow, "its pipeline, a copy of that of another application"),
    ]
    changes = [
        Change(path=path, before=read(workspace.root / path), after=text, purpose=purpose)
        for path, text, purpose in texts
    ]
    return [*changes, *_requirements(workspace.root, answers)]


def _consumer(answers: Answers, package: str, source: Path) -> Iterator[tuple[Path, str, str]]:
    values = {"name": answers.name, "package": package, "many_providers": len(answers.providers) > 1}
    purpose = "the client that its contract tests call: replace it with yours"
    yield source / "client.py", render("workspace/client.py.jinja", **values), purpose
    for provider in answers.providers:
        path = answers.folder / "tests" / contract_test_name(provider)
        text = render("workspace/contract_test.py.jinja", **values, provider_name=provider)
        yield path, text, f"a first contract test: what {answers.name} needs from {provider}"


def _provider(answers: Answers, package: str, source: Path) -> Iterator[tuple[Path, str, str]]:
    values = {"name": answers.name, "package": package}
    purpose = "the application that is verified: replace it with yours"
    yield source / "app.py", render("workspace/app.py.jinja", **values), purpose
    purpose = f"verifies {answers.name} against its consumers' pacts, with the provider states that they name"
    yield answers.folder / "tests" / "test_pacts.py", render("workspace/provider_test.py.jinja", **values), purpose


def with_lists(text: str, answers: Answers) -> str:
    """Return *text*, a pyproject.toml, with the application in each list of the tools' settings."""
    package = answers.folder.name.replace("-", "_")
    folder = answers.folder.as_posix()
    for section, key, entry in _LISTS:
        text = _extended(text, section, key, entry.format(folder=folder, package=package))
    paths = f'{package} = ["{folder}/src", "*/{folder}/src"]'
    if f"\n{paths}\n" not in text:
        text = re.sub(
            r"(^\[tool\.coverage\.paths\][^\n]*\n(?:[^\[\n][^\n]*\n)*)", rf"\1{paths}\n", text, flags=re.MULTILINE
        )
    return text


def _extended(text: str, section: str, key: str, entry: str) -> str:
    """Return *text* with *entry* at the end of the list *key* of *section*; unchanged if there is no such list."""
    pattern = rf"(^\[{re.escape(section)}\][^\n]*\n(?:[^\[\n][^\n]*\n|\n)*?{key} = \[)([^\]]*?)(,?\s*\])"
    match = re.search(pattern, text, flags=re.MULTILINE)
    if match is None or f'"{entry}"' in match[2]:
        return text
    separator = ",\n    " if "\n" in match[2] else ", " if match[2] else ""
    extended = f'{text[: match.start(3)]}{separator}"{entry}"{text[match.start(3) :]}'
    return extended if _is_toml(extended) else text


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _package(root: Path, answers: Answers) -> str:
    """Return the name of the application's package, which is that of its folder.

    Raises:
        InitError: if the folder cannot name tasks and a package, or another package has the name.
    """
    folder = answers.folder.name
    package = folder.replace("-", "_")
    if not _FOLDER.fullmatch(folder) or keyword.iskeyword(package):
        raise InitError(
            f"The folder {folder!r} cannot name the tasks and the package of {answers.name}. Use lower case letters, "
            "digits and '-': --folder NAME"
        )
    spec = PathFinder.find_spec(package)
    origin = Path(spec.origin) if spec and spec.origin else None
    elsewhere = origin is not None and not origin.is_relative_to(root / answers.folder)
    if package in sys.stdlib_module_names or elsewhere:
        raise InitError(f"Another Python package is called {package}. Give the folder another name: --folder NAME")
    return package


def _pyproject(answers: Answers, package: str) -> str:
    requirements = {"fastapi>=0.135": answers.provides, "requests>=2.32": answers.consumes}
    dependencies = json.dumps([requirement for requirement, needed in requirements.items() if needed])
    return render(
        "workspace/pyproject.toml.jinja", distribution=answers.slug, package=package, dependencies=dependencies
    )


def _requirements(root: Path, answers: Answers) -> list[Change]:
    before = read(root / _REQUIREMENTS)
    line = f"-e ./{answers.folder.as_posix()}"
    if before is None or not (others := list(re.finditer(r"^-e \./.*$", before, flags=re.MULTILINE))):
        return []
    listed = any(each[0].split("[")[0] == line for each in others)
    after = before if listed else f"{before[: others[-1].end()]}\n{line}{before[others[-1].end() :]}"
    purpose = "installs its dependencies"
    return [Change(path=_REQUIREMENTS, before=before, after=after, purpose=purpose, edits=True)]
