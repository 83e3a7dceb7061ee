"""Listing chats in Dynamics 365's own pane (spec Y5)."""

from dataclasses import dataclass

from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId
from bot.ports.dataverse_writes import TeamsAssociations
from bot.store.administration import Administration
from bot.store.unit_of_work import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorChat:
    """Writes what is not listed as it is, where an administrator wants that; the app itself does it."""

    store: Store
    associations: TeamsAssociations
    administration: Administration

    async def __call__(self, chat: ChatId) -> None:
        """The chat is listed with each record that it is connected to, and with no other.

        What can be done is done and kept, also where something else fails. Raises the first error then.
        """
        async with self.store.reading() as work:
            wrong = await work.chat_sync.unmirrored_connections(chat)
        troubles: list[ChatSyncError] = []
        for connection, live in wrong:
            settings = await self.administration.settings(connection.record.environment)
            if not (settings.organization.chats_on and settings.organization.mirror_chats):
                continue
            try:
                await self.associations.set_listed(connection, listed=live)
            except ChatSyncError as error:
                troubles.append(error)
                continue
            async with self.store.writing() as work:
                await work.chat_sync.save_mirrored(connection.id, listed=live)
        if troubles:
            raise troubles[0]
