"""All deletions of old rows, once."""

from datetime import datetime

from bot.store.pruning import Ages, deletions, walks
from bot.store.unit_of_work import UnitOfWork


async def prune(work: UnitOfWork, before: datetime) -> int:
    """Delete rows of every kind that are older; return the number of rows that were deleted or cleared."""
    ages = Ages(before, posts_before=before, refusals_before=before)
    deleted = [await each(work.pruning) for each in deletions(ages)]
    cleared = [(await work.pruning.step(each, None)).changed for each in walks(ages)]
    return sum(deleted) + sum(cleared)
