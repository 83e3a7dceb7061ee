"""Messages to a bot that runs in its own process."""

from typing import Any

from tests.fakes.connector import FakeConnector
from tests.wire.people import ALEX


def message(connector: FakeConnector, chat: str, text: str) -> dict[str, Any]:
    bot = {"id": "28:chat-sync", "name": "Chat Sync"}
    return {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": connector.service_url,
        "conversation": {"id": chat, "conversationType": "groupChat", "isGroup": True},
        "recipient": bot,
        "from": {"id": ALEX.account_id, "name": ALEX.name, "aadObjectId": ALEX.object_id},
        "text": f"<at>Chat Sync</at> {text}",
        "entities": [{"type": "mention", "mentioned": bot, "text": "<at>Chat Sync</at>"}],
    }
