"""The applications of a repository, declared once in its pyproject.toml.

    [tool.contracts]
    environment = "production"        # where pipelines deploy to; "production" by default
    shared = ["requirements.txt"]     # files and folders that every application depends on; none by default

    [tool.contracts.applications.shop]
    folder = "shop"                   # its code and tests; the application's name by default
    role = "consumer"                 # consumer, provider or both
    providers = ["stock"]             # a consumer's: the applications that it calls
    pacts = "shop/pacts"              # a consumer's: where its tests write pacts; FOLDER/pacts by default
    workflow = "shop.yml"             # its file in .github/workflows; FOLDER.yml by default

    [tool.contracts.applications.stock]
    role = "provider"
    app = "stock.app:app"             # a provider's: what is verified, MODULE:NAME
    states = "tests.states:states"    # a provider's: its provider states, MODULE:NAME
    states-command = "node states.js" # a provider's: instead, a command that prepares its provider states
    parallel = 4                      # a provider's: pacts verified at a time, if its data allows it; 1 by default

Paths are relative to the folder of pyproject.toml. Commands, workflows, fake-ci and the pytest plugin all read this.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from contracts.ci.errors import PipelineError


Role = Literal["consumer", "provider", "both"]

FILE = "pyproject.toml"
WORKFLOWS = Path(".github") / "workflows"
DEFAULT_ENVIRONMENT = "production"
_TEXTS = ("folder", "pacts", "workflow", "app", "states", "states-command")
_KEYS = frozenset({"role", "providers", "parallel", *_TEXTS})
MOST_PARALLEL = 32


class ProjectError(PipelineError):
    """The declaration is missing or wrong; the message names the file and the key, and says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One declared application; the module's docstring explains each field. Paths are absolute."""

    name: str
    role: Role
    folder: Path
    pacts: Path
    workflow: str
    providers: tuple[str, ...] = ()
    app: str | None = None
    states: str | None = None
    states_command: str | None = None
    parallel: int = 1

    @property
    def consumes(self) -> bool:
        """Whether it publishes pacts."""
        return self.role in ("consumer", "both")

    @property
    def provides(self) -> bool:
        """Whether it is verified against pacts."""
        return self.role in ("provider", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A repository at *root* with its declared applications, in the order of the file.

    `shared` lists files and folders, relative to the root, that every application depends on.
    """

    root: Path
    environment: str
    applications: tuple[Declaration, ...]
    shared: tuple[str, ...] = ()

    @property
    def consumers(self) -> tuple[Declaration, ...]:
        """The applications that publish pacts."""
        return tuple(each for each in self.applications if each.consumes)

    @property
    def providers(self) -> tuple[Declaration, ...]:
        """The applications that are verified."""
        return tuple(each for each in self.applications if each.provides)

    @property
    def in_order(self) -> tuple[Declaration, ...]:
        """The applications in the order of their first deployment.

        Pure providers come first. Each consumer follows the providers that it calls, unless they call each other.
        """
        ordered = [each for each in self.applications if not each.consumes]
        waiting = [each for each in self.applications if each.consumes]
        while waiting:
            names = {each.name for each in waiting}
            ready = next((each for each in waiting if names.isdisjoint({*each.providers} - {each.name})), waiting[0])
            waiting.remove(ready)
            ordered.append(ready)
        return tuple(ordered)

    @property
    def sources(self) -> tuple[str, ...]:
        """The folders with importable code, relative to the root: `src` in shared folders and in applications."""
        folders = (*self.shared, *(each.folder.relative_to(self.root).as_posix() for each in self.applications))
        return tuple(f"{folder}/src" for folder in folders if (self.root / folder / "src").is_dir())

    def named(self, name: str) -> Declaration | None:
        """Return the application with this name or folder."""
        return next((each for each in self.applications if name in (each.name, each.folder.name)), None)

    def provider(self, name: str) -> Declaration:
        """Return the provider *name*; if the name is empty, the only provider.

        Raises:
            ProjectError: if there is no such provider, or several for an empty name.
        """
        candidates = [each for each in self.providers if name in ("", each.name)]
        if len(candidates) != 1:
            names = ", ".join(each.name for each in self.providers) or "none"
            raise ProjectError(f"{name!r} does not name one provider in {self.root / FILE}. Use one of: {names}")
        return candidates[0]

    def owner(self, path: Path) -> Declaration | None:
        """Return the application whose folder contains *path*; the innermost one if folders are nested."""
        owners = [each for each in self.applications if path.is_relative_to(each.folder)]
        return max(owners, key=lambda each: len(each.folder.parts), default=None)


def load(root: Path) -> Project:
    """Read the applications that pyproject.toml in *root* declares.

    Raises:
        ProjectError: if the file or the declaration is missing, or a value is not what it should be.
    """
    project = _read(root / FILE)
    if project is None:
        raise ProjectError(
            f"{root / FILE} declares no application. Add one, for example:\n\n"
            '  [tool.contracts.applications.NAME]\n  role = "provider"\n'
        )
    return project


def find(start: Path) -> Project | None:
    """Return the project that *start* belongs to: the nearest pyproject.toml upwards that declares applications.

    Raises:
        ProjectError: if that file's declaration is wrong.
    """
    for folder in (start, *start.parents):
        if (folder / FILE).is_file() and (project := _read(folder / FILE)) is not None:
            return project
    return None


def _read(file: Path) -> Project | None:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ProjectError(f"{file} cannot be read: {problem}") from problem
    section = document.get("tool", {}).get("contracts", {})
    if "applications" not in section:
        return None
    environment = section.get("environment", DEFAULT_ENVIRONMENT)
    _require(file, "environment", isinstance(environment, str) and bool(environment), "a name", environment)
    shared = section.get("shared", [])
    _require(file, "shared", _are_names(shared), "a list of paths", shared)
    tables = section["applications"]
    _require(file, "applications", isinstance(tables, dict), "a table with an entry for each application", tables)
    applications = tuple(_declaration(file, name, table) for name, table in tables.items())
    for each in applications:
        if each.consumes and not each.providers:
            raise ProjectError(
                f'{file}: {each.name} is a consumer. Say which applications it calls: providers = ["NAME"]'
            )
    return Project(root=file.parent, environment=environment, applications=applications, shared=tuple(shared))


def _declaration(file: Path, name: str, table: Any) -> Declaration:
    where = f"applications.{name}"
    _require(file, where, isinstance(table, dict), "a table", table)
    for key in table.keys() - _KEYS:
        raise ProjectError(
            f"{file}: {where}.{key} is not a setting of an application. Use one of {', '.join(sorted(_KEYS))}"
        )
    role = table.get("role")
    _require(file, f"{where}.role", role in get_args(Role), "consumer, provider or both", role)
    for key in _TEXTS:
        if key in table:
            _require(file, f"{where}.{key}", isinstance(table[key], str) and bool(table[key]), "a string", table[key])
    providers = table.get("providers", [])
    _require(file, f"{where}.providers", _are_names(providers), "a list of names", providers)
    parallel = table.get("parallel", 1)
    whole = isinstance(parallel, int) and not isinstance(parallel, bool)
    _require(
        file,
        f"{where}.parallel",
        whole and 1 <= parallel <= MOST_PARALLEL,
        f"a number from 1 to {MOST_PARALLEL}",
        parallel,
    )
    both = "states" in table and "states-command" in table
    _require(file, f"{where}.states-command", not both, "absent if states is set", table.get("states-command"))
    folder = file.parent / table.get("folder", name)
    return Declaration(
        name=name,
        role=role,
        folder=folder,
        pacts=file.parent / table["pacts"] if "pacts" in table else folder / "pacts",
        workflow=table.get("workflow", f"{folder.name}.yml"),
        providers=tuple(providers),
        parallel=parallel,
        **_optional(table, "app", "states"),
        states_command=table.get("states-command"),
    )


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _optional(table: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: table[key] for key in keys if key in table}


def _require(file: Path, key: str, valid: bool, expected: str, value: object) -> None:
    if not valid:
        raise ProjectError(f"{file}: tool.contracts.{key} is {value!r}. It must be {expected}")
