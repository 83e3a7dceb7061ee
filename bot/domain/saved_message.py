"""A chat message in the form in which it is saved to a record (spec C10). Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote, urlencode, urlsplit

from bot.domain.errors import BadRequest
from bot.domain.texts import text
from bot.domain.values import Chat, ChatKind
from bot.text.rich_text import escape_markup

MAX_TITLE_LENGTH = 200
"""Characters of a task's subject ("Task table reference"). A note's subject can be longer."""

MAX_TEXT_LENGTH = 4_000
"""Characters of a message that the dialog accepts. The rest is behind the link."""

_LINK = re.compile(r"https://([a-z.]+)/l/message/", re.ASCII | re.IGNORECASE)
_LINK_REST = re.compile(r"(?:[\w@:.;,?=&+~/!'()*-]|%[0-9a-fA-F]{2}){1,2000}")
"""The rest of a link: letters of any script, and what JavaScript's `encodeURIComponent` and `encodeURI` leave."""

_ASCII = "".join(map(chr, range(128)))

_CUT = "\n[The message continues in Teams.]"

_TEAMS = frozenset(
    {
        "teams.microsoft.com",
        "teams.cloud.microsoft",
        "gov.teams.microsoft.us",
        "dod.teams.microsoft.us",
        "teams.microsoftonline.cn",
    }
)
"""Hosts of message links in each of Microsoft's clouds."""


class MessageForm(StrEnum):
    """The table that a message is saved to."""

    NOTE = "note"
    TASK = "task"


_LONGEST = {MessageForm.NOTE: 100_000, MessageForm.TASK: 2_000}
"""Characters of a note's text and of a task's description ("Note table reference", "Task table reference")."""

_TOO_LONG = {
    MessageForm.NOTE: text(
        "A note can have at most {most} characters. Shorten the text.", most=_LONGEST[MessageForm.NOTE]
    ),
    MessageForm.TASK: text(
        "A task can have at most {most} characters. Shorten the text.", most=_LONGEST[MessageForm.TASK]
    ),
}


def truncate(text: str, *, whole: bool = True) -> str:
    """Return the text cut to the dialog's limit, with a remark if part of the message is missing."""
    if whole and len(text) <= MAX_TEXT_LENGTH:
        return text
    return text[: MAX_TEXT_LENGTH - len(_CUT)] + _CUT


def safe_link(address: str) -> str:
    """Return the address if it is a Teams message link, with other letters than ASCII encoded, or else empty text."""
    text = address.strip()
    found = _LINK.match(text)
    if found is None or found.group(1).lower() not in _TEAMS:
        return ""
    return quote(text, safe=_ASCII) if _LINK_REST.fullmatch(text, found.end()) else ""


def names_chat(link: str, chat: Chat) -> bool:
    """Check whether a link to a message is one to a message of this chat."""
    place = urlsplit(link).path.partition("/l/message/")[2].partition("/")[0]
    return unquote(place) == chat.id


def message_link(chat: Chat, message: str, *, parent: str = "") -> str:
    """Return the link to a message ("Deep link to a chat" and "to a channel conversation", Teams documentation).

    `parent` is the first message of a channel's thread.
    """
    if chat.kind is ChatKind.CHANNEL:
        known = {"tenantId": chat.tenant_id, "groupId": chat.team_id, "parentMessageId": parent or message}
        query = urlencode({name: value for name, value in known.items() if value}, quote_via=quote)
    else:
        query = urlencode({"context": '{"contextType":"chat"}'}, quote_via=quote)
    return f"https://teams.microsoft.com/l/message/{quote(chat.id, safe='')}/{quote(message, safe='')}?{query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMessage:
    """The saved text."""

    form: MessageForm
    title: str
    text: str
    origin: str
    """Author, time, attachments, and the link back to the message, one per line."""

    def stored_text(self, *, is_rich: bool = False) -> str:
        """Return the note's text or the task's description. `is_rich`: the column is rich text, as notes always are."""
        text = f"{self.text}\n\n{self.origin}"
        return escape_markup(text) if is_rich or self.form is MessageForm.NOTE else text

    def validate(self) -> None:
        """Raise `BadRequest` if the title or text is empty or too long."""
        if not self.title.strip() or not self.text.strip():
            raise BadRequest("Enter a title and a text.")
        if len(self.title) > MAX_TITLE_LENGTH:
            raise BadRequest(
                text("A title can have at most {most} characters. Shorten the title.", most=MAX_TITLE_LENGTH)
            )
        if len(self.stored_text()) > _LONGEST[self.form]:
            raise BadRequest(_TOO_LONG[self.form])
