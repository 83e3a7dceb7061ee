"""The sample organization's team and its channels."""

from dataclasses import dataclass

from bot.sandbox.sample_data.ids import ADELE, ALEX, ISAIAH, MEGAN, object_id

TEAM_ID = "00000004-0000-4000-9000-000000000001"
TEAM_NAME = "Field Service"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleChannel:
    """A channel of the team."""

    id: str
    name: str
    kind: str = "standard"


CHANNELS = (
    SampleChannel(id="19:fieldservice@thread.tacv2", name="General"),
    SampleChannel(id="19:fieldservicepumps@thread.tacv2", name="Pumps"),
    SampleChannel(id="19:fieldserviceleads@thread.tacv2", name="Leads", kind="private"),
)

TEAM_MEMBERS = tuple(object_id(person) for person in (ALEX, MEGAN, ADELE, ISAIAH))


def find_channel(conversation: str) -> SampleChannel | None:
    """Return the channel with this ID, or None."""
    return next((each for each in CHANNELS if each.id == conversation), None)
