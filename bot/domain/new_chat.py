"""A chat that is about to be made, step by step; whatever fails, the rest goes on from there (spec C7, A6). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType, Self

from bot.domain.directory import MAX_MEMBERS
from bot.domain.errors import BadRequest, ChatSyncError
from bot.domain.values import ChatId, ObjectId, RecordRef

NewChatKey = NewType("NewChatKey", str)
"""Names one wish, from the first page of its dialog on: asking for it twice makes one chat."""

MAX_MEMBERS_AT_CREATION = 20
"""People that a chat is created with; Graph was seen to take no more at once. The others are added one by one."""


class ChatStep(StrEnum):
    """What has to be done, in this order."""

    CREATE = "create"
    MEMBERS = "members"
    NAME = "name"
    INSTALL = "install"
    CONNECT = "connect"


REQUIRED_STEPS = frozenset({ChatStep.CREATE, ChatStep.INSTALL})
"""Where one of these fails, nothing more can be done; what comes after the others is done all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What somebody wants."""

    person: ObjectId
    people: tuple[ObjectId, ...]
    """The others."""
    topic: str | None = None
    """None: Teams names it after its people."""
    record: RecordRef | None = None
    note: bool = True

    @property
    def members(self) -> tuple[ObjectId, ...]:
        """All who are to be in the chat, the one who wants it first."""
        return (self.person, *self.people)

    @property
    def steps(self) -> tuple[ChatStep, ...]:
        """What has to be done for it. The app is added only where it has something to do: to a connected chat."""
        named = (ChatStep.NAME,) if self.topic else ()
        connected = (ChatStep.INSTALL, ChatStep.CONNECT) if self.record else ()
        return (ChatStep.CREATE, ChatStep.MEMBERS, *named, *connected)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailure:
    """Why a step could not be done, in words for people."""

    step: ChatStep
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChat:
    """How far a wish has come."""

    key: NewChatKey
    request: ChatRequest
    begun_at: datetime
    chat_id: ChatId | None = None
    url: str = ""
    creation_requested_at: datetime | None = None
    """When Graph was asked to create the chat, where it is not known what became of that."""
    done: tuple[ChatStep, ...] = ()
    failures: tuple[StepFailure, ...] = ()
    """Of the last attempt."""

    @property
    def remaining_steps(self) -> tuple[ChatStep, ...]:
        """What is still to be done."""
        return tuple(step for step in self.request.steps if step not in self.done)

    def with_done(self, *steps: ChatStep) -> Self:
        """The same with these steps done."""
        return replace(self, done=(*self.done, *steps))

    def with_failure(self, step: ChatStep, error: ChatSyncError) -> Self:
        """The same with a step that failed."""
        trouble = StepFailure(step=step, reason=str(error), next_step=error.next_step)
        return replace(self, failures=(*self.failures, trouble))


def require_people(person: ObjectId, chosen: Sequence[ObjectId]) -> tuple[ObjectId, ...]:
    """The others whom somebody chose, each once; raises `BadRequest` for none, or more than a chat holds."""
    others = tuple(dict.fromkeys(each for each in chosen if each != person))
    if not others:
        raise BadRequest("Choose at least one person.")
    if len(others) >= MAX_MEMBERS:
        raise BadRequest(f"A chat has {MAX_MEMBERS} members at most. Choose fewer people.")
    return others
