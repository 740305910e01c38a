"""Version selectors on a command line: the order of options says which version belongs to which application."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from contracts.cli import builds
from contracts.cli.connections import BrokerCommand
from contracts.cli.outputs import Printer
from contracts.client import UsageError
from contracts.client.questions import ROW_LIMIT, IgnoredVersions, Question, VersionChoice


IGNORE_VARIABLE = "PACT_BROKER_CAN_I_DEPLOY_IGNORE"
_CRITERIA = ("version", "latest", "tag", "branch", "main_branch")
_STARTS = ("pacticipant", "ignore")
_KEY = "contracts.gate_selectors"


@dataclass(slots=True, kw_only=True)
class _Selector:
    """An application with the criteria that follow it."""

    option: str
    name: str
    criteria: dict[str, Any] = field(default_factory=dict)


class SelectorCommand(BrokerCommand):
    """A command whose options `--version` to `--main-branch` belong to the application before them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args*, and note the order of the selecting options for `selected`."""
        values, _, order = self.make_parser(ctx).parse_args(list(args))
        positions = dict.fromkeys((*_STARTS, *_CRITERIA), 0)
        occurrences: list[tuple[str, Any]] = []
        for parameter in order:
            name = parameter.name or ""
            if name in positions:
                value = values[name]
                occurrences.append((name, value[positions[name]] if isinstance(value, list) else True))
                positions[name] += 1
        ctx.meta[_KEY] = occurrences
        rest = super().parse_args(ctx, args)
        for name in positions:
            ctx.params.pop(name, None)
        return rest


def question_options(*, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options that make a question about a deployment; `question` returns it."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(_options(required=required)):
            function = option(function)
        return function

    return add


def _options(*, required: bool) -> Sequence[Callable[[Callable[..., Any]], Callable[..., Any]]]:
    text = "Application; repeatable. The options up to --main-branch follow the application that they belong to."
    version = "Its version.  [default: the commit, from CI or git, if there is one application]"
    latest = "Its latest version, or the latest with TAG."
    ignore = f"Application whose results do not count; -e after it ignores one version.  [env var: {IGNORE_VARIABLE}]"
    target = "Environment to deploy to."
    return (
        click.option("-a", "--pacticipant", multiple=True, required=required, metavar="NAME", help=text),
        click.option("-e", "--version", multiple=True, metavar="VERSION", help=version),
        click.option("-l", "--latest", multiple=True, is_flag=False, flag_value="", metavar="[TAG]", help=latest),
        click.option("--tag", multiple=True, metavar="NAME", help="Its latest version with this tag."),
        click.option("--branch", multiple=True, metavar="NAME", help="The latest version of this branch."),
        click.option("--main-branch", count=True, help="The latest version of its main branch."),
        click.option("--ignore", multiple=True, metavar="NAME", help=ignore),
        click.option("--to-environment", "--environment", "environment", metavar="NAME", help=target),
        click.option("--to", "tag_of_others", metavar="TAG", help="Tag of the other applications' versions."),
    )


def question(printer: Printer, environment: str | None, tag: str | None, limit: int = ROW_LIMIT) -> Question:
    """Return the question of the current command line.

    Raises:
        UsageError: if it names no version, or contradicts itself.
    """
    versions, ignored = selected()
    if environment == "":
        raise UsageError("The environment is empty. Give its name.")
    return Question(
        versions=with_detected_version(printer, versions),
        environment=environment,
        tag=tag,
        ignored=ignored,
        limit=limit,
    )


def with_detected_version(printer: Printer, versions: Sequence[VersionChoice]) -> tuple[VersionChoice, ...]:
    """Return *versions*; a single one without criteria gets the version of this build."""
    if len(versions) == 1 and versions[0].is_any:
        name = versions[0].pacticipant
        return (VersionChoice(pacticipant=name, version=builds.detected_version(printer, None)),)
    return tuple(versions)


def selected() -> tuple[tuple[VersionChoice, ...], tuple[IgnoredVersions, ...]]:
    """Return the versions that the command line of the current command selects, and those that it ignores.

    Raises:
        UsageError: if a criterion precedes the first application, or is given twice for one.
    """
    selectors: list[_Selector] = []
    for name, value in click.get_current_context().meta[_KEY]:
        if name in _STARTS:
            selectors.append(_Selector(option=name, name=value))
            continue
        option = f"--{name.replace('_', '-')}"
        if not selectors:
            raise UsageError(f"{option} must follow the --pacticipant that it belongs to.")
        last = selectors[-1]
        if name in last.criteria:
            raise UsageError(f"{option} is given twice for {last.name}. Give one, or repeat --pacticipant.")
        if last.option == "ignore" and name != "version":
            raise UsageError(f"{option} follows --ignore {last.name}. Only --version may limit what is ignored.")
        last.criteria[name] = value
    versions = tuple(_versions(each) for each in selectors if each.option == "pacticipant")
    ignored = [
        IgnoredVersions(pacticipant=each.name, version=each.criteria.get("version"))
        for each in selectors
        if each.option == "ignore"
    ]
    names = os.environ.get(IGNORE_VARIABLE, "").split(",")
    ignored += [IgnoredVersions(pacticipant=name.strip()) for name in names if name.strip()]
    return versions, tuple(ignored)


def _versions(selector: _Selector) -> VersionChoice:
    criteria = selector.criteria
    latest = criteria.get("latest")
    tag_of_latest = latest if isinstance(latest, str) and latest else None
    if tag_of_latest and "tag" in criteria:
        raise UsageError(f"Two tags are given for {selector.name}. Use --latest TAG or --tag TAG.")
    return VersionChoice(
        pacticipant=selector.name,
        version=criteria.get("version"),
        latest="latest" in criteria,
        tag=criteria.get("tag") or tag_of_latest,
        branch=criteria.get("branch"),
        main_branch="main_branch" in criteria,
    )
