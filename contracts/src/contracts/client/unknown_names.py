"""Messages about unknown names: which names exist, the closest first, and how to create one."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Sequence

from contracts.model.names import look_alike


_MOST_SHOWN = 10


def environment(name: str, existing: Iterable[str]) -> str:
    """Return the message that the environment *name* does not exist."""
    names = sorted(set(existing))
    advice = "Use one of these, or create it" if names else "Create it first"
    quoted = shlex.quote(name)
    return (
        f"The broker has no environment {name!r} (it knows: {_shown(name, names)}).{_closest(name, names)} {advice}: "
        f"contracts create-environment --name {quoted} --production (or --no-production)"
    )


def application(name: str, existing: Iterable[str]) -> str:
    """Return the message that the application *name* does not exist."""
    names = sorted(set(existing))
    return (
        f"The broker knows no application {name!r} (it knows: {_shown(name, names)}).{_closest(name, names)} "
        "Check the name, or publish its contracts or verification results first: "
        f"{_publish(name)}"
    )


def version(name: str, of: str) -> str:
    """Return the message that the application *of* has no version *name*."""
    return (
        f"The broker does not know version {name} of {of}. Publish its contracts or verification results first, then "
        f"record where it runs: {_publish(of, version=name)}"
    )


def branch(name: str, of: str, existing: Iterable[str]) -> str:
    """Return the message that the application *of* has no branch *name*."""
    names = list(dict.fromkeys(existing))
    return (
        f"{of} has no branch {name!r} at the broker (it has: {_shown(name, names)}).{_closest(name, names)} "
        "A branch is created when a version is published on it: contracts publish pacts --branch "
        f"{shlex.quote(name)}"
    )


def _publish(application: str, version: str | None = None) -> str:
    """Return the commands that publish contracts or results of *application*."""
    name, option = shlex.quote(application), f" --version {shlex.quote(version)}" if version else ""
    return (
        f"contracts publish pacts --pacticipant {name}{option}, or "
        f"contracts verify --provider {name}{option} --app MODULE:NAME --publish"
    )


def _shown(name: str, existing: Sequence[str]) -> str:
    """Return the *existing* names in order; of many, those that are closest to *name*."""
    if not existing:
        return "none yet"
    if len(existing) <= _MOST_SHOWN:
        return ", ".join(existing)
    shown = difflib.get_close_matches(name, existing, n=_MOST_SHOWN, cutoff=0)
    return f"{', '.join(shown)} and {len(existing) - len(shown)} more"


def _closest(name: str, existing: Sequence[str]) -> str:
    alike = look_alike([name], existing).get(name, [])
    close = alike or difflib.get_close_matches(name, existing, n=1, cutoff=0.7)
    return f" Did you mean {close[0]!r}?" if close else ""
