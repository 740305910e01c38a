"""Archive files: read and written as a whole, or continued after an interrupted import."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from contracts.client.archive.reader import Seen
from contracts.model.archive.lines import End, Header, Line, read, require_names, write
from contracts.model.archive.records import ArchiveError, Content, Deployment, Gap, Pact, Record, Release, Version
from contracts.private_files import open_private, restrict


_OF_A_VERSION = (Content, Pact, Deployment, Release, Gap)  # read with a version, and written after it


def records(path: Path) -> Iterator[tuple[Record, int]]:
    """Yield each record of the file at *path*, with its size in bytes.

    Raises:
        ArchiveError: if the file is not an archive, or was cut off; with the line.
    """
    line: Line | None = None
    for line, size in _lines(path):
        if not isinstance(line, Header | End):
            yield line, size
    if not isinstance(line, End):
        raise ArchiveError(
            f"{path} was cut off: its last line is not the end. Export again, or run the import that wrote it again."
        )


def check(path: Path) -> int:
    """Read the file at *path* from the header to the end; return the number of records.

    Raises:
        ArchiveError: as `records`.
    """
    return sum(1 for _ in records(path))


@contextmanager
def written(path: Path) -> Iterator[IO[str]]:
    """A file for the lines of an archive; it appears at *path* when the block ends, readable only by its owner.

    Anything that an earlier run left beside it is removed: a link would lead elsewhere, and a file would keep its mode.
    """
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with _opened(part, os.O_EXCL) as file:
        yield file
    part.replace(path)


class Spool:
    """The partial archive of the broker *source*: records are written as they are read; a later import resumes there.

    Raises:
        ArchiveError: if the file is something else.
    """

    def __init__(self, path: Path, source: str) -> None:
        self.seen = Seen()
        whole = self._resume(path, source) if path.exists() else 0
        self._file = _opened(path, 0)
        self._file.truncate(whole)
        self._file.seek(0, os.SEEK_END)
        self.resumed = len(self.seen.keys)
        if not whole:
            self._add(Header(source=source))

    def add(self, record: Record) -> None:
        """Write *record*."""
        self._add(record)

    def finish(self) -> None:
        """Write the end: the file is complete."""
        self._add(End())
        self.close()

    def close(self) -> None:
        """Leave the file as it is."""
        self._file.close()

    def _add(self, line: Line) -> None:
        self._file.write(f"{write(line)}\n")

    def _resume(self, path: Path, source: str) -> int:
        """Remember the records of the file; return where to continue, before a version that may be incomplete."""
        at = whole = 0
        group: list[Record] = []
        for line, size in _lines(path, cut_off=True):
            match line:
                case Header():
                    _require(path, line, source)
                case End():
                    self.seen = Seen()
                    return 0
                case _:
                    if not isinstance(line, _OF_A_VERSION) or not group:
                        self._note(group)
                        group, whole = [], at
                    group.append(line)
            at += size
            if not group or not isinstance(group[0], Version):
                self._note(group)
                group, whole = [], at
        return whole

    def _note(self, group: list[Record]) -> None:
        for each in group:
            self.seen.note(each)


def _require(path: Path, header: Header, source: str) -> None:
    if header.source != source:
        raise ArchiveError(
            f"{path} holds what was read of {header.source or 'our own'}: move it away, or name another --file"
        )


def _lines(path: Path, *, cut_off: bool = False) -> Iterator[tuple[Line, int]]:
    """Yield each line with its size in bytes; if the file may be *cut_off*, without an unfinished last line."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if cut_off and not raw.endswith(b"\n"):
                return
            try:
                yield _line(raw, first=number == 1), len(raw)
            except (ArchiveError, UnicodeDecodeError) as error:
                raise ArchiveError(f"{path}, line {number}: {error}") from error


def _line(raw: bytes, *, first: bool) -> Line:
    line = read(raw.decode())
    if isinstance(line, Header) != first:
        raise ArchiveError("the first line must be a header, and no other")
    if not isinstance(line, Header | End):
        require_names(line)
    return line


def _opened(path: Path, flags: int) -> IO[str]:
    """Open the file at *path*, created if missing, readable only by its owner; do not follow a link.

    Raises:
        ArchiveError: if it is a link.
    """
    try:
        descriptor = open_private(path, flags)
    except OSError as error:
        if not path.is_symlink():
            raise
        raise ArchiveError(
            f"{path} is a link, and an archive is not written to a link. Name the file itself"
        ) from error
    restrict(descriptor)
    return os.fdopen(descriptor, "r+", encoding="utf-8", newline="\n")
