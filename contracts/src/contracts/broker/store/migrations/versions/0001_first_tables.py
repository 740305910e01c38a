"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "environments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("production", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_environments"),
        sa.UniqueConstraint("name", name="uq_environments_name"),
        sa.UniqueConstraint("uuid", name="uq_environments_uuid"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pacticipants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("repository_url", sa.Text(), nullable=True),
        sa.Column("repository_name", sa.Text(), nullable=True),
        sa.Column("repository_namespace", sa.Text(), nullable=True),
        sa.Column("main_branch", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pacticipants"),
        sa.UniqueConstraint("name", name="uq_pacticipants_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "labels",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("pacticipant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pacticipant_id"], ["pacticipants.id"], name="fk_labels_pacticipant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
        sa.UniqueConstraint("pacticipant_id", "name", name="uq_labels_pacticipant_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_labels_name", "labels", ["name"], unique=False)
    op.create_table(
        "pact_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("consumer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("interactions_count", sa.Integer(), nullable=False),
        sa.Column("messages_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["pacticipants.id"], name="fk_pact_versions_consumer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["pacticipants.id"], name="fk_pact_versions_provider_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pact_versions"),
        sa.UniqueConstraint("consumer_id", "provider_id", "sha", name="uq_pact_versions_consumer_id_provider_id_sha"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pact_versions_provider_id", "pact_versions", ["provider_id"], unique=False)
    op.create_table(
        "versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("pacticipant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("build_url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pacticipant_id"], ["pacticipants.id"], name="fk_versions_pacticipant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        sa.UniqueConstraint("pacticipant_id", "number", name="uq_versions_pacticipant_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_versions_pacticipant_id_id", "versions", ["pacticipant_id", "id"], unique=False)
    op.create_table(
        "integrations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("consumer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("head_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contract_data_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["pacticipants.id"], name="fk_integrations_consumer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["pacticipants.id"], name="fk_integrations_provider_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["head_version_id"], ["versions.id"], name="fk_integrations_head_version_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_integrations"),
        sa.UniqueConstraint("consumer_id", "provider_id", name="uq_integrations_consumer_id_provider_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_integrations_head_version_id_provider_id", "integrations", ["head_version_id", "provider_id"], unique=False
    )
    op.create_index("ix_integrations_provider_id", "integrations", ["provider_id"], unique=False)
    newest: list[str | sa.TextClause] = ["contract_data_updated_at", "id"]
    if op.get_bind().dialect.name == "postgresql":
        newest = [sa.text("contract_data_updated_at DESC NULLS LAST"), sa.text("id DESC")]
    op.create_index("ix_integrations_newest", "integrations", newest, unique=False)
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("consumer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("consumer_label", sa.Text(), nullable=True),
        sa.Column("provider_label", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["pacticipants.id"], name="fk_webhooks_consumer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["pacticipants.id"], name="fk_webhooks_provider_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.UniqueConstraint("uuid", name="uq_webhooks_uuid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhooks_consumer_id", "webhooks", ["consumer_id"], unique=False)
    op.create_index("ix_webhooks_provider_id", "webhooks", ["provider_id"], unique=False)
    op.create_table(
        "branches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("pacticipant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("head_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["head_version_id"], ["versions.id"], name="fk_branches_head_version_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["pacticipant_id"], ["pacticipants.id"], name="fk_branches_pacticipant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_branches"),
        sa.UniqueConstraint("pacticipant_id", "name", name="uq_branches_pacticipant_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_branches_head_version_id", "branches", ["head_version_id"], unique=False)
    op.create_index(
        "ix_branches_pacticipant_id_head_version_id", "branches", ["pacticipant_id", "head_version_id"], unique=False
    )
    op.create_table(
        "deployed_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("pacticipant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("environment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("target_key", sa.Text(), nullable=False),
        sa.Column("auto_created", sa.Boolean(), nullable=False),
        sa.Column("undeployed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name="fk_deployed_versions_environment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pacticipant_id"], ["pacticipants.id"], name="fk_deployed_versions_pacticipant_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name="fk_deployed_versions_version_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deployed_versions"),
        sa.UniqueConstraint("uuid", name="uq_deployed_versions_uuid"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_deployed_versions_current",
        "deployed_versions",
        ["pacticipant_id", "environment_id", "version_id"],
        unique=False,
        sqlite_where=sa.text("undeployed_at IS NULL"),
        postgresql_where=sa.text("undeployed_at IS NULL"),
    )
    op.create_index("ix_deployed_versions_pacticipant_id", "deployed_versions", ["pacticipant_id"], unique=False)
    op.create_index("ix_deployed_versions_version_id", "deployed_versions", ["version_id"], unique=False)
    op.create_index(
        "uq_deployed_versions_current",
        "deployed_versions",
        ["environment_id", "pacticipant_id", "target_key"],
        unique=True,
        sqlite_where=sa.text("undeployed_at IS NULL"),
        postgresql_where=sa.text("undeployed_at IS NULL"),
    )
    op.create_table(
        "pact_publications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("consumer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("consumer_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pact_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["pacticipants.id"], name="fk_pact_publications_consumer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consumer_version_id"],
            ["versions.id"],
            name="fk_pact_publications_consumer_version_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["pact_version_id"], ["pact_versions.id"], name="fk_pact_publications_pact_version_id", ondelete="NO ACTION"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["pacticipants.id"], name="fk_pact_publications_provider_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pact_publications"),
        sa.UniqueConstraint(
            "consumer_version_id", "provider_id", "revision_number", name="uq_pact_publications_revision"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pact_publications_consumer_id", "pact_publications", ["consumer_id"], unique=False)
    op.create_index(
        "ix_pact_publications_created_at_latest", "pact_publications", ["created_at", "latest"], unique=False
    )
    op.create_index(
        "ix_pact_publications_pact_version_id_consumer_version_id",
        "pact_publications",
        ["pact_version_id", "consumer_version_id"],
        unique=False,
    )
    op.create_index(
        "ix_pact_publications_pair",
        "pact_publications",
        ["provider_id", "consumer_id", "consumer_version_id", "pact_version_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("latest = 1"),
        postgresql_where=sa.text("latest"),
    )
    op.create_index(
        "uq_pact_publications_latest",
        "pact_publications",
        ["consumer_version_id", "provider_id"],
        unique=True,
        sqlite_where=sa.text("latest = 1"),
        postgresql_where=sa.text("latest"),
    )
    op.create_table(
        "released_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("pacticipant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("environment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("support_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name="fk_released_versions_environment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pacticipant_id"], ["pacticipants.id"], name="fk_released_versions_pacticipant_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name="fk_released_versions_version_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_released_versions"),
        sa.UniqueConstraint("uuid", name="uq_released_versions_uuid"),
        sa.UniqueConstraint("version_id", "environment_id", name="uq_released_versions_version_id_environment_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_released_versions_current",
        "released_versions",
        ["environment_id", "pacticipant_id"],
        unique=False,
        sqlite_where=sa.text("support_ended_at IS NULL"),
        postgresql_where=sa.text("support_ended_at IS NULL"),
    )
    op.create_index(
        "ix_released_versions_in_support",
        "released_versions",
        ["pacticipant_id", "environment_id", "version_id"],
        unique=False,
        sqlite_where=sa.text("support_ended_at IS NULL"),
        postgresql_where=sa.text("support_ended_at IS NULL"),
    )
    op.create_index("ix_released_versions_pacticipant_id", "released_versions", ["pacticipant_id"], unique=False)
    op.create_table(
        "tag_heads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("pacticipant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["pacticipant_id"], ["pacticipants.id"], name="fk_tag_heads_pacticipant_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_tag_heads_version_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tag_heads"),
        sa.UniqueConstraint("pacticipant_id", "name", name="uq_tag_heads_pacticipant_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tag_heads_version_id", "tag_heads", ["version_id"], unique=False)
    op.create_index(
        "ix_tag_heads_pacticipant_id_version_id", "tag_heads", ["pacticipant_id", "version_id"], unique=False
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("pacticipant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pacticipant_id"], ["pacticipants.id"], name="fk_tags_pacticipant_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_tags_version_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("version_id", "name", name="uq_tags_version_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_tags_pacticipant_id_name_version_id", "tags", ["pacticipant_id", "name", "version_id"], unique=False
    )
    op.create_table(
        "verifications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("pact_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("consumer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("wip", sa.Boolean(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("build_url", sa.Text(), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by", sa.JSON(), nullable=True),
        sa.Column("selectors", sa.JSON(), nullable=True),
        sa.Column("test_results", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["pacticipants.id"], name="fk_verifications_consumer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pact_version_id"], ["pact_versions.id"], name="fk_verifications_pact_version_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["pacticipants.id"], name="fk_verifications_provider_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_version_id"], ["versions.id"], name="fk_verifications_provider_version_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_verifications_consumer_id_provider_id_id",
        "verifications",
        ["consumer_id", "provider_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_verifications_failures",
        "verifications",
        ["pact_version_id"],
        unique=False,
        sqlite_where=sa.text("latest = 1 AND success = 0"),
        postgresql_where=sa.text("latest AND NOT success"),
    )
    op.create_index("ix_verifications_pact_version_id_id", "verifications", ["pact_version_id", "id"], unique=False)
    op.create_index("ix_verifications_provider_id", "verifications", ["provider_id"], unique=False)
    op.create_index("ix_verifications_provider_version_id", "verifications", ["provider_version_id"], unique=False)
    op.create_index(
        "ix_verifications_successes",
        "verifications",
        ["pact_version_id", "wip", "executed_at", "provider_version_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("success = 1"),
        postgresql_where=sa.text("success"),
    )
    op.create_index(
        "uq_verifications_latest",
        "verifications",
        ["pact_version_id", "provider_version_id"],
        unique=True,
        sqlite_where=sa.text("latest = 1"),
        postgresql_where=sa.text("latest"),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name="fk_webhook_events_webhook_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_events"),
        sa.UniqueConstraint("webhook_id", "name", name="uq_webhook_events_webhook_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhook_events_name", "webhook_events", ["name"], unique=False)
    op.create_table(
        "branch_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("auto_created", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branches.id"], name="fk_branch_versions_branch_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name="fk_branch_versions_version_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_branch_versions"),
        sa.UniqueConstraint("branch_id", "version_id", name="uq_branch_versions_branch_id_version_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_branch_versions_version_id_branch_id", "branch_versions", ["version_id", "branch_id"], unique=False
    )
    op.create_index("ix_branch_versions_branch_id_id", "branch_versions", ["branch_id", "id"], unique=False)
    op.create_table(
        "tag_successes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("pact_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_tag", sa.Text(), nullable=False),
        sa.Column("wip", sa.Boolean(), nullable=False),
        sa.Column("verification_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pact_version_id"], ["pact_versions.id"], name="fk_tag_successes_pact_version_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verifications.id"], name="fk_tag_successes_verification_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tag_successes"),
        sa.UniqueConstraint(
            "pact_version_id", "provider_tag", "wip", name="uq_tag_successes_pact_version_id_provider_tag_wip"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tag_successes_verification_id", "tag_successes", ["verification_id"], unique=False)
    op.create_table(
        "triggered_webhooks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("webhook_uuid", sa.Text(), nullable=False),
        sa.Column("event_name", sa.Text(), nullable=False),
        sa.Column("consumer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pact_publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verification_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts_made", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["pacticipants.id"], name="fk_triggered_webhooks_consumer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pact_publication_id"],
            ["pact_publications.id"],
            name="fk_triggered_webhooks_pact_publication_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["pacticipants.id"], name="fk_triggered_webhooks_provider_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verifications.id"], name="fk_triggered_webhooks_verification_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name="fk_triggered_webhooks_webhook_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_triggered_webhooks"),
        sa.UniqueConstraint("uuid", name="uq_triggered_webhooks_uuid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_triggered_webhooks_consumer_id", "triggered_webhooks", ["consumer_id"], unique=False)
    op.create_index(
        "ix_triggered_webhooks_due",
        "triggered_webhooks",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_index(
        "ix_triggered_webhooks_pact_publication_id", "triggered_webhooks", ["pact_publication_id"], unique=False
    )
    op.create_index("ix_triggered_webhooks_provider_id", "triggered_webhooks", ["provider_id"], unique=False)
    op.create_index("ix_triggered_webhooks_verification_id", "triggered_webhooks", ["verification_id"], unique=False)
    op.create_index("ix_triggered_webhooks_webhook_id", "triggered_webhooks", ["webhook_id"], unique=False)
    op.create_table(
        "webhook_executions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("triggered_webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("logs", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["triggered_webhook_id"],
            ["triggered_webhooks.id"],
            name="fk_webhook_executions_triggered_webhook_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_executions"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_webhook_executions_triggered_webhook_id", "webhook_executions", ["triggered_webhook_id"], unique=False
    )
