"""List chats in the Teams chat pane of Dynamics 365 (spec Y5)."""

from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId
from bot.features.shared.services import Services


async def mirror_chat(services: Services, chat: ChatId) -> None:
    """List the chat with each record that it is connected to, and remove it from all other records.

    An error with one connection does not stop the others. The first error is raised at the end.
    """
    async with services.store.reading() as work:
        unmirrored = await work.chat_sync.unmirrored_connections(chat)
    errors: list[ChatSyncError] = []
    for connection, listed in unmirrored:
        settings = await services.administration.settings(connection.record.environment)
        if not (settings.organization.chats_on and settings.organization.mirror_chats):
            continue
        try:
            await services.associations.set_listed(connection, listed=listed)
        except ChatSyncError as error:
            errors.append(error)
            continue
        async with services.store.writing() as work:
            await work.chat_sync.save_mirrored(connection.id, listed=listed)
    if errors:
        raise errors[0]
