"""The installed packages that the declared applications need."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Final

from contracts.doctor.findings import Finding, ok, problem
from contracts.doctor.surroundings import Surroundings


_AREA: Final = "libraries"
_NEEDED = {"pact-python": ((4, 2), (5,), "verify"), "pytest": ((8,), None, None)}
"""Each package with its oldest version, the first version that is too new, and the extra that installs it."""


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Check versions against what this package is tested with."""
    yield ok(_AREA, f"pact-contracts {metadata.version('pact-contracts')}, Python {sys.version.split()[0]}.")
    if not surroundings.applications:
        return
    for package, (oldest, too_new, extra) in _NEEDED.items():
        install = f"pip install 'pact-contracts[{extra}]'" if extra else f"pip install {package}"
        version = installed(package)
        if version is None:
            yield problem(_AREA, f"{package} is not installed. Contract tests and verification need it.", install)
        elif (numbers := _numbers(version)) < oldest or (too_new is not None and numbers >= too_new):
            versions = f"{_text(oldest)} or newer" + (f", before {_text(too_new)}" if too_new else "")
            yield problem(_AREA, f"{package} is {version}. Use {versions}.", f"{install} --upgrade")
        else:
            yield ok(_AREA, f"{package} {version}.")


def installed(package: str) -> str | None:
    """Return the version of *package*; None if it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    release = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in release[0].split(".")) if release else ()


def _text(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
