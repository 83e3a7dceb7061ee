"""The bot: what kinds of activities it takes, and who answers each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

import orjson
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity, ActivityTypes, Attachment

from bot.domain.errors import BadRequest, ChatSyncError, Unavailable
from bot.domain.public_names import Verb
from bot.domain.values import Chat, ObjectId
from bot.features.chat_sync.record_activity import ActivityRecorder, Topic
from bot.features.connections.register_chat import ChatRegistry
from bot.features.shared.answers import Answer
from bot.features.shared.routes import Feature
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.handlers import activities as translate
from bot.handlers.activities import PressedButton
from bot.handlers.buttons import Buttons
from bot.handlers.chat_events import chat_event, event_time, is_human_message, message_author
from bot.handlers.commands import Commands
from bot.handlers.deadlines import Deadline, refusal
from bot.handlers.dialogs import Dialogs
from bot.handlers.invoke_answers import (
    card_answer,
    error_answer,
    extension_message,
    failed_answer,
    message_answer,
    not_exchanged_answer,
)
from bot.handlers.invoke_names import Invoke
from bot.handlers.message_extension import Extension
from bot.logs import correlation_id, get_logger
from cards.activity import ADAPTIVE, card_json, feed_line
from cards.buttons import ActionButton
from cards.personal_view import PersonalView

_log = get_logger(__name__)

_OWN_VIEWS = frozenset({Verb.VIEW, Verb.VIEW_CHANGE})
"""What clients ask for by themselves: a card of the reader's own in place of everybody's."""

InvokeHandler = Callable[[Activity], Awaitable[Mapping[str, Any]]]
StoreResponse = Callable[[TurnContext, InvokeResponse], None]
"""Keeps what an invoke is answered until the turn is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """The handlers of each kind of activity, and the objects that every activity updates."""

    chat_registry: ChatRegistry
    activity_recorder: ActivityRecorder
    commands: Commands
    buttons: Buttons
    dialogs: Dialogs
    extension: Extension
    answering: Deadline
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
    answering = Deadline(within_s=services.limits.answer_within_s)
    return Handlers(
        chat_registry=chat_registry,
        activity_recorder=activity_recorder,
        commands=Commands(services, features),
        buttons=Buttons(services, features),
        dialogs=Dialogs(services, features, answering),
        extension=Extension(services=services, answering=answering),
        answering=answering,
        on_reply=on_reply,
        emulator_user=services.emulator_user,
    )


_STATUS: Mapping[str, HTTPStatus] = {Invoke.SIGN_IN: HTTPStatus.PRECONDITION_FAILED}
"""With what an invoke is answered that is not answered with 200."""


class _Outgoing(Activity):
    """An activity that is sent once. botbuilder copies what it sends, since the caller may go on to change it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class ChatSyncBot(TeamsActivityHandler):
    """A thin layer over botbuilder's handler: activities go in, answers of the use cases come out."""

    def __init__(self, handlers: Handlers, keep_answer: StoreResponse) -> None:
        self._handlers = handlers
        self._keep_answer = keep_answer
        self._invokes: Mapping[str, InvokeHandler] = {
            Invoke.BUTTON: self._button_invoked,
            Invoke.SEARCH_INPUT: self._typeahead,
            Invoke.ANONYMOUS_QUERY_LINK: self._anonymous_link_queried,
            Invoke.QUERY_LINK: self._link_queried,
            Invoke.SEARCH: self._extension_query,
            Invoke.SETTINGS: self._settings_asked,
            Invoke.ITEM: self._item_selected,
            Invoke.FETCH_TASK: self._dialog,
            Invoke.SUBMIT_ACTION: self._dialog,
            Invoke.SIGN_IN: self._token_offered,
            Invoke.TASK_FETCH: self._dialog,
            Invoke.TASK_SUBMIT: self._dialog,
        }

    async def on_turn(self, turn_context: TurnContext) -> None:
        """Every activity makes its chat known, so that a missed one costs nothing; then its kind decides."""
        activity = turn_context.activity
        if not translate.is_anonymous(activity):
            chat = translate.parse_chat(activity)
            self._record_message(activity, chat)
            await self._handlers.chat_registry.register(chat, bot_present=translate.bot_present(activity))
            await self._record_change(activity, chat)
        await super().on_turn(turn_context)

    def _record_message(self, activity: Activity, chat: Chat) -> None:
        """Of a message, who wrote and when: held in memory first, so that it counts also where the turn fails."""
        if is_human_message(activity):
            author = message_author(activity, self._handlers.emulator_user)
            self._handlers.activity_recorder.record_message(chat.id, author, event_time(activity))

    async def _record_change(self, activity: Activity, chat: Chat) -> None:
        """Who came or went and what the chat is called, for the rows that show it in Dataverse."""
        happened = chat_event(activity)
        if happened:
            topic = Topic(name=happened.topic) if happened.topic is not None else None
            recorder = self._handlers.activity_recorder
            await recorder.record_change(chat.id, at=happened.at, topic=topic, counts=happened.by_people)

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """A text command, or a button where the channel knows no better way to send one."""
        activity = turn_context.activity
        turn = self._incoming(activity)
        pressed, asked = translate.button_in_message(activity), translate.dialog_request_in_message(activity)
        if pressed:
            answer = await self._button(turn, pressed)
        elif asked:
            answer = await self._handlers.dialogs.answer_in_chat(turn, asked)
        elif translate.is_for_bot(activity):
            answer = await self._handlers.answering(
                self._handlers.commands.answer(turn, translate.command_text(activity))
            )
        else:
            return
        if not answer.already_queued:
            await turn_context.send_activity(_activity(answer, turn.chat))
            self._handlers.on_reply(turn.chat)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """The bot is added to a chat; what happens to others only makes the chat known."""
        if translate.bot_was_added(turn_context.activity):
            await self._handlers.chat_registry.bot_added(translate.parse_chat(turn_context.activity))

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """The app is added to a chat, updated there, or removed."""
        if translate.bot_present(turn_context.activity):
            await self._handlers.chat_registry.bot_added(translate.parse_chat(turn_context.activity))

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:  # type: ignore[override]
        """What Teams waits for an answer to; 501 for what the bot does not offer."""
        self._keep_answer(turn_context, _invoke_answer(*await self._invoked(turn_context.activity)))

    async def _invoked(self, activity: Activity) -> tuple[int, Mapping[str, Any]]:
        name = str(activity.name or "")
        invoked = self._invokes.get(name)
        if invoked is None:
            return HTTPStatus.NOT_IMPLEMENTED, {}
        try:
            return _STATUS.get(name, HTTPStatus.OK), await invoked(activity)
        except BadRequest as error:
            return HTTPStatus.BAD_REQUEST, {"error": {"code": "BadRequest", "message": str(error)}}

    async def _token_offered(self, activity: Activity) -> Mapping[str, Any]:
        offered = translate.token_exchange(activity)
        if offered is None:
            raise BadRequest("A token exchange needs value.id and value.connectionName.")
        return not_exchanged_answer(offered)

    async def on_error(self, turn_context: TurnContext, error: Exception) -> None:
        """A door: what nobody foresaw is logged, and the person hears of it."""
        activity = turn_context.activity
        if chat_event(activity):
            raise error  # whoever told of it must not believe that it is kept
        told = _told(error)
        with suppress(Unavailable):
            if activity.type == ActivityTypes.invoke:
                failed = failed_answer(str(activity.name or ""), f"{told} {told.next_step}")
                self._keep_answer(turn_context, _invoke_answer(HTTPStatus.OK, failed))
            elif activity.type == ActivityTypes.message and not isinstance(error, Unavailable):
                answer = Answer(message=refusal(told))
                await turn_context.send_activity(_activity(answer, translate.parse_chat(activity)))

    async def _button_invoked(self, activity: Activity) -> Mapping[str, Any]:
        pressed = translate.button_in_invoke(activity)
        if pressed is None:
            return error_answer(HTTPStatus.BAD_REQUEST, "BadRequest", "A button needs value.action.verb.")
        turn = self._incoming(activity)
        answer = await self._button(turn, pressed)
        if answer.already_queued:
            return message_answer(answer.message.summary)
        return card_answer(orjson.Fragment(card_json(answer.message, channel=turn.chat.channel)))

    async def _link_queried(self, activity: Activity) -> Mapping[str, Any]:
        return await self._handlers.extension.answer_link(translate.queried_link(activity), self._incoming(activity))

    async def _anonymous_link_queried(self, activity: Activity) -> Mapping[str, Any]:
        return await self._handlers.extension.answer_anonymous_link(
            translate.queried_link(activity), activity.channel_id or ""
        )

    async def _settings_asked(self, _activity: Activity) -> Mapping[str, Any]:
        return extension_message("Administrators open the settings here with Settings, or write settings.")

    async def _item_selected(self, _activity: Activity) -> Mapping[str, Any]:
        # Results are whole: only those of another app's version send this.
        return extension_message("This result does not work any more. Search for the record once more.")

    async def _extension_query(self, activity: Activity) -> Mapping[str, Any]:
        return await self._handlers.extension.answer_query(
            translate.extension_query(activity), self._incoming(activity)
        )

    async def _dialog(self, activity: Activity) -> Mapping[str, Any]:
        return await self._handlers.dialogs.answer_invoke(self._incoming(activity), translate.dialog_request(activity))

    async def _typeahead(self, activity: Activity) -> Mapping[str, Any]:
        return await self._handlers.dialogs.search(self._incoming(activity), translate.typeahead_query(activity))

    async def _button(self, turn: Turn, pressed: PressedButton) -> Answer:
        known = pressed.verb in set(Verb)
        again = ActionButton(title="Try again", verb=pressed.verb, payload=pressed.data) if known else None
        alone = turn.private and pressed.verb in _OWN_VIEWS and turn.person.account_id
        own = PersonalView(button=again, accounts=(turn.person.account_id,)) if again and alone else None
        return await self._handlers.answering(self._handlers.buttons.answer(turn, pressed), again, own)

    def _incoming(self, activity: Activity) -> Turn:
        person = translate.parse_person(activity, self._handlers.emulator_user)
        return Turn(chat=translate.parse_chat(activity), person=person, private=translate.is_private(activity))


def _activity(answer: Answer, chat: Chat) -> Activity:
    """The answer as botbuilder sends it in a turn. Its card is bytes already: those the adapter sends as they are."""
    card = card_json(answer.message, channel=chat.channel)
    return _Outgoing(
        type=ActivityTypes.message,
        summary=feed_line(answer.message),
        attachments=[Attachment(content_type=ADAPTIVE, content=card)],
    )


def _told(error: Exception) -> ChatSyncError:
    """What the person hears of an error that nobody has answered; the log has the rest."""
    if isinstance(error, Unavailable):
        _log.warning("answer not taken", reason=str(error))
        return error
    _log.error("turn failed", exc_info=error)
    return ChatSyncError(
        "Something went wrong.", f"Try again; if it goes on, tell your administrator: {correlation_id()}"
    )


def _invoke_answer(status: int, body: Mapping[str, Any]) -> InvokeResponse:
    return InvokeResponse(status=status, body=orjson.dumps(body))
