"""botbuilder's adapter with an entry of ours: from a request's JSON to a turn, and to what the turn answers.

`CloudAdapter.process` of botbuilder 4.17.1 answers every invoke with an error, because it serializes the answer twice.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity

from bot.domain.errors import BadRequest

Turn = Callable[[TurnContext], Awaitable[None]]


class TeamsAdapter(CloudAdapter):
    """Runs turns."""

    async def take(self, authorization: str, body: Mapping[str, Any], turn: Turn) -> InvokeResponse | None:
        """What an invoke answers, or None for any other activity.

        Raises `BadRequest` for JSON that is no activity and `PermissionError` for a caller that is not let in.
        """
        response: InvokeResponse | None = await self.process_activity(authorization, activity_of(body), turn)
        return response


def activity_of(body: Mapping[str, Any]) -> Activity:
    """The activity in a request's JSON; raises `BadRequest` that says what is missing."""
    for name, wanted in (("type", str), ("serviceUrl", str), ("conversation", dict)):
        if not isinstance(body.get(name), wanted) or not body[name]:
            raise BadRequest(f"An activity needs {name}.")
    conversation_id = body["conversation"].get("id")
    if not isinstance(conversation_id, str) or not conversation_id:
        raise BadRequest("An activity needs conversation.id.")
    try:
        activity: Activity = Activity.deserialize(dict(body))
    except (TypeError, ValueError, AttributeError) as error:
        raise BadRequest("This is not an activity of the Bot Framework.") from error
    return activity
