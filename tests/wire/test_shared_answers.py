"""No answer that the whole chat sees contains a name that some of its members may not read (spec S4, S5)."""

from typing import Any

import pytest

from bot.domain.public_names import Command, Dialog, Verb
from bot.store.tables import connection
from bot.wiring.features import FEATURES
from tests.steps.hidden_records import ELSEWHERE, MARKER, Names, commands, connect_hidden_records
from tests.steps.private_views import ALONE, private_view
from tests.steps.records import SECRET_CASE
from tests.steps.settings_pages import turn_off_chats
from tests.wire.people import ADELE, ALEX, LYNNE, PATTI, Somebody
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

COUNT = ["4 connected records", ALONE]
NO_PRIVATE_ANSWER = "This client cannot show a private answer."


@pytest.fixture
async def names(world: World) -> Names:
    return await connect_hidden_records(world)


def test_the_walk_covers_every_command() -> None:
    assert set(Command) < set(commands(_sample_names()))


def _sample_names() -> Names:
    names = Names()
    names.links = dict.fromkeys(("CAS-01001", SECRET_CASE, ELSEWHERE, "contact", "account"), "https://example.com")
    return names


async def shared_cards(world: World, names: Names, person: Somebody) -> list[dict[str, Any]]:
    """Write every command in the chat, and return the cards that everyone sees."""
    for command, arguments in commands(names).items():
        for each in arguments:
            await world.say(f"{command} {each}", person=person)
    await world.settle()
    cards = world.connector.cards(GROUP)
    world.connector.posts.clear()
    return cards


@pytest.mark.parametrize("person", [ALEX, ADELE, PATTI, LYNNE], ids=lambda each: each.name)
async def test_no_command_tells_the_chat_a_name(world: World, names: Names, person: Somebody) -> None:
    cards = await shared_cards(world, names, person)
    assert len(cards) == sum(map(len, commands(names).values()))
    assert [texts(card) for card in cards if names.told(card)] == []
    if person is LYNNE:
        refused = [card for card in cards if texts(card)[0].startswith("You have no user in Dynamics 365")]
        # The others are help, unknown words, options of settings, and refused words and links.
        assert len(cards) - len(refused) <= len(commands(names)[Command.CONNECT]) + 4


async def test_commands_while_chats_are_off_tell_no_names_either(world: World, names: Names) -> None:
    await turn_off_chats(world)
    for person in (ALEX, LYNNE):
        cards = await shared_cards(world, names, person)
        assert [texts(card) for card in cards if names.told(card)] == []
        counts = [card for card in cards if any(text.endswith(COUNT[0]) for text in texts(card))]
        # Only `status` still says how many records there are, because it says why nothing happens.
        assert len(counts) == (person is ALEX)


@pytest.mark.parametrize("command", ["records", "status", "disconnect"])
async def test_the_chat_sees_a_count_and_each_person_their_own_view(world: World, names: Names, command: str) -> None:
    await world.say(command, person=ADELE)
    card = world.card()
    assert texts(card) == COUNT
    # Only the client of the person who asked shows the view without a press.
    assert card["refresh"]["userIds"] == [ADELE.account_id]
    (button,) = buttons(card).values()
    everything = {*names.names} - {ELSEWHERE}
    readable = {ALEX: everything, ADELE: everything, PATTI: {"CAS-01001"}, LYNNE: set()}
    for person, records in readable.items():
        view = (await world.press(button, person=person))["value"]
        assert names.told(view) == records
    world.connector.members[GROUP].remove(ADELE.account_id)
    assert texts((await world.press(button, person=ADELE))["value"])[0] == "Only members of this chat can do this."
    assert world.nothing_was_said()


async def test_a_person_who_cannot_read_a_record_sees_its_number_in_the_choice(world: World, names: Names) -> None:
    view = await private_view(world, "disconnect", person=PATTI)
    said = texts(view)
    assert said.count("A record that you cannot open") == 3
    assert f"{SECRET_CASE} · Connected by Alex Wilber" in said
    assert names.told(view) == {"CAS-01001"}


async def test_words_match_only_names_that_the_person_can_read(world: World, names: Names) -> None:
    for person, refused in ((PATTI, True), (ALEX, False)):
        await world.say(f"disconnect {names.names[SECRET_CASE]}", person=person)
        await world.settle()
        said = texts(world.card())
        if refused:
            assert said[0] == "This chat is not connected to a matching record."
        else:
            # The chat was shown the number, but not the name.
            assert said[0] == f"Alex Wilber disconnected {SECRET_CASE} from this chat."
            assert not names.told(said)


async def test_a_record_without_a_number_is_named_as_it_was_when_it_was_connected(world: World, names: Names) -> None:
    await world.say(f"disconnect {names.links['contact']}")
    await world.settle()
    card = world.card()
    assert texts(card)[0] == "Alex Wilber disconnected Ann Example from this chat."
    assert names.told(card) == set()


ENDING = (Verb.DISCONNECT, Verb.UNDO_DISCONNECT)
VERBS = [*sorted({verb for feature in FEATURES for verb in feature.buttons} - {Verb.VIEW, *ENDING}), *ENDING]
"""All buttons but one: the settings decide what everyone sees of a record on the card of its link."""


async def test_no_button_that_a_client_sends_as_a_message_tells_the_chat_a_name(world: World, names: Names) -> None:
    """Old clients send a button as a message, and everyone sees the answer."""
    more = {"into": OTHER_GROUP, "person": LYNNE.object_id, "named": MARKER, "act": "fields", "change": "x"}
    answered: dict[str, int] = {}
    for verb in VERBS:
        for record in names.links:
            row = names.data(record)["row"]
            (kept, *_) = await world.rows_in(connection, connection.c.row_id == row)
            data = {**names.data(record), "connection": kept["public_id"], **more}
            await world.post(world.activity(type="message", value={"verb": verb, **data}))
            await world.settle()
        cards = world.connector.cards(GROUP)
        assert [(verb, texts(card)) for card in cards if names.told(card)] == []
        answered[verb] = len(cards)
        world.connector.posts.clear()
    assert len(answered) > 15
    assert min(answered.values()) > 0


PAGES = sorted({page for feature in FEATURES for page in feature.pages})


async def test_no_dialog_page_is_posted_to_a_chat_with_others(world: World, names: Names) -> None:
    """Clients without dialogs send the request as a message, and everyone sees the answer."""
    assert len(PAGES) > 20
    for page in PAGES:
        data = {"dialog": page, **names.data(SECRET_CASE), "text": "Hello", "words": MARKER}
        await world.post(world.activity(type="message", value=data))
        await world.settle()
        card = world.card()
        expected = "Only you can see the next page." if page == Dialog.UPDATE else NO_PRIVATE_ANSWER
        assert (page, texts(card)[0]) == (page, expected)
        assert not names.told(card)
        # Where only the person sees the page, it is shown.
        await world.post(world.activity(PERSONAL, type="message", value=data))
        assert texts(world.card(PERSONAL))[0] != NO_PRIVATE_ANSWER
    await world.settle()
    world.connector.posts.clear()
