"""People who do not want to be mentioned, and a setting of its own for mentions of new owners."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

TEXT, JSON = sa.String(), sa.JSON()
NUMBER = sa.BigInteger()

_CHAT = sa.table("chat", sa.column("id", TEXT), sa.column("tenant_id", TEXT))
_CHAT_RULES = sa.table("chat_rules", sa.column("chat_id", TEXT), sa.column("rules", JSON))
_CONNECTION_RULES = sa.table("connection_rules", sa.column("connection_id", NUMBER), sa.column("rules", JSON))
_RECORD_TYPE = sa.table(
    "record_type", sa.column("environment", TEXT), sa.column("table", TEXT), sa.column("notifications", JSON)
)
_OPT_OUT = sa.table("mention_opt_out", sa.column("tenant_id", TEXT), sa.column("person_id", TEXT))
_OWNER, _NEW_OWNER, _LOCKED = "mention_owner", "mention_new_owner", "locked_rules"


def upgrade() -> None:
    """Create the table, move the choices of people into it, and copy the setting that meant both kinds of mentions."""
    op.create_table(
        "mention_opt_out",
        sa.Column("tenant_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name="pk_mention_opt_out"),
    )
    _move_choices()
    _copy_rules()
    _copy_settings()


def _move_choices() -> None:
    database = op.get_bind()
    joined = sa.select(_CHAT_RULES.c.chat_id, _CHAT.c.tenant_id, _CHAT_RULES.c.rules).join_from(
        _CHAT_RULES, _CHAT, _CHAT.c.id == _CHAT_RULES.c.chat_id
    )
    people: set[tuple[str, str]] = set()
    for chat, tenant, rules in database.execute(joined).all():
        people |= {(tenant, person) for person in rules.pop("unmentioned", ())}
        database.execute(sa.update(_CHAT_RULES).where(_CHAT_RULES.c.chat_id == chat).values(rules=rules))
    for tenant, person in sorted(people):
        database.execute(sa.insert(_OPT_OUT).values(tenant_id=tenant, person_id=person))


def _copy_rules() -> None:
    database, of = op.get_bind(), _CONNECTION_RULES.c
    for connection, rules in database.execute(sa.select(of.connection_id, of.rules)).all():
        changed = sa.update(_CONNECTION_RULES).where(of.connection_id == connection)
        database.execute(changed.values(rules=_with_both(rules)))


def _copy_settings() -> None:
    database, of = op.get_bind(), _RECORD_TYPE.c
    stored = sa.select(of.environment, of.table, of.notifications)
    for environment, table, settings in database.execute(stored).all():
        if settings:
            here = (of.environment == environment) & (of.table == table)
            database.execute(sa.update(_RECORD_TYPE).where(here).values(notifications=_with_both(settings)))


def _with_both(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings, in which mentions of new owners are as those of owners were."""
    locked = settings.get(_LOCKED, ())
    more = {_LOCKED: [*locked, _NEW_OWNER]} if _OWNER in locked else {}
    return {**settings, _NEW_OWNER: settings.get(_OWNER, False), **more}
