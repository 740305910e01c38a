"""Version selectors on a command line: the order of options says which version belongs to which application."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import click

from contracts.cli.connections import BrokerCommand
from contracts.client import UsageError
from contracts.client.questions import IgnoredVersions, VersionChoice


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
