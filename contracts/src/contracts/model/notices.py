"""Notices: the broker's messages to the person who publishes, verifies or deploys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


Kind = Literal["debug", "info", "prompt", "success", "warning", "error", "danger"]
"""The types of notices of our broker; other brokers may have more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message; clients colour it by *type*, and hide `debug` by default."""

    type: str
    text: str
