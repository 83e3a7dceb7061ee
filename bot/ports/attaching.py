"""What people write to records, as the use cases need it."""

from typing import Protocol

from bot.domain.saved_message import SavedMessage
from bot.domain.values import ObjectId, RecordRef


class Attaching(Protocol):
    """Notes and tasks of a record."""

    async def attach(self, record: RecordRef, row_id: str, message: SavedMessage, *, caller: ObjectId) -> None:
        """Writes the message as the caller, under this id, so that it is never there twice.

        Raises `Conflict` where it is there already, `NotSupported` where records of this table have no notes or tasks,
        `NotAllowed` where the caller may not write one, or `Unavailable`.
        """
        ...
