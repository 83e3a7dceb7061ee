"""Who may turn chat sync on and off (spec S2)."""

from bot.domain.errors import ChatSyncError
from bot.domain.values import ObjectId
from bot.logs import get_logger
from bot.ports.graph import Directory

_ONLY = "Only a Global Administrator of Microsoft Entra turns chat sync on or off."

_log = get_logger(__name__)


async def sync_permission_error(directory: Directory, person: ObjectId) -> str:
    """Why the person may not turn it; empty where they may.

    Where that cannot be seen nobody may, and everything else can be set all the same.
    """
    try:
        return "" if await directory.is_global_administrator(person) else _ONLY
    except ChatSyncError as error:
        _log.warning("global administrator not known", reason=str(error))
        return f"{_ONLY} Whether you are one is not known: {error} {error.next_step}".strip()
