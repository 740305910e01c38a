"""Excerpts of large contracts, so that their pages need not parse all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from contracts.model import partial_contracts


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and fill it for the large contracts, one at a time.

    An excerpt is made of the text at any time, so the code that reads it makes it.
    """
    op.add_column("pact_versions", sa.Column("excerpt", sa.Text(), nullable=True))
    table = sa.table("pact_versions", sa.column("id"), sa.column("content"), sa.column("excerpt"))
    connection = op.get_bind()
    large = sa.select(table.c.id).where(sa.func.length(table.c.content) >= partial_contracts.LARGE)
    for number in connection.scalars(large.order_by(table.c.id)).all():
        text = connection.execute(sa.select(table.c.content).where(table.c.id == number)).scalar_one()
        connection.execute(sa.update(table).where(table.c.id == number).values(excerpt=partial_contracts.excerpt(text)))
