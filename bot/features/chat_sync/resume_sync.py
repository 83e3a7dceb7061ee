"""Resume the sync of a chat with the timeline of its record (spec Y3)."""

from dataclasses import replace

from bot.domain.audit import AuditEntry
from bot.domain.chat_sync import SyncProblem, SyncState, sync_state
from bot.domain.errors import NotSupported
from bot.domain.texts import text
from bot.domain.values import Chat, Connection, Person
from bot.features.chat_sync.start_and_end import clear_problem, resume_idle
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import Answer, display_name
from bot.features.shared.named_connections import hiding_record, unknown_connection
from bot.features.shared.services import Services
from cards.notice import NoticeView, notice


async def resume_sync(services: Services, chat: Chat, person: Person, connection: Connection) -> Answer:
    """Resume the sync of the connection and of all idle connections of the chat; return a confirmation.

    The person must be able to connect the chat to the record. A missing row is created as this person.
    Raises `NotAllowed`, `NotFound` if the record is hidden from the person, `NotSupported` if the sync cannot be
    resumed, `BotAbsent`, or `Unavailable`.
    """
    with hiding_record(unknown_connection()):
        actor = await access.require_can_connect(services, chat, person, connection.record)
    await _resume(services, chat, actor, connection)
    shown = text("This chat is now shown on the timeline of {record}.", record=display_name(connection))
    return Answer(message=notice(NoticeView(text=shown)))


async def _resume(services: Services, chat: Chat, actor: AuthorizedUser, connection: Connection) -> None:
    settings = await services.administration.settings(connection.record.environment)
    now = services.clock.now()
    async with services.store.writing() as work:
        row = (await work.chat_sync.get_rows([connection.id])).get(connection.id)
        state = sync_state(settings, chat.kind, row, ended=False, now=now)
        if row is None or state.problem is None or not state.problem.can_be_resumed:
            raise _not_resumable(connection, state)
        if state.problem is not SyncProblem.IDLE:
            await work.chat_sync.save_row(connection.id, replace(clear_problem(row), created_by=actor.object_id))
        await resume_idle(work, chat.id, at=now)
        by = actor.user.name
        await work.audit.add(
            AuditEntry.for_connection("resume sync", connection, at=now, by=actor.object_id, by_name=by)
        )


def _not_resumable(connection: Connection, state: SyncState) -> NotSupported:
    record = display_name(connection)
    if state.problem is None:
        return NotSupported(
            "This chat is already synced to the timeline of {record}.", "You do not have to resume.", record=record
        )
    return NotSupported(
        "Resume cannot sync this chat to the timeline of {record}.", "Write status to see why.", record=record
    )
