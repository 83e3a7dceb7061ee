"""All tables of the first release.

It replaces the thirteen revisions before the release and has the number of the last one, so that databases at that
revision need no change. Do not edit it: each change of the tables is a new revision.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0013"
down_revision = None

TEXT, JSON, INTEGER, BOOLEAN = sa.String(), sa.JSON(), sa.Integer(), sa.Boolean()
INSTANT = sa.BigInteger()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create all tables."""
    _create_settings()
    _create_chats()
    _create_queues()
    _create_others()


def _required(kind: TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _queue_columns() -> list[sa.Column[Any]]:
    return [
        *_required(TEXT, "correlation_id"),
        *_required(INSTANT, "received_at", "due_at"),
        *_required(TEXT, "state"),
        *_required(INTEGER, "attempts"),
        sa.Column("reason", TEXT),
        sa.Column("done_at", INSTANT),
    ]


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _create_settings() -> None:
    """Create the tables of settings."""
    op.create_table(
        "environment",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("chats_on", BOOLEAN, nullable=False),
        sa.Column("allowed_roles", JSON, nullable=False),
        sa.Column("sync_on", BOOLEAN, nullable=False),
        sa.Column("sync_changed_at", INSTANT),
        sa.Column("sync_idle_days", INTEGER, nullable=False),
        sa.Column("mirror_chats", BOOLEAN, nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_environment"),
    )
    op.create_table(
        "record_type",
        sa.Column("environment", TEXT, nullable=False),
        sa.Column("table", TEXT, nullable=False),
        sa.Column("enabled", BOOLEAN, nullable=False),
        sa.Column("note", BOOLEAN, nullable=False),
        sa.Column("note_view", TEXT),
        *_required(BOOLEAN, "auto_name", "join", "owner_can_disconnect", "connector_can_disconnect", "notify"),
        sa.Column("key_fields", JSON, nullable=False),
        sa.Column("tell_secured", BOOLEAN, nullable=False),
        sa.Column("leave_out_secured", BOOLEAN, nullable=False),
        sa.Column("disclosure", TEXT, nullable=False),
        sa.Column("tell_each", BOOLEAN, nullable=False),
        sa.Column("card_acts", JSON, nullable=False),
        sa.Column("change_fields", JSON, nullable=False),
        sa.ForeignKeyConstraint(["environment"], ["environment.id"], name="fk_record_type_environment_environment"),
        sa.PrimaryKeyConstraint("environment", "table", name="pk_record_type"),
    )
    op.create_table(
        "setting_change",
        sa.Column("environment", TEXT, nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *_required(TEXT, "person_id", "person_name", "chat_id"),
        sa.Column("changes", JSON, nullable=False),
        sa.ForeignKeyConstraint(["environment"], ["environment.id"], name="fk_setting_change_environment_environment"),
        sa.PrimaryKeyConstraint("environment", "version", name="pk_setting_change"),
    )


def _create_chats() -> None:
    """Create the tables of chats and their connections."""
    op.create_table(
        "chat",
        *_required(TEXT, "id", "kind", "channel", "tenant_id", "service_url", "bot_id", "bot_name"),
        sa.Column("bot_present", BOOLEAN, nullable=False),
        sa.Column("introduced_at", INSTANT),
        sa.Column("team_id", TEXT),
        sa.Column("channel_id", TEXT),
        sa.Column("topic", TEXT),
        sa.Column("topic_told_at", INSTANT),
        sa.Column("looked_at", INSTANT),
        sa.Column("last_writer_id", TEXT),
        sa.Column("last_written_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_chat"),
    )
    op.create_table(
        "connection",
        sa.Column("id", NUMBER, nullable=False),
        *_required(TEXT, "chat_id", "environment", "table", "row_id", "record_name"),
        sa.Column("record_number", TEXT),
        sa.Column("connector_id", TEXT, nullable=False),
        sa.Column("connector_name", TEXT, nullable=False),
        sa.Column("connected_at", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT),
        sa.Column("paused_reason", TEXT),
        sa.Column("ended_at", INSTANT),
        sa.Column("ended_by_id", TEXT),
        sa.Column("ended_by_name", TEXT),
        sa.Column("mirrored", BOOLEAN, nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name="fk_connection_chat_id_chat"),
        sa.PrimaryKeyConstraint("id", name="pk_connection"),
    )
    op.create_index("ix_connection_chat", "connection", ["chat_id", "id"])
    op.create_index("ix_connection_history", "connection", ["environment", "table", "row_id", "id"])
    op.create_index(
        "ix_connection_record", "connection", ["environment", "table", "row_id"], **_where("ended_at IS NULL")
    )
    op.create_index(
        "uq_connection_live",
        "connection",
        ["chat_id", "environment", "table", "row_id"],
        unique=True,
        **_where("ended_at IS NULL"),
    )
    op.create_table(
        "chat_activity",
        sa.Column("connection_id", NUMBER, nullable=False),
        sa.Column("activity_id", TEXT, nullable=False),
        sa.Column("maker_id", TEXT, nullable=False),
        sa.Column("active_at", INSTANT, nullable=False),
        sa.Column("row", JSON),
        sa.Column("people", JSON, nullable=False),
        sa.Column("others", INTEGER, nullable=False),
        sa.Column("trouble", TEXT),
        sa.Column("closing", TEXT),
        sa.Column("written_at", INSTANT),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name="fk_chat_activity_connection_id_connection"),
        sa.PrimaryKeyConstraint("connection_id", name="pk_chat_activity"),
    )
    op.create_table(
        "field_value",
        sa.Column("connection_id", NUMBER, nullable=False),
        sa.Column("column", TEXT, nullable=False),
        sa.Column("raw", JSON),
        sa.Column("text", TEXT),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name="fk_field_value_connection_id_connection"),
        sa.PrimaryKeyConstraint("connection_id", "column", name="pk_field_value"),
    )
    op.create_table(
        "told_change",
        sa.Column("id", NUMBER, nullable=False),
        *_required(TEXT, "key", "chat_id", "environment", "table", "row_id"),
        sa.Column("changed_at", INSTANT, nullable=False),
        *_required(JSON, "people", "columns", "news", "buttons"),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_told_change"),
        sa.UniqueConstraint("key", name="uq_told_change_key"),
    )
    op.create_table(
        "new_chat",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("wish", JSON, nullable=False),
        sa.Column("chat_id", TEXT),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("asked_at", INSTANT),
        sa.Column("done", JSON, nullable=False),
        sa.Column("troubles", JSON, nullable=False),
        sa.Column("unfinished", BOOLEAN, nullable=False),
        sa.Column("held_until", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_new_chat"),
        sa.UniqueConstraint("key", name="uq_new_chat_key"),
    )
    op.create_index("ix_new_chat_person_id_id", "new_chat", ["person_id", "id"])


def _create_queues() -> None:
    """Create the queues, and the tables that control their rate."""
    op.create_table(
        "inbox",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("lane", TEXT, nullable=False),
        sa.Column("body", JSON, nullable=False),
        *_queue_columns(),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("key", name="uq_inbox_key"),
    )
    op.create_index("ix_inbox_lane_id", "inbox", ["lane", "id"], **_where("state = 'waiting'"))
    op.create_index("ix_inbox_lane_received_at", "inbox", ["lane", "received_at"])
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("lane", TEXT, nullable=False),
        sa.Column("connection_id", NUMBER),
        sa.Column("caused_at", INSTANT),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("told_before", JSON),
        *_queue_columns(),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name="fk_outbox_connection_id_connection"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_connection_id_id", "outbox", ["connection_id", "id"])
    op.create_index("ix_outbox_lane_id", "outbox", ["lane", "id"], **_where("state = 'waiting'"))
    op.create_index("ix_outbox_parked", "outbox", ["id"], **_where("state = 'parked'"))
    op.create_table(
        "sync_job",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lane", TEXT, nullable=False),
        sa.Column("asked", INTEGER, nullable=False),
        sa.Column("look", BOOLEAN, nullable=False),
        *_queue_columns(),
        sa.ForeignKeyConstraint(["lane"], ["chat.id"], name="fk_sync_job_lane_chat"),
        sa.PrimaryKeyConstraint("id", name="pk_sync_job"),
        sa.UniqueConstraint("lane", name="uq_sync_job_lane"),
    )
    op.create_table(
        "lane",
        sa.Column("queue", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("owner", TEXT),
        sa.Column("leased_until", INSTANT),
        sa.PrimaryKeyConstraint("queue", "name", name="pk_lane"),
    )
    op.create_index("ix_lane_due", "lane", ["queue", "due_at"], **_where("due_at IS NOT NULL"))
    op.create_table(
        "post",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("chat_id", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
    )
    op.create_index("ix_post_chat_id_at", "post", ["chat_id", "at"])
    op.create_table(
        "tenant_budget",
        sa.Column("tenant_id", TEXT, nullable=False),
        sa.Column("posts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_budget"),
    )


def _create_others() -> None:
    """Create the tables of subscriptions, change tracking, and the audit log."""
    op.create_table(
        "subscription",
        sa.Column("watch", TEXT, nullable=False),
        sa.Column("chat_id", TEXT),
        sa.Column("wanted", BOOLEAN, nullable=False),
        sa.Column("subscription_id", TEXT),
        sa.Column("expires_at", INSTANT),
        sa.Column("made_for", TEXT, nullable=False),
        sa.Column("reread", BOOLEAN, nullable=False),
        sa.Column("hindrance", TEXT),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("held_until", INSTANT),
        sa.PrimaryKeyConstraint("watch", name="pk_subscription"),
        sa.UniqueConstraint("chat_id", name="uq_subscription_chat_id"),
        sa.UniqueConstraint("subscription_id", name="uq_subscription_subscription_id"),
    )
    op.create_index("ix_subscription_due_at", "subscription", ["due_at"])
    op.create_table(
        "change_link",
        *_required(TEXT, "environment", "table", "link"),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("environment", "table", name="pk_change_link"),
    )
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("person_id", TEXT),
        *_required(TEXT, "person_name", "chat_id", "environment", "table", "row_id"),
        sa.Column("details", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
