"""The handlers of each kind of activity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.values import Chat, ObjectId
from bot.features.chat_sync.record_activity import ActivityRecorder
from bot.features.connections.register_chat import ChatRegistry
from bot.features.shared.routes import Feature
from bot.features.shared.services import Services
from bot.handlers.buttons import Buttons
from bot.handlers.command_answers import CommandAnswers
from bot.handlers.deadlines import Deadline
from bot.handlers.dialogs import Dialogs
from bot.handlers.message_extension import Extension
from bot.handlers.questions import Questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """The handlers of each kind of activity, and the objects that every activity updates."""

    services: Services
    chat_registry: ChatRegistry
    activity_recorder: ActivityRecorder
    commands: CommandAnswers
    buttons: Buttons
    dialogs: Dialogs
    questions: Questions
    extension: Extension
    deadline: Deadline
    on_reply: Callable[[Chat], None]
    """Called for each reply in a turn, which counts against the chat's rate limit."""
    emulator_user: ObjectId | None
    """The user for people without an Entra object id; set only for the Emulator on the sandbox."""


def build_handlers(
    services: Services,
    features: Sequence[Feature],
    *,
    chat_registry: ChatRegistry,
    activity_recorder: ActivityRecorder,
    on_reply: Callable[[Chat], None],
) -> Handlers:
    """Build the handlers that answer with the features."""
    deadline = Deadline(timeout_s=services.limits.answer_within_s)
    return Handlers(
        services=services,
        chat_registry=chat_registry,
        activity_recorder=activity_recorder,
        commands=CommandAnswers(services, features, deadline, on_reply),
        buttons=Buttons(services, features, deadline),
        dialogs=Dialogs(services, features, deadline),
        questions=Questions(services),
        extension=Extension(services=services, deadline=deadline),
        deadline=deadline,
        on_reply=on_reply,
        emulator_user=services.emulator_user,
    )
