"""The paths, for the modules of the API."""

from __future__ import annotations

from contracts.broker.urls import *  # noqa: F403
