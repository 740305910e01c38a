"""Secrets by which webhooks sign their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column for encrypted secrets; the webhooks that exist have none."""
    op.add_column("webhooks", sa.Column("signing_secrets", sa.JSON(), nullable=True))
