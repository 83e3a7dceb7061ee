"""Actions of people and apps in chats. Each is stored, and then the bot and Graph's subscribers are notified."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from aiohttp import web

from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.graph_notifications.notification_sender import NotificationSender
from bot.sandbox.graph_notifications.subscriptions import ChatChange
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.storage.rows import Changes, Rows
from bot.sandbox.storage.store import Store
from bot.sandbox.teams.activity_sender import ActivitySender
from bot.sandbox.teams.channels import CHANNELS, TEAM_ID, SampleChannel, find_channel, put_channel
from bot.sandbox.teams.chats import (
    CHATS,
    INSTALLED,
    Content,
    Conversation,
    find_chat,
    find_member,
    find_message,
    has_app,
    is_expired,
    put_chat,
    put_member,
    put_message,
)
from bot.sandbox.teams.people import DIRECTORY, SampleUser, parse_object_id
from bot.sandbox.values import Json, Row, Value

WHOLE_HISTORY = "0001-01-01T00:00:00Z"


@dataclass(slots=True, kw_only=True)
class SampleOrganization:
    """The sample organization's Teams."""

    settings: SandboxSettings
    store: Store
    now: Callable[[], datetime]
    activity_sender: ActivitySender | None = None
    notification_sender: NotificationSender | None = None
    """Sender of change notifications. Both senders are None until the application runs."""
    withheld: set[str] = field(default_factory=set)
    """Graph permissions that the organization has not granted to the app."""
    max_subscriptions: int = 10_000
    """Limit of subscriptions per organization ("Supported resources", Microsoft Graph change notifications)."""

    @property
    def _service_url(self) -> str:
        return f"{self.settings.url}/teams/"

    @property
    def rows(self) -> Rows:
        """All stored rows."""
        return self.store.rows

    def set_own_address(self) -> None:
        """Set the service URL of the chats that people use here, because an earlier run can have had another port."""
        own = self._service_url
        path = urlsplit(own).path
        chats = [row for row in self.rows.all(CHATS) if urlsplit(row.text("serviceUrl")).path == path]
        moved = [replace(row, values={**row.values, "serviceUrl": own}) for row in chats]
        self.rows.apply(Changes(put=moved, version=self.rows.version))

    async def create(self, people: Sequence[SampleUser], topic: str | None) -> Row:
        """Create a group chat with these people and without the bot."""
        conversation = self._own_conversation(f"19:{uuid4().hex}@thread.v2", "group")
        async with self.store.transaction() as transaction:
            for user in people:
                put_member(transaction, conversation.id, user, account=user.account, since=WHOLE_HISTORY)
            return put_chat(transaction, conversation, topic, self.now())

    async def open_personal_chat(self, user: SampleUser) -> Row:
        """Return the person's chat with the bot. The first time, create it and install the app in it."""
        conversation = self._own_conversation(f"19:{user.id}_{self.settings.app_id}@unq.gbl.spaces", "oneOnOne")
        existing = find_chat(self.rows, conversation.id)
        if existing:
            return existing
        async with self.store.transaction() as transaction:
            put_member(transaction, conversation.id, user, account=user.account, since=WHOLE_HISTORY)
            chat = put_chat(transaction, conversation, None, self.now())
        await self.install(chat.id)
        return chat

    async def rename(self, chat: Row, topic: str) -> Row:
        """Rename the chat. Only Graph's subscribers are notified, because Teams sends bots no activity for it."""
        async with self.store.transaction() as transaction:
            renamed = transaction.update(chat, {"topic": topic, "lastUpdatedDateTime": instant(self.now())})
        self._notify(ChatChange(chat=chat.id, kind="updated"))
        return renamed

    async def add(self, chat: Row, user: SampleUser, since: str | None) -> Row:
        """Add a person to the chat."""
        async with self.store.transaction() as transaction:
            row = put_member(transaction, chat.id, user, account=user.account, since=since)
            transaction.update(chat, {"lastUpdatedDateTime": instant(self.now())})
        self._notify(ChatChange(chat=chat.id, kind="created", member=row.id))
        if self.activity_sender and has_app(self.rows, chat.id):
            await self.activity_sender.members_added(conversation_of(chat), [_account(row)])
        return row

    async def remove(self, chat: Row, membership: Row) -> None:
        """Remove a person from the chat."""
        async with self.store.transaction() as transaction:
            transaction.remove(membership)
            transaction.update(chat, {"lastUpdatedDateTime": instant(self.now())})
        self._notify(ChatChange(chat=chat.id, kind="deleted", member=membership.id))
        if self.activity_sender and has_app(self.rows, chat.id):
            await self.activity_sender.members_removed(conversation_of(chat), [_account(membership)])

    async def install(self, chat_or_team_id: str) -> None:
        """Install the bot's app in a chat or the team."""
        async with self.store.transaction() as transaction:
            transaction.put(INSTALLED, chat_or_team_id, {"appId": self.settings.app_id})
        if self.activity_sender:
            await self.activity_sender.app_added(self._installed_in(chat_or_team_id))

    async def remove_app(self, chat_or_team_id: str) -> None:
        """Remove the app, and notify the bot."""
        await self.uninstall(chat_or_team_id)
        if self.activity_sender:
            await self.activity_sender.app_removed(self._installed_in(chat_or_team_id))

    async def create_channel(self, name: str) -> SampleChannel:
        """Create a standard channel in the team."""
        channel = SampleChannel(id=f"19:{uuid4().hex}@thread.tacv2", name=name)
        async with self.store.transaction() as transaction:
            put_channel(transaction, channel)
        return channel

    async def uninstall(self, chat_or_team_id: str) -> None:
        """Remove the app without a notification."""
        row = self.rows.get(INSTALLED, chat_or_team_id)
        async with self.store.transaction() as transaction:
            if row:
                transaction.remove(row)

    async def post(self, conversation_id: str, content: Content) -> int:
        """Store a message, and return its number."""
        async with self.store.transaction() as transaction:
            return put_message(transaction, conversation_id, content, self.now())

    async def edit(self, conversation_id: str, number: int, content: Content) -> bool:
        """Replace a message that the bot posted; return False if it does not exist."""
        return await self._change(
            conversation_id, number, {"summary": content.summary, "text": content.text, "card": content.card}
        )

    async def delete(self, conversation_id: str, number: int) -> bool:
        """Delete a message that the bot posted; return False if it does not exist. A trace of it remains."""
        empty: Mapping[str, Value] = {"summary": "", "text": "", "card": "", "deleted": True}
        return await self._change(conversation_id, number, empty)

    async def _change(self, conversation_id: str, number: int, values: Mapping[str, Value]) -> bool:
        row = find_message(self.rows, conversation_id, number)
        if row is None or row.text("author") or row.values.get("deleted") or is_expired(row, self.now()):
            return False
        async with self.store.transaction() as transaction:
            transaction.update(row, {**values, "edited": True})
        return True

    async def observe(self, activity: Mapping[str, object]) -> None:
        """Register a group chat that another client has with the bot, and the sender of the activity."""
        conversation, user, account = _parse_activity(activity)
        if conversation is None or self.is_own(conversation):
            return
        chat = find_chat(self.rows, conversation.id)
        new_member = user if user and not find_member(self.rows, conversation.id, user.id) else None
        if chat and not new_member and has_app(self.rows, conversation.id):
            return
        async with self.store.transaction() as transaction:
            if chat is None:
                put_chat(transaction, conversation, None, self.now())
            transaction.put(INSTALLED, conversation.id, {"appId": self.settings.app_id})
            if new_member:
                put_member(transaction, conversation.id, new_member, account=account, since=WHOLE_HISTORY)

    def chats(self) -> Sequence[Row]:
        """Return all chats, newest first."""
        return sorted(self.rows.all(CHATS), key=lambda row: row.text("createdDateTime"), reverse=True)

    def team_has_app(self) -> bool:
        """Return True if the bot's app is installed in the team."""
        return has_app(self.rows, TEAM_ID)

    def _notify(self, change: ChatChange) -> None:
        if self.notification_sender:
            self.notification_sender.notify(change)

    def conversation(self, conversation_id: str) -> Conversation | None:
        """Return the chat or channel with this ID, or None."""
        chat = find_chat(self.rows, conversation_id)
        if chat:
            return conversation_of(chat)
        return self._own_conversation(conversation_id, "channel") if find_channel(self.rows, conversation_id) else None

    def is_own(self, conversation: Conversation) -> bool:
        """Return True if people write to the conversation here, and not in another client."""
        return conversation.service_url == self._service_url

    def _installed_in(self, chat_or_team_id: str) -> Conversation:
        """Return the chat, or the team's first channel."""
        chat = find_chat(self.rows, chat_or_team_id)
        return conversation_of(chat) if chat else self._own_conversation(CHANNELS[0].id, "channel")

    def _own_conversation(self, conversation_id: str, kind: str) -> Conversation:
        return Conversation(
            id=conversation_id,
            kind=kind,
            service_url=self._service_url,
            bot_id=f"28:{self.settings.app_id}",
            bot_name="Chat Sync",
        )


TEAMS = web.AppKey("TEAMS", SampleOrganization)


def conversation_of(chat: Row) -> Conversation:
    """Return the chat and its bot as activities describe them."""
    return Conversation(
        id=chat.id,
        kind=chat.text("chatType"),
        service_url=chat.text("serviceUrl"),
        bot_id=chat.text("botId"),
        bot_name=chat.text("botName"),
        tenant_id=chat.text("tenantId"),
    )


def _account(membership: Row) -> Mapping[str, Json]:
    return {"id": membership.text("account"), "aadObjectId": membership.text("userId")}


def _parse_activity(activity: Mapping[str, object]) -> tuple[Conversation | None, SampleUser | None, str]:
    """Return the group chat, sender, and sender's account of an activity; None for parts that it lacks."""
    chat_part, bot, sender = (_part(activity, name) for name in ("conversation", "recipient", "from"))
    chat, service_url = chat_part.get("id"), activity.get("serviceUrl")
    if chat_part.get("conversationType") != "groupChat" or not isinstance(chat, str):
        return None, None, ""
    conversation = Conversation(
        id=chat,
        kind="group",
        service_url=str(service_url),
        bot_id=str(bot.get("id", "")),
        bot_name=str(bot.get("name", "")),
        tenant_id=str(chat_part.get("tenantId", "")),
    )
    user = DIRECTORY.get(parse_object_id(str(sender.get("aadObjectId", ""))) or "")
    return conversation, user, str(sender.get("id", ""))


def _part(activity: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = activity.get(name)
    return found if isinstance(found, Mapping) else {}
