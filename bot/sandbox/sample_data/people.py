"""Sample business units, users, teams, and column security."""

from dataclasses import dataclass

from bot.sandbox.dataverse.odata.formats import FORMATS, US
from bot.sandbox.sample_data.ids import (
    ADELE,
    ALEX,
    AMERICAS,
    APPLICATION,
    DACH,
    DIEGO,
    DISPATCH,
    DOLLAR,
    EMEA,
    EURO,
    ISAIAH,
    MEGAN,
    PATTI,
    ROOT,
    TIER_2,
    object_id,
    row_id,
    user,
    user_id,
)
from bot.sandbox.sample_data.sample_builder import SampleBuilder
from bot.sandbox.settings import ORGANIZATION_ID, ORGANIZATION_NAME
from bot.sandbox.values import Ref, Value

_UNITS = (
    (ROOT, "Alpenquell Pumps & Solar", None),
    (EMEA, "Field Service EMEA", ROOT),
    (DACH, "Field Service DACH", EMEA),
    (AMERICAS, "Field Service Americas", ROOT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSeed:
    """A sample user."""

    person: int
    first: str
    last: str
    unit: Ref
    title: str = ""
    address: str
    locale: int = 1033
    bias: int = 0
    """Minutes to add to local time to get UTC."""
    application: str | None = None
    """Application ID of an application user, or None."""


def _person(person: int, name: str, unit: Ref, title: str, *, locale: int = 1033, bias: int = 0) -> UserSeed:
    first, last = name.split()
    address = f"{first}.{last}@example.com".lower()
    return UserSeed(
        person=person, first=first, last=last, unit=unit, title=title, address=address, locale=locale, bias=bias
    )


_USERS = (
    _person(ALEX, "Alex Wilber", ROOT, "Service Systems Administrator"),
    _person(MEGAN, "Megan Bowen", ROOT, "Customer Service Manager"),
    _person(ADELE, "Adele Vance", EMEA, "Service Representative", locale=2057),
    _person(ISAIAH, "Isaiah Langer", AMERICAS, "Support Agent", bias=300),
    _person(PATTI, "Patti Fernandez", EMEA, "Support Agent", locale=1031, bias=-60),
    _person(DIEGO, "Diego Siciliani", DACH, "Field Technician"),
    UserSeed(
        person=APPLICATION,
        first="#",
        last="Chat Sync",
        unit=ROOT,
        address="chat-sync@example.com",
        application=row_id(8, 1),
    ),
)

_TEAMS = ((TIER_2, "Tier 2", AMERICAS, (ISAIAH, MEGAN)), (DISPATCH, "EMEA Dispatch", EMEA, (ADELE,)))

_SECURED = (("incident", "cs_refundamount"), ("account", "creditlimit"))
_ALLOWED = 4
_ENGLISH = 1033


def add_units(builder: SampleBuilder) -> None:
    """Add the organization, the business units, and the currencies, which all other rows reference."""
    builder.put("organization", ORGANIZATION_ID, {"name": ORGANIZATION_NAME, "languagecode": _ENGLISH})
    for unit, name, parent in _UNITS:
        builder.put(
            "businessunit",
            unit.id,
            {
                "name": name,
                "parentbusinessunitid": parent,
            },
        )
    for currency, name, code, symbol, rate in (
        (EURO, "Euro", "EUR", "€", 1.0),
        (DOLLAR, "US Dollar", "USD", "$", 1.1),
    ):
        builder.put(
            "transactioncurrency",
            currency.id,
            {
                "currencyname": name,
                "isocurrencycode": code,
                "currencysymbol": symbol,
                "currencyprecision": 2,
                "exchangerate": rate,
            },
        )


def add_people(builder: SampleBuilder) -> None:
    """Add the users with their settings, and the teams with their members."""
    for seed in _USERS:
        _add_user(builder, seed)
    for team, name, unit, members in _TEAMS:
        values: dict[str, Value] = {"name": name, "teamtype": 0, "businessunitid": unit, "administratorid": user(MEGAN)}
        builder.put("team", team.id, values)
        for person in members:
            builder.add("teammembership", person * 100 + int(team.id[-1]), teamid=team, systemuserid=user(person))


def _add_user(builder: SampleBuilder, seed: UserSeed) -> None:
    key = user_id(seed.person)
    builder.put(
        "systemuser",
        key,
        {
            "firstname": seed.first,
            "lastname": seed.last,
            "internalemailaddress": seed.address,
            "domainname": seed.address,
            "title": seed.title or None,
            "azureactivedirectoryobjectid": object_id(seed.person),
            "applicationid": seed.application,
            "businessunitid": seed.unit,
            "accessmode": 4 if seed.application else 0,
            "isdisabled": seed.person == DIEGO,
            "islicensed": seed.application is None,
        },
    )
    formats = FORMATS.get(seed.locale, US).settings
    settings: dict[str, Value] = {"localeid": seed.locale, "timezonebias": seed.bias, **formats}
    builder.put("usersettings", key, settings)


def add_profiles(builder: SampleBuilder) -> None:
    """Add the profile for the secured columns, and its members."""
    finance = builder.add("fieldsecurityprofile", 1, name="Finance", description="Sees and sets amounts of money.")
    for number, (table, column) in enumerate(_SECURED, 1):
        builder.add(
            "fieldpermission",
            number,
            fieldsecurityprofileid=finance,
            entityname=table,
            attributelogicalname=column,
            canread=_ALLOWED,
            cancreate=_ALLOWED,
            canupdate=_ALLOWED,
        )
    for person in (MEGAN, ADELE, APPLICATION):
        builder.add("systemuserprofiles", person, systemuserid=user(person), fieldsecurityprofileid=finance)


def share(builder: SampleBuilder, number: int, row: Ref, person: int, mask: int) -> None:
    """Share a row with a person."""
    builder.add(
        "principalobjectaccess",
        number,
        principalid=user(person),
        objectid=row.id,
        objecttypecode=row.table,
        accessrightsmask=mask,
    )
