"""Verification jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their table."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    table = "verification_jobs"
    op.create_table(
        table,
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("consumer_id", key, nullable=False),
        sa.Column("provider_id", key, nullable=False),
        sa.Column("pact_version_id", key, nullable=False),
        sa.Column("consumer_version_id", key, nullable=True),
        sa.Column("provider_version_id", key, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("delivery_uuid", sa.Text(), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("build_url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["pacticipants.id"], name="fk_verification_jobs_consumer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["pacticipants.id"], name="fk_verification_jobs_provider_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pact_version_id"], ["pact_versions.id"], name="fk_verification_jobs_pact_version_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consumer_version_id"],
            ["versions.id"],
            name="fk_verification_jobs_consumer_version_id",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["provider_version_id"],
            ["versions.id"],
            name="fk_verification_jobs_provider_version_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_verification_jobs"),
        sa.UniqueConstraint("uuid", name="uq_verification_jobs_uuid"),
        sa.UniqueConstraint(
            "pact_version_id", "provider_version_id", name="uq_verification_jobs_pact_version_id_provider_version_id"
        ),
        sqlite_autoincrement=True,
    )
    for column in ("consumer_id", "provider_id", "consumer_version_id", "provider_version_id", "delivery_uuid"):
        op.create_index(f"ix_verification_jobs_{column}", table, [column], unique=False)
    op.create_index("ix_verification_jobs_state_id", table, ["state", "id"], unique=False)
    op.create_index(
        "ix_verification_jobs_due",
        table,
        ["deadline"],
        unique=False,
        sqlite_where=sa.text("deadline IS NOT NULL"),
        postgresql_where=sa.text("deadline IS NOT NULL"),
    )
