"""Owners of tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the person whose token it is; tokens so far are of nobody."""
    op.add_column("tokens", sa.Column("owner", sa.Text(), nullable=True))
