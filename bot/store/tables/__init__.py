"""The tables of the store. See `docs/architecture.md` for their purpose.

SQLAlchemy Core lets the same statements run on SQLite and PostgreSQL.
"""

from bot.store.tables.audit import audit
from bot.store.tables.chats import chat, chat_activity, connection, field_value, new_chat, told_change
from bot.store.tables.keys import signing_key
from bot.store.tables.notifications import (
    chat_rules,
    connection_rules,
    decision,
    mention_opt_out,
    own_change,
    posted_card,
)
from bot.store.tables.pane import open_pane, pane_session, pane_sign_in
from bot.store.tables.private_answers import targeted_answer, targeted_refusal
from bot.store.tables.queues import (
    DEAD_LETTERED,
    DONE,
    DROPPED,
    PENDING,
    change_link,
    inbox,
    lane,
    outbox,
    post,
    sync_job,
    tenant_budget,
)
from bot.store.tables.settings import environment, record_type, setting_change
from bot.store.tables.subscriptions import subscription
from bot.store.tables.types import Instant, Instants, RowNumber, from_microseconds, metadata, microseconds

__all__ = [
    "DEAD_LETTERED",
    "DONE",
    "DROPPED",
    "PENDING",
    "Instant",
    "Instants",
    "RowNumber",
    "audit",
    "change_link",
    "chat",
    "chat_activity",
    "chat_rules",
    "connection",
    "connection_rules",
    "decision",
    "environment",
    "field_value",
    "from_microseconds",
    "inbox",
    "lane",
    "mention_opt_out",
    "metadata",
    "microseconds",
    "new_chat",
    "open_pane",
    "outbox",
    "own_change",
    "pane_session",
    "pane_sign_in",
    "post",
    "posted_card",
    "record_type",
    "setting_change",
    "signing_key",
    "subscription",
    "sync_job",
    "targeted_answer",
    "targeted_refusal",
    "tenant_budget",
    "told_change",
]
