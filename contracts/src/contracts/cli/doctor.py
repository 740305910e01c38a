"""`contracts doctor`: what is wrong or missing, and the command that fixes it."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Sequence
from pathlib import Path

import click

from contracts.doctor.examination import examine
from contracts.doctor.findings import Finding


_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "problem": ("✘", "red")}
_NOUNS = {"problem": "problem", "warning": "warning", "ok": "check passed"}
_WIDTH = 78
_EPILOG = """\b
Examples:
  contracts doctor
  contracts doctor --output json
  PACT_BROKER_BASE_URL=https://broker.example.com contracts doctor

\b
Exit status: 0 nothing is wrong, warnings apart; 1 something is wrong."""


@click.command("doctor", short_help="Report what is wrong, and how to fix it.", epilog=_EPILOG)
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Format.")
@click.option("-v", "--verbose", is_flag=True, help="Show also what is right.")
def command(*, output: str, verbose: bool) -> None:
    """Report what is wrong or missing in this repository and at its broker.

    Looks at git and CI, the declared applications, installed libraries, pact files, provider states, and the broker:
    credentials, permissions, features, clock, environments and webhooks. Changes nothing.
    """
    findings = list(examine(Path.cwd(), os.environ))
    if output == "json":
        click.echo(json.dumps([_document(each) for each in findings], indent=2, ensure_ascii=False))
    else:
        _show(findings, verbose=verbose)
    if any(each.level == "problem" for each in findings):
        click.get_current_context().exit(1)


def _document(finding: Finding) -> dict[str, str | None]:
    return {"area": finding.area, "level": finding.level, "text": finding.text, "fix": finding.fix}


def _show(findings: Sequence[Finding], *, verbose: bool) -> None:
    area = None
    for finding in findings:
        if finding.level == "ok" and not verbose:
            continue
        if finding.area != area:
            area = finding.area
            click.echo(click.style(f"{area[0].upper()}{area[1:]}", bold=True))
        mark, colour = _MARKS[finding.level]
        click.echo(click.style(f"  {mark} ", fg=colour) + _wrapped(finding.text, indent=4))
        if finding.fix is not None:
            click.echo(click.style("    → ", dim=True) + finding.fix)
    counts = {level: sum(each.level == level for each in findings) for level in _MARKS}
    hint = " (--verbose shows them)" if counts["ok"] and not verbose else ""
    click.echo(", ".join(_counted(counts[level], noun) for level, noun in _NOUNS.items()) + f"{hint}.")


def _counted(count: int, noun: str) -> str:
    one, _, after = noun.partition(" ")
    return f"{count} {one}{'' if count == 1 else 's'} {after}".rstrip()


def _wrapped(text: str, *, indent: int) -> str:
    lines = textwrap.wrap(text, _WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return f"\n{' ' * indent}".join(lines)
