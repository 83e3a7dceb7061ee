"""A message of a chat as it is written to a record (spec C10). Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from bot.domain.errors import BadRequest
from bot.domain.values import ChatId

MAX_TITLE_LENGTH = 200
"""Characters of a task's subject; a note's may be longer ("Task table reference")."""

MAX_TEXT_LENGTH = 4_000
"""Characters of a message that the dialog takes; the rest is behind the link."""

_LINK = re.compile(r"https://([a-z.]+)/l/message/[\w%@:.;,?=&+~/-]{1,2000}", re.ASCII | re.IGNORECASE)


_CUT = "\n[The message goes on in Teams.]"

_TEAMS = frozenset(
    {
        "teams.microsoft.com",
        "teams.cloud.microsoft",
        "gov.teams.microsoft.us",
        "dod.teams.microsoft.us",
        "teams.microsoftonline.cn",
    }
)
"""The hosts of links to messages, in each of Microsoft's clouds."""


class MessageForm(StrEnum):
    """As what a message is kept."""

    NOTE = "note"
    TASK = "task"


_LONGEST = {MessageForm.NOTE: 100_000, MessageForm.TASK: 2_000}
"""Characters of a note's text and a task's description ("Note table reference", "Task table reference")."""


def truncate(text: str, *, whole: bool = True) -> str:
    """The text as the dialog takes it; it says so where it is not the whole message."""
    if whole and len(text) <= MAX_TEXT_LENGTH:
        return text
    return text[: MAX_TEXT_LENGTH - len(_CUT)] + _CUT


def safe_link(address: str) -> str:
    """The address where it is one of Teams, else nothing."""
    found = _LINK.fullmatch(address.strip())
    return found.group() if found and found.group(1).lower() in _TEAMS else ""


def message_link(chat: ChatId, message: str) -> str:
    """The link to a message of a chat ("Deep link to a chat", Teams documentation)."""
    context = quote('{"contextType":"chat"}', safe="")
    return f"https://teams.microsoft.com/l/message/{quote(chat, safe='')}/{quote(message, safe='')}?context={context}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMessage:
    """What is written, word by word."""

    form: MessageForm
    title: str
    text: str
    origin: str
    """Whose words they are, when they were written, what was attached, and the link back to them; a line each."""

    @property
    def body(self) -> str:
        """The note's text or the task's description."""
        return f"{self.text}\n\n{self.origin}"

    def validate(self) -> None:
        """Raises `BadRequest` where nothing is written, or more than the form holds."""
        if not self.title.strip() or not self.text.strip():
            raise BadRequest("Write a title and a text.")
        if len(self.title) > MAX_TITLE_LENGTH:
            raise BadRequest(f"A title has {MAX_TITLE_LENGTH} characters at most. Shorten it.")
        if len(self.body) > _LONGEST[self.form]:
            raise BadRequest(f"A {self.form} has {_LONGEST[self.form]:,} characters at most. Shorten the text.")
