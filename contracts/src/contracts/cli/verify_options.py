"""The options of `contracts verify` that select pacts, and the settings that pyproject.toml declares."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from contracts.ci import projects
from contracts.ci.projects import ProjectError
from contracts.client import UsageError
from contracts.client.selectors import (
    RECOMMENDED,
    Branch,
    DeployedOrReleased,
    Latest,
    MainBranch,
    MatchingBranch,
    Selector,
    parse,
)
from contracts.verification.state_commands import StateCommand


PLUGINS_VARIABLE = "CONTRACTS_ALLOWED_PLUGINS"

_SELECTING = (
    click.option(
        "--consumer-version-selector",
        "selector",
        multiple=True,
        metavar="JSON",
        help='Selector as JSON, or a list of them, such as {"mainBranch": true}.',
    ),
    click.option("--main-branch", is_flag=True, help="Select the main branch of each consumer."),
    click.option("--matching-branch", is_flag=True, help="Select the branch with the name of the provider's branch."),
    click.option("--deployed-or-released", is_flag=True, help="Select all versions that are deployed or released."),
    click.option("--consumer-branch", multiple=True, metavar="NAME", help="Select this branch of each consumer."),
    click.option("--consumer-tag", multiple=True, metavar="NAME", help="Select the latest version with this tag."),
)


def selecting(function: Callable[..., None]) -> Callable[..., None]:
    """Give *function* the options that select consumer versions; `selectors` reads them."""
    for option in reversed(_SELECTING):
        function = option(function)
    return function


def selectors(options: Mapping[str, Any]) -> tuple[Selector, ...]:
    """Return the selectors of *options*; by default the recommended ones.

    Raises:
        UsageError: if a text is not a selector.
    """
    result: list[Selector] = [parse(each) for text in options["selector"] for each in _json(text)]
    result += [MainBranch()] if options["main_branch"] else []
    result += [MatchingBranch()] if options["matching_branch"] else []
    result += [DeployedOrReleased()] if options["deployed_or_released"] else []
    result += [Branch(name=name) for name in options["consumer_branch"]]
    result += [Latest(tag=name) for name in options["consumer_tag"]]
    return tuple(result) or RECOMMENDED


def _json(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError(f"--consumer-version-selector {text!r} is not JSON: {error}.") from error
    return value if isinstance(value, list) else [value]


def declared_provider(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """Return the name, or that of the only provider that pyproject.toml declares."""
    if value:
        return value
    try:
        project = projects.find(Path.cwd())
    except ProjectError as error:
        raise click.UsageError(str(error), ctx) from error
    names = [each.name for each in project.providers] if project else []
    if len(names) == 1:
        return names[0]
    choice = f"pyproject.toml declares {', '.join(names)}." if names else None
    raise click.MissingParameter(choice, ctx, param)


def declared_command(provider: str) -> StateCommand | None:
    """Return the states-command that pyproject.toml declares for *provider*.

    Raises:
        ProjectError: if the declaration is wrong.
        UsageError: if the command cannot be read, or its program does not exist.
    """
    project = projects.find(Path.cwd())
    declaration = project.named(provider) if project else None
    if project is None or declaration is None or declaration.states_command is None:
        return None
    return StateCommand.parse(declaration.states_command, project.root)


def declared_parallel(provider: str) -> int:
    """Return how many pacts of *provider* are verified at a time, as pyproject.toml declares it.

    Raises:
        ProjectError: if the declaration is wrong.
    """
    project = projects.find(Path.cwd())
    declaration = project.named(provider) if project else None
    return declaration.parallel if declaration else 1


def allowed_plugins(
    names: Iterable[str] = (), environ: Mapping[str, str] = os.environ, folder: Path | None = None
) -> frozenset[str]:
    """Return the plugins that the provider allows.

    These are *names*, CONTRACTS_ALLOWED_PLUGINS (separated by commas), and `tool.contracts.verify.plugins` in the
    pyproject.toml of *folder*, by default the current one.

    Raises:
        UsageError: if pyproject.toml cannot be read, or the setting is not a list of names.
    """
    of_environment = environ.get(PLUGINS_VARIABLE, "").split(",")
    return frozenset(filter(None, (each.strip() for each in (*names, *of_environment, *_of_project(folder)))))


def _of_project(folder: Path | None) -> list[str]:
    path = (folder or Path.cwd()) / "pyproject.toml"
    if not path.is_file():
        return []
    try:
        tools = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    names = tools.get("contracts", {}).get("verify", {}).get("plugins", [])
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise UsageError(f"{path}: tool.contracts.verify.plugins is not a list of names.")
    return names
