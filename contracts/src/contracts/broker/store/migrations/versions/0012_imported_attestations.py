"""Where attestations come from: a build, or an archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the source; the attestations that exist come from builds."""
    op.add_column("attestations", sa.Column("source", sa.Text(), nullable=False, server_default="build"))
