"""Open and send the dialog that saves a message to a record."""

from collections.abc import Mapping
from typing import Any

from tests.steps.settings_pages import ShownPage
from tests.wire.people import ADELE, Somebody
from tests.wire.world import GROUP, World

SECRET = "Zwiebelfisch-4711"


MESSAGE: dict[str, Any] = {
    "id": "1735689600000",
    "createdDateTime": "2026-11-21T10:20:30.123Z",
    "from": {"user": {"id": "00000000-0000-0000-0000-000000000022", "displayName": "Adele Vance"}},
    "body": {
        "contentType": "html",
        "content": '<div><p>Bearing play is <b>1.2&nbsp;mm</b> &lt; limit, says <at id="0">Megan</at>.</p>'
        f'<p>{SECRET} <emoji alt="🙂" title="Smile"></emoji></p><img src="https://x.example/a.png"></div>',
    },
    "attachments": [{"id": "a", "contentType": "reference", "name": "serial plate.jpg"}],
    "linkToMessage": "https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1735689600000",
}


async def invoke(world: World, name: str, value: Mapping[str, object], person: Somebody, chat: str) -> dict[str, Any]:
    status, body = await world.post(world.activity(chat, person, type="invoke", name=name, value=value))
    assert status == 200
    task: dict[str, Any] = body["task"]
    return task


async def open_dialog(
    world: World,
    message: object = MESSAGE,
    *,
    person: Somebody = ADELE,
    command: str = "saveToRecord",
    chat: str = GROUP,
) -> ShownPage:
    """Choose the command in the menu of a message; return the first page."""
    value = {"commandId": command, "commandContext": "message", "messagePayload": message}
    shown = (await invoke(world, "composeExtension/fetchTask", value, person, chat))["value"]
    return ShownPage(shown["title"], shown["card"]["content"])


async def submit(world: World, data: Mapping[str, object], *, person: Somebody = ADELE, chat: str = GROUP) -> Any:
    """Submit the page; return the last line of the dialog, or the next page."""
    value = {"commandId": "saveToRecord", "commandContext": "message", "messagePayload": MESSAGE, "data": data}
    task = await invoke(world, "composeExtension/submitAction", value, person, chat)
    shown = task["value"]
    return shown if task["type"] == "message" else ShownPage(shown["title"], shown["card"]["content"])
