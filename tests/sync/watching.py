"""A simple model of what connected chats are told, and the news that the bot posted, in the same form."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.wire.people import Somebody
from tests.wire.world import texts

LABELS = {"prioritycode": "Priority", "caseorigincode": "Origin"}
"""The columns that can be key fields."""
OPTIONS = {"prioritycode": {1: "High", 2: "Normal", 3: "Low"}, "caseorigincode": {1: "Phone", 2: "Email", 3: "Web"}}
STATE, OWNER = "state", "owner"
PRESENT, AWAY, GONE = "present", "away", "gone"
"""Presence of the bot in a chat: it is there; it was removed and knows; it was removed and does not know."""

News = tuple[str, str, str, str]
"""Chat, case, column or act, and value."""


@dataclass
class Case:
    """A case as it is in Dynamics 365."""

    values: dict[str, Any]
    deleted: bool = False
    merged_into: str | None = None

    @property
    def exists(self) -> bool:
        return not self.deleted and self.merged_into is None


@dataclass
class Link:
    """A connection, and the values that its chat knows."""

    chat: str
    case: str
    known: dict[str, Any]
    ended_at: datetime | None = None
    """When a person ended it."""
    over: bool = False
    """True if it ended with its record."""

    @property
    def live(self) -> bool:
        return self.ended_at is None and not self.over


@dataclass
class Expected:
    """The state that the rules require, and the news that chats must have been told since the last comparison."""

    cases: dict[str, Case]
    members: Mapping[str, tuple[Somebody, ...]]
    chats_on: bool = True
    enabled: bool = True
    notify: bool = True
    key_fields: tuple[str, ...] = ("prioritycode",)
    presence: dict[str, str] = field(default_factory=dict)
    paused: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    told: list[News] = field(default_factory=list)

    @property
    def is_on(self) -> bool:
        return self.chats_on and self.enabled

    @property
    def watched(self) -> set[str]:
        if not self.is_on:
            return set()
        return {STATE, OWNER, *(self.key_fields if self.notify else ())}

    def live(self, *, chat: str | None = None, case: str | None = None) -> list[Link]:
        return [each for each in self.links if each.live and chat in {None, each.chat} and case in {None, each.case}]

    def present_values(self, case: str) -> dict[str, Any]:
        return {name: value for name, value in self.cases[case].values.items() if name in self.watched}

    def connect(self, chat: str, case: str) -> None:
        self.links.append(Link(chat=chat, case=case, known=self.present_values(case)))

    def settings_changed(self, before: set[str]) -> None:
        """Take the present values of columns that began to be watched, and forget those that ceased to be."""
        begun, ceased = self.watched - before, before - self.watched
        for link in self.links:
            link.known = {name: value for name, value in link.known.items() if name not in ceased | begun}
        lost = set()
        for link in self.live() if begun else ():
            case = self.cases[link.case]
            if not case.deleted:
                link.known.update({name: value for name, value in case.values.items() if name in begun})
            if not case.exists:
                lost.add(link.chat)
        for chat in sorted(lost):
            self.catch_up(chat)

    def changed(self, case: str, name: str, *, delivered: bool) -> None:
        """Tell the chats of a case that a value of it has just changed."""
        if delivered and name in self.watched:
            for link in self.live(case=case):
                if link.chat not in self.paused:
                    self._tell(link, [name])

    def deleted(self, case: str, *, delivered: bool) -> None:
        for link in self.live(case=case) if delivered and self.is_on else ():
            self._end(link, "deleted")

    def merged(self, case: str, *, delivered: bool) -> None:
        if delivered and self.is_on:
            self._move_all(case)

    def catch_up(self, chat: str) -> None:
        """Tell the chat what it missed."""
        if not self.is_on or chat in self.paused:
            return
        links = self.live(chat=chat)
        for link in links:
            case = self.cases[link.case]
            if case.deleted:
                self._end(link, "deleted")
            elif case.merged_into is None:
                outdated = [name for name in link.known if name in self.watched and self._is_outdated(link, name)]
                self._tell(link, outdated)
                link.known = {**self.present_values(link.case), **link.known}
        for case_number in sorted({link.case for link in links if link.live and self.cases[link.case].merged_into}):
            self._move_all(case_number)

    def catch_up_all(self) -> None:
        for chat in sorted({link.chat for link in self.live()}):
            self.catch_up(chat)

    def _is_outdated(self, link: Link, name: str) -> bool:
        return name not in link.known or link.known[name] != self.cases[link.case].values[name]

    def _tell(self, link: Link, names: Iterable[str]) -> None:
        """Tell the chat the new values, unless it knows them. Lifecycle values that are no news are known silently."""
        outdated = [name for name in names if self._is_outdated(link, name)]
        values = self.cases[link.case].values
        news = [(name, text) for name in outdated if (text := self._news(link, name, values[name]))]
        about_lifecycle = any(name in {STATE, OWNER} for name, _ in news)
        quiet = [name for name in outdated if name in {STATE, OWNER} and not about_lifecycle]
        link.known.update({name: values[name] for name in quiet})
        if news and self._post(link.chat, [(link.chat, link.case, name, text) for name, text in news]):
            link.known.update({name: values[name] for name in outdated})

    def _news(self, link: Link, name: str, value: Any) -> str | None:
        if name == STATE:
            return "closed" if value else None
        if name == OWNER:
            return None if value in self.members[link.chat] else str(value.name)
        return OPTIONS[name][value]

    def _end(self, link: Link, how: str) -> None:
        if link.chat not in self.paused and self._post(link.chat, [(link.chat, link.case, how, "")]):
            link.over = True

    def _move_all(self, case: str) -> None:
        target = case
        while (following := self.cases[target].merged_into) is not None:
            target = following
        for link in self.live(case=case):
            if link.chat in self.paused:
                continue
            if not self.live(chat=link.chat, case=target):
                self.connect(link.chat, target)
            self._end(link, f"merged into {target}")

    def _post(self, chat: str, news: list[News]) -> bool:
        """Return whether the chat gets the message. A message that is refused pauses the chat."""
        if self.presence[chat] != PRESENT:
            self.paused.add(chat)
            return False
        self.told += news
        return True


_CASE = re.compile(r"^(?:Case · )?(CAS-\d{5})$")
_CHANGE = re.compile(r"^(Priority|Origin): .*?\*\*(\w+)\*\*$")
_CLOSED = re.compile(r"^This case was closed \(Resolved\)\. Keep the chat connected to (CAS-\d{5})\?$")
_OWNER = re.compile(r"^(.+) now owns this case and is not in this chat\.$")
_DELETED = re.compile(r"^(CAS-\d{5}.*) (?:was|were) deleted in Dynamics 365")
_MERGED = re.compile(r"^(CAS-\d{5}) was merged into (CAS-\d{5})\.$")
_NAMES = {label: name for name, label in LABELS.items()}


def news_on(chat: str, card: Mapping[str, Any]) -> list[News]:
    """Return the news on a card about changes."""
    found: list[News] = []
    case = ""
    for text in texts(card):
        if match := _CASE.match(text):
            case = match[1]
        elif match := _CHANGE.match(text):
            found.append((chat, case, _NAMES[match[1]], match[2]))
        elif match := _CLOSED.match(text):
            found.append((chat, match[1], STATE, "closed"))
        elif match := _OWNER.match(text):
            found.append((chat, case, OWNER, match[1]))
        elif match := _DELETED.match(text):
            found += [(chat, each, "deleted", "") for each in re.findall(r"CAS-\d{5}", match[1])]
        elif match := _MERGED.match(text):
            found.append((chat, match[1], f"merged into {match[2]}", ""))
    return found


def difference(expected: Iterable[News], found: Iterable[News]) -> tuple[Counter[News], Counter[News]]:
    """Return the news that are missing, and those that nobody should have been told."""
    wanted, told = Counter(expected), Counter(found)
    return wanted - told, told - wanted
