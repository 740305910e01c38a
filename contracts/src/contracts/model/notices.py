"""Notices: what a broker tells the person who publishes, verifies or deploys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


Kind = Literal["debug", "info", "prompt", "success", "warning", "error", "danger"]
"""How our broker shows a notice; others may have kinds of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message; clients colour it by *type*, and hide `debug` unless asked for it."""

    type: str
    text: str
