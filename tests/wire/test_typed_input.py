# ruff: noqa: RUF001 - people type these characters
"""Messages as people type, paste, quote, and forward them (spec C1, C2)."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import update

from bot.store.tables import connection, record_type
from tests.cards.schema import parts
from tests.steps.records import SECRET_CASE, create
from tests.wire.people import ADELE, ALEX, LYNNE, PATTI
from tests.wire.world import API, BOT, GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

AT = f"<at>{BOT['name']}</at>"
MENTION = {"type": "mention", "mentioned": BOT, "text": AT}
OTHER = "<at>Adele Vance</at>"
OTHER_MENTION = {"type": "mention", "mentioned": {"id": ADELE.account_id, "name": ADELE.name}, "text": OTHER}
SKYPE = 'itemscope itemtype="http://schema.skype.com'


async def answer(world: World, text: str, *attached: dict[str, Any]) -> str:
    """Send a message to the bot; return the first line of the only answer."""
    entities = [MENTION, OTHER_MENTION] if OTHER in text else [MENTION]
    message = world.activity(type="message", text=text, entities=entities)
    status, _ = await world.post({**message, "attachments": list(attached)} if attached else message)
    assert status == 201
    await world.settle()
    return texts(world.card())[0]


def html(content: str) -> dict[str, Any]:
    return {"contentType": "text/html", "content": content}


async def test_a_record_is_found_however_the_message_is_written(world: World) -> None:
    link = await world.link()
    wrapped = quote(link, safe="")
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    assert texts(world.card())[0] == "CAS-01001 is connected to this chat."
    for text in (
        *(f"{AT} connect {each}" for each in ("CAS–01001", "CAS 01001", "cas01001", "ＣＡＳ－０１００１", "CAS-٠١٠٠١")),
        *(
            f"{AT} connect {each}"
            for each in ("CAS-01001\u200b", "“CAS-01001”", "CAS-01001.", "CAS-01001!", "CAS-01001…")
        ),
        *(f"{AT} connect {each}" for each in ("to case CAS-01001, please", "#CAS-01001", "the case (CAS-01001)")),
        *(f"{AT} connect {each}" for each in ("CAS-01001 quiet.", "quiet CAS-01001", "quiet, please: CAS-01001")),
        *(
            f"{AT} connect {each}"
            for each in (link + "\u200b", f"“{link}”", f"&lt;{link}&gt;", f"{link}.", f"[Case]({link})")
        ),
        f"{AT} connect {link.replace('&', '&amp;')}",
        f"{AT} connect https://eur01.safelinks.protection.outlook.com/?url={wrapped}&data=05%7C02&reserved=0",
        f"{AT} connect https://statics.teams.cdn.office.net/evergreen-assets/safelinks/2/atp-safelinks.html?url={wrapped}",
        f"\ufeff{AT} \ufeffconnect CAS-01001",
        f"{AT}, connect CAS-01001",
        f"{AT}: /connect: CAS-01001",
        f"{AT} Please connect this chat to CAS-01001.",
        f"connect {AT} CAS-01001",
        f"{AT} connect CAS-01001 {OTHER}",
        f"{OTHER} {AT} connect CAS-01001",
        f'<quoted messageId="1735689600000"/> {AT} connect CAS-01001',
        f"Could somebody look at it?\n{AT} connect CAS-01001",
        f"connect CAS-01002 I said\n{AT} connect CAS-01001",
    ):
        assert await answer(world, text) == "CAS-01001 is already connected to this chat.", text


async def test_what_is_only_in_the_html_or_in_a_forwarded_message_counts(world: World) -> None:
    link = (await world.link()).replace("&", "&amp;")
    anchor = f'<a href="{link}" title="{link}">Case: Pump …</a>'
    emoji = '<img src="https://statics.teams.cdn.office.net/smile.png" alt="🙂">'
    reply = f'<blockquote {SKYPE}/Reply"><p>connect CAS-01002</p></blockquote>'
    forwarded = json.dumps({"messageId": "1", "originalMessageContent": f"<p>See {anchor}</p>"})
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    for text, attached in (
        (
            f"{AT} connect Case: Pump …",
            html(f'<p><span {SKYPE}/Mention">Chat Sync</span> connect {anchor} {emoji}</p>'),
        ),
        (f"{AT} connect CAS-01001", html(f"<p>connect CAS-01001 {emoji}</p>")),
        (f"connect CAS-01002\n{AT} connect CAS-01001", html(f"{reply}<p>connect CAS-01001</p>")),
        (
            f"connect CAS-01002\nconnect CAS-01001 {AT}",
            html(f'{reply}<p>connect CAS-01001 <span {SKYPE}/Mention">x</span></p>'),
        ),
        (
            f'{AT} connect <attachment id="1"></attachment>',
            {"contentType": "forwardedMessageReference", "content": forwarded},
        ),
    ):
        assert await answer(world, text, attached) == "CAS-01001 is already connected to this chat.", text
    for broken in (html("<a href="), html("{"), {"contentType": "forwardedMessageReference", "content": '{"a":[1,'}):
        assert await answer(world, f"{AT} connect", broken) == "Which record?"


async def test_words_that_name_no_record_connect_nothing(world: World) -> None:
    link = await world.link()
    other = "https://fabrikam.crm4.dynamics.com/main.aspx?etn=incident&id=" + link[-36:]
    for text, expected in {
        "connect CAS-99999": "No record found.",
        "connect CAS-01001 zebra": "No record found.",
        "connect CAS-01001 CAS-99999": "No record found.",
        "connect this is not a record": "No record found.",
        "connect please": "No record found.",
        "connect https://docs.example.com/x": "This link does not open a record in your Dynamics 365 environment.",
        f"connect {link} {other}": "This link does not open a record in your Dynamics 365 environment.",
        f"connect https://redirect.example/?url={quote(link, safe='')}": (
            "This link does not open a record in your Dynamics 365 environment."
        ),
    }.items():
        assert await answer(world, f"{AT} {text}") == expected, text
    assert await answer(world, f"{AT} Pump CAS-01001") == "I don't know **Pump**."
    await world.say(f"connect {link} see https://docs.example.com/x quiet", person=ALEX, chat=GROUP)
    await world.settle()
    assert texts(world.card())[0] == "CAS-01001 is connected to this chat."


async def test_several_records_are_a_choice_and_none_is_dropped(world: World) -> None:
    first, second = await world.link(), await world.link("CAS-01002")
    expected = {await world.row("incidents", "CAS-01001"), await world.row("incidents", "CAS-01002")}
    for text in (
        *(f"{first} {second}", f"{second}\n{first}\n{first}", "CAS-01001, CAS-01002", "CAS-01001 & cas-01002, please"),
        *(f"CAS-01002: {first}", f"{first.replace('&', '&amp;')} CAS-01001 and CAS–01002"),
    ):
        await world.say(f"connect {text} quiet")
        card = (await world.press(buttons(world.card())["Show records"]))["value"]
        assert "Not listed?" not in texts(card)[-1]
        offered = [part for part in parts(card) if part.get("verb") == "connect"]
        assert {each["data"]["row"] for each in offered} == expected, text
    assert await world.rows_in(connection) == []
    assert await answer(world, f"{AT} connect Case CAS-01001: {first} quiet") == "CAS-01001 is connected to this chat."
    for each in {button["data"]["row"]: button for button in offered}.values():
        await world.press(each)
        await world.settle()
    assert len(await world.rows_in(connection)) == 2
    world.connector.posts.pop(GROUP)
    for text in (f"{first} {second}", "CAS-01001 CAS-01002", f"CAS-01002 {first}", ""):
        await world.say(f"disconnect {text}")
        card = (await world.press(buttons(world.card())["Choose a record"]))["value"]
        assert len({part["data"]["connection"] for part in parts(card) if part.get("verb") == "disconnect"}) == 2
    for text in ("CAS-01001 CAS-99999", f"{first} {await world.link('CAS-01003')}", "zebra"):
        assert await answer(world, f"{AT} disconnect {text}") == "This chat is not connected to a matching record."
    for text in ("the case “CAS–01001”, please", f"{second}."):
        assert "disconnected" in await answer(world, f"{AT} disconnect {text}")


async def test_a_choice_says_how_to_find_others_unless_the_records_were_named(world: World) -> None:
    for name, number in (("T-1", "T-6"), ("T-1", "T-7"), ("T-2 East", "T-8"), ("T-2 West", "T-9")):
        await create(world, "accounts", {"name": name, "accountnumber": number})
    for text, is_named in (("T-1", True), ("t–1.", True), ("T-8 T-9", True), ("T-2", False), ("pump", False)):
        await world.say(f"connect {text}")
        said = texts((await world.press(buttons(world.card())["Show records"]))["value"])
        assert ("Not listed? Write more of its name" not in said[-1]) is is_named, text


async def test_a_hidden_record_among_several_is_not_named(world: World) -> None:
    await world.say(f"connect {await world.link()} {await world.link(SECRET_CASE)}", person=PATTI)
    assert texts(world.card())[0].startswith("This record does not exist")
    await world.say(f"connect CAS-01001 {SECRET_CASE}", person=PATTI)
    assert texts(world.card())[0] == "No record found."
    assert await world.rows_in(connection) == []


async def add_table(world: World, table: str) -> None:
    """Enable a table whose records have no number, in place of a standard table."""
    async with world.engines.writing.begin() as transaction:
        added = update(record_type).where(record_type.c.table == "contact").values(table=table)
        await transaction.execute(added)
    await world.restart()


async def test_a_name_that_looks_like_a_number_is_found(world: World) -> None:
    await add_table(world, "msdyn_workorder")
    wanted = "WO-01001"
    for text in (wanted, wanted.lower(), wanted.replace("-", "–"), wanted.replace("-", ""), f"“{wanted}”."):
        assert await answer(world, f"{AT} connect {text} quiet") == f"{wanted} is connected to this chat.", text
        assert f"disconnected {wanted}" in await answer(world, f"{AT} disconnect {text}"), text
        assert (await world.type_in("records", text, person=ALEX))[0].startswith(wanted), text
    short = await create(world, "accounts", {"name": "Short", "accountnumber": "Z-1"})
    for each in range(10, 20):
        await create(world, "accounts", {"name": f"Longer {each}", "accountnumber": f"Z-{each}"})
    await world.say("connect z–1 quiet")
    await world.settle()
    assert short in str(world.card())
    planning = await create(world, "accounts", {"name": "Q4-2026 planning"})
    for text in ("Q4-2026", "q4‑2026 planning", "the case “Q4-2026 planning”"):
        await world.say(f"connect {text} quiet")
        await world.settle()
        assert planning in str(world.card()), text


async def test_a_renamed_record_has_its_new_name_everywhere(world: World) -> None:
    await add_table(world, "opportunity")
    world.connector.members[GROUP] = [ALEX.account_id, ADELE.account_id]
    row = await create(world, "opportunities", {"name": "Zulu order"})
    assert await answer(world, f"{AT} connect zulu quiet") == "Zulu order is connected to this chat."
    await rename(world, f"opportunities({row})", name="Turbine service")
    await world.say("disconnect turbine SERVICE.")
    await world.settle()
    card = world.card()
    assert texts(card)[0] == "Alex Wilber disconnected Turbine service from this chat."
    assert "connect Turbine service" in texts(card)[1]
    await rename(world, f"opportunities({row})", name="Turbine repair")
    await world.press(buttons(card)["Undo"])
    await world.settle()
    assert texts(world.card())[0] == "Alex Wilber connected Turbine repair to this chat again."
    world.join(LYNNE)
    world.clock.advance(60)
    await world.say("disconnect turbine repair")
    await world.settle()
    assert texts(world.card())[0] == "Alex Wilber disconnected Zulu order from this chat."


async def test_a_new_name_is_kept_once_the_chat_was_shown_it(world: World) -> None:
    for number in ("CAS-01001", SECRET_CASE):
        await world.say(f"connect {number} quiet")
        await world.settle()
        world.card()
        await rename(world, f"incidents({await world.row('incidents', number)})", title=f"Zebra crossing {number}")
    assert "zebra" not in str([row["record_name"] for row in await world.rows_in(connection)]).lower()
    await world.change({"prioritycode": 1})
    await world.window_ends()
    assert "Zebra crossing CAS-01001" in texts(world.card())
    names = {row["record_number"]: row["record_name"] for row in await world.rows_in(connection)}
    assert names["CAS-01001"] == "Zebra crossing CAS-01001"
    assert "Zebra" not in names[SECRET_CASE]
    hidden = f"Zebra crossing {SECRET_CASE}"
    await world.say(f"disconnect {hidden}", person=PATTI)
    assert texts(world.card())[0] == "This chat is not connected to a matching record."
    await world.say("disconnect", person=PATTI)
    shown = (await world.press(buttons(world.card())["Choose a record"], person=PATTI))["value"]
    assert "Zebra crossing CAS-01001" in texts(shown)
    assert hidden not in str(shown)


async def rename(world: World, path: str, **values: str) -> None:
    """Change a row in Dataverse without an event."""
    await world.switch_webhook(on=False)
    async with world.session.patch(f"{world.sandbox}{API}/{path}", json=values) as changed:
        assert changed.status == 204, await changed.text()
    await world.switch_webhook(on=True)
