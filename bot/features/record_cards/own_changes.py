"""Store which changes people made on the cards of a chat, so that the chat can skip their events (spec V3)."""

from datetime import datetime

from bot.domain.errors import ChatSyncError
from bot.domain.notifications.own_changes import OwnChange
from bot.domain.tables import MODIFIED_BY, MODIFIED_ON
from bot.domain.values import ChatId
from bot.features.record_cards.read_as_person import PersonalRecord
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_log = get_logger(__name__)


async def store_own_change(services: Services, chat: ChatId, changed: PersonalRecord) -> None:
    """Store the version of the row after a person changed it. If it cannot be read, the chat hears of the change."""
    try:
        modified_at = await _modified_at(services, changed)
        if modified_at is None:
            return
        change = OwnChange(chat_id=chat, record=changed.record, user=changed.actor.user.id, modified_at=modified_at)
        async with services.store.writing() as work:
            await work.own_changes.add(change, at=services.clock.now())
    except ChatSyncError as error:
        _log.warning("record_card.version_unknown", table=changed.record.table, reason=describe_error(error))


async def _modified_at(services: Services, changed: PersonalRecord) -> datetime | None:
    """Return the time of the last change, or None if it is by another person."""
    columns = [changed.table.columns[name] for name in (MODIFIED_ON, MODIFIED_BY) if name in changed.table.columns]
    row = await services.records.read(changed.record, columns, caller=None)
    at, by = row.value(MODIFIED_ON).raw, row.value(MODIFIED_BY).raw
    if by != f"systemuser:{changed.actor.user.id}" or not isinstance(at, str) or not at:
        return None
    return datetime.fromisoformat(at).replace(microsecond=0)
