"""The language of a reader, and of a chat (spec I2)."""

import asyncio
import locale
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from bot.domain.errors import ChatSyncError
from bot.domain.notifications.rules import ChatRules
from bot.domain.user_formats import NO_LANGUAGES, UserLanguages
from bot.domain.values import ChatId, ObjectId
from bot.features.shared.language_memory import BaseLanguages
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.languages.tags import choose_language
from bot.languages.translator import translator
from bot.store.unit_of_work import UnitOfWork
from cards.translator import Translator

_TIMEOUT_S = 0.4
"""Time after which an answer is given without the languages in Dynamics 365. They are known at the next answer, because
the read goes on.
"""


@dataclass(frozen=True, slots=True)
class ChatLanguages:
    """The languages of chats. Load it before a transaction, because it may ask Dynamics 365."""

    base: BaseLanguages

    def of_rules(self, rules: ChatRules | None) -> Translator:
        """Return the translator for everyone in a chat with these rules; None if nobody changed them."""
        return self.of_language(rules.language if rules else None)

    def of_language(self, chosen: str | None) -> Translator:
        """Return the translator for everyone in a chat with the language that somebody chose, if there is one."""
        return translator(choose_language((chosen, *self.base)))

    async def of_chats(self, work: UnitOfWork, chats: list[ChatId]) -> dict[ChatId, Translator]:
        """Return the translator for everyone in each chat."""
        stored = await work.notification_rules.chats.get_many(chats)
        return {each: self.of_rules(stored[each].rules if each in stored else None) for each in chats}

    async def of_chat(self, work: UnitOfWork, chat: ChatId) -> Translator:
        """Return the translator for everyone in the chat."""
        return (await self.of_chats(work, [chat]))[chat]


async def load_chat_languages(services: Services) -> ChatLanguages:
    """Return the languages of chats. A base language that is not known in time counts as none."""
    memory = services.languages.base
    known = memory.get(None)
    if known is None:
        with suppress(TimeoutError, ChatSyncError):
            async with asyncio.timeout(_TIMEOUT_S):
                known = await memory.fetch(None, partial(_read_base_languages, services))
    return ChatLanguages(known or ())


async def _read_base_languages(services: Services) -> BaseLanguages:
    return tuple([await services.records.base_language(each) for each in services.environments])


async def chat_translator(services: Services, chat: ChatId) -> Translator:
    """Return the translator for cards that everyone in the chat reads. Without the database, it is the base language's.

    An error that says that the database is down has to be shown, too.
    """
    languages, chosen = await load_chat_languages(services), services.languages.chats.get(chat)
    if chosen is not None:
        return languages.of_language(chosen)
    try:
        async with services.store.reading() as work:
            stored = (await work.notification_rules.chats.get_many([chat])).get(chat)
    except ChatSyncError:
        return languages.of_rules(None)
    services.languages.chats.put(chat, (stored.rules.language if stored else None) or "")
    return languages.of_rules(stored.rules if stored else None)


async def turn_translator(services: Services, turn: Turn) -> Translator:
    """Return the translator of an answer: the reader's if only they see it, and else the chat's."""
    return await (reader_translator(services, turn) if turn.private else chat_translator(services, turn.chat.id))


async def reader_translator(services: Services, turn: Turn) -> Translator:
    """Return the translator for what only the person of the turn sees."""
    if turn.person.object_id is None:
        return client_translator(turn)
    return await person_translator(services, turn.person.object_id, turn.language)


def client_translator(turn: Turn) -> Translator:
    """Return the translator for a stranger, for whom Dynamics 365 is not asked."""
    return translator(choose_language((turn.language,)))


async def person_translator(services: Services, person: ObjectId, client: str | None) -> Translator:
    """Return the translator for a person. `client`: the language of their client, if it is known."""
    own, chats = await _own_languages(services, person), await load_chat_languages(services)
    region = locale.windows_locale.get(own.formats or 0, "")
    return translator(choose_language((own.words, client, *chats.base)), region)


async def _own_languages(services: Services, person: ObjectId) -> UserLanguages:
    """Return the languages of the person, or none if they are not known in time."""
    memory = services.languages.people
    known = memory.get(person)
    if known is None:
        with suppress(TimeoutError, ChatSyncError):
            async with asyncio.timeout(_TIMEOUT_S):
                known = await memory.fetch(person, partial(_read_own_languages, services, person))
    return known or NO_LANGUAGES


async def _read_own_languages(services: Services, person: ObjectId) -> UserLanguages:
    """Return the languages of the person in the first environment that knows them."""
    for environment in services.environments:
        found = await services.records.languages(environment, person)
        if found != NO_LANGUAGES:
            return found
    return NO_LANGUAGES
