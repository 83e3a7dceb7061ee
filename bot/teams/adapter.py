"""Adapter of botbuilder: turn the JSON of a request into a turn, and return the response of the turn.

`CloudAdapter.process` of botbuilder 4.17.1 fails for every invoke, because it serializes the response twice.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes, DeliveryModes, ExpectedReplies

from bot.domain.errors import BadRequest
from bot.http.paths import is_path_segment
from bot.teams.authentication import BotAuthentication, Caller
from bot.teams.codec import decode, encode

MAX_ID_LENGTH = 1_000
"""Characters of an ID. IDs of Teams have up to about 300. They are kept in memory and stored."""

_IDS: Mapping[tuple[str, ...], Sequence[str]] = {
    (): ("id", "replyToId", "channelId", "serviceUrl", "type", "name"),
    ("conversation",): ("id", "tenantId", "conversationType"),
    ("from",): ("id", "aadObjectId"),
    ("recipient",): ("id",),
    ("channelData", "tenant"): ("id",),
}
"""IDs in an activity, by the path of the object that contains them."""

Turn = Callable[[TurnContext], Awaitable[None]]
T = TypeVar("T")


class _TurnWithoutHooks(TurnContext):
    """A turn without hooks, such as `on_send_activities`.

    For them, botbuilder leaves a cycle of closures behind each reply: 49 objects that only the garbage collector frees.
    """

    async def _emit(self, _hooks: object, _activities: object, send: Awaitable[T]) -> T:
        return await send


class TeamsAdapter(CloudAdapterBase):
    """Runs turns."""

    def __init__(self, authentication: BotAuthentication) -> None:
        super().__init__(authentication)
        self._authentication = authentication

    async def process(self, caller: Caller, body: Mapping[str, Any], turn: Turn) -> InvokeResponse | None:
        """Run a turn; return the response to an invoke, and None for any other activity.

        Raise `BadRequest` for JSON that is not an activity, and `CallerRejected` if it does not match the caller.
        """
        require_activity(body)
        # Building an activity takes much longer than comparing its sender, so that comes first.
        identity = self._authentication.authorize(caller, body)
        require_ids(body)
        response: InvokeResponse | None = await self.process_activity(identity, parse_activity(body), turn)
        return response

    def store_response(self, context: TurnContext, answer: InvokeResponse) -> None:
        """Store the response to an invoke until the turn is over: like sending it, at a tenth of the cost."""
        context.turn_state[self._INVOKE_RESPONSE_KEY] = Activity(type=ActivityTypes.invoke_response, value=answer)

    def _create_turn_context(self, activity: Activity, *arguments: Any) -> TurnContext:
        made = super()._create_turn_context(activity, *arguments)
        context = _TurnWithoutHooks(self, activity)
        context.turn_state.update(made.turn_state)
        return context

    def _process_turn_results(self, context: TurnContext) -> InvokeResponse | None:  # type: ignore[override]
        """Like botbuilder's method, but serialize expected replies with the codec, because cards are bytes."""
        activity = context.activity
        if activity.delivery_mode == DeliveryModes.expect_replies and activity.type != ActivityTypes.invoke:
            replies = ExpectedReplies(activities=context.buffered_reply_activities)
            return InvokeResponse(status=HTTPStatus.OK, body=encode(replies))
        return super()._process_turn_results(context)  # type: ignore[return-value] # two names for one type


def require_activity(body: Mapping[str, Any]) -> None:
    """Raise `BadRequest` that names what every activity needs and this one lacks."""
    for name, wanted in (("type", str), ("serviceUrl", str), ("conversation", dict)):
        if not isinstance(body.get(name), wanted) or not body[name]:
            raise BadRequest("An activity needs {name}.", name=name)
    conversation_id = body["conversation"].get("id")
    if not isinstance(conversation_id, str) or not conversation_id:
        raise BadRequest("An activity needs conversation.id.")


def require_ids(body: Mapping[str, Any]) -> None:
    """Raise `BadRequest` that names an ID of the activity that is too long, or that would change a path."""
    for path, names in _IDS.items():
        part: Any = body
        for step in path:
            part = part.get(step) if isinstance(part, dict) else None
        for name in names if isinstance(part, dict) else ():
            value = part.get(name)
            if value is not None:
                _require_id(value, path, name)


def _require_id(value: object, path: Sequence[str], name: str) -> None:
    if isinstance(value, str):
        if len(value) > MAX_ID_LENGTH:
            raise BadRequest("{place} is too long.", place=".".join((*path, name)))
        is_id = is_path_segment(value.partition(";")[0])
    else:
        # msrest would make a text of a list or an object.
        is_id = not isinstance(value, dict | list)
    if not is_id:
        raise BadRequest("{place} is not an ID.", place=".".join((*path, name)))


def parse_activity(body: Mapping[str, Any]) -> Activity:
    """Convert the JSON to an activity; raise `BadRequest` for values of wrong types."""
    try:
        return decode(Activity, body)
    except ValueError as error:
        raise BadRequest("This is not an activity of the Bot Framework.") from error
