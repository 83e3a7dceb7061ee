"""Random traffic: people in chats and dialogs, changed records, the pane, strangers, and operators."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any

from aiohttp import ClientError

from tests.process.soak.day import KEY, Day
from tests.steps.new_chats import inputs
from tests.wire.people import ADELE, ALEX, COLLEAGUES, ISAIAH, MEGAN
from tests.wire.teams import buttons

WALKERS = 8
PACE_S = 0.1
SEED = 20261130
RECENT = 1_000
"""Number of changes of the sandbox's rows after which a message is no longer recent."""
COMMANDS = (
    *("help", "status", "records", "notifications", "chats", "timeline", "suggest", "settings", "nonsense", "new"),
    *("connect {case}", "connect {case} quiet", "disconnect {case}", "disconnect {case}", "timeline {case}"),
    *("chats {case}", "join {case}", "mute 1h", "mute off", "mute 1h {case}", "suggest {case}", "timeline pump"),
)
_GROWING = ("newChat", "makeChat", "finishChat", "newChannel", "makeChannel", "settings")
"""Beginnings of the dialogs that add chats, or change settings of the organization, which are kept forever."""
_PAGES = 3
"""Pages of a dialog that a person goes through."""
_OWN = {"X-Chat-Sync-Host": "sandbox"}
"""The header that each request of the pane has."""

Act = Callable[["Traffic", Random], Awaitable[int]]


@dataclass
class Traffic:
    """People who do one thing after the other."""

    day: Day
    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Number of acts by name, and whether they got an answer other than an error of the server."""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """While this is cleared, nobody begins anything."""
    busy: int = 0
    """Number of people who are doing something."""
    version: int = 0
    """The last known version of the sandbox's rows."""

    async def walk(self, number: int) -> None:
        """Do random things until cancelled."""
        chance = Random(f"{SEED} {number}")  # noqa: S311 - the same acts in every run
        while True:
            await self.open.wait()
            (act,) = chance.choices(list(ACTS), list(ACTS.values()))
            self.busy += 1
            try:
                status = await act(self, chance)
            except (ClientError, TimeoutError):
                status = HTTPStatus.SERVICE_UNAVAILABLE
            finally:
                self.busy -= 1
            self.counts[act.__name__, status < HTTPStatus.INTERNAL_SERVER_ERROR] += 1
            await asyncio.sleep(PACE_S)

    async def pause(self) -> None:
        """Let nobody begin anything, and wait until everybody is done."""
        self.open.clear()
        while self.busy:
            await asyncio.sleep(PACE_S)

    def taken(self) -> Counter[tuple[str, bool]]:
        """Return the acts since the last call."""
        taken, self.counts = self.counts, Counter()
        return taken

    async def talks(self, chance: Random) -> int:
        words = " ".join(chance.choice(("pump", "valve", "call", "back", "soon")) for _ in range(6))
        return await self.day.write(chance.choice(self.day.chats), chance.choice(COLLEAGUES), words)

    async def commands(self, chance: Random) -> int:
        chat = chance.choice(self.day.chats)
        text = chance.choice(COMMANDS).format(case=chance.choice(self.day.cases_of(chat)).number)
        return await self.day.write(chat, chance.choice(COLLEAGUES), f"@Chat Sync {text}")

    async def changes(self, chance: Random) -> int:
        person, case = chance.choice((ALEX, MEGAN, ADELE, ISAIAH)), chance.choice(self.day.cases)
        values = chance.choice(
            (
                {"prioritycode": chance.choice((1, 2, 3))},
                {"title": f"Pump {chance.randrange(10_000)}", "prioritycode": chance.choice((1, 2, 3))},
                {"description": "x" * chance.randrange(2_000)},
            )
        )
        status, _ = await self.day.dataverse("PATCH", f"incidents({case.row})", values, person=person)
        return status

    async def adds_and_deletes(self, chance: Random) -> int:
        """Create a case, connect a chat to it, and delete it."""
        status, row = await self._create_case(chance)
        if row is None:
            return status
        link = f"{self.day.sandbox}/main.aspx?etn=incident&pagetype=entityrecord&id={row}"
        await self.day.write(chance.choice(self.day.chats), ALEX, f"@Chat Sync connect {link} quiet")
        status, _ = await self.day.dataverse("DELETE", f"incidents({row})")
        return status

    async def _create_case(self, chance: Random) -> tuple[int, str | None]:
        query = f"incidents({chance.choice(self.day.cases).row})?$select=_customerid_value"
        _, found = await self.day.dataverse("GET", query)
        if not found or "_customerid_value" not in found:
            return HTTPStatus.SERVICE_UNAVAILABLE, None
        customer = {"customerid_account@odata.bind": f"/accounts({found['_customerid_value']})"}
        body = {"title": "Short-lived", **customer}
        status, made = await self.day.dataverse("POST", "incidents", body, Prefer="return=representation")
        return status, made["incidentid"] if status == HTTPStatus.CREATED and made else None

    async def moves(self, chance: Random) -> int:
        """Add or remove a member; the administrator stays."""
        chat, person = chance.choice(self.day.chats), chance.choice(COLLEAGUES[1:])
        body = {"user": person.object_id, "member": chance.random() < 0.7}
        status, _ = await self.day.act(f"chats/{chat}/members", ALEX, **body)
        return status

    async def renames(self, chance: Random) -> int:
        chat, topic = chance.choice(self.day.chats), f"Pump {chance.randrange(1_000)}"
        status, _ = await self.day.act(f"chats/{chat}/topic", ALEX, topic=topic)
        return status

    async def reinstalls(self, chance: Random) -> int:
        """Remove the app from a chat, and add it again."""
        chat = chance.choice(self.day.chats)
        await self.day.act(f"chats/{chat}/app", ALEX, installed=False)
        status, _ = await self.day.act(f"chats/{chat}/app", ALEX, installed=True)
        return status

    async def pastes(self, chance: Random) -> int:
        case = chance.choice(self.day.cases)
        url = f"{self.day.sandbox}/main.aspx?etn=incident&pagetype=entityrecord&id={case.row}"
        return await self._invokes(chance, "composeExtension/queryLink", {"url": url})

    async def searches(self, chance: Random) -> int:
        words = chance.choice(("pump", "CAS-010", "valve", "no such thing", "Contoso"))
        parameters = [{"name": "query", "value": words}]
        value = {"commandId": "search", "parameters": parameters, "queryOptions": {"skip": 0, "count": 25}}
        return await self._invokes(chance, "composeExtension/query", value)

    async def types(self, chance: Random) -> int:
        text = chance.choice(("p", "pu", "pump", "meg", "adele", ""))
        dataset = chance.choice(("records", "people", "members", "time zones"))
        options = {"queryOptions": {"skip": 0, "top": 15}, "dataset": dataset}
        return await self._invokes(chance, "application/search", {"kind": "search", "queryText": text, **options})

    async def presses(self, chance: Random) -> int:
        """Press a button of a card in a chat, or go through the dialog that it opens."""
        chat = chance.choice(self.day.chats)
        query = f"person={ALEX.object_id}&after={max(1, self.version - RECENT)}"
        status, state = await self.day.send("GET", f"{self.day.sandbox}/chats/{chat}/state?{query}")
        self.version = (state or {}).get("version", self.version)
        cards = [(each["number"], each["card"]) for each in (state or {}).get("messages", ()) if each["card"]]
        if not cards:
            return status
        number, card = chance.choice(cards[-10:])
        button = chance.choice([*buttons(card).values(), None])
        if button is None or "data" not in button:
            return status
        if button["type"] == "Action.Execute":
            action = {"type": "Action.Execute", "verb": button["verb"], "data": button["data"]}
            value = {"action": action, "trigger": "manual"}
            return await self._invokes(chance, "adaptiveCard/action", value, chat=chat, message=number)
        return await self._goes_through(chance, chat, button["data"])

    async def opens(self, chance: Random) -> int:
        """Go through a dialog about a connected record."""
        case = chance.choice(self.day.cases)
        record = {"environment": "localhost/sandbox", "table": "incident", "row": case.row}
        dialog = chance.choice(("notifications", "update", "members", "recordTimeline", "notificationsWhy"))
        return await self._goes_through(chance, chance.choice(self.day.chats), {"dialog": dialog, **record})

    async def _goes_through(self, chance: Random, chat: str, data: Mapping[str, Any]) -> int:
        status: int = HTTPStatus.OK
        for page in range(_PAGES):
            if str(data.get("dialog", "")).startswith(_GROWING):
                break
            name = "task/submit" if page else "task/fetch"
            value = {"data": {**data, "msteams": {"type": "task/fetch"}}, "context": {"theme": "default"}}
            status, answer = await self._asks(chance, chat, name, value)
            following = _following(chance, answer)
            if following is None:
                break
            data = following
        return status

    async def _invokes(
        self, chance: Random, name: str, value: object, *, chat: str = "", message: int | None = None
    ) -> int:
        chosen = chat or chance.choice(self.day.chats)
        status, _ = await self._asks(chance, chosen, name, value, message=message)
        return status

    async def _asks(
        self, chance: Random, chat: str, name: str, value: object, *, message: int | None = None
    ) -> tuple[int, Any]:
        person = chance.choice((ALEX, *COLLEAGUES))
        number = {} if message is None else {"message": message}
        return await self.day.act(f"chats/{chat}/invokes", person, name=name, value=value, **number)

    async def looks_at_the_pane(self, chance: Random) -> int:
        """Open the pane beside a record, and let it poll."""
        person = chance.choice(COLLEAGUES)
        status, made = await self._pane("session", {"person": person.object_id})
        if status != HTTPStatus.CREATED:
            return status
        token = {"Authorization": f"Bearer {made['session']}"}
        record = {"environment": "localhost/sandbox", "table": "incident", "row": chance.choice(self.day.cases).row}
        status, view = await self._pane("view", {"record": record}, **token)
        for _ in range(2 if view and "watch" in view else 0):
            status, _ = await self._pane("poll", view["watch"], **token)
        return status

    async def _pane(self, name: str, body: object, **headers: str) -> tuple[int, Any]:
        return await self.day.send("POST", f"{self.day.web}/pane/{name}", body, **_OWN, **headers)

    async def strangers(self, chance: Random) -> int:
        """Send what no partner sends. The bot must refuse it."""
        path = chance.choice(("api/messages", "api/dataverse/events?code=x", f"api/dataverse/events?code={KEY}", ""))
        body: object = chance.choice(([], {"type": "message"}, "x", {"value": [{"clientState": "x"}]}, None))
        number = {"x-ms-correlation-request-id": f"{chance.randrange(10**9):09}"}
        status, _ = await self.day.send("POST", f"{self.day.web}/{path}", body, **number)
        return status

    async def operators(self, _chance: Random) -> int:
        status, _ = await self.day.send("GET", f"{self.day.web}/readyz")
        return min(status, (await self.day.send("GET", f"{self.day.web}/metrics"))[0])


def _following(chance: Random, answer: Any) -> Mapping[str, Any] | None:
    """Return what a random button of the page submits, with the values that the page shows; None if it has none."""
    try:
        card = answer["answer"]["task"]["value"]["card"]["content"]
    except (KeyError, TypeError):
        return None
    submits = [each["data"] for each in buttons(card).values() if isinstance(each.get("data"), dict)]
    filled = {name: each.get("value", "") for name, each in inputs(card).items()}
    return {**filled, **chance.choice(submits)} if submits else None


ACTS: Mapping[Act, int] = {
    Traffic.talks: 10,
    Traffic.commands: 10,
    Traffic.changes: 20,
    Traffic.adds_and_deletes: 1,
    Traffic.moves: 4,
    Traffic.renames: 3,
    Traffic.reinstalls: 1,
    Traffic.pastes: 6,
    Traffic.searches: 6,
    Traffic.types: 6,
    Traffic.presses: 15,
    Traffic.opens: 6,
    Traffic.looks_at_the_pane: 6,
    Traffic.strangers: 5,
    Traffic.operators: 2,
}
"""Acts, and how often people do them in relation to each other."""
