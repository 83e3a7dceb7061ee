"""Rows of table `chat` as they are kept: without what they say, which stays in Dataverse (spec S6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.chat_sync import ActivityRow, RowState
from bot.domain.values import ObjectId, UserId


def row_to_json(row: ActivityRow | None) -> Mapping[str, Any] | None:
    """The row as JSON; `row_from_json` gives it back, but for subject, record and description."""
    if row is None:
        return None
    return {
        "state": int(row.state),
        "version": row.version,
        "members": sorted(row.members),
        "modified_on": row.modified_on.isoformat() if row.modified_on else None,
        "modified_by": row.modified_by,
    }


def row_from_json(kept: Mapping[str, Any] | None) -> ActivityRow | None:
    """The row that `row_to_json` wrote."""
    if kept is None:
        return None
    return ActivityRow(
        state=RowState(kept["state"]),
        version=kept["version"],
        members=frozenset(UserId(each) for each in kept["members"]),
        modified_on=datetime.fromisoformat(kept["modified_on"]) if kept["modified_on"] else None,
        modified_by=UserId(kept["modified_by"]) if kept["modified_by"] else None,
    )


def people_from_json(kept: Mapping[str, str | None]) -> Mapping[ObjectId, UserId | None]:
    """A chat's members with their users; JSON has the same form."""
    return {ObjectId(person): UserId(user) if user else None for person, user in kept.items()}
