"""The interactions of a contract for its page: rules at their values, long bodies cut, a page of them at a time."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

from contracts.model import body_lines, matching_rules
from contracts.model.body_lines import BodyLine
from contracts.model.interactions import ExchangeSide, Interaction
from contracts.model.partial_contracts import PartialContract


PER_PAGE = 50
MOST_LINES = 1_500  # on a page, which stays under 300 kB
MOST_LINES_OF_ONE = 300  # in a list of several interactions
LONGEST_LINE = 2_000  # characters
LONGEST_CURL = 4_000  # characters of a body in a command


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHeader:
    """A header, or an entry of a message's metadata; with a *note*, the value is only an example."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSide:
    """One side of an exchange; *notes* are rules for its path, query or status; *lines* of a JSON body, or *text*."""

    name: str
    title: str
    notes: tuple[str, ...]
    headers: tuple[ShownHeader, ...]
    lines: tuple[BodyLine, ...]
    text: str
    is_whole: bool

    @property
    def line_count(self) -> int:
        """The number of lines that are shown of the body."""
        return len(self.lines) or self.text.count("\n") + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownInteraction:
    """An interaction at *index* of its contract; *is_failing* says whether it fails now."""

    index: int
    interaction: Interaction
    sides: tuple[ShownSide, ...]
    curl: str
    is_failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionPage:
    """A part of the interactions of a contract: page *number* of *pages*, out of *total* interactions."""

    shown: tuple[ShownInteraction, ...]
    total: int
    number: int
    pages: int


def page_of(contract: PartialContract, failing: Collection[int], number: int) -> InteractionPage:
    """Return a page of the interactions of *contract*, those at the indexes of *failing* first."""
    total = contract.count
    order = [*sorted(failing), *(index for index in range(total) if index not in failing)]
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), pages)
    indexes = order[(number - 1) * PER_PAGE : number * PER_PAGE]
    return InteractionPage(shown=shown(contract, indexes, failing), total=total, number=number, pages=pages)


def only(contract: PartialContract, failing: Collection[int], index: int) -> InteractionPage:
    """Return the page with the single interaction at *index*, or with none if that does not exist."""
    total = contract.count
    indexes = [index] if 0 <= index < total else []
    return InteractionPage(shown=shown(contract, indexes, failing, most=MOST_LINES), total=total, number=1, pages=1)


def shown(
    contract: PartialContract, indexes: Sequence[int], failing: Collection[int] = (), *, most: int = MOST_LINES_OF_ONE
) -> tuple[ShownInteraction, ...]:
    """Return the interactions at *indexes* of *contract*, with at most *most* lines of each body."""
    left = MOST_LINES
    listed = []
    for index, each in zip(indexes, contract.part(indexes), strict=True):
        sides = []
        for name, side in each.parts:
            sides.append(_side(name, side, min(most, left)))
            left = max(0, left - sides[-1].line_count)
        curl = _curl(each.parts[0][1]) if each.kind == "request" else ""
        listed.append(
            ShownInteraction(index=index, interaction=each, sides=tuple(sides), curl=curl, is_failing=index in failing)
        )
    return tuple(listed)


def _side(name: str, side: ExchangeSide, most: int) -> ShownSide:
    rules = matching_rules.of(side.source)
    lines: list[BodyLine] = []
    text, is_whole = "", True
    value = json_of(side)
    if value is not None:
        lines, is_whole = body_lines.lines(value, rules, most=most)
    elif body := side.body:
        text, is_whole = _cut(body, most)
    return ShownSide(
        name=name,
        title=side.title,
        notes=tuple(_notes(rules, side, is_json=value is not None)),
        headers=tuple(_header(rules, name, value) for name, value in side.headers),
        lines=tuple(lines),
        text=text,
        is_whole=is_whole,
    )


def _notes(rules: matching_rules.Rules, side: ExchangeSide, *, is_json: bool) -> Iterator[str]:
    """Iterate over the rules for what has no line of its own, and over what is not visible in the body."""
    noted = {"path": rules.note("path", (), ""), "status": rules.note("status", (), 0)}
    noted |= {"query": rules.note("query", (), "")}
    noted |= {
        f"query {name}": rules.note_of_values("query", name, values) for name, values in _query(side.source).items()
    }
    if side.content is not None and not is_json:
        noted["body"] = rules.note("body", (), side.content)
    yield from (f"{name}: {note}" for name, note in noted.items() if note)
    if side.content is None:
        return
    if side.content_type and not any(name.lower().replace("-", "") == "contenttype" for name, _ in side.headers):
        yield f"content type: {side.content_type}"
    if side.binary:
        yield "the body is not a text; these are its bytes in base64"
    if not is_json:
        yield from (f"body {each}" for each in islice(rules.listed("body"), MOST_LINES_OF_ONE))


def json_of(side: ExchangeSide) -> Any:
    """Return the body of *side* if it is a JSON object or list, otherwise None."""
    content = side.content
    if isinstance(content, str) and content.lstrip().startswith(("{", "[")):
        try:
            content = json.loads(content)
        except (ValueError, RecursionError):
            return None
    return content if isinstance(content, dict | list) else None


def _cut(text: str, most: int) -> tuple[str, bool]:
    """Return the start of *text*, and whether it is all."""
    lines = text.split("\n")
    shown = "\n".join(each[:LONGEST_LINE] for each in lines[:most])
    return shown, shown == text


def _query(source: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the parameters of a request: version 2 has a text, the later ones an object."""
    query = source.get("query")
    if isinstance(query, str):
        return parse_qs(query, keep_blank_values=True)
    if not isinstance(query, dict):
        return {}
    return {
        name: [str(each) for each in (value if isinstance(value, list) else [value])] for name, value in query.items()
    }


def _header(rules: matching_rules.Rules, name: str, value: str) -> ShownHeader:
    note = rules.note_of_values("header", name.lower(), value.split(", ")) or rules.note("metadata", (name,), value)
    return ShownHeader(name=name, value=value, note=note)


def _curl(request: ExchangeSide) -> str:
    """Return a command that sends *request* to a provider on this machine; empty if its body is long."""
    method, _, address = request.title.partition(" ")
    words = ["curl", *([] if method == "GET" else ["-X", method]), f"http://localhost:8000{address}"]
    for name, value in request.headers:
        words += ["-H", f"{name}: {value}"]
    if request.content is not None:
        value = json_of(request)
        body = request.body or "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if len(body) > LONGEST_CURL:
            return ""
        words += ["--data-binary", "@-"] if request.binary else ["--data-raw", body]
    command = shlex.join(words)
    return f"echo {shlex.quote(request.content)} | base64 --decode | {command}" if request.binary else command
