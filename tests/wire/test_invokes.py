"""Every invoke is answered: in time while Dynamics 365 does not respond, and in a format that Teams shows (spec Q2)."""

import asyncio
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import text, update

from bot.domain.extension_names import ACTIONS, INITIAL_RUN, SEARCH, SEARCHES
from bot.domain.public_names import Dataset, Dialog, Verb, encode_dataset
from bot.handlers.invoke_answers import failed_answer
from bot.handlers.invoke_names import Invoke
from bot.store.tables import chat, connection
from tests.cards.schema import schema_errors
from tests.steps.record_actions import ALL, FIELDS, allow_actions
from tests.steps.saved_messages import MESSAGE
from tests.wire.people import ALEX, COLLEAGUES, LYNNE, MEGAN, Somebody
from tests.wire.world import GROUP, MESSAGES, UNPACED, World

pytestmark = pytest.mark.one_database

SLOW = " is taking too long to respond."
"""Pages that wait for the channels, too, name the system that took longer."""
ACTS = ("", "fields", "note", "resolution", "assign", "save fields", "save note", "resolve")
KEY = "00000000-0000-4000-8000-00000000cafe"
WRONG = "Something went wrong. Try again. If the problem continues, send this ID to your administrator:"
WITHOUT_DATAVERSE: Mapping[Invoke, Collection[str]] = {
    **dict.fromkeys(Invoke, ()),
    # A change and cards that were never posted.
    Invoke.BUTTON: {Verb.CANCEL, Verb.VIEW_CHANGE, Verb.VIEW_LIVE_CARD, Verb.VIEW_SUMMARY},
    # A page without a message, and one without a signature.
    Invoke.TASK_FETCH: {Dialog.SAVE_MESSAGE, Dialog.SAVE_THIS_MESSAGE},
    Invoke.TASK_SUBMIT: {Dialog.SAVE_MESSAGE, Dialog.SAVE_THIS_MESSAGE},
    Invoke.SUBMIT_ACTION: {Dialog.SAVE_THIS_MESSAGE},
    # Data without a choice.
    Invoke.SEARCH_INPUT: [*Dataset],
    Invoke.ANONYMOUS_QUERY_LINK: {"link"},
    Invoke.SETTINGS: {""},
    Invoke.ITEM: {""},
}
"""Invokes that are answered from memory, by name."""


async def claims(world: World) -> dict[str, str]:
    """Return all values in buttons and pages about the case that the chat is connected to."""
    (found,) = await world.paste(await world.link(), person=ALEX)
    record: dict[str, str] = found["content"]["refresh"]["action"]["data"]
    (kept,) = await world.rows_in(connection)
    chosen = "|".join((record["environment"], record["table"], record["row"]))
    people = {"person": MEGAN.object_id, "names": "Megan", "others": MEGAN.object_id}
    return {
        **record,
        **people,
        "record": chosen,
        "connection": kept["public_id"],
        "version": 'W/"1"',
        "text": "x",
        "wish": KEY,
        "channel": "19:t|19:c",
    }


def asked(name: Invoke, claim: Mapping[str, str], link: str) -> Mapping[str, object]:
    """Return every value that Teams sends with the invokes of this name, by purpose."""
    button = {verb: {"action": {"verb": verb, "data": claim}} for verb in Verb}
    button[Verb.CHOOSE] = {"action": {"verb": Verb.CHOOSE, "data": {**claim, "named": "pump"}}}
    acts = {f"update {act}": {"action": {"verb": Verb.UPDATE, "data": {**claim, "act": act}}} for act in ACTS}
    pages: dict[str, Mapping[str, object]] = {
        dialog: {"data": {**claim, **_settings(dialog), "dialog": dialog}} for dialog in Dialog
    }
    pages |= {f"update {act}": {"data": {**claim, "dialog": Dialog.UPDATE, "act": act}} for act in ACTS}
    message = {"commandContext": "message", "messagePayload": MESSAGE}
    typed = {each: {"dataset": encode_dataset(each, claim), "queryText": "pump"} for each in Dataset}
    words = {each: [{"name": each, "value": "pump"}] for each in (*SEARCHES, INITIAL_RUN)}
    values: Mapping[Invoke, Mapping[Any, object]] = {
        Invoke.BUTTON: {**button, **acts},
        Invoke.SEARCH_INPUT: typed,
        Invoke.SEARCH: {each: {"commandId": SEARCH, "parameters": given} for each, given in words.items()},
        Invoke.QUERY_LINK: {"link": {"url": link}},
        Invoke.ANONYMOUS_QUERY_LINK: {"link": {"url": link}},
        Invoke.SETTINGS: {"": {}},
        Invoke.ITEM: {"": claim},
        Invoke.FETCH_TASK: {each: {"commandId": each, **message} for each in ACTIONS},
        Invoke.SUBMIT_ACTION: {each: {"commandId": "x", **message, **value} for each, value in pages.items()},
        Invoke.TASK_FETCH: pages,
        Invoke.TASK_SUBMIT: pages,
    }
    return values[name]


def _settings(dialog: Dialog) -> Mapping[str, str]:
    """Return the other inputs of the settings pages."""
    switches = dict.fromkeys(("chats_on", "mirror_chats", "enabled"), "true")
    return {**switches, "version": "0", "settings": "{}"} if dialog.startswith(Dialog.SETTINGS) else {}


async def answers(world: World, name: Invoke, values: Mapping[str, object]) -> Mapping[str, tuple[int, Any]]:
    """Return the status and the body of each answer."""

    async def answered(person: Somebody, value: object) -> tuple[int, Any]:
        return await world.post(world.activity(GROUP, person, type="invoke", name=name, value=value))

    # A new search does not wait for the previous one of the same person.
    people = [*COLLEAGUES, LYNNE] if name is Invoke.SEARCH else [ALEX]
    answering = [answered(person, value) for person, value in zip(cycle(people), values.values(), strict=False)]
    return dict(zip(values, await asyncio.gather(*answering), strict=True))


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("name", [each for each in Invoke if each is not Invoke.SIGN_IN])
async def test_every_invoke_is_answered_in_time_if_dataverse_does_not_respond(world: World, name: Invoke) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    await allow_actions(world, acts=ALL, fields=FIELDS)
    values = asked(name, await claims(world), await world.link())
    world.limits = replace(UNPACED, answer_within_s=2.5)
    await world.restart()
    world.dataverse_hangs = True
    # Those that need not wait for Dataverse are asked first, so that they have the time for themselves.
    without = {what: value for what, value in values.items() if what in WITHOUT_DATAVERSE[name]}
    answered = {**await answers(world, name, without)}
    answered |= await answers(world, name, {what: value for what, value in values.items() if what not in without})
    for what, (status, body) in answered.items():
        assert status == 200, what
        assert (SLOW in json.dumps(body)) is (what not in without), what
    world.dataverse_hangs = False


def said(name: Invoke, body: Any) -> str:
    """Return the error text that Teams shows from an answer."""
    match name:
        case Invoke.BUTTON | Invoke.SIGN_IN:
            assert body["type"] == "application/vnd.microsoft.error"
            return str(body["value"]["message"])
        case Invoke.SEARCH_INPUT:
            assert body["type"] == "application/vnd.microsoft.search.searchResponse"
            return str(body["value"]["results"])
        case Invoke.QUERY_LINK | Invoke.SEARCH | Invoke.SETTINGS | Invoke.ITEM:
            assert body["composeExtension"]["type"] == "message"
            return str(body["composeExtension"]["text"])
        case _:
            assert body["task"]["type"] == "message"
            return str(body["task"]["value"])


@pytest.mark.parametrize("name", [each for each in Invoke if each is not Invoke.ANONYMOUS_QUERY_LINK])
async def test_what_nobody_foresaw_is_said_in_the_form_that_teams_shows(world: World, name: Invoke) -> None:
    await world.restart()
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(chat).where(chat.c.id == GROUP).values(kind="nothing of ours"))
    activity = world.activity(GROUP, ALEX, type="invoke", name=name, value={})
    async with world.session.post(world.url + MESSAGES, json=activity) as answer:
        told = said(name, await answer.json())
    nothing = name is Invoke.SEARCH_INPUT
    assert told == "[]" if nothing else re.fullmatch(f"{re.escape(WRONG)} [0-9a-f]{{32}}", told)


async def test_who_has_not_added_the_app_gets_no_card_where_nobody_foresaw_why() -> None:
    assert failed_answer(Invoke.ANONYMOUS_QUERY_LINK, WRONG)["composeExtension"]["attachments"] == []


@pytest.mark.databases("sqlite")  # PostgreSQL reports a missing table as an unexpected error
async def test_a_database_that_does_not_work_is_said_in_the_same_form(world: World) -> None:
    await world.restart()
    async with world.engines.writing.begin() as connection:
        await connection.execute(text("ALTER TABLE chat RENAME TO chat_elsewhere"))
    _, body = await world.post(world.activity(GROUP, ALEX, type="invoke", name=Invoke.TASK_FETCH, value={}))
    async with world.engines.writing.begin() as connection:
        await connection.execute(text("ALTER TABLE chat_elsewhere RENAME TO chat"))
    assert body["task"]["value"] == "The database is not available at the moment. Try again in a few minutes."


@pytest.mark.parametrize("command", ACTIONS)
async def test_each_action_command_opens_a_page(world: World, command: Dialog) -> None:
    value = {"commandId": command, "commandContext": "message", "messagePayload": MESSAGE}
    status, body = await world.post(world.activity(GROUP, ALEX, type="invoke", name=Invoke.FETCH_TASK, value=value))
    shown = body["task"]["value"]
    assert (status, schema_errors(shown["card"]["content"])) == (200, [])
    assert shown["title"] != "Chat Sync"
