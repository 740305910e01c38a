"""Alembic's entry: runs the scripts on the connection it is given, in the caller's transaction."""

from __future__ import annotations

from alembic import context


context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
