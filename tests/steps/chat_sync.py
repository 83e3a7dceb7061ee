"""Write into chats, let time pass, and read their rows in Dataverse."""

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.patience import PATIENCE_S
from tests.wire.people import ADELE, ALEX, Somebody
from tests.wire.world import GROUP, World

NEXT_WRITE_S = 6


async def chat_rows(world: World, chat: str = GROUP) -> list[dict[str, Any]]:
    """Return the rows of table `chat` for this chat, the oldest first."""
    query = {
        "$filter": f"teamschatid eq '{chat}'",
        "$expand": "chat_activity_parties($select=participationtypemask,_partyid_value)",
        "$orderby": "createdon",
    }
    headers = {"Prefer": 'odata.include-annotations="*"'}
    async with world.session.get(f"{world.sandbox}/api/data/v9.2/chats", params=query, headers=headers) as answer:
        found: list[dict[str, Any]] = (await answer.json())["value"]
        return found


async def chat_row(world: World, chat: str = GROUP) -> dict[str, Any]:
    (found,) = await chat_rows(world, chat)
    return found


def party_ids(found: Mapping[str, Any], kind: int = 12) -> set[str]:
    """Return the IDs of the row's parties of this type."""
    parties = found["chat_activity_parties"]
    return {str(each["_partyid_value"]) for each in parties if each["participationtypemask"] == kind}


async def user_ids(world: World, *named: Somebody) -> set[str]:
    return {await world.user_id(each) for each in named}


async def send_event(world: World, **happened: Any) -> int:
    """Send an event of Teams; return the status of the answer."""
    status, _ = await world.post(world.activity(GROUP, type="conversationUpdate", **happened))
    return status


async def write_message(
    world: World, person: Somebody = ADELE, *, chat: str = GROUP, text: str = "hello", **more: Any
) -> None:
    """Write into the chat without mentioning the bot."""
    said = {"type": "message", "text": text, **more}
    status, _ = await world.post({**world.activity(chat, person), **said})
    assert status == 201


async def run_due_jobs(world: World, seconds: float = NEXT_WRITE_S) -> None:
    """Let time pass, and process the jobs that follow."""
    world.clock.advance(1)
    await until_writer_saved(world)
    await world.settle()
    world.clock.advance(seconds)
    await world.settle()


async def until_writer_saved(world: World) -> None:
    """Wait until the last writer is saved."""
    async with asyncio.timeout(PATIENCE_S):
        while "chatsync_held 0.0" not in await figures(world):
            await asyncio.sleep(0.005)


async def figures(world: World) -> str:
    async with world.session.get(f"{world.url}/metrics") as answer:
        return await answer.text()


async def connect_and_sync(world: World, number: str = "CAS-01001", *, person: Somebody = ALEX) -> dict[str, Any]:
    await world.say(f"connect {number} quiet", person=person)
    await run_due_jobs(world)
    return await chat_row(world)
