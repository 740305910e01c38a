"""Who looks at a page, for its navigation bar: templates are filled far from the request."""

from __future__ import annotations

from contextvars import ContextVar

from contracts.model.permissions import Identity


VISITOR: ContextVar[Identity | None] = ContextVar("visitor", default=None)
"""Who sends the request; None if the broker requires no credentials."""
