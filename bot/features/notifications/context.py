"""The rules of a chat and of its records as the pages of the dialog need them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.domain.notifications.defaults import effective_rules
from bot.domain.notifications.rules import ChatRules, ConnectionRules, Versioned
from bot.domain.public_names import Dialog
from bot.domain.record_types import RecordType
from bot.domain.texts import text
from bot.domain.values import Connection, ConnectionId
from bot.features.connections.find_connections import connections_of_chat
from bot.features.notifications.rights import require_user
from bot.features.notifications.store_rules import NO_CONNECTION_RULES, stored_chat_rules
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.action_data import ActionData, parse_connection
from bot.features.shared.answers import connection_data, display_name
from bot.features.shared.named_connections import unknown_connection
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton

CHAT_VERSION, RECORD_VERSION = "version", "recordVersion"
_NO_DATA: ActionData = {}
RECORD = "record"
"""Name of the input that chooses a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesContext:
    """The chat's connections, one of which is chosen, and all rules."""

    turn: Turn
    actor: AuthorizedUser
    connections: Sequence[Connection]
    chosen: Connection
    chat: Versioned[ChatRules]
    stored: Mapping[ConnectionId, Versioned[ConnectionRules]]
    record_types: Mapping[ConnectionId, RecordType]

    @property
    def record_type(self) -> RecordType:
        """The settings of the chosen record's type."""
        return self.record_types[self.chosen.id]

    @property
    def own(self) -> Versioned[ConnectionRules]:
        """The stored rules of the chosen connection."""
        return self.stored.get(self.chosen.id, NO_CONNECTION_RULES)

    @property
    def rules(self) -> ConnectionRules:
        """The rules that count for the chosen connection."""
        return self.effective[self.chosen.id]

    @property
    def effective(self) -> Mapping[ConnectionId, ConnectionRules]:
        """The rules that count, by connection."""
        return {
            each.id: effective_rules(
                self.stored[each.id].rules if each.id in self.stored else None, self.record_types[each.id]
            )
            for each in self.connections
        }

    @property
    def name(self) -> str:
        """The name of the chosen record that the chat was shown."""
        return display_name(self.chosen)

    def button(self, title: str, dialog: Dialog, data: ActionData = _NO_DATA, *, leaves: bool = False) -> SubmitButton:
        """Return a button that opens the page for the same record and the same versions."""
        versions = {CHAT_VERSION: str(self.chat.version), RECORD_VERSION: str(self.own.version)}
        payload = {**connection_data(self.chosen), **versions, **data}
        return SubmitButton(title=title, dialog=dialog, payload=payload, ignores_inputs=leaves)

    @property
    def back(self) -> SubmitButton:
        """The button that opens the first page."""
        return self.button(text("Back"), Dialog.NOTIFICATIONS, leaves=True)


async def load_context(services: Services, turn: Turn, data: ActionData) -> RulesContext:
    """Return the context for a person in the chat; raise `NotAllowed`, or `NotFound` without a connection."""
    connections = await connections_of_chat(services, turn.chat)
    actor = await require_user(services, turn.chat, turn.person, connections)
    if not connections:
        raise NotFound("This chat is not connected to a record.", "To connect it, write connect.")
    async with services.store.reading() as work:
        chat = await stored_chat_rules(work, turn.chat.id)
        stored = await work.notification_rules.connections.get_many([each.id for each in connections])
    return RulesContext(
        turn=turn,
        actor=actor,
        connections=connections,
        chosen=_chosen(connections, data),
        chat=chat,
        stored=stored,
        record_types={each.id: await _record_type(services, each) for each in connections},
    )


def _chosen(connections: Sequence[Connection], data: ActionData) -> Connection:
    """Return the record of the page's list, else that of the button, else the newest one."""
    named = {"connection": data[RECORD]} if data.get(RECORD) else data
    if "connection" not in named:
        rows = (each for each in reversed(connections) if each.record.row_id == data.get("row"))
        return next(rows, connections[-1])
    public_id = parse_connection(named)
    found = next((each for each in connections if each.public_id == public_id), None)
    if found is None:
        raise unknown_connection()
    return found


async def _record_type(services: Services, connection: Connection) -> RecordType:
    types = await services.administration.record_types(connection.record.environment)
    return types.get(connection.record.table, RecordType(table=connection.record.table))
