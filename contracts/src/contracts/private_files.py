"""Files for their owner alone, on every system."""

from __future__ import annotations

import errno
import os
from pathlib import Path


# Windows has neither of these flags: there a link is looked for first, and lines end as they are written.
_NOT_THROUGH_A_LINK = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def open_private(path: Path, flags: int = 0) -> int:
    """Open the file at *path* for reading and writing, and return its descriptor; create it with mode 600 if missing.

    *flags* are more of `os.open`, such as O_EXCL. On Windows, which has no modes, the folder's permissions apply.

    Raises:
        OSError: if it cannot be opened, or is a symbolic link (ELOOP).
    """
    if not _NOT_THROUGH_A_LINK and path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return os.open(path, os.O_RDWR | os.O_CREAT | _NOT_THROUGH_A_LINK | _BINARY | flags, 0o600)


def restrict(descriptor: int) -> None:
    """Give an open file mode 600, where the system has modes."""
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)
