"""Each reader gets their own language, and everyone in a chat the chat's (spec I1-I4)."""

import re
from typing import Any

import pytest

from bot.store.tables import chat_rules, outbox
from tests.cards.schema import parts
from tests.fakes.connector import error
from tests.steps.private_views import private_view
from tests.steps.settings_pages import ShownPage, first_page, request_page
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.test_disconnect import connected
from tests.wire.test_values_for_each import own, tell_each
from tests.wire.world import GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

GERMAN, JAPANESE, ARABIC, FRENCH, DUTCH = 1031, 1041, 1025, 1036, 1043
ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069"))


async def speak(world: World, person: Somebody, language: int) -> None:
    """Set the language of the person in Dynamics 365."""
    settings = f"/usersettingscollection({await world.user_id(person)})"
    world.dataverse_refuses[settings] = (200, {"uilanguageid": language, "localeid": language})


def set_base_language(world: World, language: int) -> None:
    world.dataverse_refuses["/organizations?"] = (200, {"value": [{"languagecode": language}]})


async def ask(world: World, text: str, locale: object, *, person: Somebody = LYNNE, entities: object = ()) -> list[str]:
    """Write to the bot alone in a client with this language; return the texts of the answer."""
    message = world.activity(PERSONAL, person, type="message", text=text, locale=locale, entities=entities)
    status, _ = await world.post(message)
    assert status == 201
    return texts(world.card(PERSONAL))


async def open_rules(world: World, person: Somebody = ALEX) -> ShownPage:
    await world.say("notifications", person=person)
    (button,) = buttons(world.card()).values()
    return await request_page(world, button["data"], person=person, name="task/fetch")


async def status_of(world: World, person: Somebody) -> dict[str, Any]:
    """Return the status as the person sees it, behind the button for everyone."""
    await world.say("status", person=person)
    (button,) = buttons(world.card()).values()
    answer: dict[str, Any] = (await world.press(button, person=person))["value"]
    return answer


def shown(card: Any) -> list[str]:
    return [each.translate(ISOLATES) for each in texts(card)]


async def test_three_readers_see_one_change_in_three_languages(world: World) -> None:
    await tell_each(world)
    for person, language in ((PATTI, GERMAN), (MEGAN, JAPANESE), (ISAIAH, ARABIC)):
        await speak(world, person, language)
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    card = world.card()
    assert "Priority: changed" in texts(card)
    own_cards = {person: await own(world, card, person) for person in (PATTI, MEGAN, ISAIAH, ALEX)}
    assert "Priorität: Normal → **Hoch**" in shown(own_cards[PATTI])
    assert "優先度: 標準 → **高**" in shown(own_cards[MEGAN])
    assert "الأولوية: عادية ← **مرتفعة**" in shown(own_cards[ISAIAH])
    assert "Priority: Normal → **High**" in shown(own_cards[ALEX])
    assert [each.get("rtl") for each in own_cards.values()] == [None, None, True, None]
    assert "Datensatz öffnen" in buttons(own_cards[PATTI])
    assert "レコードを開く" in buttons(own_cards[MEGAN])


async def test_a_reader_sees_that_a_record_was_closed_in_their_language(world: World) -> None:
    await tell_each(world)
    await speak(world, PATTI, GERMAN)
    await speak(world, ISAIAH, ARABIC)
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    await world.change({"statecode": 1, "statuscode": 5}, by=ADELE)
    await world.window_ends()
    card = world.card()
    german, arabic = await own(world, card, PATTI), await own(world, card, ISAIAH)
    closed = "Der Datensatz (Anfrage) wurde geschlossen. Soll der Chat mit CAS-01001 verbunden bleiben?"
    assert closed in shown(german)
    assert "Status: Aktiv → **Gelöst**" in shown(german)
    assert {"Verbunden lassen", "Trennen"} <= set(buttons(german))
    assert not [each for each in shown(arabic) if "was closed" in each]


async def test_a_reader_sees_what_the_chat_missed_in_their_language(world: World) -> None:
    await tell_each(world)
    await speak(world, PATTI, GERMAN)
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    world.connector.fault = lambda *_: error(403, "BotNotInConversationRoster")
    await world.change({"statecode": 1, "statuscode": 5, "prioritycode": 1}, by=ADELE)
    await world.window_ends()
    world.connector.fault = lambda *_: None
    await world.post(world.activity(type="installationUpdate", action="add"))
    await world.settle()
    *_, card = world.connector.cards(GROUP)
    assert texts(card)[0] == "While I was away"
    german = shown(await own(world, card, PATTI))
    assert german[0] == "Während meiner Abwesenheit"
    assert not [each for each in german if "was closed" in each or "changes" in each]
    await world.forget(outbox)


async def test_a_reader_sees_in_their_language_why_changes_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await speak(world, ALEX, GERMAN)
    await connected(world, "CAS-01001")
    await world.change({"prioritycode": 1})
    with monkeypatch.context() as limits:
        limits.setattr("bot.http.client.MAX_BYTES", 10)
        await world.window_ends()
    german = shown(await private_view(world, "status"))
    assert german[-1].endswith(" Dynamics 365 hat eine zu große Antwort zurückgegeben.")
    world.clock.advance(60)
    await world.settle()


async def test_everyone_reads_the_language_that_somebody_chose_for_the_chat(world: World) -> None:
    await connected(world, "CAS-01001")
    page = await open_rules(world)
    language = await request_page(world, page.step("Language"))
    assert language.choices("language")["Français"] == "fr"
    wrong = await request_page(world, language.step("Save", language="tlh"))
    assert "Choose a language of the list." in texts(wrong.card)
    saved = await request_page(world, language.step("Save", language="fr"))
    assert "Saved. The change is active." in texts(saved.card)
    assert "Cards for everyone are in Français." in texts(saved.card)
    await speak(world, ADELE, GERMAN)
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    assert "Priorité: Normale → **Haute**" in texts(world.card())
    # The person's own answers stay in their language.
    status = await status_of(world, ADELE)
    assert texts(status)[0] == "Status dieses Chats"
    base = await request_page(world, (await open_rules(world)).step("Language"))
    await request_page(world, base.step("Save", language="base"))
    (row,) = await world.rows_in(chat_rules)
    assert row["rules"]["language"] is None
    await world.change({"prioritycode": 2}, by=ADELE)
    await world.window_ends()
    assert "Priority: High → **Normal**" in texts(world.card())


async def test_without_a_choice_everyone_reads_the_base_language(world: World) -> None:
    set_base_language(world, JAPANESE)
    await world.restart()
    await world.say("connect CAS-01001", person=ALEX)
    await world.settle()
    note = world.card()
    assert shown(note)[0] == "サポート案件"
    assert "優先度: 標準" in shown(note)


async def test_a_base_language_that_the_app_may_not_read_is_english(world: World) -> None:
    refused = {"error": {"code": "0x80040220", "message": "missing prvReadOrganization privilege"}}
    world.dataverse_refuses["/organizations?"] = (403, refused)
    await world.restart()
    await world.say("connect CAS-01001", person=ALEX)
    await world.settle()
    assert texts(world.card())[0] == "Case"


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("de-CH", "Befehle"),
        ("de-DE", "Befehle"),
        ("pt-PT", "Comandos"),
        ("EN-us", "Commands"),
        ("qps-ploc", "Commands"),
        ("nl-NL", "Commands"),
        ("x" * 5_000, "Commands"),
        ("../de", "Commands"),
        ("", "Commands"),
        (None, "Commands"),
        (5, "Commands"),
        (["de"], "Commands"),
    ],
)
async def test_a_person_without_a_user_reads_the_language_of_their_client(
    world: World, locale: object, title: str
) -> None:
    assert (await ask(world, "help", locale))[0] == title


async def test_the_client_can_name_its_language_beside_the_message(world: World) -> None:
    client = {"type": "clientInfo", "locale": "fr-CA", "country": "CA", "platform": "Web"}
    assert (await ask(world, "help", None, entities=[client]))[0] == "Commandes"
    for broken in ({"type": "clientInfo", "locale": 7}, {"type": "clientInfo"}, {"type": "x", "locale": ["de"]}):
        assert (await ask(world, "help", None, entities=[broken]))[0] == "Commands"


async def test_the_language_in_dynamics_365_comes_before_that_of_the_client(world: World) -> None:
    await speak(world, PATTI, GERMAN)
    assert (await ask(world, "help", "ja-JP", person=PATTI))[0] == "Befehle"


async def test_a_language_without_a_catalog_leads_to_that_of_the_client(world: World) -> None:
    await speak(world, PATTI, DUTCH)
    assert (await ask(world, "help", "fr-FR", person=PATTI))[0] == "Commandes"
    await speak(world, MEGAN, 999_999)
    assert (await ask(world, "help", "de-AT", person=MEGAN))[0] == "Befehle"


async def test_where_dataverse_does_not_answer_the_answer_is_in_the_language_of_the_client(world: World) -> None:
    for status, body in ((403, {"error": {"code": "0x80040220", "message": "no"}}), (200, {"uilanguageid": "de"})):
        world.dataverse_refuses["/usersettingscollection("] = (status, body)
        assert (await ask(world, "help", "de-DE", person=PATTI))[0] == "Befehle"


@pytest.mark.parametrize("command", ["connect", "verbinden", "connecter", "conectar", "接続"])
@pytest.mark.parametrize("locale", ["en-US", "de-DE", "ja-JP", "ar-SA"])
async def test_each_word_connects_a_chat_for_every_writer(world: World, command: str, locale: str) -> None:
    text = f"{command}CAS-01001" if command == "接続" else f"{command} CAS-01001"
    message = world.activity(GROUP, ALEX, type="message", text=f"<at>Chat Sync</at> {text}", locale=locale)
    mention = {"type": "mention", "mentioned": message["recipient"], "text": "<at>Chat Sync</at>"}
    status, _ = await world.post({**message, "entities": [mention]})
    assert status == 201
    await world.settle()
    assert texts(world.card())[0] == "Case"


async def test_each_page_of_the_settings_is_in_the_administrators_language(world: World) -> None:
    await speak(world, ALEX, GERMAN)
    page = await first_page(world)
    assert page.title == "Chat Sync-Einstellungen"
    assert "Organisation" in buttons(page.card)


async def test_a_card_from_right_to_left_keeps_names_of_the_other_direction_together(world: World) -> None:
    await speak(world, ISAIAH, ARABIC)
    await connected(world, "CAS-01001")
    status = await status_of(world, ISAIAH)
    assert status["rtl"] is True
    titles = [each["title"] for each in parts(status) if each.get("type") == "Action.Execute"]
    assert all(re.search("[\u0600-\u06ff]", title) for title in titles)


async def test_a_moment_on_a_card_for_everyone_is_shown_by_each_readers_clock(world: World) -> None:
    await world.say("connect CAS-01001")
    await world.settle()
    (message,) = world.connector.posts[GROUP]
    (created,) = [each for each in texts(world.card()) if each.startswith("Created On: ")]
    assert re.fullmatch(r"Created On: \{\{DATE\((.+Z), SHORT\)\}\} \{\{TIME\(\1\)\}\}", created)
    # The activity feed has no clock.
    assert "{{" not in message["summary"]
