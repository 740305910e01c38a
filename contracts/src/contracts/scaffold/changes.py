"""Files before and after, shown as a diff and written."""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from contracts.scaffold.answers import InitError


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file of the repository: *path* is relative to its root, *before* is None for a new file.

    *purpose* says in a sentence what the file is for. *advice* says what a person has to do with it. If it
    *edits*, it adds to an existing file; otherwise an existing file is left alone.
    """

    path: Path
    before: str | None
    after: str
    purpose: str
    advice: str | None = None
    edits: bool = False

    @property
    def is_due(self) -> bool:
        """Whether it writes anything: a new file, or an addition."""
        return self.before is None or (self.edits and self.before != self.after)

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if there is none."""
        name = self.path.as_posix()
        return "".join(
            difflib.unified_diff(
                (self.before or "").splitlines(keepends=True),
                self.after.splitlines(keepends=True),
                "/dev/null" if self.before is None else f"a/{name}",
                f"b/{name}",
            )
        )

    def write(self, root: Path) -> None:
        """Write the file, whole or not at all.

        Raises:
            InitError: if it has changed since it was read, or cannot be written.
        """
        target = root / self.path
        try:
            if read(target) != self.before:
                raise InitError(
                    f"{target} has changed in the meantime. Nothing was written to it: run the command again."
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=f".{target.name}.", delete=False
            ) as file:
                file.write(self.after)
            Path(file.name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
            Path(file.name).replace(target)
        except OSError as error:
            raise InitError(f"{target} cannot be written: {error.strerror or error}.") from error


def read(path: Path) -> str | None:
    """Return the text of the file at *path*; None if there is none.

    Raises:
        InitError: if it cannot be read as text.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InitError(f"{path} cannot be read: {error}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
