"""Samples of stored chat sync states."""

from datetime import datetime, timedelta

from bot.domain.chat_sync import SyncedRow
from bot.domain.values import ObjectId
from tests.fakes.clock import START
from tests.steps.stored_rows import a_chat

CHAT = a_chat().id


ACTIVITY = SyncedRow(activity_id="1", created_by=ObjectId("adele"), last_activity_at=START)


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)
