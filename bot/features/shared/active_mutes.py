"""The mutes of a chat and of its records that have not ended, for lists and `status` (spec V2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.notifications.rules import Mute
from bot.domain.values import ChatId, Connection, ConnectionId
from bot.features.shared.services import Services
from cards.notifications.mute import MuteState


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveMutes:
    """The mute of the whole chat, if there is one, and those of records."""

    of_chat: MuteState | None
    of_records: Mapping[ConnectionId, MuteState]


async def active_mutes(services: Services, chat: ChatId, connections: Sequence[Connection]) -> ActiveMutes:
    """Return the mutes that count now."""
    now = services.clock.now()
    async with services.store.reading() as work:
        of_chat = (await work.notification_rules.chats.get_many([chat])).get(chat)
        own = await work.notification_rules.connections.get_many([each.id for each in connections])
    of_records = {key: _state(stored.rules.mute, now) for key, stored in own.items()}
    return ActiveMutes(
        of_chat=_state(of_chat.rules.mute, now) if of_chat else None,
        of_records={key: state for key, state in of_records.items() if state},
    )


def _state(mute: Mute | None, now: datetime) -> MuteState | None:
    return MuteState(by=mute.by_name, until=mute.until) if mute and mute.is_active(now) else None
