"""The tables of the store."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from data.store.types import UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),
    # Whoever vouches for the person and the name it knows the person by: a mail address may change hands.
    Column("issuer", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("display_name", String(200), nullable=False),
    Column("password_hash", String(200)),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

user_roles = Table(
    "user_roles",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(40), primary_key=True),
)

user_grants = Table(
    "user_grants",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("partner", String(200), primary_key=True),
    # First and last day, both included; null leaves that end open.
    Column("valid_from", Date),
    Column("valid_to", Date),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("idle_seconds", Integer, nullable=False),
    Column("revoked_at", UtcTime),
)

# An administrator's session that looks at the app as somebody else; the row goes when the view ends.
viewings = Table(
    "viewings",
    metadata,
    Column("token_digest", ForeignKey("sessions.token_digest", ondelete="CASCADE"), primary_key=True),
    Column("viewed_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("began_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    # A digest: people type passwords into the name field.
    Column("who", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_sign_in_failures_who", "kind", "who", "at"),
)

loads = Table(
    "loads",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("source", String(200), nullable=False),
    Column("mapping", String(200), nullable=False),
    Column("mapping_digest", String(64), nullable=False),
    Column("file", String(1000), nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("tables", JSON, nullable=False),
    Column("rows_read", BigInteger, nullable=False),
    Column("rows_rejected", BigInteger, nullable=False),
    Column("rows_duplicate", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("timezone", String(60), nullable=False),
    Column("extract_at", UtcTime, nullable=False),
    Column("loaded_at", UtcTime, nullable=False),
    # Null: no codes were looked up, and nothing can be picked up later.
    Column("files_digest", String(64), index=True),
    Column("warnings", JSON, nullable=False, server_default="[]"),
    UniqueConstraint("content_digest", "mapping_digest"),
)

builds = Table(
    "builds",
    metadata,
    # Order of publication: two builds may carry the same time.
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("published_at", UtcTime, nullable=False),
    Column("table_versions", JSON, nullable=False),
    Column("loads", JSON, nullable=False),
    Column("marts", JSON, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("totals", JSON, nullable=False),
    Column("seconds", Float, nullable=False),
)

# Guarded by triggers that its migration makes: rows are added, one after the other, and nothing else.
audit_event = Table(
    "audit_event",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    # Text, for it is hashed as it stands here.
    Column("at", String(27), nullable=False),
    # No foreign key: an event outlives the account, and jobs have none.
    Column("user_id", String(200), nullable=False),
    Column("user_name", String(200), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject_kind", String(60), nullable=False),
    Column("subject_id", String(200), nullable=False),
    Column("facts", Text, nullable=False),
    # An event has one successor: two writers cannot fork the chain.
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
)

# Guarded by triggers that its migration makes: what was asked never changes, and what was decided is final.
policy_changes = Table(
    "policy_changes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("policy", String(100), nullable=False),
    # Whatever the policy differs by: a role, a category …; none for everybody.
    Column("key", String(200)),
    # As text, to the digit; none returns to what the product brings.
    Column("value", String(200)),
    Column("valid_from", Date, nullable=False),
    Column("note", String(1000), nullable=False),
    Column("proposed_by", String(200), nullable=False),
    Column("proposed_name", String(200), nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("command_id", String(64), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_name", String(200)),
    Column("decided_at", UtcTime),
    Column("decision_note", String(1000)),
    Column("decision_command_id", String(64), unique=True),
    # Of approved changes alone: the first day it holds, and its place in the order of approvals.
    Column("since", Date),
    Column("rank", Integer, unique=True),
    Index("ix_policy_changes_about", "policy", "key"),
)

# One row per job, written by whoever asks, then by the job's own process alone until it ends.
jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("arguments", JSON, nullable=False),
    # No foreign key: a job outlives the account, and the shell has none.
    Column("asked_by", String(200), nullable=False),
    Column("asked_name", String(200), nullable=False),
    Column("asked_at", UtcTime, nullable=False, index=True),
    Column("follows", ForeignKey("jobs.id"), index=True),
    Column("state", String(20), nullable=False, index=True),
    Column("stage", String(200), nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("heartbeat_at", UtcTime),
    Column("cancel_asked_at", UtcTime),
    Column("cancel_asked_by", String(200)),
    Column("pid", Integer),
    Column("host", String(200)),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("outcome", JSON(none_as_null=True)),
    Column("log", String(200), nullable=False),
)

# Who saw what: every file that left. Guarded like the trail: rows are added and stay as they are.
disclosure = Table(
    "disclosure",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("at", UtcTime, nullable=False),
    # No foreign key: what somebody saw outlives the account.
    Column("user_id", String(200), nullable=False),
    Column("user_name", String(200), nullable=False),
    Column("page", String(60), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("format", String(10), nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("build_id", String(64)),
    Index("ix_disclosure_user_id", "user_id", "checksum"),
    Index("ix_disclosure_at", "at"),
)

forecast_runs = Table(
    "forecast_runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("published_at", UtcTime, nullable=False),
    # No foreign key: a run outlives its build.
    Column("build", String(64), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("horizon_days", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("series", BigInteger, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("versions", JSON, nullable=False),
    Column("accuracy", JSON, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("files", JSON, nullable=False),
    Column("asked_by", String(200), nullable=False),
    Column("seconds", Float, nullable=False),
    Index("ix_forecast_runs_published_at", "published_at"),
)
