"""The Teams side of a story: actions of people, and what they see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.teams.chats import messages_of
from bot.store import tables
from tests.cards.schema import parts, schema_errors
from tests.wire.people import ALEX, COLLEAGUES, Somebody
from tests.wire.progress import Progress
from tests.wire.surroundings import BOT, GROUP, MESSAGES, OTHER_GROUP, PERSONAL, TENANT


@dataclass
class TeamsSide(Progress):
    """Chats, their cards, and their dialogs."""

    def activity(self, chat: str = GROUP, person: Somebody | None = ALEX, **more: Any) -> dict[str, Any]:
        """Return an activity in the format of Teams."""
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
        """Post an activity; return the status and JSON of the response, or None for an empty body."""
        async with self.session.post(self.url + MESSAGES, json=activity, headers=self.headers) as answer:
            body = await answer.read()
            return answer.status, (await answer.json() if body else None)

    async def say(self, text: str, *, person: Somebody = ALEX, chat: str = GROUP) -> None:
        """Mention the bot in a message. The connector receives the reply."""
        at = f"<at>{BOT['name']}</at>"
        mention = {"type": "mention", "mentioned": BOT, "text": at}
        message = self.activity(chat, person, type="message", text=f"{at} {text}\n", entities=[mention])
        status, _ = await self.post(message)
        assert status == 201

    async def press(
        self, button: Mapping[str, Any], *, person: Somebody = ALEX, chat: str = GROUP, message: str = ""
    ) -> dict[str, Any]:
        """Select an Action.Execute of the message with this ID; return the response."""
        action = {"type": "Action.Execute", "verb": button["verb"], "data": button["data"]}
        value = {"action": action, "trigger": "manual"}
        reply_to = {"replyToId": message} if message else {}
        invoke = self.activity(chat, person, type="invoke", name="adaptiveCard/action", value=value, **reply_to)
        status, body = await self.post(invoke)
        assert status == 200
        answer: dict[str, Any] = body
        return answer

    async def paste(self, url: str, *, person: Somebody = ALEX, chat: str = GROUP) -> list[dict[str, Any]]:
        """Paste a link; return the attachments of the response."""
        invoke = self.activity(chat, person, type="invoke", name="composeExtension/queryLink", value={"url": url})
        status, body = await self.post(invoke)
        assert status == 200
        attachments: list[dict[str, Any]] = body["composeExtension"]["attachments"]
        return attachments

    def join(self, *people: Somebody, chat: str = GROUP) -> None:
        """Add these people to the chat."""
        self.connector.members[chat] += [each.account_id for each in people]

    async def add_bot(self, chat: str = GROUP, *people: Somebody) -> None:
        """Add the app to a chat with these people, or with all colleagues."""
        self.connector.members[chat] = [each.account_id for each in people or COLLEAGUES]
        await self.post(self.activity(chat, type="installationUpdate", action="add"))
        await self.post(self.activity(chat, type="conversationUpdate", membersAdded=[BOT]))
        await self.settle()
        self.connector.posts.pop(chat, None)

    async def know_chats(self, *chats: str) -> None:
        """Store these chats before the bot starts, as if it had been added and had introduced itself."""
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

    async def ask_page(
        self, data: Mapping[str, Any], *, person: Somebody = ALEX, chat: str = GROUP, name: str = "task/submit"
    ) -> dict[str, Any]:
        """Open a dialog or select a button in it; return the next page."""
        value = {"data": {**data, "msteams": {"type": "task/fetch"}}, "context": {"theme": "default"}}
        status, body = await self.post(self.activity(chat, person, type="invoke", name=name, value=value))
        assert status == 200
        page: dict[str, Any] = body["task"]["value"]["card"]["content"]
        assert schema_errors(page) == []
        return page

    async def type_in(self, dataset: str, text: str, *, person: Somebody = ALEX) -> list[str]:
        """Type into an input with type-ahead search; return the titles of the results."""
        value = {"kind": "search", "queryText": text, "queryOptions": {"skip": 0, "top": 15}, "dataset": dataset}
        invoke = self.activity(GROUP, person, type="invoke", name="application/search", value=value)
        status, body = await self.post(invoke)
        assert status == 200
        return [each["title"] for each in body["value"]["results"]]

    def made_chats(self) -> list[str]:
        """Return the IDs of the chats that were created through Graph."""
        return [row.id for row in self.teams.chats()]

    def posted(self, chat: str) -> list[str]:
        """Return a one-line summary of each post into a chat created through Graph, the oldest first."""
        return [row.text("summary") for row in reversed(messages_of(self.teams.rows, chat))]

    def card(self, chat: str = GROUP) -> dict[str, Any]:
        """Return the only card in the chat, and remove it, so that the next one is the only one again."""
        (card,) = self.connector.cards(chat)
        assert schema_errors(card) == []
        self.connector.posts.pop(chat)
        return card

    def private_card(self, person: Somebody = ALEX, *, chat: str = GROUP) -> dict[str, Any]:
        """Return the card of the newest targeted message, which only this person sees."""
        message = self.connector.targeted[chat][-1]
        assert message["recipient"] == {"id": person.account_id, "isTargeted": True}
        card: dict[str, Any] = message["attachments"][0]["content"]
        assert schema_errors(card) == []
        return card

    def nothing_was_said(self, *chats: str) -> bool:
        return not any(self.connector.posts.get(chat) for chat in chats or (GROUP, OTHER_GROUP, PERSONAL))


def texts(card: Mapping[str, Any]) -> list[str]:
    """Return the texts of a card from top to bottom; facts as `label: value`."""
    said = []
    for part in parts(dict(card)):
        if part.get("type") == "TextBlock":
            said.append(part["text"])
        elif "value" in part and "title" in part:
            said.append(f"{part['title']}: {part['value']}")
    return said


def buttons(card: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the card's buttons by title, the first one of each title."""
    kinds = {"Action.Execute", "Action.OpenUrl", "Action.Submit"}
    found: dict[str, dict[str, Any]] = {}
    for part in parts({name: value for name, value in card.items() if name != "refresh"}):
        if part.get("type") in kinds:
            found.setdefault(part["title"], part)
    return found
