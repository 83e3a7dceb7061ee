"""The sample organization's team and its channels."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.sample_data.ids import ADELE, ALEX, ISAIAH, MEGAN, PUMPS_CHANNEL_ID, TEAMS_TEAM_ID, object_id
from bot.sandbox.storage.rows import Rows, Transaction

TEAM_ID = TEAMS_TEAM_ID
TEAM_NAME = "Field Service"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleChannel:
    """A channel of the team."""

    id: str
    name: str
    kind: str = "standard"


CHANNELS = (
    SampleChannel(id="19:fieldservice@thread.tacv2", name="General"),
    SampleChannel(id=PUMPS_CHANNEL_ID, name="Pumps"),
    SampleChannel(id="19:fieldserviceleads@thread.tacv2", name="Leads", kind="private"),
)

TEAM_MEMBERS = tuple(object_id(person) for person in (ALEX, MEGAN, ADELE, ISAIAH))


CREATED = "teams_channel"
"""Kind of the rows of created channels."""


def all_channels(rows: Rows) -> Sequence[SampleChannel]:
    """Return the sample channels and the channels that were created since."""
    return [*CHANNELS, *(SampleChannel(id=row.id, name=row.text("displayName")) for row in rows.all(CREATED))]


def find_channel(rows: Rows, conversation: str) -> SampleChannel | None:
    """Return the channel with this ID, or None."""
    return next((each for each in all_channels(rows) if each.id == conversation), None)


def put_channel(transaction: Transaction, channel: SampleChannel) -> None:
    """Create a standard channel."""
    transaction.put(CREATED, channel.id, {"displayName": channel.name})
