"""Listing chats in Dynamics 365's own pane (spec Y5)."""

from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId
from bot.features.shared.services import Services


async def mirror_chat(services: Services, chat: ChatId) -> None:
    """The chat is listed with each record that it is connected to, and with no other.

    What can be done is done and kept, also where something else fails. Raises the first error then.
    """
    async with services.store.reading() as work:
        wrong = await work.chat_sync.unmirrored_connections(chat)
    troubles: list[ChatSyncError] = []
    for connection, live in wrong:
        settings = await services.administration.settings(connection.record.environment)
        if not (settings.organization.chats_on and settings.organization.mirror_chats):
            continue
        try:
            await services.associations.set_listed(connection, listed=live)
        except ChatSyncError as error:
            troubles.append(error)
            continue
        async with services.store.writing() as work:
            await work.chat_sync.save_mirrored(connection.id, listed=live)
    if troubles:
        raise troubles[0]
