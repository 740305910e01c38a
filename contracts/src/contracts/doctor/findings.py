"""One thing that `contracts doctor` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


Level = Literal["ok", "warning", "problem"]
Area = Literal[
    "git and CI",
    "workflows",
    "declaration",
    "libraries",
    "pacts",
    "broker",
    "applications",
    "environments",
    "webhooks",
    "verification jobs",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """*text* is a sentence about *area*. *fix* is a command, or what to do, and goes with every problem and warning."""

    area: Area
    level: Level
    text: str
    fix: str | None = None


def ok(area: Area, text: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(area=area, level="ok", text=text)


def warning(area: Area, text: str, fix: str) -> Finding:
    """Return a finding that may be intended, or is not needed yet."""
    return Finding(area=area, level="warning", text=text, fix=fix)


def problem(area: Area, text: str, fix: str) -> Finding:
    """Return a finding that keeps contract tests from working."""
    return Finding(area=area, level="problem", text=text, fix=fix)
