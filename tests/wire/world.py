"""A running Chat Sync with everything around it: the sandbox, a connector, a clock that stands still."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from aiohttp import ClientSession, web
from sqlalchemy import Table, and_, or_, select

from bot.config.settings import Settings
from bot.domain.limits import Limits
from bot.logs import AccessLogger
from bot.sandbox.faults import HEADER
from bot.sandbox.teams.chats import messages_of
from bot.sandbox.teams.sample_organization import SampleOrganization
from bot.store import tables
from bot.store.engine import Engines
from bot.store.tables import change_link, inbox, lane, outbox
from bot.wiring.application import make_app
from tests.cards.schema import parts, schema_errors
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector
from tests.fakes.databases import DatabaseReader
from tests.patience import PATIENCE_S
from tests.wire.people import ALEX, COLLEAGUES, Somebody

T = TypeVar("T")

GROUP = "19:0f0f0f0f@thread.v2"
OTHER_GROUP = "19:1e1e1e1e@thread.v2"
PERSONAL = "a:1personal"
BOT = {"id": "28:chat-sync", "name": "Chat Sync"}
WEBHOOK_KEY = "a-key-that-nobody-guesses"
CLIENT_STATE = "a-state-that-nobody-guesses"
TENANT = "bbbbbbbb-0000-4000-8000-000000000002"
API = "/api/data/v9.2"
EVENTS = "/api/dataverse/events"
MESSAGES = "/api/messages"
UNPACED = Limits(chat=(), tenant=None, answer_within_s=PATIENCE_S, graph_pace_s=0, sync=None)
"""The clock stands still: at Teams' pace most stories would have to move it for no reason of theirs. A busy machine
may take longer to answer than people wait.
"""


@dataclass
class World:
    """What a test does to Chat Sync, and what it sees of it."""

    settings: Settings
    session: ClientSession
    connector: FakeConnector
    clock: HeldClock
    engines: Engines
    reader: DatabaseReader
    url: str
    """Where the bot answers."""
    sandbox: str
    """Where the sandbox answers."""
    dataverse_is_down: bool = False
    dataverse_hangs: bool = False
    dataverse_hangs_on: str = ""
    """What is in the path of requests that are not answered."""
    dataverse_refuses_to_act_for_people: object = None
    """The body with which requests on behalf of a person are refused."""
    dataverse_refuses: dict[str, tuple[int, object]] = field(default_factory=dict)
    """Status and body with which requests are answered whose address holds this."""
    dataverse_was_asked: list[str] = field(default_factory=list)
    """The addresses that the sandbox was asked for."""
    dataverse_was_sent: list[bytes] = field(default_factory=list)
    """The bodies that the sandbox, its Graph too, was sent."""
    event_answers: list[int] = field(default_factory=list)
    """The statuses with which events were answered."""
    looks: dict[str, int] = field(default_factory=dict)
    """How often the test has seen that each chat was to be looked at."""
    limits: Limits = UNPACED
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of every call as Teams."""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    teams: SampleOrganization = field(init=False)
    """The chats of the sandbox."""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Starts the bot on what is kept."""
        app = await make_app(self.settings, clock=self.clock, limits=self.limits)
        self._count_events(app)
        self._runner = web.AppRunner(app, access_log_class=AccessLogger)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.settings.host, self.settings.port).start()

    async def stop(self) -> None:
        """Stops the bot, if it runs, as an administrator does."""
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def restart(self) -> None:
        """Stops and starts the bot."""
        await self.stop()
        await self.start()

    def let_dataverse_answer(self) -> None:
        """Dataverse does not hang any more."""
        self.dataverse_hangs, self.dataverse_hangs_on = False, ""

    # Teams ---------------------------------------------------------------------------------------------------------

    def activity(self, chat: str = GROUP, person: Somebody | None = ALEX, **more: Any) -> dict[str, Any]:
        """An activity as Teams sends it."""
        kind = "personal" if chat == PERSONAL or chat.endswith("@unq.gbl.spaces") else "groupChat"
        sender = (
            {"from": {"id": person.account_id, "name": person.name, "aadObjectId": person.object_id}} if person else {}
        )
        return {
            "id": "1735689600000",
            "timestamp": self.clock.now().isoformat(),
            "serviceUrl": self.connector.service_url,
            "channelId": "msteams",
            "conversation": {
                "id": chat,
                "conversationType": kind,
                "tenantId": TENANT,
                **({"isGroup": True} if kind == "groupChat" else {}),
            },
            "recipient": BOT,
            "channelData": {"tenant": {"id": TENANT}},
            **sender,
            **more,
        }

    async def post(self, activity: object) -> tuple[int, Any]:
        """Status and JSON of what the bot answers to an activity; no JSON is None."""
        async with self.session.post(self.url + MESSAGES, json=activity, headers=self.headers) as answer:
            body = await answer.read()
            return answer.status, (await answer.json() if body else None)

    async def say(self, text: str, *, person: Somebody = ALEX, chat: str = GROUP) -> None:
        """Somebody mentions the bot and writes; what is answered in the chat comes to the connector."""
        at = f"<at>{BOT['name']}</at>"
        mention = {"type": "mention", "mentioned": BOT, "text": at}
        message = self.activity(chat, person, type="message", text=f"{at} {text}\n", entities=[mention])
        status, _ = await self.post(message)
        assert status == 201

    async def press(self, button: Mapping[str, Any], *, person: Somebody = ALEX, chat: str = GROUP) -> dict[str, Any]:
        """Somebody presses an Action.Execute; gives what the press is answered."""
        action = {"type": "Action.Execute", "verb": button["verb"], "data": button["data"]}
        value = {"action": action, "trigger": "manual"}
        invoke = self.activity(chat, person, type="invoke", name="adaptiveCard/action", value=value)
        status, body = await self.post(invoke)
        assert status == 200
        answer: dict[str, Any] = body
        return answer

    async def paste(self, url: str, *, person: Somebody = ALEX, chat: str = GROUP) -> list[dict[str, Any]]:
        """Somebody pastes a link; gives the attachments that Teams is answered."""
        invoke = self.activity(chat, person, type="invoke", name="composeExtension/queryLink", value={"url": url})
        status, body = await self.post(invoke)
        assert status == 200
        attachments: list[dict[str, Any]] = body["composeExtension"]["attachments"]
        return attachments

    def join(self, *people: Somebody, chat: str = GROUP) -> None:
        """These people are in the chat too."""
        self.connector.members[chat] += [each.account_id for each in people]

    async def add_bot(self, chat: str = GROUP, *people: Somebody) -> None:
        """The app is added to a chat with these people in it, or everybody."""
        self.connector.members[chat] = [each.account_id for each in people or COLLEAGUES]
        await self.post(self.activity(chat, type="installationUpdate", action="add"))
        await self.post(self.activity(chat, type="conversationUpdate", membersAdded=[BOT]))
        await self.settle()
        self.connector.posts.pop(chat, None)

    async def know_chats(self, *chats: str) -> None:
        """Let the bot, which is not started yet, know these chats as if it had been added and had introduced itself."""
        known = [
            {
                "id": each,
                "kind": "personal" if each == PERSONAL else "group",
                "channel": "msteams",
                "tenant_id": TENANT,
                "service_url": self.connector.service_url,
                "bot_id": BOT["id"],
                "bot_name": BOT["name"],
                "bot_present": True,
                "introduced_at": self.clock.now(),
            }
            for each in chats
        ]
        async with self.engines.writing.begin() as connection:
            await connection.execute(tables.chat.insert(), known)
        for each in chats:
            self.connector.members[each] = [person.account_id for person in COLLEAGUES]

    # Dialogs and the chats of Graph --------------------------------------------------------------------------------

    async def ask_page(
        self, data: Mapping[str, Any], *, person: Somebody = ALEX, chat: str = GROUP, name: str = "task/submit"
    ) -> dict[str, Any]:
        """Somebody opens a dialog or presses a button in it; gives the page that it shows next."""
        value = {"data": {**data, "msteams": {"type": "task/fetch"}}, "context": {"theme": "default"}}
        status, body = await self.post(self.activity(chat, person, type="invoke", name=name, value=value))
        assert status == 200
        page: dict[str, Any] = body["task"]["value"]["card"]["content"]
        assert schema_errors(page) == []
        return page

    async def type_in(self, dataset: str, text: str, *, person: Somebody = ALEX) -> list[str]:
        """Somebody types into an input that searches; gives the titles of what is found."""
        value = {"kind": "search", "queryText": text, "queryOptions": {"skip": 0, "top": 15}, "dataset": dataset}
        invoke = self.activity(GROUP, person, type="invoke", name="application/search", value=value)
        status, body = await self.post(invoke)
        assert status == 200
        return [each["title"] for each in body["value"]["results"]]

    async def fault(self, door: str, fault: str) -> None:
        """A coming request to a door of the sandbox goes wrong."""
        paths = {"graph": "graph/v1.0/users", "teams": "teams/v3/conversations/x/members"}
        headers = {HEADER: f"{fault}; times=1"}
        async with self.session.get(f"{self.sandbox}/{paths[door]}", headers=headers):
            pass

    def made_chats(self) -> list[str]:
        """The chats that Graph has made."""
        return [row.id for row in self.teams.chats()]

    def posted(self, chat: str) -> list[str]:
        """What the bot posted into a chat that Graph has made, in one line each, the oldest first."""
        return [row.text("summary") for row in reversed(messages_of(self.teams.rows, chat))]

    # Dataverse -----------------------------------------------------------------------------------------------------

    async def row(self, table: str, number: str = "CAS-01001", column: str = "ticketnumber") -> str:
        """The id of a sample row."""
        query = {"$filter": f"{column} eq '{number}'"}
        async with self.session.get(f"{self.sandbox}{API}/{table}", params=query) as answer:
            (found,) = (await answer.json())["value"]
            row_id: str = found[{"incidents": "incidentid", "accounts": "accountid"}[table]]
            return row_id

    async def link(self, number: str = "CAS-01001") -> str:
        """The address of a case."""
        return f"{self.sandbox}/main.aspx?pagetype=entityrecord&etn=incident&id={await self.row('incidents', number)}"

    async def change(
        self, values: Mapping[str, object], *, number: str = "CAS-01001", by: Somebody = ALEX, told: bool = True
    ) -> None:
        """Somebody saves a case; returns when Dataverse has told of it (`told`: it is a column that it tells of)."""
        before = len(self.event_answers)
        row_id = await self.row("incidents", number)
        url = f"{self.sandbox}{API}/incidents({row_id})"
        async with self.session.patch(url, json=values, headers={"CallerObjectId": by.object_id}) as answer:
            assert answer.status == 204, await answer.text()
        if told:
            await self.until(lambda: len(self.event_answers) > before)

    async def user_id(self, person: Somebody) -> str:
        """The id of a person's Dataverse user."""
        query = {"$filter": f"azureactivedirectoryobjectid eq {person.object_id}"}
        async with self.session.get(f"{self.sandbox}{API}/systemusers", params=query) as answer:
            (found,) = (await answer.json())["value"]
            user_id: str = found["systemuserid"]
            return user_id

    async def case_owned_by(self, owner: str) -> str:
        """The number of a case that this user or team owns."""
        query = {"$select": "ticketnumber,_ownerid_value", "$orderby": "ticketnumber"}
        headers = {"Prefer": 'odata.include-annotations="*"'}
        async with self.session.get(f"{self.sandbox}{API}/incidents", params=query, headers=headers) as answer:
            rows = (await answer.json())["value"]
        name = "_ownerid_value@OData.Community.Display.V1.FormattedValue"
        return next(str(row["ticketnumber"]) for row in rows if row[name] == owner)

    async def delete(self, table: str, row_id: str, *, by: Somebody = ALEX) -> None:
        """Somebody deletes a row in Dataverse."""
        url = f"{self.sandbox}{API}/{table}({row_id})"
        async with self.session.delete(url, headers={"CallerObjectId": by.object_id}) as answer:
            assert answer.status == 204, await answer.text()

    async def switch_webhook(self, *, on: bool) -> None:
        """An administrator switches the steps on or off by which Dataverse tells of changes."""
        steps = f"{self.sandbox}{API}/sdkmessageprocessingsteps"
        async with self.session.get(steps) as answer:
            found = (await answer.json())["value"]
        for step in found:
            values = {"statecode": 0, "statuscode": 1} if on else {"statecode": 1, "statuscode": 2}
            url = f"{steps}({step['sdkmessageprocessingstepid']})"
            async with self.session.patch(url, json=values) as answer:
                assert answer.status == 204, await answer.text()

    async def tell(self, body: object, **headers: str) -> tuple[int, Any]:
        """Status and JSON of what a webhook call is answered."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.url}{EVENTS}?code={WEBHOOK_KEY}"
        async with self.session.post(url, json=body, headers=named) as answer:
            return answer.status, await answer.json()

    # What becomes of it --------------------------------------------------------------------------------------------

    async def window_ends(self) -> None:
        """The window in which changes are gathered ends, and what follows is done."""
        await self.settle()
        self.clock.advance(2)
        await self.settle()

    async def settle(self) -> None:
        """Returns when nothing is left to do at the time on the clock."""
        due = and_(lane.c.due_at.is_not(None), lane.c.due_at <= self.clock.now())
        busy = lane.select().where(or_(due, lane.c.leased_until.is_not(None))).limit(1)
        async with asyncio.timeout(PATIENCE_S):
            while await self.reader.rows(busy):
                await asyncio.sleep(0.01)

    async def looked_through(self, table: str) -> None:
        """Returns when the table was looked through for missed changes, from now on, and all is told."""
        newest = and_(change_link.c.table == table, change_link.c.taken_at >= self.clock.now())
        async with asyncio.timeout(PATIENCE_S):
            for tries in count(1):
                if await self.rows_in(change_link, newest):
                    break
                await asyncio.sleep(0.01)
                if tries % 200 == 0:
                    # It looked just before the clock was moved, and sleeps until it looks again.
                    self.clock.advance(15 * 60)
        await self.settle()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work, from a test that is no coroutine (a property of hypothesis)."""
        return self.loop.run_until_complete(work)

    async def until(self, condition: Any) -> None:
        """Returns when the condition holds; fails the test where it never does."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)

    async def rows_in(self, table: Table, *where: Any) -> Sequence[Mapping[str, Any]]:
        """What the store keeps."""
        return await self.reader.rows(select(table).where(*where))

    async def forget(self, table: Table) -> None:
        """Empties a table: what is left in it was expected."""
        async with self.engines.writing.begin() as connection:
            await connection.execute(table.delete())

    async def leftovers(self) -> list[str]:
        """What waits or was parked, though the test did not say so."""
        left = []
        for queue in (inbox, outbox):
            left += [f"{queue.name}: {row['reason']}" for row in await self.rows_in(queue, queue.c.state != "done")]
        return left

    def card(self, chat: str = GROUP) -> dict[str, Any]:
        """The only card in the chat; it is taken away, so that the next one is alone again."""
        (card,) = self.connector.cards(chat)
        assert schema_errors(card) == []
        self.connector.posts.pop(chat)
        return card

    def nothing_was_said(self, *chats: str) -> bool:
        return not any(self.connector.posts.get(chat) for chat in chats or (GROUP, OTHER_GROUP, PERSONAL))

    def _count_events(self, app: web.Application) -> None:
        """Notes how each event is answered."""

        async def prepared(request: web.Request, response: web.StreamResponse) -> None:
            if request.path == EVENTS:
                self.event_answers.append(response.status)

        app.on_response_prepare.append(prepared)


def texts(card: Mapping[str, Any]) -> list[str]:
    """What stands on a card, from top to bottom; facts as `label: value`."""
    said = []
    for part in parts(dict(card)):
        if part.get("type") == "TextBlock":
            said.append(part["text"])
        elif "value" in part and "title" in part:
            said.append(f"{part['title']}: {part['value']}")
    return said


def buttons(card: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The card's buttons by their titles, the first where several have one title."""
    kinds = {"Action.Execute", "Action.OpenUrl", "Action.Submit"}
    found: dict[str, dict[str, Any]] = {}
    for part in parts({name: value for name, value in card.items() if name != "refresh"}):
        if part.get("type") in kinds:
            found.setdefault(part["title"], part)
    return found
