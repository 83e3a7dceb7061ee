"""Records whose names no card has told, connected to a chat, and everything that people can ask for about them."""

import json
from collections.abc import Sequence

from bot.domain.public_names import Command
from tests.steps.records import SECRET_CASE, create
from tests.wire.people import EVERYBODY
from tests.wire.world import API, GROUP, OTHER_GROUP, World

ELSEWHERE = "CAS-01010"
"""A case that only another chat is connected to."""
MARKER = "ZebraMarker"
"""The word that each name begins with. No card has told these names."""


class Names:
    """The current names of the records, and their links, by number or kind."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.links: dict[str, str] = {}

    def data(self, record: str) -> dict[str, str]:
        """Return the data of a button about the record."""
        table = {"contact": "contact", "account": "account"}.get(record, "incident")
        row = self.links[record].rpartition("=")[2]
        return {"environment": "localhost/sandbox", "table": table, "row": row}

    def told(self, content: object) -> set[str]:
        """Return the records whose current names the content has, and the case of the other chat also by its number."""
        shown = json.dumps(content, ensure_ascii=False)
        told = {record for record, name in self.names.items() if name in shown}
        return told | ({ELSEWHERE} if ELSEWHERE in shown else set())


async def connect_hidden_records(world: World) -> Names:
    """Connect the chat to four records, and rename them afterward: no card has told the new names."""
    world.connector.members[GROUP] = [each.account_id for each in EVERYBODY]
    found, paths = Names(), {}
    contact = await create(world, "contacts", {"firstname": "Ann", "lastname": "Example"})
    paths["contact"] = f"contacts({contact})"
    account = await create(world, "accounts", {"name": "Fabrikam"})
    paths["account"] = f"accounts({account})"
    for number in ("CAS-01001", SECRET_CASE, ELSEWHERE):
        paths[number] = f"incidents({await world.row('incidents', number)})"
    for record, path in paths.items():
        table, _, row = path.rstrip(")").partition("(")
        found.links[record] = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn={table[:-1]}&id={row}"
        chat = OTHER_GROUP if record == ELSEWHERE else GROUP
        await world.say(f"connect {found.links[record]} quiet", chat=chat)
        await world.settle()
    for index, (record, path) in enumerate(paths.items()):
        found.names[record] = f"{MARKER}{index:05}"
        column = {"contact": "lastname", "account": "name"}.get(record, "title")
        async with world.session.patch(f"{world.sandbox}{API}/{path}", json={column: found.names[record]}) as answer:
            assert answer.status == 204, await answer.text()
    await world.window_ends()
    world.connector.posts.clear()
    return found


def commands(names: Names) -> dict[str, Sequence[str]]:
    """Return what people can write after each command without changing anything."""
    records = ["", "CAS-01001", SECRET_CASE, MARKER, "nothing at all", names.links[SECRET_CASE], names.links["contact"]]
    return {
        Command.HELP: [""],
        Command.CONNECT: ["", MARKER, f"{MARKER} quiet", f"{SECRET_CASE} quiet", names.links["account"]],
        Command.DISCONNECT: ["", MARKER, "nothing at all", names.links[ELSEWHERE]],
        Command.RECORDS: [""],
        Command.CHATS: records,
        Command.TIMELINE: records,
        Command.JOIN: records,
        Command.SUGGEST: records,
        Command.STATUS: [""],
        Command.NEW: [""],
        Command.MUTE: ["", "off"],
        Command.NOTIFICATIONS: [""],
        Command.SETTINGS: ["", "export", "import", MARKER],
        "unknown": [""],
    }
