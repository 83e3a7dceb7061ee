"""A message of a chat as it is written to a record (spec C10). Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from bot.domain.errors import BadRequest
from bot.domain.values import ChatId

LONGEST_TITLE = 200
"""Characters of a task's subject; a note's may be longer ("Task table reference")."""

LONGEST_TEXT = 4_000
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


class Form(StrEnum):
    """As what a message is kept."""

    NOTE = "note"
    TASK = "task"


_LONGEST = {Form.NOTE: 100_000, Form.TASK: 2_000}
"""Characters of a note's text and a task's description ("Note table reference", "Task table reference")."""


def quoted(text: str, *, whole: bool = True) -> str:
    """The text as the dialog takes it; it says so where it is not the whole message."""
    if whole and len(text) <= LONGEST_TEXT:
        return text
    return text[: LONGEST_TEXT - len(_CUT)] + _CUT


def link_back(address: str) -> str:
    """The address where it is one of Teams, else nothing."""
    found = _LINK.fullmatch(address.strip())
    return found.group() if found and found.group(1).lower() in _TEAMS else ""


def link_to(chat: ChatId, message: str) -> str:
    """The link to a message of a chat ("Deep link to a chat", Teams documentation)."""
    context = quote('{"contextType":"chat"}', safe="")
    return f"https://teams.microsoft.com/l/message/{quote(chat, safe='')}/{quote(message, safe='')}?context={context}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMessage:
    """What is written, word by word."""

    form: Form
    title: str
    text: str
    origin: str
    """Whose words they are, when they were written, what was attached, and the link back to them; a line each."""

    @property
    def body(self) -> str:
        """The note's text or the task's description."""
        return f"{self.text}\n\n{self.origin}"

    def check(self) -> None:
        """Raises `BadRequest` where nothing is written, or more than the form holds."""
        if not self.title.strip() or not self.text.strip():
            raise BadRequest("Write a title and a text.")
        if len(self.title) > LONGEST_TITLE:
            raise BadRequest(f"A title has {LONGEST_TITLE} characters at most. Shorten it.")
        if len(self.body) > _LONGEST[self.form]:
            raise BadRequest(f"A {self.form} has {_LONGEST[self.form]:,} characters at most. Shorten the text.")
