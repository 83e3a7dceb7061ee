"""The link that starts a one-to-one chat about a record (spec A4)."""

from urllib.parse import quote, urlencode

from bot.domain.directory import DirectoryPerson
from bot.domain.values import RecordRef
from bot.features.shared.services import Services

_NEW_CHAT = "https://teams.microsoft.com/l/chat/0/0"
"""Deep link that opens a chat with a draft message ("Deep link to start a new chat", Teams documentation)."""


def start_chat_url(services: Services, record: RecordRef, person: DirectoryPerson) -> str:
    """Return the link to a draft with the record's link; empty if no address of the person is known."""
    if not person.chat_address:
        return ""
    query = urlencode({"users": person.chat_address, "message": services.links.open_url(record)}, quote_via=quote)
    return f"{_NEW_CHAT}?{query}"
