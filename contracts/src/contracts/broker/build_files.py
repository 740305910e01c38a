"""The setting that names the file of trusted builds, which is read at start."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.broker.setting_kinds import Kind
from contracts.model import trusted_builds
from contracts.model.trusted_builds import InvalidBuilds, TrustedBuilds


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFile:
    """The file at *path*, and what it says; the paths of keys are absolute."""

    path: Path
    builds: TrustedBuilds


def _read(raw: str) -> BuildFile | None:
    if not raw:
        return None
    path = Path(raw)
    builds = trusted_builds.parse(_text(path))
    entries = tuple(
        each if each.keys is None else replace(each, keys=str(path.resolve().parent / each.keys))
        for each in builds.entries
    )
    for each in entries:
        if each.keys is not None:
            _require_keys(Path(each.keys))
    return BuildFile(path=path, builds=replace(builds, entries=entries))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidBuilds(f"it cannot be read ({error.strerror}): correct the path") from None
    except UnicodeDecodeError:
        raise InvalidBuilds("it is not text in UTF-8: write it again") from None


def _require_keys(path: Path) -> None:
    try:
        keys = json.loads(_text(path))
    except InvalidBuilds as error:
        raise InvalidBuilds(f"the file of keys {path}: {error}") from None
    except ValueError:
        keys = None
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise InvalidBuilds(f"the file of keys {path} is not a JSON Web Key Set: download the issuer's jwks_uri again")


BUILD_FILE: Kind[BuildFile | None] = Kind(
    takes="the path of a TOML file of trusted builds",
    parse=_read,
    text=lambda file: "" if file is None else str(file.path),
)
