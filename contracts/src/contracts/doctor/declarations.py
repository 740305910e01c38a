"""The applications that pyproject.toml declares, and the files and objects they name."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from contracts.ci.projects import Declaration
from contracts.doctor.findings import Finding, ok, problem, warning
from contracts.doctor.surroundings import Surroundings, mentions


_AREA: Final = "declaration"


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Check that what is declared exists. Nothing is imported: that would run the application."""
    if surroundings.project is None:
        yield problem(_AREA, "No pyproject.toml here or above declares an application.", "contracts init")
        return
    for application in surroundings.applications:
        problems = list(_problems(application, surroundings))
        yield from problems
        if not problems:
            yield ok(_AREA, f"{application.name} is a {_ROLES[application.role]} in {application.folder}.")


_ROLES = {"consumer": "consumer", "provider": "provider", "both": "consumer and provider"}


def _problems(application: Declaration, surroundings: Surroundings) -> Iterator[Finding]:
    name = application.name
    if not application.folder.is_dir():
        yield problem(
            _AREA,
            f"The folder of {name}, {application.folder}, does not exist.",
            f"Correct folder in [tool.contracts.applications.{name}].",
        )
        return
    if surroundings.on_github and surroundings.project is not None:
        workflow = surroundings.project.root / ".github" / "workflows" / application.workflow
        if not workflow.is_file():
            yield problem(
                _AREA,
                f"The workflow of {name}, {workflow}, does not exist.",
                f"contracts init --{'consumer' if application.consumes else 'provider'} {shlex.quote(name)} "
                f"--ci github, or correct workflow in [tool.contracts.applications.{name}].",
            )
    for key, location in (("app", application.app), ("states", application.states)):
        if location is not None and (fault := _fault(location, application.folder, surroundings)) is not None:
            yield problem(_AREA, f"{key} of {name} is {location!r}, but {fault}", f"Correct {key} of {name}.")
    runs_elsewhere = application.states_command is not None
    tested = application.app is not None or runs_elsewhere or mentions(application.folder, "verify_provider")
    if application.provides and not tested:
        yield warning(
            _AREA,
            f"{name} declares no app, and no test of it takes the fixture verify_provider.",
            f"Write that test, or: contracts verify --provider {shlex.quote(name)} --provider-base-url URL",
        )


def _fault(location: str, folder: Path, surroundings: Surroundings) -> str | None:
    module, colon, name = location.partition(":")
    name = name.removesuffix("()")
    if not colon or not module or not name:
        return "it must be MODULE:NAME."
    root = surroundings.project.root if surroundings.project else folder
    path = Path(*module.split("."))
    candidates = [
        base / variant
        for base in (folder, folder / "src", root, root / "src")
        for variant in (path.with_suffix(".py"), path / "__init__.py")
    ]
    source = next((each for each in candidates if each.is_file()), None)
    if source is None:
        return f"there is no module {module} in {folder}."
    try:
        tree = ast.parse(source.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        return f"{source} cannot be read: {error}."
    return None if name in _names(tree) else f"{source} does not define {name}."


def _names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names |= {alias.asname or alias.name for alias in node.names}
    return names
