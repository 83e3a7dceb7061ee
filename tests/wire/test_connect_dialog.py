"""Connect a chat from the compose box, or from a message that links to a record (spec C1, C2)."""

import json

import pytest

from bot.domain.public_names import Dataset
from bot.features.shared.answers import NOTE_CHOICES_TEXT
from tests.steps.records import SECRET_CASE
from tests.steps.saved_messages import MESSAGE, open_dialog, submit
from tests.steps.settings_pages import turn_off_chats
from tests.wire.people import ADELE, COLLEAGUES, LYNNE, MEGAN, PATTI
from tests.wire.world import GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

COMMAND = "connectChat"
ONE_TO_ONE = f"19:{ADELE.object_id}_{MEGAN.object_id}@unq.gbl.spaces"


def linking(*addresses: str) -> dict[str, object]:
    content = "".join(f'<p><a href="{each.replace("&", "&amp;")}">here</a></p>' for each in addresses)
    return {**MESSAGE, "body": {"contentType": "html", "content": content}}


async def test_the_chat_is_connected_to_the_record_that_is_picked(world: World) -> None:
    page = await open_dialog(world, None, command=COMMAND)
    assert page.title == "Connect this chat"
    assert page.inputs["record"]["choices.data"] == {"type": "Data.Query", "dataset": Dataset.RECORDS}
    first, *_ = page.choices("record").values()
    line = await submit(world, page.step("Connect", record=first, note="false"))
    assert line.endswith(" is connected to this chat.")
    await world.settle()
    assert texts(world.card()) == [line, "Connected by Adele Vance."]


async def test_a_message_that_links_to_a_record_fills_it_in(world: World) -> None:
    link = await world.link()
    page = await open_dialog(
        world, linking("https://example.com/", f"{world.sandbox}/main.aspx", link), command=COMMAND
    )
    assert texts(page.card)[0] == "CAS-01001 · Pump vibrates after firmware update · Case"
    assert await submit(world, page.step("Connect", note="false")) == "CAS-01001 is connected to this chat."
    await world.settle()
    world.card()
    again = await open_dialog(world, linking(link), command=COMMAND)
    assert await submit(world, again.step("Connect")) == "CAS-01001 is already connected to this chat."


async def test_a_link_in_a_forwarded_message_fills_it_in(world: World) -> None:
    anchor = f'<p>See <a href="{(await world.link()).replace("&", "&amp;")}">this case</a></p>'
    for content in (json.dumps({"originalMessageContent": anchor}), {"originalMessageContent": anchor}):
        forwarded = {"contentType": "forwardedMessageReference", "content": content}
        message = {**MESSAGE, "body": {"content": '<attachment id="1"></attachment>'}, "attachments": [forwarded]}
        page = await open_dialog(world, message, command=COMMAND)
        assert texts(page.card)[0].startswith("CAS-01001")


async def test_a_record_card_in_a_message_fills_it_in(world: World) -> None:
    (pasted,) = await world.paste(await world.link())
    card = {"contentType": pasted["contentType"], "content": json.dumps(pasted["content"])}
    page = await open_dialog(world, {**MESSAGE, "body": {"content": ""}, "attachments": [card]}, command=COMMAND)
    assert texts(page.card)[0].startswith("CAS-01001")


async def test_the_first_record_link_of_fifty_is_used_and_another_can_be_chosen(world: World) -> None:
    others = [f"https://example.com/{number}" for number in range(49)]
    page = await open_dialog(world, linking(*others, await world.link()), command=COMMAND)
    assert texts(page.card)[0].startswith("CAS-01001")
    assert await submit(world, page.step("Connect", words="CAS-01002")) == "CAS-01002 is connected to this chat"
    await world.settle()
    world.card()


async def test_a_linked_record_that_the_person_cannot_read_is_not_named(world: World) -> None:
    page = await open_dialog(world, linking(await world.link(SECRET_CASE)), command=COMMAND, person=PATTI)
    assert SECRET_CASE not in json.dumps(page.card)
    refused = await submit(world, page.step("Connect", words=await world.link(SECRET_CASE)), person=PATTI)
    assert texts(refused.card)[0].startswith("This case does not exist")


async def test_several_records_are_a_choice(world: World) -> None:
    page = await open_dialog(world, None, command=COMMAND)
    several = await submit(world, page.step("Connect", words="pump"))
    assert texts(several.card)[0] == ("Choose a record. More records match: write more of the name to find them.")
    chosen = next(value for title, value in several.choices("record").items() if title.startswith("CAS-"))
    assert (await submit(world, several.step("Connect", record=chosen, note="false"))).endswith(
        " is connected to this chat."
    )
    await world.settle()
    world.card()


async def test_the_person_confirms_a_note_that_reaches_people_without_access(world: World) -> None:
    world.connector.members[GROUP] = [each.account_id for each in (*COLLEAGUES, LYNNE)]
    page = await open_dialog(world, linking(await world.link()), command=COMMAND)
    asked = await submit(world, page.step("Connect"))
    assert texts(asked.card)[0].endswith(NOTE_CHOICES_TEXT)
    assert set(buttons(asked.card)) == {"Connect", "Send it anyway"}
    assert world.nothing_was_said()
    assert await submit(world, asked.step("Send it anyway")) == "CAS-01001 is connected to this chat"
    await world.settle()
    assert "Connected by Adele Vance" in texts(world.card())[-1]


async def test_a_one_to_one_chat_continues_with_a_group_chat_of_the_two(world: World) -> None:
    page = await open_dialog(world, linking(await world.link()), command=COMMAND, chat=ONE_TO_ONE)
    assert list(buttons(page.card)) == ["Next"]
    assert "note" not in page.inputs
    people = await submit(world, page.step("Next"), chat=ONE_TO_ONE)
    assert people.title == "New connected chat"
    assert "Megan Bowen" in json.dumps(people.card)


@pytest.mark.parametrize("command", [COMMAND, "saveToRecord"])
async def test_while_chats_are_off_or_without_a_user_the_page_says_so(world: World, command: str) -> None:
    refused = await open_dialog(world, command=command, person=LYNNE)
    assert texts(refused.card)[0].startswith("You have no user in Dynamics 365")
    await turn_off_chats(world)
    refused = await open_dialog(world, command=command)
    assert texts(refused.card)[0].startswith("Your administrator turned off chats")


async def test_input_that_is_too_long_for_a_button_does_not_crash(world: World) -> None:
    page = await open_dialog(world, None, command=COMMAND)
    world.dataverse_is_down = True
    refused = await submit(world, page.step("Connect", words="pump", text="x" * 100_000))
    assert texts(refused.card)[0] == "Dynamics 365 is not responding."
    assert buttons(refused.card) == {}
