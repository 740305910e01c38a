"""Limits of webhooks, the decisions about them, and indexes to find the next delivery of each webhook."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column for limits, make the table of decisions, and replace the index of due deliveries."""
    op.add_column("webhooks", sa.Column("limits", sa.JSON(), nullable=True))
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    table = "webhook_decisions"
    op.create_table(
        table,
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("consumer_id", key, nullable=False),
        sa.Column("provider_id", key, nullable=False),
        sa.Column("pact_publication_id", key, nullable=False),
        sa.Column("verification_id", key, nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["pacticipants.id"], name="fk_webhook_decisions_consumer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["pacticipants.id"], name="fk_webhook_decisions_provider_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pact_publication_id"],
            ["pact_publications.id"],
            name="fk_webhook_decisions_pact_publication_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verifications.id"], name="fk_webhook_decisions_verification_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_decisions"),
        sqlite_autoincrement=True,
    )
    for column in ("consumer_id", "provider_id", "pact_publication_id", "verification_id", "created_at"):
        op.create_index(f"ix_webhook_decisions_{column}", table, [column], unique=False)
    op.drop_index("ix_triggered_webhooks_due", "triggered_webhooks")
    for name, columns in (("waiting", ["webhook_id", "next_attempt_at"]), ("claimed", ["claimed_until"])):
        condition = sa.text(f"{columns[-1]} IS NOT NULL")
        op.create_index(
            f"ix_triggered_webhooks_{name}",
            "triggered_webhooks",
            columns,
            unique=False,
            sqlite_where=condition,
            postgresql_where=condition,
        )
