"""Translations reach every text of the product on a card or page, in any direction, and longer ones fit."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.texts import and_list, noun, or_list, plural, sentences, text
from cards.activity import MAX_BYTES
from tests.cards.gallery import GALLERY, LONG, NASTY
from tests.cards.pseudo import Pseudo, accented
from tests.cards.regenerate import finished
from tests.cards.schema import parts, schema_errors
from tests.cards.settings_gallery import HOSTILE_NAME

RECORDS = (
    *("Case", "CAS-01001", "CAS-01002", "CAS-01003", "CAS-01004", "CAS-01005", "CAS-01006", "CAS-01036"),
    *("Pump vibrates after firmware update", "Pump *vibrates* at full load", "Pump vibrates", "Re: Pump vibrates"),
    *(f"Pump {number} leaks" for number in range(1, 7)),
    *("Account", "Fabrikam, Inc.", "Email", "Lead (lead)", "Account (account)", "Case *"),
)
COLUMNS = (
    *("Priority", "Status Reason", "Status", "Owner", "Customer", "Created On", "Credit Hold", "Description"),
    *("Follow Up By", "Subject", "Refund amount", "Refund", "Budget", "Resolution", "Escalated", "Exchange Rate"),
    *("Areas", "Address", "Regarding", "Date Sent", "Case Title", "Is Escalated", "A *label*", "*Model*", "# Name"),
    *("*Steps* to take", "*Steps*", "1. Since", "Since", "Ends with", "Main Phone (telephone1)", "Credit Limit"),
    *("Country/Region", "Industry", "Entity Image", "contact.fullname", "To"),
)
VALUES = (
    *("In Progress", "On Hold", "Waiting for Details", "Researching", "Resolved", "Problem Solved", "Active"),
    *(
        "High",
        "Normal",
        "Low",
        "11/20/2026 9:05 AM",
        "Yes",
        "No",
        "Tier 2",
        "Contoso Ltd.",
        "(no name)",
        "Warranty",
        "Pumps, Solar",
        "Pumps",
    ),
    *("First line second line", "First line another line", "1. April", "Information Provided", "Sent"),
    *("Replace the seal [image]", "Replace the seal and the bearing [image]"),
    *("*5* _x_ **b** ~~c~~ `d`", "<at>everyone</at> & <b>you</b>"),
    "https://contoso.example/" + "path" * 60,
)
NAMES = (
    *("Adele Vance", "Megan Bowen", "Alex Wilber", "Isaiah Langer · Support Agent", "Isaiah Langer · Engineer"),
    *("Pump at Fabrikam", "Spare parts", "Chat of Adele Vance", "Channel of a team", "Field Service"),
    *("Quick Find Active Accounts", "Money", "Pictures", "CSR Manager", "Sales, inside", "Europe/Berlin"),
    *("Customer Service Hub (msdyn_CustomerServiceHub)", "Sales Hub (msdynce_saleshub)"),
    *("contoso.crm4.dynamics.com", "fabrikam", "Chat Sync"),
)
TYPED = (
    *("connect CAS-01001", "connect <link, number, or words> [quiet]", "disconnect [<link or number>]"),
    *("connect", "disconnect", "chats", "records", "new", "status", "help", "frobnicate", "pump & *", "pump"),
)
STORED = (
    "Message in Microsoft Teams: Adele Vance · 2026-11-21 10:20 UTC",
    "Attachments: serial plate.jpg, bearing.pdf",
    "Changed by Megan Bowen",
    "https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1735689600000?context=%7B%7D",
    *("Message in Microsoft Teams:", "Attachments:", "Changed by"),
    *(f"record_types.t{number}:" for number in range(12)),
    "format:",
)
"""Lines that the bot adds to a saved message, and names in the text of settings."""
HOSTILE = (
    NASTY,
    NASTY.replace("\n", " "),
    "<at>everyone</at> **bold** [x](https://evil.example) {{DATE(2020-01-01T00:00:00Z)}}",
    "<at>everyone</at> **bold**",
    "[x](https://evil.example)",
    LONG,
    LONG + "It leaks.",
    HOSTILE_NAME,
    *(letter * length for letter in "KNBWw" for length in (300, 100)),
)
DATA = (*RECORDS, *COLUMNS, *VALUES, *NAMES, *TYPED, *STORED, *HOSTILE)
"""Data of records, names, and what people type, on the cards of the gallery: texts without a translation."""

SHORTEST_CUT = 12
PSEUDO = Pseudo()
SHOWN = ("text", "title", "label", "placeholder", "errorMessage")
WORD = re.compile("[A-Za-z]{2,}")
TIMES = re.compile(r"\{\{(DATE|TIME)\(2026-11-21T10:20:30Z(, SHORT)?\)\}\}")
MENTIONS = re.compile("<at>(Adele Vance|עדן לוי)</at>")


def shown_texts(ready: dict[str, Any]) -> Iterator[str]:
    """Yield every text of the activity that people see, except the values of inputs."""
    yield ready["summary"]
    for part in parts(ready["attachments"][0]["content"]):
        yield from (part[name] for name in SHOWN if isinstance(part.get(name), str))
        yield from (fact["value"] for fact in part.get("facts", ()))


def untranslated(shown: str) -> list[str]:
    """Return the English words of the text, without the data of records."""
    shown = MENTIONS.sub("", TIMES.sub("", shown)).replace("&lt;", "<").replace("&amp;", "&")
    shown = re.sub(r"\\(?=[!-/:-@\[-`{-~])|[\u2066-\u2069]", "", shown)
    for data, whole in WHOLE.items():
        shown = without_cut(whole.sub("", shown), data)
    return WORD.findall(shown)


WHOLE = {
    data: re.compile(f"(?<![A-Za-z]){re.escape(data)}(?![A-Za-z])") for data in sorted(DATA, key=len, reverse=True)
}


def without_cut(shown: str, data: str) -> str:
    """Return the text without each long beginning of the data that ends with an ellipsis."""
    before, begins, after = shown.partition(data[:SHORTEST_CUT] if len(data) > SHORTEST_CUT else "…")
    if not begins or begins == "…":
        return shown
    found = begins + after
    same = next((at for at, pair in enumerate(zip(found, data, strict=False)) if pair[0] != pair[1]), len(data))
    rest = found[same:]
    return before + (without_cut(rest[1:], data) if rest.startswith("…") else begins + without_cut(after, data))


@pytest.mark.parametrize("name", GALLERY)
def test_every_text_of_the_product_is_translated(name: str) -> None:
    found = {shown: untranslated(shown) for shown in shown_texts(finished(name, PSEUDO))}
    assert {shown: words for shown, words in found.items() if words} == {}


@pytest.mark.parametrize("name", GALLERY)
def test_a_card_with_longer_texts_is_valid_and_has_room(name: str) -> None:
    ready = finished(name, PSEUDO)
    card = ready["attachments"][0]["content"]
    assert schema_errors(card) == []
    assert len(str(card).encode()) < MAX_BYTES
    assert 0 < len(ready["summary"]) <= 200


@pytest.mark.parametrize("name", GALLERY)
def test_a_card_of_a_right_to_left_language_says_so(name: str) -> None:
    card = finished(name, replace(PSEUDO, is_right_to_left=True))["attachments"][0]["content"]
    assert card["rtl"] is True
    assert schema_errors(card) == []
    assert "rtl" not in finished(name)["attachments"][0]["content"]


def test_an_untranslated_text_is_found() -> None:
    assert untranslated("Open record") == ["Open", "record"]
    assert untranslated(f"{accented('Muted by {name}.')} Adele Vance CAS-01001") == ["name"]
    assert untranslated(PSEUDO("Muted by {name}.", name="Adele Vance")) == []


def test_texts_of_every_form_are_translated() -> None:
    people = and_list([text("nobody"), "Adele Vance", or_list(["Megan Bowen", text("someone")])])
    said = sentences(
        text("{people} left.", people=people), plural(2, "1 card", "{count} cards about {kind}", kind=noun("Case"))
    )
    assert untranslated(PSEUDO.show(said)) == []
    assert {"Adele Vance", "Megan Bowen", "Case"} <= set(re.findall("Adele Vance|Megan Bowen|Case", PSEUDO.show(said)))
