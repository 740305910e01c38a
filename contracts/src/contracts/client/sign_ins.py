"""The tokens that `contracts login` got, in the user's configuration folder: a file for each broker, with mode 600."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from contracts.private_files import open_private, restrict


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSignIn:
    """The token of a person for the broker at *base_url*, until *expires_at*, a time as the broker writes it."""

    base_url: str
    token: str
    uuid: str
    name: str
    expires_at: str

    def has_expired(self, now: datetime) -> bool:
        """Whether the token is of no use any more."""
        return datetime.fromisoformat(self.expires_at) <= now


def path_of(base_url: str, environ: Mapping[str, str]) -> Path:
    """Return the file of the broker at *base_url*."""
    parts = urlsplit(base_url)
    address = f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}{parts.path.rstrip('/')}"
    host = "".join(each if each.isalnum() or each in ".-" else "_" for each in parts.hostname or "")
    return _folder(environ) / f"{host}-{hashlib.sha256(address.encode()).hexdigest()[:12]}.json"


def load(base_url: str, environ: Mapping[str, str]) -> SavedSignIn | None:
    """Return the token for the broker at *base_url*, also an expired one; None without one that can be read."""
    try:
        document = json.loads(path_of(base_url, environ).read_text("utf-8"))
        saved = SavedSignIn(**document)
        datetime.fromisoformat(saved.expires_at)
    except (OSError, ValueError, TypeError):
        return None
    return saved


def save(saved: SavedSignIn, environ: Mapping[str, str]) -> Path:
    """Store a token, and return its file.

    Raises:
        OSError: if it cannot be written.
    """
    path = path_of(saved.base_url, environ)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    with suppress(FileNotFoundError):
        unfinished.unlink()
    descriptor = open_private(unfinished, os.O_EXCL)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        restrict(descriptor)
        json.dump(asdict(saved), file)
    unfinished.replace(path)
    return path


def remove(base_url: str, environ: Mapping[str, str]) -> None:
    """Forget the token for the broker at *base_url*."""
    path_of(base_url, environ).unlink(missing_ok=True)


def _folder(environ: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        configuration = Path(environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif environ.get("XDG_CONFIG_HOME"):
        configuration = Path(environ["XDG_CONFIG_HOME"])
    else:
        configuration = Path.home() / ("Library/Application Support" if sys.platform == "darwin" else ".config")
    return configuration / "contracts" / "sign-ins"
