"""Output of commands: a table, JSON or text on standard output; remarks on standard error.

A record maps names in camelCase, as in the protocol, to texts, numbers, truth values, lists of texts or None. JSON
shows all of it, tables and text only what fits into a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from contracts.ci.report import Reporter
from contracts.ci.wrapping import wrapped
from contracts.model.plain_text import plain


OutputRecord = Mapping[str, Any]

FORMS = ("table", "json", "text")
_SYNONYMS = {"pretty": "json"}  # of the official client: our JSON is always indented
_NAMES = {"url": "URL", "uuid": "UUID", "id": "ID"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """Prints the result of a command in one *form*; *reporter* prints sentences and annotations.

    A *quiet* command prints data, but no sentences and remarks.
    """

    reporter: Reporter
    form: str = "text"
    quiet: bool = False
    verbose: bool = False

    def records(self, records: Sequence[OutputRecord], *, columns: Sequence[str], none: str) -> None:
        """Print a list, in tables and text its *columns*; *none* is the sentence for an empty list."""
        if self.form == "json":
            self._json([dict(each) for each in records])
        elif not records:
            self.reporter.say(none)
        elif self.form == "table":
            rows = [[_cell(each.get(column)) for column in columns] for each in records]
            self._table([heading(column) for column in columns], rows)
        else:
            for each in records:
                self._line("\t".join(_cell(each.get(column)) for column in columns))

    def record(self, record: OutputRecord) -> None:
        """Print one object: all of it in each form."""
        if self.form == "json":
            self._json(dict(record))
        elif self.form == "table":
            self._table(["Property", "Value"], [[heading(key), _cell(value)] for key, value in record.items()])
        else:
            for key, value in record.items():
                self._line(wrapped(f"{heading(key)}: {_cell(value) or '-'}", self.reporter.columns))

    def done(self, sentence: str, record: OutputRecord, *, page: str | None = None) -> None:
        """Print what a command did: *sentence* and the *page* to look at, or *record*."""
        if self.form == "json":
            self._json({**record, **({"url": page} if page is not None else {})})
        elif self.form == "table":
            self.record(record)
        elif self.form == "id":
            self._line(str(record["uuid"]))
        else:
            self.reporter.say(sentence)
            if page is not None:
                self.reporter.say(f"  {page}")

    def remark(self, text: str) -> None:
        """Print a remark to standard error, unless the command is quiet."""
        if not self.quiet:
            click.secho(wrapped(plain(text), self.reporter.columns), err=True, dim=True)

    def _table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        replace(self.reporter, quiet=False).table(headings, rows)

    def _json(self, value: object) -> None:
        click.echo(json.dumps(value, indent=2))

    def _line(self, text: str) -> None:
        click.echo(plain(text))


def heading(key: str) -> str:
    """Return the heading of a column or property.

    >>> heading("displayName"), heading("buildUrl"), heading("uuid")
    ('Display name', 'Build URL', 'UUID')
    """
    words = [_NAMES.get(word.lower(), word.lower()) for word in re.findall(r"[A-Z]?[a-z]+|[0-9]+", key)]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def output(default: str = "text", *, more: Sequence[str] = ()) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the option `--output`, with *more* forms than table, JSON and text."""

    def synonym(_context: click.Context, _option: click.Parameter, value: str) -> str:
        return _SYNONYMS.get(value, value)

    return click.option(
        "-o",
        "--output",
        "form",
        type=click.Choice([*FORMS, *more, *_SYNONYMS]),
        default=default,
        show_default=True,
        callback=synonym,
        help="Format of the result; pretty is json.",
    )


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(_cell, value))
        case Mapping():
            return json.dumps(value)
        case _:
            return str(value)
