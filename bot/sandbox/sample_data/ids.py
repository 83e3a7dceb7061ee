"""Ids of the sample rows: fixed, and readable."""

from bot.sandbox.values import Ref

CASE_PREFIX = 0
"""Cases begin with zeros, so that the id of the first one is known by heart."""


def row_id(prefix: int, number: int) -> str:
    """The id of a table's row: its prefix (the table's type code) and its number in hexadecimal."""
    return f"{prefix:08}-0000-4000-9000-{number:012x}"


def object_id(person: int) -> str:
    """The Entra object id of a sample person, such as 20."""
    return f"00000000-0000-0000-0000-{person:012}"


def user_id(person: int) -> str:
    """The `systemuserid` of a sample person; it ends with the same digits as the object id."""
    return f"00000008-0000-4000-9000-{person:012}"


def user(person: int) -> Ref:
    """The user of a sample person."""
    return Ref("systemuser", user_id(person))


def team(number: int) -> Ref:
    """A sample team."""
    return Ref("team", row_id(9, number))


def unit(number: int) -> Ref:
    """A sample business unit."""
    return Ref("businessunit", row_id(10, number))


def currency(number: int) -> Ref:
    """A sample currency; the first is the base currency."""
    return Ref("transactioncurrency", row_id(9105, number))


ALEX, MEGAN, ADELE, ISAIAH, PATTI, LYNNE, DIEGO = range(20, 27)
"""The sample people by the last digits of their object ids."""

APPLICATION = 99
APPLICATION_USER_ID = user_id(APPLICATION)

TIER_2, DISPATCH = team(1), team(2)
ROOT, EMEA, DACH, AMERICAS = unit(1), unit(2), unit(3), unit(4)
EURO, DOLLAR = currency(1), currency(2)

ENDPOINT_ID = row_id(4618, 1)
CASE_STEP_ID = row_id(4608, 1)
DELETE_STEP_IDS = {"incident": row_id(4608, 2), "account": row_id(4608, 3)}
