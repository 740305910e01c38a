"""The lines of an archive file, which moves data from one broker to another.

It is text in UTF-8 with a JSON object in each line: first the header, then the records, last the end. A record has the
fields of its class, without those that are None; dates are ISO 8601. Records come after those that they refer to;
versions come in the order in which their broker first saw them, which is the meaning of "latest". Pacts, deployments
and releases may come anywhere after their version: their dates order them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

from contracts.model import names
from contracts.model.archive.records import (
    ArchiveError,
    Branch,
    Deployment,
    Environment,
    Pacticipant,
    Record,
    Version,
    name,
)


FORMAT = "contracts-archive"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line; *source* is the broker that the data was read from, or None if that broker wrote the file."""

    kind: ClassVar = "header"
    format: str = FORMAT
    version: int = FORMAT_VERSION
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The last line; a file without it is incomplete."""

    kind: ClassVar = "end"


Line = Header | Record | End

_CLASSES: dict[str, type] = {each.kind: each for each in get_args(Line)}


def write(line: Line) -> str:
    """Return *line* as text for the file, without the line break."""
    return json.dumps({"record": line.kind} | _plain(line), ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Line:
    """Parse a line of the file.

    Raises:
        ArchiveError: if it is not a record, or the header of another format or version.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ArchiveError("it is not JSON: the file was cut off, or is not an archive") from None
    if not isinstance(document, dict) or document.get("record") not in _CLASSES:
        raise ArchiveError("its 'record' is missing or unknown")
    line: Line = _read(_CLASSES[document.pop("record")], document)
    if isinstance(line, Header) and (line.format, line.version) != (FORMAT, FORMAT_VERSION):
        raise ArchiveError(
            f"it is of the format {line.format!r}, version {line.version}; known is {FORMAT!r}, {FORMAT_VERSION}"
        )
    return line


def require_names(record: Record) -> None:
    """Refuse a *record* with a name that the broker does not accept.

    Raises:
        ArchiveError: with the name, and why it is refused.
    """
    match record:
        case Pacticipant():
            names_here = [record.name, *record.labels, *([record.main_branch] if record.main_branch else [])]
        case Environment():
            names_here = [record.name, record.uuid]
        case Branch():
            names_here = [record.pacticipant, record.name]
        case Version():
            branches, tags = ((each.name for each in part) for part in (record.branches, record.tags))
            names_here = [record.pacticipant, record.number, *branches, *tags]
        case Deployment():
            names_here = [record.application_instance] if record.application_instance else []
        case _:  # has only names of other records
            return
    for each in names_here:
        if (problem := names.problem(each)) is not None:
            raise ArchiveError(
                f"{name(record)!r}: the name {each!r} {problem}. Rename it at its source, and import it again."
            )


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
        case _ if is_dataclass(value):
            members = {each.name: getattr(value, each.name) for each in fields(value)}
            return {key: _plain(each) for key, each in members.items() if each is not None}
        case _:
            return value


@cache
def _hints(cls: type) -> Mapping[str, Any]:
    hints = get_type_hints(cls)
    return {each.name: hints[each.name] for each in fields(cls)}


def _read(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if hint is Any or (isinstance(hint, type) and hint in {str, bool, int, NoneType} and type(value) is hint):
        return value
    if origin is UnionType:
        return None if value is None else _read(get_args(hint)[0], value)
    if origin is tuple and isinstance(value, list):
        return tuple(_read(get_args(hint)[0], each) for each in value)
    if hint is datetime and isinstance(value, str):
        return _moment(value)
    if is_dataclass(hint) and isinstance(value, dict):
        return _object(hint, value)
    raise ArchiveError(f"{value!r} is not a {getattr(hint, '__name__', hint)}")


def _object(cls: Any, document: dict[str, Any]) -> Any:
    hints = _hints(cls)
    if unknown := sorted(document.keys() - hints.keys()):
        raise ArchiveError(f"{cls.__name__} has no {', '.join(unknown)}")
    try:
        return cls(**{key: _read(hints[key], value) for key, value in document.items()})
    except TypeError:
        missing = sorted(each.name for each in fields(cls) if each.name not in document)
        raise ArchiveError(f"{cls.__name__} lacks one of {', '.join(missing)}") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArchiveError(f"{text!r} is not a date") from None
    if moment.tzinfo is None:
        raise ArchiveError(f"{text!r} has no time zone")
    return moment
