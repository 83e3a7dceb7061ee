"""The sample person that the pages act as, stored in a cookie."""

from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.service import DATAVERSE
from bot.sandbox.sample_data.ids import ADELE, ALEX, DIEGO, ISAIAH, LYNNE, MEGAN, PATTI, object_id

COOKIE = "sandbox_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """A person to act as, with a short description."""

    object_id: str
    name: str
    about: str


PEOPLE = tuple(
    SamplePerson(object_id=object_id(number), name=name, about=about)
    for number, name, about in (
        (ALEX, "Alex Wilber", "administrator"),
        (MEGAN, "Megan Bowen", "manager"),
        (ADELE, "Adele Vance", "edits all cases"),
        (ISAIAH, "Isaiah Langer", "edits own cases"),
        (PATTI, "Patti Fernandez", "reads EMEA cases"),
        (LYNNE, "Lynne Robbins", "no Dataverse user"),
        (DIEGO, "Diego Siciliani", "disabled user"),
    )
)


def acting_person(request: web.Request) -> SamplePerson:
    """Return the person in the cookie, or the first person."""
    cookie = request.cookies.get(COOKIE)
    return next((person for person in PEOPLE if person.object_id == cookie), PEOPLE[0])


def caller_of(request: web.Request) -> Caller:
    """Return the acting person as a caller. Raise `DataverseError` if the person has no enabled user."""
    return request.app[DATAVERSE].callers.from_headers({"CallerObjectId": acting_person(request).object_id})
