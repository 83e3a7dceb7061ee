"""Tables of settings."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, true

from bot.store.tables.types import Instant, metadata

environment = Table(
    "environment",
    metadata,
    Column("id", String, primary_key=True),
    Column("chats_on", Boolean, nullable=False),
    Column("allowed_roles", JSON, nullable=False),
    Column("sync_on", Boolean, nullable=False),
    Column("sync_changed_at", Instant),
    Column("sync_idle_days", Integer, nullable=False),
    Column("mirror_chats", Boolean, nullable=False),
    Column("other_chats", Boolean, nullable=False, server_default=true()),
    # Unique names of the chosen apps. None for all.
    Column("pane_apps", JSON(none_as_null=True)),
    # Increases with each save, to detect concurrent edits.
    Column("version", Integer, nullable=False),
    # Dataverse's ID of the organization, which its events must contain; None until the first event.
    Column("organization_id", String),
)

record_type = Table(
    "record_type",
    metadata,
    Column("environment", ForeignKey("environment.id"), primary_key=True),
    Column("table", String, primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("note", Boolean, nullable=False),
    Column("note_view", String),
    Column("auto_name", Boolean, nullable=False),
    Column("join", Boolean, nullable=False),
    Column("owner_can_disconnect", Boolean, nullable=False),
    Column("connector_can_disconnect", Boolean, nullable=False),
    Column("notify", Boolean, nullable=False),
    Column("key_fields", JSON, nullable=False),
    Column("tell_secured", Boolean, nullable=False),
    Column("leave_out_secured", Boolean, nullable=False),
    Column("disclosure", String, nullable=False),
    Column("tell_each", Boolean, nullable=False),
    Column("card_acts", JSON, nullable=False),
    Column("change_fields", JSON, nullable=False),
    # The default notification rules and the locked ones, by setting. None for the initial defaults.
    Column("notifications", JSON(none_as_null=True)),
    # When each column last began to be watched, with the number of that watch. Without a column: from the beginning.
    Column("watches", JSON(none_as_null=True)),
)

# The history of settings. Unlike the audit log, it has no retention limit.
setting_change = Table(
    "setting_change",
    metadata,
    Column("environment", ForeignKey("environment.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("person_id", String, nullable=False),
    Column("person_name", String, nullable=False),
    Column("chat_id", String, nullable=False),
    Column("changes", JSON, nullable=False),
)
