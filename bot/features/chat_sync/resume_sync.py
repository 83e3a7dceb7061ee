"""Letting a chat be shown on its record's timeline again (spec Y3)."""

from dataclasses import replace

from bot.domain.audit import AuditEntry
from bot.domain.chat_sync import SyncProblem, SyncState, sync_state
from bot.domain.errors import NotFound, NotSupported
from bot.domain.values import Chat, Connection, ConnectionId, Person
from bot.features.chat_sync.start_and_end import clear_problem, resume_idle
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import display_name
from bot.features.shared.services import Services


async def resume_sync(services: Services, chat: Chat, person: Person, connection: ConnectionId) -> Connection:
    """The connection, which is shown again from now on, with all that was idle in the chat.

    Whoever may connect the chat to the record may do it. A row that was not there is created as this person.
    Raises `NotAllowed`, `NotFound` where it is no connection of the chat, `NotSupported` where there is nothing
    to resume, `BotAbsent` or `Unavailable`.
    """
    async with services.store.reading() as work:
        live = await work.connections.get(connection)
    if live is None or live.chat_id != chat.id:
        raise NotFound("This chat is not connected to that record any more.", "Write records to see what it is.")
    actor = await access.require_can_connect(services, chat, person, live.record)
    await _resume(services, chat, actor, live)
    return live


async def _resume(services: Services, chat: Chat, actor: AuthorizedUser, live: Connection) -> None:
    settings = await services.administration.settings(live.record.environment)
    now = services.clock.now()
    async with services.store.writing() as work:
        activity = (await work.chat_sync.get_rows([live.id])).get(live.id)
        state = sync_state(settings, chat.kind, activity, ended=False, now=now)
        if activity is None or state.problem is None or not state.problem.can_be_resumed:
            raise _nothing_to_resume(live, state)
        if state.problem is not SyncProblem.IDLE:
            await work.chat_sync.save_row(live.id, replace(clear_problem(activity), created_by=actor.object_id))
        await resume_idle(work, chat.id, at=now)
        by = actor.user.name
        await work.audit.add(AuditEntry.for_connection("resume sync", live, at=now, by=actor.object_id, by_name=by))


def _nothing_to_resume(live: Connection, state: SyncState) -> NotSupported:
    if state.problem is None:
        return NotSupported(
            f"This chat is kept up to date on the timeline of {display_name(live)}.", "Nothing is to be done."
        )
    return NotSupported(
        f"Pressing Resume does not bring this chat onto the timeline of {display_name(live)}.",
        "Write status to see why.",
    )
