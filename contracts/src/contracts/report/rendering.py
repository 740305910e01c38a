"""A report as one HTML file, which loads nothing from anywhere, and as Markdown for a pull request."""

from __future__ import annotations

import re
from datetime import datetime
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from contracts.client.nouns.dashboard import LatestContract
from contracts.model.test_results import Mismatch, TestResult
from contracts.report import network
from contracts.report.contents import Report


_STYLE = ("broker", "ui", "static", "style.css")
_MOST_ROWS = 20  # of a table in Markdown
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")
_WORDS = {True: "✔ verified", False: "✘ failed", None: "not verified"}


def html(report: Report, now: datetime) -> str:
    """Return the report as an HTML page, made at *now*."""
    environment = Environment(
        loader=PackageLoader("contracts.report"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["web_address"] = _web_address
    style = resources.files("contracts").joinpath(*_STYLE).read_text(encoding="utf-8")
    return environment.get_template("report.html").render(
        report=report,
        network=network.draw(report.contracts),
        style=style,
        made_at=f"{now:%Y-%m-%d %H:%M} UTC",
        words=_WORDS,
    )


def markdown(report: Report) -> str:
    """Return a summary: the totals, what failed and why, and what has no result."""
    totals = f"{len(report.verified)} verified, {len(report.failed)} failed, {len(report.unverified)} not verified"
    lines = [f"## Contracts: {totals}", ""]
    if report.failures:
        lines += ["| failed | provider version | why |", "|---|---|---|"]
        for each in report.failures[:_MOST_ROWS]:
            reasons = [sentence(interaction) for interaction in each.interactions or ()] or [each.problem]
            why = "<br>".join(map(_plain, reasons[:3]))
            lines.append(f"| {_pair(each.contract)} | {_plain(each.contract.provider_version or '')} | {why} |")
        lines += [*_rest(len(report.failed)), ""]
    if report.unverified:
        lines += ["| not verified | consumer version |", "|---|---|"]
        lines += [f"| {_pair(each)} | {_plain(each.consumer_version)} |" for each in report.unverified[:_MOST_ROWS]]
        lines += [*_rest(len(report.unverified)), ""]
    return "\n".join([*lines, f"[Open the broker]({_web_address(report.base_url)})", ""])


def sentence(interaction: TestResult) -> str:
    """Return why an interaction failed, in one sentence."""
    reasons = [*map(_mismatch, interaction.mismatches), *interaction.problems]
    return f"{interaction.description or 'An interaction'}: {'; '.join(reasons) or 'failed'}"


def _mismatch(mismatch: Mismatch) -> str:
    place = f"{mismatch.attribute} {mismatch.place}".strip()
    values = (("expected", mismatch.expected), ("got", mismatch.actual))
    compared = ", ".join(f"{word} {value}" for word, value in values if value is not None)
    return f"{place}: {mismatch.description or compared or 'differs'}"


def _pair(contract: LatestContract) -> str:
    url = _web_address(contract.result_url or contract.pact_url)
    return f"[{_plain(contract.consumer)} → {_plain(contract.provider)}]({url})"


def _rest(count: int) -> list[str]:
    return [f"\nThese are the first {_MOST_ROWS} of {count}."] if count > _MOST_ROWS else []


def _plain(text: str) -> str:
    """Return *text* for a cell of a table in Markdown: without markup, in one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _web_address(address: str) -> str:
    """Return *address* if it is an HTTP URL, otherwise `#`; parentheses would end a link in Markdown."""
    is_web = address.lower().startswith(("https://", "http://"))
    return address.replace("(", "%28").replace(")", "%29") if is_web else "#"
