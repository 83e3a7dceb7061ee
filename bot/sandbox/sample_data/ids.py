"""Fixed, readable IDs of the sample rows."""

from bot.sandbox.values import Ref

CASE_PREFIX = 0
"""Prefix of case IDs. It is zero so that the first case's ID is easy to remember."""


def row_id(prefix: int, number: int) -> str:
    """Return a row's ID, built from a prefix (the table's type code) and a number."""
    return f"{prefix:08}-0000-4000-9000-{number:012x}"


def object_id(person: int) -> str:
    """Return the Entra object ID of a sample person."""
    return f"00000000-0000-0000-0000-{person:012}"


def user_id(person: int) -> str:
    """Return the `systemuserid` of a sample person, which ends with the same digits as the object ID."""
    return f"00000008-0000-4000-9000-{person:012}"


def user(person: int) -> Ref:
    """Return a reference to a sample person's user."""
    return Ref("systemuser", user_id(person))


def team(number: int) -> Ref:
    """Return a reference to a sample team."""
    return Ref("team", row_id(9, number))


def unit(number: int) -> Ref:
    """Return a reference to a sample business unit."""
    return Ref("businessunit", row_id(10, number))


def currency(number: int) -> Ref:
    """Return a reference to a sample currency. The first is the base currency."""
    return Ref("transactioncurrency", row_id(9105, number))


ALEX, MEGAN, ADELE, ISAIAH, PATTI, LYNNE, DIEGO = range(20, 27)
"""Numbers of the sample people, which are the last digits of their object IDs."""

APPLICATION = 99
APPLICATION_USER_ID = user_id(APPLICATION)

TIER_2, DISPATCH = team(1), team(2)
ROOT, EMEA, DACH, AMERICAS = unit(1), unit(2), unit(3), unit(4)
EURO, DOLLAR = currency(1), currency(2)

TEAMS_TEAM_ID = "00000004-0000-4000-9000-000000000001"
PUMPS_CHANNEL_ID = "19:fieldservicepumps@thread.tacv2"
"""IDs in Microsoft Teams: the team Field Service, and its channel Pumps."""

ENDPOINT_ID = row_id(4618, 1)
CASE_STEP_ID = row_id(4608, 1)
DELETE_STEP_IDS = {
    "incident": row_id(4608, 2),
    "account": row_id(4608, 3),
    "contact": row_id(4608, 4),
    "knowledgearticle": row_id(4608, 5),
    "email": row_id(4608, 6),
    "msdyn_ocliveworkitem": row_id(4608, 7),
}
"""The steps for deleted rows by table: all tables that chats can be connected to from the start."""
UPDATE_STEP_IDS = {"incident": CASE_STEP_ID} | {
    table: row_id(4608, number) for number, table in enumerate(list(DELETE_STEP_IDS)[1:], 8)
}
"""The steps for changed rows by table."""
