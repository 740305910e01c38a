"""Every table; a test compares the migrations with them.

A version's id *is* its order: ids are generated in the order of creation and never reused, so "latest" is the
greatest id.
For SQLite, a partial index on a flag is declared as `flag = 1`, which is how SQLAlchemy writes the condition: SQLite
uses an index only for the same words.
Heads are stored instead of searched for: a branch's in `branches.head_version_id`, a pair's in
`integrations.head_version_id`, a tag's in `tag_heads`, the last revision of a pact and the last result of a version in
their `latest` flags.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import OrderedSet


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; refuse naive datetimes."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SEALED = {"sealed": True}
"""The `info` of a column with encrypted texts, which a change of the key encrypts again; also inside of JSON."""

_ID = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _ID, primary_key=True, autoincrement=True)


def _to(
    target: str,
    name: str,
    *,
    nullable: bool = False,
    ondelete: str = "CASCADE",
    index: bool = False,
) -> Column[int]:
    return Column(name, _ID, ForeignKey(f"{target}.id", ondelete=ondelete), nullable=nullable, index=index)


def _created() -> Column[datetime]:
    return Column("created_at", UtcDateTime, nullable=False)


def _updated() -> Column[datetime]:
    return Column("updated_at", UtcDateTime, nullable=False)


def _table(name: str, *parts: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_autoincrement=True)


pacticipants = _table(
    "pacticipants",
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("repository_url", Text),
    Column("repository_name", Text),
    Column("repository_namespace", Text),
    Column("main_branch", Text),
    _created(),
    _updated(),
)

labels = _table(
    "labels",
    _id(),
    _to("pacticipants", "pacticipant_id"),
    Column("name", Text, nullable=False, index=True),
    _created(),
    UniqueConstraint("pacticipant_id", "name"),
)

versions = _table(
    "versions",
    _id(),
    _to("pacticipants", "pacticipant_id"),
    Column("number", Text, nullable=False),
    Column("build_url", Text),
    _created(),
    _updated(),
    UniqueConstraint("pacticipant_id", "number"),
    Index(None, "pacticipant_id", "id"),
)

branches = _table(
    "branches",
    _id(),
    _to("pacticipants", "pacticipant_id"),
    Column("name", Text, nullable=False),
    # the version most recently ADDED to the branch; after a deletion the greatest remaining one; null for none
    _to("versions", "head_version_id", nullable=True, ondelete="SET NULL", index=True),
    _created(),
    _updated(),
    UniqueConstraint("pacticipant_id", "name"),
    Index(None, "pacticipant_id", "head_version_id"),
)

branch_versions = _table(
    "branch_versions",
    _id(),
    _to("branches", "branch_id"),
    _to("versions", "version_id"),
    Column("auto_created", Boolean, nullable=False),
    _created(),
    UniqueConstraint("branch_id", "version_id"),
    Index(None, "version_id", "branch_id"),
    Index(None, "branch_id", "id"),  # the first version of a branch
)

tags = _table(
    "tags",
    _id(),
    _to("pacticipants", "pacticipant_id"),
    _to("versions", "version_id"),
    Column("name", Text, nullable=False),
    _created(),
    UniqueConstraint("version_id", "name"),
    Index(None, "pacticipant_id", "name", "version_id"),
)

tag_heads = _table(
    "tag_heads",
    _id(),
    _to("pacticipants", "pacticipant_id"),
    Column("name", Text, nullable=False),
    _to("versions", "version_id", index=True),
    UniqueConstraint("pacticipant_id", "name"),
    Index(None, "pacticipant_id", "version_id"),
)

integrations = _table(
    "integrations",
    _id(),
    _to("pacticipants", "consumer_id"),
    _to("pacticipants", "provider_id", index=True),
    # the greatest consumer version with a pact; null for none
    _to("versions", "head_version_id", nullable=True, ondelete="SET NULL"),
    _created(),
    Column("contract_data_updated_at", UtcDateTime),
    UniqueConstraint("consumer_id", "provider_id"),
    Index(None, "head_version_id", "provider_id"),
)
# The order in which pairs are listed. SQLite sorts nulls first and has no NULLS LAST in an index.
Index("ix_integrations_newest", integrations.c.contract_data_updated_at, integrations.c.id).ddl_if(dialect="sqlite")
Index(
    "ix_integrations_newest", integrations.c.contract_data_updated_at.desc().nulls_last(), integrations.c.id.desc()
).ddl_if(dialect="postgresql")

# One row for each distinct content of a pair; results belong to it, so the same content is verified once.
pact_versions = _table(
    "pact_versions",
    _id(),
    _to("pacticipants", "consumer_id"),
    _to("pacticipants", "provider_id", index=True),
    Column("sha", Text, nullable=False),
    Column("interactions_count", Integer, nullable=False),
    Column("messages_count", Integer, nullable=False),
    _created(),
    # the stored document as JSON text, `_id`s injected; never selected in lists
    Column("content", Text, nullable=False),
    # of a large content: its interactions without their bodies, and their places in the text
    Column("excerpt", Text),
    UniqueConstraint("consumer_id", "provider_id", "sha"),
)

pact_publications = _table(
    "pact_publications",
    _id(),
    _to("pacticipants", "consumer_id", index=True),
    _to("pacticipants", "provider_id"),
    _to("versions", "consumer_version_id"),
    # no cascade: removing a content that is still published is an error
    _to("pact_versions", "pact_version_id", ondelete="NO ACTION"),
    Column("revision_number", Integer, nullable=False),
    # the last revision of this consumer version and provider; the partial index below makes it unique
    Column("latest", Boolean, nullable=False),
    _created(),
    UniqueConstraint("consumer_version_id", "provider_id", "revision_number", name="uq_pact_publications_revision"),
    Index(
        "uq_pact_publications_latest",
        "consumer_version_id",
        "provider_id",
        unique=True,
        sqlite_where=text("latest = 1"),
        postgresql_where=text("latest"),
    ),
    Index(
        "ix_pact_publications_pair",
        "provider_id",
        "consumer_id",
        "consumer_version_id",
        # work in progress reads thousands of heads: everything it needs of them is in the index
        "pact_version_id",
        "created_at",
        sqlite_where=text("latest = 1"),
        postgresql_where=text("latest"),
    ),
    Index(None, "pact_version_id", "consumer_version_id"),
    Index(None, "created_at", "latest"),
)

verifications = _table(
    "verifications",
    _id(),  # also its number in the API
    _to("pact_versions", "pact_version_id"),
    _to("pacticipants", "consumer_id"),
    _to("pacticipants", "provider_id", index=True),
    _to("versions", "provider_version_id", index=True),
    Column("success", Boolean, nullable=False),
    Column("wip", Boolean, nullable=False),
    Column("pending", Boolean),
    # the last result of this content and provider version; the partial index below makes it unique
    Column("latest", Boolean, nullable=False),
    Column("build_url", Text),
    Column("executed_at", UtcDateTime, nullable=False),
    _created(),
    Column("verified_by", JSON),
    Column("selectors", JSON),
    Column("test_results", JSON(none_as_null=True)),
    Index(
        "uq_verifications_latest",
        "pact_version_id",
        "provider_version_id",
        unique=True,
        sqlite_where=text("latest = 1"),
        postgresql_where=text("latest"),
    ),
    Index(None, "pact_version_id", "id"),
    Index(None, "consumer_id", "provider_id", "id"),
    Index(
        "ix_verifications_failures",
        "pact_version_id",
        sqlite_where=text("latest = 1 AND success = 0"),
        postgresql_where=text("latest AND NOT success"),
    ),
    Index(
        "ix_verifications_successes",
        "pact_version_id",
        "wip",
        "executed_at",
        "provider_version_id",
        "created_at",
        sqlite_where=text("success = 1"),
        postgresql_where=text("success"),
    ),
)

# The build that published a result, according to the token of its CI service.
attestations = _table(
    "attestations",
    _id(),
    Column("verification_id", _ID, ForeignKey("verifications.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("service", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("repository", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("workflow", Text),
    Column("ref", Text),
    Column("commit", Text),
    Column("url", Text),
    _created(),
    Column("source", Text, nullable=False, server_default="build"),  # see model.attestations.Source
)

# First success of a content by a provider version that had the tag when the result was published: WIP by tags.
tag_successes = _table(
    "tag_successes",
    _id(),
    _to("pact_versions", "pact_version_id"),
    Column("provider_tag", Text, nullable=False),
    Column("wip", Boolean, nullable=False),
    _to("verifications", "verification_id", index=True),
    Column("executed_at", UtcDateTime, nullable=False),
    UniqueConstraint("pact_version_id", "provider_tag", "wip"),
)

environments = _table(
    "environments",
    _id(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("production", Boolean, nullable=False),
    Column("contacts", JSON(none_as_null=True)),
    _created(),
    _updated(),
)

deployed_versions = _table(
    "deployed_versions",
    _id(),
    Column("uuid", Text, nullable=False, unique=True),
    _to("pacticipants", "pacticipant_id", index=True),
    _to("versions", "version_id", index=True),
    _to("environments", "environment_id"),
    Column("target", Text),
    # "" for no target, "=target" for one: null and the empty name are different slots
    Column("target_key", Text, nullable=False),
    Column("auto_created", Boolean, nullable=False),
    Column("undeployed_at", UtcDateTime),
    _created(),
    _updated(),
    # the current deployments of an application, for any number of past ones
    Index(
        "ix_deployed_versions_current",
        "pacticipant_id",
        "environment_id",
        "version_id",
        sqlite_where=text("undeployed_at IS NULL"),
        postgresql_where=text("undeployed_at IS NULL"),
    ),
    Index(
        "uq_deployed_versions_current",
        "environment_id",
        "pacticipant_id",
        "target_key",
        unique=True,
        sqlite_where=text("undeployed_at IS NULL"),
        postgresql_where=text("undeployed_at IS NULL"),
    ),
)

released_versions = _table(
    "released_versions",
    _id(),
    Column("uuid", Text, nullable=False, unique=True),
    _to("pacticipants", "pacticipant_id", index=True),
    _to("versions", "version_id"),
    _to("environments", "environment_id"),
    Column("support_ended_at", UtcDateTime),
    _created(),
    _updated(),
    UniqueConstraint("version_id", "environment_id"),
    Index(
        "ix_released_versions_in_support",
        "pacticipant_id",
        "environment_id",
        "version_id",
        sqlite_where=text("support_ended_at IS NULL"),
        postgresql_where=text("support_ended_at IS NULL"),
    ),
    Index(
        "ix_released_versions_current",
        "environment_id",
        "pacticipant_id",
        sqlite_where=text("support_ended_at IS NULL"),
        postgresql_where=text("support_ended_at IS NULL"),
    ),
)

webhooks = _table(
    "webhooks",
    _id(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("description", Text),
    Column("enabled", Boolean, nullable=False),
    _to("pacticipants", "consumer_id", nullable=True, index=True),
    _to("pacticipants", "provider_id", nullable=True, index=True),
    Column("consumer_label", Text),
    Column("provider_label", Text),
    Column("method", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("headers", JSON, nullable=False, info=SEALED),
    Column("body", JSON(none_as_null=True)),
    Column("username", Text),
    Column("password", Text, info=SEALED),
    _created(),
    _updated(),
    # lists of consumers, branches and labels by name; null without any
    Column("limits", JSON(none_as_null=True)),
    # encrypted, the newest first; null without any
    Column("signing_secrets", JSON(none_as_null=True), info=SEALED),
)

webhook_events = _table(
    "webhook_events",
    _id(),
    _to("webhooks", "webhook_id"),
    Column("name", Text, nullable=False, index=True),
    UniqueConstraint("webhook_id", "name"),
)

# The outbox: a row is written in the transaction that raises the event, and sent after the commit.
triggered_webhooks = _table(
    "triggered_webhooks",
    _id(),
    Column("uuid", Text, nullable=False, unique=True),
    _to("webhooks", "webhook_id", nullable=True, ondelete="SET NULL", index=True),
    Column("webhook_uuid", Text, nullable=False),
    Column("event_name", Text, nullable=False),
    _to("pacticipants", "consumer_id", index=True),
    _to("pacticipants", "provider_id", index=True),
    _to("pact_publications", "pact_publication_id", nullable=True, index=True),
    _to("verifications", "verification_id", nullable=True, index=True),
    # template parameters by name, at the time of the event
    Column("parameters", JSON, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts_made", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime),  # null when finished
    Column("claimed_until", UtcDateTime),
    _created(),
    _updated(),
    Index(
        "ix_triggered_webhooks_waiting",
        "webhook_id",
        "next_attempt_at",
        sqlite_where=text("next_attempt_at IS NOT NULL"),
        postgresql_where=text("next_attempt_at IS NOT NULL"),
    ),
    Index(
        "ix_triggered_webhooks_claimed",
        "claimed_until",
        sqlite_where=text("claimed_until IS NOT NULL"),
        postgresql_where=text("claimed_until IS NOT NULL"),
    ),
)

webhook_executions = _table(
    "webhook_executions",
    _id(),
    _to("triggered_webhooks", "triggered_webhook_id", index=True),
    Column("success", Boolean, nullable=False),
    Column("logs", Text, nullable=False),
    _created(),
)

# What each publication of a pact, and each result, did with every webhook that came into question.
webhook_decisions = _table(
    "webhook_decisions",
    _id(),
    _to("pacticipants", "consumer_id", index=True),
    _to("pacticipants", "provider_id", index=True),
    _to("pact_publications", "pact_publication_id", index=True),
    _to("verifications", "verification_id", nullable=True, index=True),
    Column("events", JSON, nullable=False),
    Column("decisions", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
)

# A verification that a provider version needs: one for each content and provider version.
verification_jobs = _table(
    "verification_jobs",
    _id(),
    Column("uuid", Text, nullable=False, unique=True),
    _to("pacticipants", "consumer_id", index=True),
    _to("pacticipants", "provider_id", index=True),
    _to("pact_versions", "pact_version_id"),
    # the version whose publication began the job
    _to("versions", "consumer_version_id", nullable=True, ondelete="SET NULL", index=True),
    _to("versions", "provider_version_id", index=True),
    Column("reasons", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("deadline", UtcDateTime),  # null unless something happens then
    Column("base_url", Text, nullable=False),
    # the last triggered webhook that requested it; null if no webhook does
    Column("delivery_uuid", Text, index=True),
    Column("attempted_at", UtcDateTime),  # when that request was sent, or failed for good
    Column("started_at", UtcDateTime),
    Column("build_url", Text),  # of the build that reported its start
    _created(),
    _updated(),
    UniqueConstraint("pact_version_id", "provider_version_id"),
    Index(
        "ix_verification_jobs_due",
        "deadline",
        sqlite_where=text("deadline IS NOT NULL"),
        postgresql_where=text("deadline IS NOT NULL"),
    ),
    Index(None, "state", "id"),
)

# What programs present instead of a password; of the secret part there is only a digest.
tokens = _table(
    "tokens",
    _id(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("note", Text, nullable=False),
    Column("start", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("permissions", JSON, nullable=False),
    Column("created_by", Text, nullable=False),
    _created(),
    Column("expires_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("owner", Text),
)

# The random seed of derived keys, for a broker whose settings have no key.
signing_seeds = _table(
    "signing_seeds",
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("seed", Text, nullable=False),
)

# Values that webhooks refer to by name; `value` is encrypted.
secrets = _table(
    "secrets",
    _id(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text),
    Column("value", Text, nullable=False, info=SEALED),
    Column("created_by", Text, nullable=False),
    _created(),
    _updated(),
    Column("value_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
)

# What changed or was refused; the digest covers the other columns and the digest before. The id is the place in the
# chain, without gaps. Entries are only ever removed from the beginning.
audit_entries = _table(
    "audit_entries",
    _id(),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("names", Text, nullable=False),  # a JSON object of texts, always in the same form
    Column("status", Integer),
    Column("address", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("last_at", UtcDateTime),
    Index(None, "subject", "id"),
)

# The last entry (PostgreSQL only, where writers wait for each other at this row), and the last entry that was removed.
audit_ends = _table(
    "audit_ends",
    _id(),
    Column("number", _ID, nullable=False),
    Column("digest", Text, nullable=False),
)

# Scheduled backups; the newest hundred.
backups = _table(
    "backups",
    _id(),
    Column("due_at", UtcDateTime, nullable=False, unique=True),  # a moment of the schedule
    Column("host", Text, nullable=False),
    _created(),
    Column("finished_at", UtcDateTime),
    Column("file", Text),
    Column("size_bytes", BigInteger),
    Column("error", Text),  # null for a verified backup
)


def currently_deployed(deployed: FromClause = deployed_versions) -> ColumnElement[bool]:
    """The condition that a row of `deployed_versions`, or of an alias, is in its environment now."""
    return deployed.c.undeployed_at.is_(None)


def currently_supported(released: FromClause = released_versions) -> ColumnElement[bool]:
    """The condition that a row of `released_versions`, or of an alias, is supported in its environment now."""
    return released.c.support_ended_at.is_(None)


# created in the same order in every process: SQLite chooses between equally good indexes by their order
for _each in metadata.tables.values():
    _each.indexes = OrderedSet(sorted(_each.indexes, key=lambda index: str(index.name)))
