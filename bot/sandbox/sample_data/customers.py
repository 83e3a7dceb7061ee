"""Sample accounts and contacts."""

from collections.abc import Sequence

from bot.sandbox.sample_data.ids import ADELE, DISPATCH, DOLLAR, EURO, ISAIAH, MEGAN, TIER_2, row_id, user
from bot.sandbox.sample_data.sample_builder import SampleBuilder, day
from bot.sandbox.sample_data.words import CITIES, COMPANIES, FIRST_NAMES, JOBS, LAST_NAMES, TRADES, pick
from bot.sandbox.values import Ref, Value

ACCOUNTS = 34
CONTACTS = 40

OWNERS = (user(ADELE), DISPATCH, user(ADELE), user(ISAIAH), TIER_2, user(MEGAN))
"""Row owners, assigned in turn. Half of the rows belong to EMEA."""

_SPECIAL_ACCOUNTS = {5: "מפעלי מים הגליל", 11: "مزارع النخيل الذهبية", 17: "[Draft] *Star* & <Sons> #1"}
_SPECIAL_CONTACTS = {7: ("ליאור", "כהן"), 13: ("أميرة", "حداد")}


def add_accounts(builder: SampleBuilder) -> Sequence[Ref]:
    """Add the accounts. The first one is the customer of the first case."""
    return [_account(builder, number) for number in range(1, ACCOUNTS + 1)]


def add_contacts(builder: SampleBuilder, accounts: Sequence[Ref]) -> Sequence[Ref]:
    """Add the contacts, each at an account."""
    return [_contact(builder, number, accounts) for number in range(1, CONTACTS + 1)]


def contact_id(number: int) -> str:
    """Return a contact's ID, which accounts reference before the contact exists."""
    return row_id(2, number)


def _account(builder: SampleBuilder, number: int) -> Ref:
    name = _SPECIAL_ACCOUNTS.get(number, f"{pick(COMPANIES, number - 1)} {TRADES[(number - 1) // 16 % len(TRADES)]}")
    return builder.add(
        "account",
        number,
        name=name,
        accountnumber=f"AC-{1000 + number}",
        emailaddress1=f"office@account-{number}.example.com",
        industrycode=(2, 9, 19, 23, 33)[number % 5],
        customertypecode=3 if number % 6 else 8,
        accountcategorycode=1 + number % 2,
        cs_segments=((1,), (1, 2), (2, 4), (1, 3, 4))[number % 4],
        creditlimit=5_000.0 * (number % 7 + 1),
        creditonhold=number % 11 == 0,
        cs_customersince=day(-365 * (number % 12 + 1)),
        primarycontactid=Ref("contact", contact_id(number)),
        parentaccountid=Ref("account", row_id(1, 1)) if number in {2, 3} else None,
        transactioncurrencyid=DOLLAR if number % 5 == 0 else EURO,
        ownerid=OWNERS[(number - 1) % len(OWNERS)],
        **_address(number),
        **({} if number % 9 == 0 else _account_details(number)),
    )


def _address(number: int) -> dict[str, Value]:
    city, country, code, latitude, longitude = CITIES[number % len(CITIES)]
    street = f"{number} Mill Road"
    return {
        "address1_line1": street,
        "address1_city": city,
        "address1_postalcode": code,
        "address1_country": country,
        "address1_composite": f"{street}\n{code} {city}\n{country}",
        "address1_latitude": latitude,
        "address1_longitude": longitude,
    }


def _account_details(number: int) -> dict[str, Value]:
    """Return the optional values that some accounts lack."""
    return {
        "telephone1": f"+49 555 01{number:02}",
        "websiteurl": f"https://account-{number}.example.com",
        "description": f"Runs {number + 2} pumps and {number % 4} roofs.",
        "revenue": 125_000.5 * number,
        "numberofemployees": 12 * number,
    }


def _contact(builder: SampleBuilder, number: int, accounts: Sequence[Ref]) -> Ref:
    names = (pick(FIRST_NAMES, number - 1), pick(LAST_NAMES, number - 1))
    first, last = _SPECIAL_CONTACTS.get(number, names)
    city, country, *_ = CITIES[number % len(CITIES)]
    return builder.add(
        "contact",
        number,
        firstname=first,
        lastname=last,
        jobtitle=pick(JOBS, number),
        parentcustomerid=accounts[(number - 1) % len(accounts)],
        emailaddress1=f"contact-{number}@example.com",
        telephone1=None if number % 8 == 0 else f"+353 555 02{number:02}",
        mobilephone=f"+1 555 03{number:02}",
        address1_city=city,
        address1_country=country,
        birthdate=None if number % 3 == 0 else day(-9000 - 137 * number),
        preferredcontactmethodcode=(1, 2, 3, 5)[number % 4],
        cs_languages=((1,), (1, 2), (1, 3), (4, 5))[number % 4],
        ownerid=OWNERS[(number - 1) % len(OWNERS)],
    )
