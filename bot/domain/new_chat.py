"""Creation of a chat or channel in steps that resume after a failure (spec C7, A6). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType, Self

from bot.domain.directory import MAX_MEMBERS
from bot.domain.errors import BadRequest, ChatSyncError
from bot.domain.texts import text
from bot.domain.values import ChatId, ObjectId, RecordRef

NewChatKey = NewType("NewChatKey", str)
"""Key of a request, assigned on the first page of the dialog. Repeated requests with this key create one chat."""

MAX_MEMBERS_AT_CREATION = 20
"""People added when the chat is created. In tests, Graph accepted no more at once. The others are added one by one."""


class ChatStep(StrEnum):
    """A step of the creation, in this order."""

    CREATE = "create"
    MEMBERS = "members"
    NAME = "name"
    INSTALL = "install"
    CONNECT = "connect"


REQUIRED_STEPS = frozenset({ChatStep.CREATE, ChatStep.INSTALL})
"""Steps that stop the creation if they fail. After other failures, the next steps still run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A person's request for a chat or a channel."""

    person: ObjectId
    people: tuple[ObjectId, ...]
    """The people other than the requester."""
    topic: str | None = None
    """None to let Teams name the chat after its members."""
    record: RecordRef | None = None
    note: bool = True
    team: str | None = None
    """The ID of the team for a new channel, whose name is the topic; None for a group chat."""

    @property
    def members(self) -> tuple[ObjectId, ...]:
        """All people who should be in the chat, the requester first."""
        return (self.person, *self.people)

    @property
    def steps(self) -> tuple[ChatStep, ...]:
        """The required steps. The app is added only to a connected chat, because it has nothing to do elsewhere."""
        if self.team:
            # The channel comes after the app, so that a failed installation leaves no channel behind.
            return (ChatStep.INSTALL, ChatStep.CREATE, ChatStep.CONNECT)
        named = (ChatStep.NAME,) if self.topic else ()
        connected = (ChatStep.INSTALL, ChatStep.CONNECT) if self.record else ()
        return (ChatStep.CREATE, ChatStep.MEMBERS, *named, *connected)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailure:
    """The reason why a step failed, as text for people."""

    step: ChatStep
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChat:
    """The progress of a request."""

    key: NewChatKey
    request: ChatRequest
    begun_at: datetime
    chat_id: ChatId | None = None
    url: str = ""
    creation_requested_at: datetime | None = None
    """Time of a request to Graph to create the chat whose result is not known."""
    done: tuple[ChatStep, ...] = ()
    failures: tuple[StepFailure, ...] = ()
    """Failures of the last attempt."""

    @property
    def remaining_steps(self) -> tuple[ChatStep, ...]:
        """The remaining steps."""
        return tuple(step for step in self.request.steps if step not in self.done)

    @property
    def rejection(self) -> StepFailure | None:
        """Why nothing was created; None if the chat or channel exists or may exist, or if nothing was rejected."""
        if self.chat_id or self.creation_requested_at:
            return None
        return next((each for each in self.failures if each.step is ChatStep.CREATE), None)

    def with_done(self, *steps: ChatStep) -> Self:
        """Return the progress with these steps done."""
        return replace(self, done=(*self.done, *steps))

    def with_failure(self, step: ChatStep, error: ChatSyncError) -> Self:
        """Return the progress with a failed step."""
        trouble = StepFailure(step=step, reason=error.text, next_step=error.next_step)
        return replace(self, failures=(*self.failures, trouble))


def require_people(person: ObjectId, chosen: Sequence[ObjectId]) -> tuple[ObjectId, ...]:
    """Return the other people, without duplicates. Raise `BadRequest` for none, or for more than a chat can have."""
    others = tuple(dict.fromkeys(each for each in chosen if each != person))
    if not others:
        raise BadRequest("Choose at least one person.")
    if len(others) >= MAX_MEMBERS:
        raise BadRequest(text("A chat can have at most {most} members. Choose fewer people.", most=MAX_MEMBERS))
    return others
