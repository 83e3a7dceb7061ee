"""Channels that Dynamics 365's own collaboration connected to a record (spec A2, S7)."""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import ChatSyncError
from bot.domain.texts import text
from bot.domain.values import RecordRef
from bot.features.chat_lists.find_channels import find_channels
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.buttons import LinkButton
from cards.chat_list import ChatRow

_log = get_logger(__name__)


async def list_dynamics_channels(services: Services, record: RecordRef, actor: AuthorizedUser) -> Sequence[ChatRow]:
    """Return rows for the channels in the person's teams, without those that are connected here as well.

    The rows add to a list. If Dynamics 365 or Teams does not return them in time, the list is shown without them.
    """
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await _rows(services, record, actor)
    except (ChatSyncError, TimeoutError) as error:
        _log.warning("list.dynamics_channels_missing", reason=describe_error(error))
        return ()


async def _rows(services: Services, record: RecordRef, actor: AuthorizedUser) -> Sequence[ChatRow]:
    channels = await services.collaborations.list_channels(record, caller=actor.object_id)
    if not channels:
        return ()
    async with services.store.reading() as work:
        connected = {each.chat_id for each in await work.connections.for_record(record)}
    team_ids = {each.id: each.team_id for each in channels if each.id not in connected}
    refs = await find_channels(services, team_ids, actor.object_id) or {}
    return [
        ChatRow(
            name=ref.channel.name,
            connected=None,
            state=text(
                "Connected by Dynamics 365, not by Chat Sync. This channel is in your team {team}.", team=ref.team.name
            ),
            button=LinkButton(title=text("Open channel"), url=ref.channel.url) if ref.channel.url else None,
        )
        for ref in refs.values()
    ]
