"""Actions of people and apps in chats. Each is stored, and then the bot and Graph's subscribers are notified."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from aiohttp import web

from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.graph_notifications.notification_sender import NotificationSender
from bot.sandbox.graph_notifications.subscriptions import ChatChange
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.storage.rows import Rows
from bot.sandbox.storage.store import Store
from bot.sandbox.teams.activity_sender import ActivitySender
from bot.sandbox.teams.channels import CHANNELS, TEAM_ID, SampleChannel, put_channel
from bot.sandbox.teams.chats import (
    CHATS,
    INSTALLED,
    MESSAGES,
    Conversation,
    find_chat,
    find_member,
    has_app,
    put_chat,
    put_member,
    put_message,
)
from bot.sandbox.teams.people import DIRECTORY, SampleUser, parse_object_id
from bot.sandbox.values import Json, Row

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
    def rows(self) -> Rows:
        """All stored rows."""
        return self.store.rows

    async def create(self, people: Sequence[SampleUser], topic: str | None) -> Row:
        """Create a group chat with these people and without the bot."""
        conversation = self._own_conversation(f"19:{uuid4().hex}@thread.v2", "group")
        async with self.store.transaction() as transaction:
            for user in people:
                put_member(transaction, conversation.id, user, account=user.account, since=WHOLE_HISTORY)
            return put_chat(transaction, conversation, topic, self.now())

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
        chat = find_chat(self.rows, chat_or_team_id)
        general = CHANNELS[0]
        conversation = conversation_of(chat) if chat else self._own_conversation(general.id, "channel")
        if self.activity_sender:
            await self.activity_sender.app_added(conversation)

    async def create_channel(self, name: str) -> SampleChannel:
        """Create a standard channel in the team."""
        channel = SampleChannel(id=f"19:{uuid4().hex}@thread.tacv2", name=name)
        async with self.store.transaction() as transaction:
            put_channel(transaction, channel)
        return channel

    async def uninstall(self, chat_or_team_id: str) -> None:
        """Remove the app."""
        row = self.rows.get(INSTALLED, chat_or_team_id)
        async with self.store.transaction() as transaction:
            if row:
                transaction.remove(row)

    async def post(self, conversation_id: str, summary: str, card: str) -> int:
        """Store a message that the bot posted, and return its number."""
        async with self.store.transaction() as transaction:
            return put_message(transaction, conversation_id, summary=summary, card=card, at=self.now())

    async def edit(self, conversation_id: str, number: str, summary: str, card: str) -> bool:
        """Replace a message that the bot posted; return False if it does not exist."""
        row = self.rows.get(MESSAGES, f"{conversation_id}/{number}")
        if row is None:
            return False
        async with self.store.transaction() as transaction:
            transaction.update(row, {"summary": summary, "card": card})
        return True

    async def observe(self, activity: Mapping[str, object]) -> None:
        """Register a group chat that another client has with the bot, and the sender of the activity."""
        conversation, user, account = _parse_activity(activity)
        if conversation is None or conversation.service_url.startswith(self.settings.url):
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

    def _own_conversation(self, conversation_id: str, kind: str) -> Conversation:
        return Conversation(
            id=conversation_id,
            kind=kind,
            service_url=f"{self.settings.url}/teams/",
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
