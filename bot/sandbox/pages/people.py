"""Whom the pages act as: one of the sample people, picked and kept in a cookie."""

from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.service import DATAVERSE
from bot.sandbox.sample_data.ids import ADELE, ALEX, DIEGO, ISAIAH, LYNNE, MEGAN, PATTI, object_id

COOKIE = "sandbox_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """A person whom one can act as, and what to expect."""

    object_id: str
    name: str
    about: str


PEOPLE = tuple(
    SamplePerson(object_id=object_id(number), name=name, about=about)
    for number, name, about in (
        (ALEX, "Alex Wilber", "administrator"),
        (MEGAN, "Megan Bowen", "manager"),
        (ADELE, "Adele Vance", "writes all cases"),
        (ISAIAH, "Isaiah Langer", "writes own cases"),
        (PATTI, "Patti Fernandez", "reads cases of EMEA"),
        (LYNNE, "Lynne Robbins", "no user"),
        (DIEGO, "Diego Siciliani", "disabled"),
    )
)


def picked(request: web.Request) -> SamplePerson:
    """The person in the cookie, else the first."""
    wanted = request.cookies.get(COOKIE)
    return next((person for person in PEOPLE if person.object_id == wanted), PEOPLE[0])


def caller_of(request: web.Request) -> Caller:
    """The picked person as a caller; raises `DataverseError` for people without an enabled user."""
    return request.app[DATAVERSE].callers.of({"CallerObjectId": picked(request).object_id})
