"""Remove the question whether to keep a connection from the card that asked it (spec V14)."""

from bot.domain.values import Chat, Connection
from bot.features.shared.reader_languages import chat_translator
from bot.features.shared.services import Services
from cards.question import answered, asks_about

_NEWEST_MESSAGES = 50
"""Number of messages of a chat in which the question is looked for."""


async def answered_news(services: Services, chat: Chat, connection: Connection, line: str) -> bytes | None:
    """Return the card that asked, without the question, and with a line that says how it was answered.

    Return None if no card, or more than one, asks about this connection. A card can ask about several connections, so
    the stored message changes too.
    """
    t = await chat_translator(services, chat.id)
    async with services.store.writing() as work:
        sent = await work.outbox.sent_bodies(chat.id, limit=_NEWEST_MESSAGES)
        asking = [message for message, body in sent.items() if asks_about(body, connection.public_id)]
        if len(asking) != 1:
            return None
        (message,) = asking
        body = answered(t, sent[message], connection.public_id, line)
        await work.outbox.save_sent_body(message, body)
    return body
