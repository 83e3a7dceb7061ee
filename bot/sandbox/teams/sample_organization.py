"""Actions of people and apps in chats. Each is stored, and then the bot and Graph's subscribers are notified."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from aiohttp import web

from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.graph_notifications.notification_sender import Notifying
from bot.sandbox.graph_notifications.subscriptions import Happened
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.storage.rows import Rows
from bot.sandbox.storage.store import Store
from bot.sandbox.teams.activity_sender import Telling
from bot.sandbox.teams.channels import CHANNELS, TEAM_ID
from bot.sandbox.teams.chats import (
    CHATS,
    INSTALLED,
    Place,
    find_chat,
    has_app,
    member,
    put_chat,
    put_member,
    put_message,
)
from bot.sandbox.teams.people import DIRECTORY, SampleUser, own_object_id
from bot.sandbox.values import Json, Row

WHOLE_HISTORY = "0001-01-01T00:00:00Z"


@dataclass(slots=True, kw_only=True)
class Teams:
    """The sample organization's Teams."""

    settings: SandboxSettings
    store: Store
    now: Callable[[], datetime]
    telling: Telling | None = None
    notifying: Notifying | None = None
    """Sender of change notifications. Both senders are None until the application runs."""
    withheld: set[str] = field(default_factory=set)
    """Graph permissions that the organization has not granted to the app."""
    subscriptions_at_most: int = 10_000
    """Maximum number of subscriptions in an organization ("Change notifications", Supported resources)."""

    @property
    def rows(self) -> Rows:
        """All stored rows."""
        return self.store.rows

    async def create(self, people: Sequence[SampleUser], topic: str | None) -> Row:
        """Create a group chat with these people and without the bot."""
        place = self._own_place(f"19:{uuid4().hex}@thread.v2", "group")
        async with self.store.change() as draft:
            for user in people:
                put_member(draft, place.id, user, account=user.account, since=WHOLE_HISTORY)
            return put_chat(draft, place, topic, self.now())

    async def rename(self, chat: Row, topic: str) -> Row:
        """Rename the chat. Only Graph's subscribers are notified, because Teams sends bots no activity for it."""
        async with self.store.change() as draft:
            renamed = draft.update(chat, {"topic": topic, "lastUpdatedDateTime": instant(self.now())})
        self._notify(Happened(chat=chat.id, kind="updated"))
        return renamed

    async def add(self, chat: Row, user: SampleUser, since: str | None) -> Row:
        """Add a person to the chat."""
        async with self.store.change() as draft:
            row = put_member(draft, chat.id, user, account=user.account, since=since)
            draft.update(chat, {"lastUpdatedDateTime": instant(self.now())})
        self._notify(Happened(chat=chat.id, kind="created", member=row.id))
        if self.telling and has_app(self.rows, chat.id):
            await self.telling.members_added(place_of(chat), [_account(row)])
        return row

    async def remove(self, chat: Row, membership: Row) -> None:
        """Remove a person from the chat."""
        async with self.store.change() as draft:
            draft.remove(membership)
            draft.update(chat, {"lastUpdatedDateTime": instant(self.now())})
        self._notify(Happened(chat=chat.id, kind="deleted", member=membership.id))
        if self.telling and has_app(self.rows, chat.id):
            await self.telling.members_removed(place_of(chat), [_account(membership)])

    async def install(self, place_id: str) -> None:
        """Install the bot's app in a chat or the team."""
        async with self.store.change() as draft:
            draft.put(INSTALLED, place_id, {"appId": self.settings.app_id})
        chat = find_chat(self.rows, place_id)
        general = CHANNELS[0]
        place = place_of(chat) if chat else self._own_place(general.id, "channel")
        if self.telling:
            await self.telling.app_added(place)

    async def uninstall(self, place_id: str) -> None:
        """Remove the app."""
        row = self.rows.get(INSTALLED, place_id)
        async with self.store.change() as draft:
            if row:
                draft.remove(row)

    async def post(self, conversation: str, summary: str, card: str) -> int:
        """Store a message that the bot posted, and return its number."""
        async with self.store.change() as draft:
            return put_message(draft, conversation, summary=summary, card=card, at=self.now())

    async def learn(self, activity: Mapping[str, object]) -> None:
        """Register a group chat that another client has with the bot, and the sender of the activity."""
        place, user, account = _seen(activity)
        if place is None or place.service_url.startswith(self.settings.url):
            return
        known = find_chat(self.rows, place.id)
        new_member = user if user and not member(self.rows, place.id, user.id) else None
        if known and not new_member and has_app(self.rows, place.id):
            return
        async with self.store.change() as draft:
            if known is None:
                put_chat(draft, place, None, self.now())
            draft.put(INSTALLED, place.id, {"appId": self.settings.app_id})
            if new_member:
                put_member(draft, place.id, new_member, account=account, since=WHOLE_HISTORY)

    def chats(self) -> Sequence[Row]:
        """Return all chats, newest first."""
        return sorted(self.rows.all(CHATS), key=lambda row: row.text("createdDateTime"), reverse=True)

    def team_has_app(self) -> bool:
        """Return True if the bot's app is installed in the team."""
        return has_app(self.rows, TEAM_ID)

    def _notify(self, what: Happened) -> None:
        if self.notifying:
            self.notifying.happened(what)

    def _own_place(self, conversation: str, kind: str) -> Place:
        return Place(
            id=conversation,
            kind=kind,
            service_url=f"{self.settings.url}/teams/",
            bot_id=f"28:{self.settings.app_id}",
            bot_name="Chat Sync",
        )


TEAMS = web.AppKey("TEAMS", Teams)


def place_of(chat: Row) -> Place:
    """Return the chat and its bot as activities describe them."""
    return Place(
        id=chat.id,
        kind=chat.text("chatType"),
        service_url=chat.text("serviceUrl"),
        bot_id=chat.text("botId"),
        bot_name=chat.text("botName"),
        tenant_id=chat.text("tenantId"),
    )


def _account(membership: Row) -> Mapping[str, Json]:
    return {"id": membership.text("account"), "aadObjectId": membership.text("userId")}


def _seen(activity: Mapping[str, object]) -> tuple[Place | None, SampleUser | None, str]:
    """Return the group chat, sender, and sender's account in an activity, as far as it contains them."""
    conversation, bot, sender = (_part(activity, name) for name in ("conversation", "recipient", "from"))
    chat, service_url = conversation.get("id"), activity.get("serviceUrl")
    if conversation.get("conversationType") != "groupChat" or not isinstance(chat, str):
        return None, None, ""
    place = Place(
        id=chat,
        kind="group",
        service_url=str(service_url),
        bot_id=str(bot.get("id", "")),
        bot_name=str(bot.get("name", "")),
        tenant_id=str(conversation.get("tenantId", "")),
    )
    user = DIRECTORY.get(own_object_id(str(sender.get("aadObjectId", ""))) or "")
    return place, user, str(sender.get("id", ""))


def _part(activity: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = activity.get(name)
    return found if isinstance(found, Mapping) else {}
