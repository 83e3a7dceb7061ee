"""Changes of records that people make on cards, as the use cases need them."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain.tables import Raw
from bot.domain.values import ObjectId, RecordRef, UserId


class RecordWrites(Protocol):
    """Changes, each made as the caller and of no other version of the row.

    They raise `Conflict` where the row has another version by now, `NotAllowed`, `NotFound`, `BadRequest` for values
    that Dataverse does not take, or `Unavailable`: then it may be done or not.
    """

    async def assign(self, record: RecordRef, owner: UserId, *, version: str, caller: ObjectId) -> None:
        """Makes the user the record's owner."""
        ...

    async def change(self, record: RecordRef, values: Mapping[str, Raw], *, version: str, caller: ObjectId) -> None:
        """Sets these columns."""
        ...

    async def resolve(self, record: RecordRef, reason: int, words: str, *, version: str, caller: ObjectId) -> None:
        """Resolves a case with a status reason; of a case that is not open any more it raises `BadRequest`.

        The version is compared a moment before: a change in that moment is kept, and the case resolved all the same.
        """
        ...
