"""The sample organization's directory. Most of its users also have a user in Dataverse."""

import re
from dataclasses import dataclass

from bot.sandbox.guids import as_guid
from bot.sandbox.sample_data.ids import ADELE, ALEX, DIEGO, ISAIAH, LYNNE, MEGAN, PATTI, object_id

NESTOR = 27
"""Person in the directory only, without a Teams license."""
JORDAN = 28
"""Guest from another organization."""

_OWN, _PARTNER = "example.com", "partner.example"

# The IDs of the Agents Playground's users have an extra zero in their last group.
_PLAYGROUND_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)0([0-9a-f]{12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleUser:
    """A user in the directory."""

    id: str
    name: str
    title: str
    availability: str
    activity: str
    enabled: bool = True
    has_teams: bool = True
    guest: bool = False

    @property
    def mail(self) -> str:
        """Mail address."""
        return f"{self.name.replace(' ', '.').lower()}@{_PARTNER if self.guest else _OWN}"

    @property
    def address(self) -> str:
        """User principal name."""
        return f"{self.mail.replace('@', '_')}#EXT#@{_OWN}" if self.guest else self.mail

    @property
    def account(self) -> str:
        """User ID in the Bot Connector."""
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
    (JORDAN, "Jordan Reyes", "Pump Supplier", "Available", "Available"),
)

DIRECTORY = {
    object_id(number): SampleUser(
        id=object_id(number),
        name=name,
        title=title,
        availability=availability,
        activity=activity,
        enabled=number != DIEGO,
        has_teams=number not in {DIEGO, NESTOR, JORDAN},
        guest=number == JORDAN,
    )
    for number, name, title, availability, activity in _PEOPLE
}


def find_user(identifier: str) -> SampleUser | None:
    """Find a user by object ID, user principal name, or connector ID."""
    user_id = identifier.removeprefix("29:").lower()
    return DIRECTORY.get(user_id) or next(
        (each for each in DIRECTORY.values() if each.address.lower() == user_id), None
    )


def parse_object_id(text: str) -> str | None:
    """Return an Entra object ID in lowercase, including the Playground's format, or None for any other text."""
    playground = _PLAYGROUND_ID.fullmatch(text)
    return as_guid("".join(playground.groups()) if playground else text)
