"""The people of the sample organisation's directory; most of them have a user in its Dataverse too."""

import re
from dataclasses import dataclass

from bot.sandbox.guids import as_guid
from bot.sandbox.sample_data.ids import ADELE, ALEX, DIEGO, ISAIAH, LYNNE, MEGAN, PATTI, object_id

NESTOR = 27
"""In the directory alone, and without a licence for Teams."""

# The Agents Playground's own people have a thirteenth digit, a zero, in their ids' last group.
_PLAYGROUND_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)0([0-9a-f]{12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleUser:
    """Somebody in the directory."""

    id: str
    name: str
    title: str
    availability: str
    activity: str
    enabled: bool = True
    has_teams: bool = True

    @property
    def address(self) -> str:
        """The user principal name, and where mail goes."""
        return f"{self.name.replace(' ', '.').lower()}@example.com"

    @property
    def account(self) -> str:
        """The id by which Teams' connector names the person."""
        return f"29:{self.id}"


_PEOPLE = (
    (ALEX, "Alex Wilber", "Service Systems Administrator", "Available", "Available"),
    (MEGAN, "Megan Bowen", "Customer Service Manager", "Busy", "InACall"),
    (ADELE, "Adele Vance", "Service Representative", "Available", "Available"),
    (ISAIAH, "Isaiah Langer", "Support Agent", "DoNotDisturb", "Presenting"),
    (PATTI, "Patti Fernandez", "Support Agent", "Away", "Away"),
    (LYNNE, "Lynne Robbins", "Planner", "BeRightBack", "BeRightBack"),
    (DIEGO, "Diego Siciliani", "Field Technician", "Offline", "Offline"),
    (NESTOR, "Nestor Wilke", "Accountant", "PresenceUnknown", "PresenceUnknown"),
)

DIRECTORY = {
    object_id(number): SampleUser(
        id=object_id(number),
        name=name,
        title=title,
        availability=availability,
        activity=activity,
        enabled=number != DIEGO,
        has_teams=number not in {DIEGO, NESTOR},
    )
    for number, name, title, availability, activity in _PEOPLE
}


def find_user(named: str) -> SampleUser | None:
    """Somebody by object id, user principal name or the connector's own id."""
    wanted = named.removeprefix("29:").lower()
    return DIRECTORY.get(wanted) or next((each for each in DIRECTORY.values() if each.address == wanted), None)


def own_object_id(text: str) -> str | None:
    """An Entra object id in lower case, also as the Playground writes it; None for anything else."""
    playground = _PLAYGROUND_ID.fullmatch(text)
    return as_guid("".join(playground.groups()) if playground else text)
