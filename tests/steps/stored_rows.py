"""Samples of chats, connections, and events for the store."""

from bot.domain.key_fields import ColumnChange, RecordEvent
from bot.domain.tables import ColumnValue
from bot.domain.values import (
    Chat,
    ChatId,
    ChatKind,
    Connection,
    EnvironmentId,
    NewConnection,
    ObjectId,
    RecordRef,
    UserId,
)
from bot.store.unit_of_work import Store
from tests.fakes.clock import START

CASE = RecordRef(environment=EnvironmentId("contoso"), table="incident", row_id="1")


ACCOUNT = RecordRef(environment=EnvironmentId("contoso"), table="account", row_id="1")


def a_chat(name: str = "19:a@thread.v2", **changes: object) -> Chat:
    values: dict[str, object] = {
        "id": ChatId(name),
        "kind": ChatKind.GROUP,
        "channel": "msteams",
        "tenant_id": "t",
        "service_url": "https://smba.trafficmanager.net/emea/",
        "bot_id": "28:bot",
        "bot_name": "Chat Sync",
    }
    return Chat(**{**values, **changes})  # type: ignore[arg-type]


def a_connection(chat: str = "19:a@thread.v2", record: RecordRef = CASE) -> NewConnection:
    return NewConnection(
        chat_id=ChatId(chat),
        record=record,
        record_name="Pump vibrates",
        record_number="CAS-01001",
        connector_id=ObjectId("adele"),
        connector_name="Adele Vance",
        connected_at=START,
    )


def an_event(key: str, record: RecordRef = CASE) -> RecordEvent:
    change = ColumnChange(column="tags", new=ColumnValue(raw=(1, 2)), old=ColumnValue(raw=None, text=None))
    return RecordEvent(key=key, record=record, at=START, changed_by=UserId("u"), changes=(change,))


async def store_connections(store: Store, *connections: NewConnection) -> list[Connection]:
    made = []
    async with store.writing() as work:
        for connection in connections:
            await work.chats.save(a_chat(connection.chat_id))
            made.append(await work.connections.add(connection))
    return [each for each in made if each]
