"""The bot: route each kind of activity to its handlers."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Self, cast

import orjson
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity, ActivityTypes, Attachment

from bot.domain.errors import BadRequest, Unavailable
from bot.domain.public_names import SHOWING_VERBS
from bot.domain.values import Chat
from bot.features.chat_sync.record_activity import Topic
from bot.features.shared.answers import Answer
from bot.features.shared.reader_languages import reader_translator, turn_translator
from bot.features.shared.turn import Turn
from bot.handlers import activities
from bot.handlers.chat_events import chat_event, event_time, is_human_message, message_author
from bot.handlers.deadlines import error_line, refusal
from bot.handlers.extension_query import extension_query
from bot.handlers.failures import log_failure
from bot.handlers.invoke_answers import (
    card_answer,
    error_answer,
    extension_message,
    failed_answer,
    message_answer,
    not_exchanged_answer,
)
from bot.handlers.invoke_names import Invoke, activity_kind
from bot.handlers.message_text import command_texts
from bot.handlers.questions import card_after, card_in_chat
from bot.handlers.turn_handlers import Handlers
from bot.logs import get_logger
from bot.runtime.line_budget import LineBudget
from bot.text.json_text import dumps
from bot.tracing import step
from cards.activity import ADAPTIVE, feed_line

_log = get_logger(__name__)

InvokeHandler = Callable[[Activity, Turn], Awaitable[Mapping[str, Any]]]
StoreResponse = Callable[[TurnContext, InvokeResponse], None]
"""Stores the response to an invoke until the turn ends."""


_STATUS: Mapping[str, HTTPStatus] = {Invoke.SIGN_IN: HTTPStatus.PRECONDITION_FAILED}
"""Statuses of invokes that are not answered with 200."""


_TURN = "chat_sync_turn"
"""The key of the parsed turn in botbuilder's turn state."""


class _Outgoing(Activity):
    """An activity that is sent once. It skips botbuilder's deep copy, which protects callers that change theirs."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class ChatSyncBot(TeamsActivityHandler):
    """A thin layer over botbuilder's handler: parse activities, and send the answers of the features."""

    def __init__(self, handlers: Handlers, store_response: StoreResponse) -> None:
        self._handlers = handlers
        self._store_response = store_response
        self._lines = LineBudget()
        self._invokes: Mapping[str, InvokeHandler] = {
            Invoke.BUTTON: self._button_invoke,
            Invoke.SEARCH_INPUT: self._typeahead,
            Invoke.ANONYMOUS_QUERY_LINK: self._anonymous_link_query,
            Invoke.QUERY_LINK: self._link_query,
            Invoke.SEARCH: self._extension_query,
            Invoke.SETTINGS: self._extension_settings,
            Invoke.ITEM: self._selected_item,
            Invoke.FETCH_TASK: self._dialog,
            Invoke.SUBMIT_ACTION: self._dialog,
            Invoke.SIGN_IN: self._token_exchange,
            Invoke.TASK_FETCH: self._dialog,
            Invoke.TASK_SUBMIT: self._dialog,
        }

    async def on_turn(self, turn_context: TurnContext) -> None:
        """Register the chat, in case an earlier activity was lost; then handle the activity by its kind."""
        activity = turn_context.activity
        with step("turn") as begun:
            if begun.is_on:
                begun.set("chatsync.activity", activity_kind(activity))
            turn = turn_context.turn_state[_TURN] = self._parse_turn(activity)
            if not activities.is_anonymous(activity):
                self._record_message(activity, turn.chat)
                await self._handlers.chat_registry.register(turn.chat, bot_present=activities.bot_present(activity))
                await self._record_change(activity, turn.chat)
            await super().on_turn(turn_context)

    def _record_message(self, activity: Activity, chat: Chat) -> None:
        """Record the author and time of a message. It is in memory, so it counts even if the turn fails."""
        if is_human_message(activity) and not activities.is_targeted(activity):
            author = message_author(activity, self._handlers.emulator_user)
            self._handlers.activity_recorder.record_message(chat.id, author, event_time(activity))

    async def _record_change(self, activity: Activity, chat: Chat) -> None:
        """Record a change of members or topic, which the chat's rows in Dataverse show."""
        event = chat_event(activity)
        if event:
            topic = Topic(name=event.topic) if event.topic is not None else None
            recorder = self._handlers.activity_recorder
            await recorder.record_change(chat.id, at=event.at, topic=topic, counts=event.by_people)

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Answer a text command, or a button that the channel sent as a message."""
        activity = turn_context.activity
        turn = _turn(turn_context)
        pressed, request = activities.button_in_message(activity), activities.dialog_request_in_message(activity)
        answer: Answer | None
        if pressed:
            answer = await self._handlers.buttons.press(turn, pressed)
        elif request:
            answer = await self._handlers.dialogs.answer_in_chat(turn, request)
        elif activities.is_for_bot(activity):
            is_targeted = activities.is_targeted(activity)
            answer = await self._handlers.commands.answer(turn, command_texts(activity), is_targeted=is_targeted)
        else:
            return
        if answer and not answer.already_queued:
            await turn_context.send_activity(await self._activity(answer, turn))
            self._handlers.on_reply(turn.chat)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Introduce the bot if it was added to the chat. Other updates only register the chat."""
        if activities.bot_was_added(turn_context.activity):
            await self._introduce(_turn(turn_context))

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Introduce the bot if the app was added or updated. A removal only updates the chat."""
        if activities.bot_present(turn_context.activity):
            await self._introduce(_turn(turn_context))

    async def _introduce(self, turn: Turn) -> None:
        t = await turn_translator(self._handlers.services, turn)
        await self._handlers.chat_registry.bot_added(turn.chat, t)

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:  # type: ignore[override]
        """Store the response to the invoke; 501 for an unknown one."""
        status, body = await self._answer_invoke(turn_context.activity, _turn(turn_context))
        self._store_response(turn_context, _invoke_response(status, body))

    async def _answer_invoke(self, activity: Activity, turn: Turn) -> tuple[int, Mapping[str, Any]]:
        name = str(activity.name or "")
        handler = self._invokes.get(name)
        if handler is None:
            return HTTPStatus.NOT_IMPLEMENTED, {}
        try:
            return _STATUS.get(name, HTTPStatus.OK), await handler(activity, turn)
        except BadRequest as error:
            return HTTPStatus.BAD_REQUEST, {"error": {"code": "BadRequest", "message": str(error)}}

    async def _token_exchange(self, activity: Activity, _turn: Turn) -> Mapping[str, Any]:
        exchange = activities.token_exchange(activity)
        if exchange is None:
            raise BadRequest("A token exchange needs value.id and value.connectionName.")
        return not_exchanged_answer(exchange)

    async def on_error(self, turn_context: TurnContext, error: Exception) -> None:
        """Log an unexpected error of a turn, and answer the person."""
        activity = turn_context.activity
        if chat_event(activity):
            raise error  # the sender must not believe that the event was stored
        failure, turn = log_failure(error), self._parse_turn(activity)
        with suppress(Unavailable):
            if activity.type == ActivityTypes.invoke:
                t = await reader_translator(self._handlers.services, turn)
                body = failed_answer(str(activity.name or ""), error_line(t, failure))
                self._store_response(turn_context, _invoke_response(HTTPStatus.OK, body))
            elif activity.type == ActivityTypes.message and not isinstance(error, Unavailable):
                answer = Answer(message=refusal(failure))
                await turn_context.send_activity(await self._activity(answer, turn))

    async def _button_invoke(self, activity: Activity, turn: Turn) -> Mapping[str, Any]:
        pressed = activities.button_in_invoke(activity)
        if pressed is None:
            return error_answer(HTTPStatus.BAD_REQUEST, "BadRequest", "A button needs value.action.verb.")
        if pressed.automatic and pressed.verb not in SHOWING_VERBS:
            # With an error, the client keeps the card. Anyone can forward a card with another button in its refresh.
            suppressed = self._lines.take("turn.automatic_button_rejected")
            if suppressed is not None:
                _log.warning("turn.automatic_button_rejected", suppressed=suppressed)
            return error_answer(HTTPStatus.BAD_REQUEST, "BadRequest", "Only a person can press this button.")
        answer = await self._handlers.buttons.press(turn, pressed)
        await self._handlers.questions.settle(turn, pressed, str(activity.reply_to_id or ""), answer)
        shown = answer.message.render(await turn_translator(self._handlers.services, turn))
        if answer.already_queued:
            return message_answer(shown.summary)
        return card_answer(orjson.Fragment(card_after(pressed, answer, shown, turn)))

    async def _link_query(self, activity: Activity, turn: Turn) -> Mapping[str, Any]:
        return await self._handlers.extension.answer_link(activities.queried_link(activity), turn)

    async def _anonymous_link_query(self, activity: Activity, turn: Turn) -> Mapping[str, Any]:
        link = activities.queried_link(activity)
        return await self._handlers.extension.answer_anonymous_link(link, turn)

    async def _extension_settings(self, _activity: Activity, turn: Turn) -> Mapping[str, Any]:
        t = await reader_translator(self._handlers.services, turn)
        return extension_message(t("Administrators can open the settings here with Settings, or by writing settings."))

    async def _selected_item(self, _activity: Activity, turn: Turn) -> Mapping[str, Any]:
        # Results contain complete cards, so only other versions of the app send this.
        t = await reader_translator(self._handlers.services, turn)
        return extension_message(t("This result no longer works. Search for the record again."))

    async def _extension_query(self, activity: Activity, turn: Turn) -> Mapping[str, Any]:
        return await self._handlers.extension.answer_query(extension_query(activity), turn)

    async def _dialog(self, activity: Activity, turn: Turn) -> Mapping[str, Any]:
        return await self._handlers.dialogs.answer_invoke(turn, activities.dialog_request(activity))

    async def _typeahead(self, activity: Activity, turn: Turn) -> Mapping[str, Any]:
        return await self._handlers.dialogs.search(turn, activities.typeahead_query(activity))

    def _parse_turn(self, activity: Activity) -> Turn:
        person = activities.parse_person(activity, self._handlers.emulator_user)
        return Turn(
            chat=activities.parse_chat(activity),
            person=person,
            private=activities.is_private(activity),
            time_zone=activities.parse_time_zone(activity),
            language=activities.parse_language(activity),
        )

    async def _activity(self, answer: Answer, turn: Turn) -> Activity:
        """Return the activity that sends the answer. Its card is JSON already, which the adapter sends unchanged."""
        shown = answer.message.render(await turn_translator(self._handlers.services, turn))
        attachment = Attachment(content_type=ADAPTIVE, content=card_in_chat(answer, shown, turn))
        return _Outgoing(type=ActivityTypes.message, summary=feed_line(shown), attachments=[attachment])


def _turn(turn_context: TurnContext) -> Turn:
    """Return the chat and the person of the turn, which `on_turn` parsed."""
    return cast("Turn", turn_context.turn_state[_TURN])


def _invoke_response(status: int, body: Mapping[str, Any]) -> InvokeResponse:
    return InvokeResponse(status=status, body=dumps(body))
