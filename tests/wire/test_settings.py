"""Administrators configure the product in Teams (spec M1, S1-S3, T1-T6, N5)."""

import asyncio
from dataclasses import replace
from urllib.parse import quote

import pytest

from bot.store.tables import connection, inbox, setting_change
from tests.patience import PATIENCE_S
from tests.steps.settings_pages import (
    first_page,
    make_administrator,
    organization_page,
    record_type_page,
    request_page,
    saved_changes,
    search,
)
from tests.tcp_ports import free_port
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import API, GROUP, HURRIED, OTHER_GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

REFUSED = [
    "Only people with the security role System Administrator can see and change the settings.",
    "Ask one of them to make the change, or to assign you the role in Dynamics 365.",
]


@pytest.mark.parametrize("chat", [GROUP, PERSONAL])
async def test_the_command_gives_an_administrator_the_way_in(world: World, chat: str) -> None:
    await world.say("settings", chat=chat)
    card = world.card(chat)
    way_in = buttons(card)["Open settings"]["data"]
    assert way_in == {"dialog": "settings", "msteams": {"type": "task/fetch"}}
    first = await request_page(world, way_in, name="task/fetch", chat=chat)
    assert first.title == "Chat Sync settings"
    assert first.choices("table")["Case (note, join, and 3 key fields)"] == "incident"
    assert {"Chats: On", "Who can use chats: Everyone with a Dynamics 365 user"} <= set(texts(first.card))


@pytest.mark.parametrize("person", [MEGAN, ADELE, ISAIAH], ids=lambda person: person.name)
async def test_everybody_else_is_told_which_role_is_needed(world: World, person: Somebody) -> None:
    await world.say("settings", person=person)
    assert texts(world.card()) == REFUSED
    page = await first_page(world, person=person)
    assert texts(page.card) == REFUSED
    assert page.inputs == {}


async def test_who_has_no_user_is_told_that(world: World) -> None:
    await world.say("settings", person=LYNNE)
    assert texts(world.card())[0].startswith("You have no user in Dynamics 365")


async def test_no_page_no_button_and_no_search_is_for_anybody_else(world: World) -> None:
    case = await record_type_page(world)
    first = await first_page(world)
    environment = await organization_page(world)
    adding = await request_page(world, first.step("Add a record type"))
    forged = [
        first.step("Organization"),
        first.step("Add a record type"),
        case.step("Save", join="false"),
        environment.step("Save", chats_on="false"),
        adding.step("Add", table="lead"),
        {**case.step("Save"), "dialog": "settings export"},
        {**case.step("Save"), "dialog": "settings import"},
        {**case.step("Save"), "dialog": "settings preview", "settings": "{}"},
        {**case.step("Save"), "dialog": "settings save import", "settings": '{"format": 1}'},
    ]
    for data in forged:
        assert texts((await request_page(world, data, person=ADELE, chat=OTHER_GROUP)).card) == REFUSED
    for page in (case, adding):
        datasets = [each["choices.data"]["dataset"] for each in page.inputs.values() if "choices.data" in each]
        for dataset in datasets:
            assert await search(world, dataset, "a", person=ADELE) == {}
            assert await search(world, dataset, "a") != {}
    assert await saved_changes(world) == []


async def test_a_page_that_was_opened_before_the_role_was_lost_saves_nothing(world: World) -> None:
    await make_administrator(world, MEGAN)
    page = await record_type_page(world, person=MEGAN)
    await make_administrator(world, MEGAN, still=False)
    assert texts((await request_page(world, page.step("Save", join="false"), person=MEGAN)).card) == REFUSED
    assert await saved_changes(world) == []


async def test_the_role_counts_also_when_a_team_holds_it(world: World) -> None:
    user = await world.user_id(ISAIAH)
    api = f"{world.sandbox}/api/data/v9.2"
    async with world.session.get(f"{api}/systemusers({user})/teammembership_association") as answer:
        team = (await answer.json())["value"][0]["teamid"]
    async with world.session.get(f"{api}/roles", params={"$filter": "name eq 'System Administrator'"}) as answer:
        role = (await answer.json())["value"][0]["roleid"]
    url = f"{api}/teams({team})/teamroles_association/$ref"
    async with world.session.post(url, json={"@odata.id": f"{api}/roles({role})"}) as answer:
        assert answer.status == 204
    assert (await first_page(world, person=ISAIAH)).inputs


async def test_a_role_of_that_name_is_not_the_role(world: World) -> None:
    user, api = await world.user_id(PATTI), f"{world.sandbox}/api/data/v9.2"
    async with world.session.get(f"{api}/businessunits", params={"$select": "businessunitid"}) as answer:
        unit = (await answer.json())["value"][0]["businessunitid"]
    values = {"name": "System Administrator", "businessunitid@odata.bind": f"/businessunits({unit})"}
    async with world.session.post(f"{api}/roles", json=values) as answer:
        assert answer.status == 204
        role = answer.headers["OData-EntityId"].rpartition("(")[2].rstrip(")")
    url = f"{api}/systemusers({user})/systemuserroles_association/$ref"
    async with world.session.post(url, json={"@odata.id": f"{api}/roles({role})"}) as answer:
        assert answer.status == 204
    assert texts((await first_page(world, person=PATTI)).card) == REFUSED


async def test_what_is_saved_holds_at_once_and_is_kept_with_who_and_when(world: World) -> None:
    page = await record_type_page(world, "account")
    views = page.choices("note_view")
    data = page.step("Save", note_view=views["Active Accounts"], join="true", notify="true", key_fields="telephone1")
    after = await request_page(world, data)
    assert texts(after.card)[:5] == [
        "localhost/sandbox",
        "Saved. The change is active.",
        "Account · View for the note: The default view → Active Accounts",
        "Account · Let people join connected chats: Off → On",
        "Account · Notify chats of key updates: Off → On",
    ]
    assert await saved_changes(world) == [
        (
            "Alex Wilber",
            [
                f'account.note_view: null → "{views["Active Accounts"]}"',
                "account.join: false → true",
                "account.notify: false → true",
                'account.key_fields: [] → ["telephone1"]',
            ],
        )
    ]
    (row,) = await world.rows_in(setting_change)
    assert (row["at"], row["person_id"], row["chat_id"]) == (world.clock.now(), ALEX.object_id, GROUP)
    number = await world.row("accounts", "AC-1001", "accountnumber")
    await world.say(f"connect {world.sandbox}/main.aspx?pagetype=entityrecord&etn=account&id={number}")
    await world.settle()
    note = texts(world.card())
    assert any(line.startswith("Account Number: ") for line in note)
    assert not any(line.startswith("Credit Limit: ") for line in note)


async def test_nothing_changed_saves_nothing(world: World) -> None:
    page = await record_type_page(world)
    assert texts((await request_page(world, page.step("Save"))).card)[1] == "Nothing was changed."
    assert await saved_changes(world) == []


async def test_a_table_is_found_by_its_name_and_added_with_its_note_off(world: World) -> None:
    adding = await request_page(world, (await first_page(world)).step("Add a record type"))
    dataset = adding.inputs["table"]["choices.data"]["dataset"]
    assert await search(world, dataset, "work ord") == {"Work Order (msdyn_workorder)": "msdyn_workorder"}
    assert await search(world, dataset, "LEA") == {"Lead (lead)": "lead"}
    assert await search(world, dataset, "case") == {}  # it already exists
    page = await request_page(world, adding.step("Add", table="lead"))
    assert page.title == "Lead (lead)"
    assert (page.filled_in["enabled"], page.filled_in["note"], page.filled_in["join"]) == ("true", "false", "false")
    assert await saved_changes(world) == [("Alex Wilber", ["lead.enabled: false → true"])]


@pytest.mark.parametrize("table", ["", "nothing", "incident'", "x" * 300, "systemuserroles"])
async def test_a_table_that_is_not_there_is_not_added(world: World, table: str) -> None:
    adding = await request_page(world, (await first_page(world)).step("Add a record type"))
    again = await request_page(world, adding.step("Add", table=table))
    assert again.title == "Add a record type"
    assert texts(again.card)[1] == "Table: This table does not exist in Dynamics 365."
    assert await saved_changes(world) == []


async def test_a_record_type_that_is_turned_off_cannot_be_connected(world: World) -> None:
    page = await record_type_page(world)
    await request_page(world, page.step("Save", enabled="false"))
    await world.say(f"connect {await world.link()}")
    assert texts(world.card())[0] == "Chats cannot be connected to records of this type."
    first = await first_page(world)
    assert first.choices("table")["Case (off)"] == "incident"


async def test_chats_turned_off_answer_so_and_can_be_turned_on_again(world: World) -> None:
    page = await organization_page(world)
    await request_page(world, page.step("Save", chats_on="false"))
    await world.say("connect CAS-01001")
    assert texts(world.card())[0] == "Your administrator turned off chats for Dynamics 365."
    page = await organization_page(world)
    await request_page(world, page.step("Save", chats_on="true"))
    await world.say("connect CAS-01001")
    await world.settle()
    assert "CAS-01001" in texts(world.card())
    assert await saved_changes(world) == [
        ("Alex Wilber", ["chats_on: true → false"]),
        ("Alex Wilber", ["chats_on: false → true"]),
    ]


async def test_only_the_roles_named_may_use_chats(world: World) -> None:
    page = await organization_page(world)
    roles = page.choices("allowed_roles")
    chosen = ",".join([roles["CSR Manager"], roles["Customer Service Representative"]])
    await request_page(world, page.step("Save", allowed_roles=chosen))
    await world.say("connect CAS-01001", person=ISAIAH)
    assert texts(world.card()) == [
        "Only people with certain security roles can use chats, and you have none of these roles.",
        "Ask your administrator for one of these roles: CSR Manager or Customer Service Representative.",
    ]
    await world.say("connect CAS-01001", person=ADELE)
    await world.settle()
    assert "CAS-01001" in texts(world.card())
    assert len(await world.rows_in(connection)) == 1
    again = await organization_page(world)
    assert again.filled_in["allowed_roles"] == chosen
    await request_page(world, {name: value for name, value in again.step("Save").items() if name != "allowed_roles"})
    assert (await saved_changes(world))[-1][1] == [
        'allowed_roles: ["CSR Manager", "Customer Service Representative"] → []'
    ]


async def test_sync_is_turned_by_global_administrators_alone(world: World) -> None:
    await make_administrator(world, MEGAN)
    page = await organization_page(world, person=MEGAN)
    assert "sync_on" not in page.inputs
    assert "Only a Microsoft Entra Global Administrator can turn chat sync on or off." in " ".join(texts(page.card))
    refused = await request_page(world, page.step("Save", sync_on="false"), person=MEGAN)
    reason = "Chat sync: Only a Microsoft Entra Global Administrator can turn chat sync on or off."
    assert reason in texts(refused.card)
    assert await saved_changes(world) == []
    own = await organization_page(world)
    await request_page(world, own.step("Save", sync_on="false", sync_idle_days="0", mirror_chats="true"))
    assert await saved_changes(world) == [
        ("Alex Wilber", ["sync_on: true → false", "sync_idle_days: 7 → 0", "mirror_chats: false → true"])
    ]


async def test_sync_that_is_saved_on_while_chats_are_off_is_said_to_have_no_effect_yet(world: World) -> None:
    without_effect = "Chat sync has no effect until chats are turned on."
    page = await organization_page(world)
    assert without_effect not in str(page.card)
    saved = await request_page(world, page.step("Save", chats_on="false", sync_on="true", mirror_chats="true"))
    said = texts(saved.card)
    assert {"Saved.", without_effect, "The Dynamics 365 chat pane lists no new chats until chats are turned on."} <= {
        *said
    }
    assert not any("is active" in each for each in said)
    page = await organization_page(world)
    assert any(each.startswith(without_effect) for each in texts(page.card))
    off = await request_page(world, page.step("Save", sync_on="false", mirror_chats="false"))
    assert "Saved. The change is active." in texts(off.card)
    on = await request_page(world, (await organization_page(world)).step("Save", chats_on="true", sync_on="true"))
    assert "no effect" not in str(on.card)


@pytest.mark.parametrize("answer", [(403, {"error": {"code": "Forbidden", "message": "no"}}), (503, {})])
async def test_where_it_is_not_known_who_is_a_global_administrator_everything_else_can_be_set(
    world: World, answer: tuple[int, object]
) -> None:
    world.dataverse_refuses = {"transitiveMemberOf": answer}
    page = await organization_page(world)
    assert "sync_on" not in page.inputs
    assert any("Chat Sync could not check whether you are one." in each for each in texts(page.card))
    await request_page(world, page.step("Save", chats_on="false"))
    assert await saved_changes(world) == [("Alex Wilber", ["chats_on: true → false"])]
    refused = await request_page(world, (await organization_page(world)).step("Save", sync_on="false"))
    assert any("Chat Sync could not check whether you are one." in each for each in texts(refused.card))


@pytest.mark.parametrize("table", ["incident?x=1", "incident#x", "../../users", "a b", "\0", "x" * 200, "case'"])
async def test_a_table_that_cannot_exist_never_becomes_part_of_an_address(world: World, table: str) -> None:
    dataset = (await record_type_page(world)).inputs["key_fields"]["choices.data"]["dataset"]
    asked = len(world.dataverse_was_asked)
    for kind in ("key fields", "change fields"):
        hostile = dataset.replace("key fields", kind).replace("incident", quote(table, safe=""))
        assert await search(world, hostile, "a") == {}
    assert [each for each in world.dataverse_was_asked[asked:] if "EntityDefinitions" in each] == []


async def test_security_roles_are_searched_by_administrators_alone(world: World) -> None:
    dataset = (await organization_page(world)).inputs["allowed_roles"]["choices.data"]["dataset"]
    assert await world.type_in(dataset, "manager csr") == ["CSR Manager"]
    assert await world.type_in(dataset, "manager csr", person=MEGAN) == []


@pytest.mark.parametrize("days", ["-1", "3651", "7.5", "soon", "", "99999999999", "٣"])
async def test_days_that_are_none_are_refused_beside_what_was_written(world: World, days: str) -> None:
    page = await organization_page(world)
    again = await request_page(world, page.step("Save", sync_idle_days=days, mirror_chats="true"))
    assert again.title == "Organization"
    assert "Enter a whole number of days from 0 to 3,650. Enter 0 for no limit." in " ".join(texts(again.card))
    assert again.filled_in["mirror_chats"] == "true"
    assert await saved_changes(world) == []


async def test_two_who_save_at_once_do_not_undo_each_others(world: World) -> None:
    await make_administrator(world, MEGAN)
    alexs, megans = await record_type_page(world), await record_type_page(world, person=MEGAN)
    await request_page(world, megans.step("Save", join="false"), person=MEGAN)
    told = await request_page(world, alexs.step("Save", auto_name="true"))
    said = texts(told.card)
    assert said[1].startswith("Megan Bowen saved these changes while this page was open (")
    assert said[2] == "Case · Let people join connected chats: On → Off"
    assert said[3] == "Your changes are not saved yet. The form below contains both. Review it, and then save."
    assert (told.filled_in["auto_name"], told.filled_in["join"]) == ("true", "false")
    assert len(await saved_changes(world)) == 1
    done = await request_page(world, told.step("Save"))
    assert texts(done.card)[1:3] == ["Saved. The change is active.", "Case · Name new chats after the record: Off → On"]
    assert [each[0] for each in await saved_changes(world)] == ["Megan Bowen", "Alex Wilber"]
    last = await record_type_page(world)
    assert (last.filled_in["auto_name"], last.filled_in["join"]) == ("true", "false")


async def test_what_others_saved_elsewhere_is_told_and_stands_in_nobodys_way(world: World) -> None:
    await make_administrator(world, MEGAN)
    alexs, megans = await record_type_page(world), await record_type_page(world, "account", person=MEGAN)
    await request_page(world, megans.step("Save", join="true"), person=MEGAN)
    done = await request_page(world, alexs.step("Save", auto_name="true"))
    assert texts(done.card)[1] == "Saved. The change is active."
    assert "Account · Let people join connected chats: Off → On" in texts(done.card)


async def test_what_cannot_be_a_key_field_is_listed_with_the_reason_and_secured_columns_are_marked(
    world: World,
) -> None:
    page = await record_type_page(world)
    titles = page.choices("key_fields")
    assert titles["Refund amount (cs_refundamount, secured)"] == "cs_refundamount"
    assert page.filled_in["key_fields"] == "prioritycode,statecode,statuscode"
    reasons = [line.partition(":")[0] for line in texts(page.card) if "cannot be key fields" in line]
    assert "Columns with whole numbers cannot be key fields" in reasons
    assert any("Columns with images cannot" in line for line in texts((await record_type_page(world, "account")).card))
    dataset = page.inputs["key_fields"]["choices.data"]["dataset"]
    assert await search(world, dataset, "prior") == {"Priority (prioritycode)": "prioritycode"}


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("a,b,c,d,e,f", "You chose 6 columns. At most 5 can be key fields."),
        ("prioritycode,prioritycode", "A column is listed twice."),
        ("nothing", "The table has no column named nothing. Choose another column."),
    ],
)
async def test_key_fields_that_cannot_be_are_refused_with_the_reason(world: World, chosen: str, reason: str) -> None:
    page = await record_type_page(world)
    again = await request_page(world, page.step("Save", key_fields=chosen, join="false"))
    assert f"Key fields: {reason}" in texts(again.card)
    assert again.filled_in["join"] == "false"
    assert await saved_changes(world) == []


async def view(world: World, table: str, name: str, *columns: str) -> str:
    """Create a system view; return its ID."""
    cells = "".join(f"<cell name='{column}' width='150'/>" for column in columns)
    row = {
        "name": name,
        "returnedtypecode": table,
        "querytype": 0,
        "layoutxml": f"<grid name='resultset'><row name='result' id='{table}id'>{cells}</row></grid>",
        "fetchxml": f"<fetch><entity name='{table}'><attribute name='{table}id'/></entity></fetch>",
    }
    async with world.session.post(f"{world.sandbox}{API}/savedqueries", json=row) as answer:
        assert answer.status == 204, await answer.text()
        return answer.headers["OData-EntityId"].rpartition("(")[2].rstrip(")")


async def test_a_view_with_secured_columns_is_marked_and_they_can_be_left_out_of_notes(world: World) -> None:
    chosen = await view(world, "account", "Money", "name", "creditlimit", "telephone1")
    page = await record_type_page(world, "account")
    assert page.choices("note_view")["Money (secured columns)"] == chosen
    await request_page(world, page.step("Save", note_view=chosen))
    again = await record_type_page(world, "account")
    assert (
        "Secured columns in this view: Credit Limit. "
        "Everyone in the chat sees the values that the person who connected it can see."
    ) in texts(again.card)
    number = await world.row("accounts", "AC-1001", "accountnumber")
    link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn=account&id={number}"
    for leave_out, labels in (
        ("false", ["Account Name", "Credit Limit", "Main Phone"]),
        ("true", ["Account Name", "Main Phone"]),
    ):
        again = await record_type_page(world, "account")
        await request_page(world, again.step("Save", leave_out_secured=leave_out))
        chat = GROUP if leave_out == "false" else OTHER_GROUP
        await world.say(f"connect {link}", chat=chat)
        await world.settle()
        assert [line.partition(":")[0] for line in texts(world.card(chat)) if ": " in line][: len(labels)] == labels


async def test_a_view_that_was_deleted_meanwhile_is_refused_and_its_setting_told(world: World) -> None:
    chosen = await view(world, "incident", "Mine", "title")
    page = await record_type_page(world)
    await request_page(world, page.step("Save", note_view=chosen))
    page = await record_type_page(world)
    await world.delete("savedqueries", chosen)
    again = await request_page(world, page.step("Save", note_view=chosen, note="false"))
    gone = "This view no longer exists or is not a system view of the table. Choose another view."
    assert f"View for the note: {gone}" in texts(again.card)
    fresh = await record_type_page(world)
    assert gone in texts(fresh.card)
    assert fresh.filled_in["note_view"] == "default"
    # Settings that do not depend on the view can still be saved, with the default view.
    done = await request_page(world, fresh.step("Save", join="false"))
    assert texts(done.card)[1] == "Saved. The change is active."


async def test_a_view_of_which_a_note_can_show_nothing_is_not_offered_and_not_taken(world: World) -> None:
    chosen = await view(world, "account", "Pictures", "entityimage", "accountid")
    page = await record_type_page(world, "account")
    assert "Views with no columns that a note can show: Pictures." in texts(page.card)
    assert chosen not in page.choices("note_view").values()
    again = await request_page(world, page.step("Save", note_view=chosen))
    assert (
        "View for the note: A note cannot show any of the first five columns of this view. Choose another view."
        in texts(again.card)
    )


async def test_where_a_table_has_no_view_there_is_no_note(world: World) -> None:
    adding = await request_page(world, (await first_page(world)).step("Add a record type"))
    page = await request_page(world, adding.step("Add", table="team"))
    assert "This table has no views, so a note has nothing to show." in texts(page.card)
    assert "note" not in page.inputs
    forged = await request_page(world, page.step("Save", note="true"))
    assert "Include a note: This table has no views, so a note has nothing to show." in texts(forged.card)


async def test_a_table_that_does_not_tell_of_changes_says_so_instead_of_offering_key_fields(world: World) -> None:
    adding = await request_page(world, (await first_page(world)).step("Add a record type"))
    page = await request_page(world, adding.step("Add", table="cs_stocklevel"))
    assert "Virtual tables do not report changes." in texts(page.card)
    assert not {"notify", "key_fields", "tell_secured"} & set(page.inputs)
    forged = await request_page(world, page.step("Save", notify="true"))
    assert "Notify chats of key updates: Virtual tables do not report changes." in texts(forged.card)
    assert len(await saved_changes(world)) == 1


async def test_records_that_are_activities_say_that_chats_are_not_synced_to_them(world: World) -> None:
    page = await record_type_page(world, "email")
    assert "Chats are not synced to these records, because they are activities themselves." in texts(page.card)
    case = await record_type_page(world)
    assert not any("not synced" in text for text in texts(case.card))


async def test_a_table_without_a_timeline_of_chats_says_that_chats_are_not_synced_to_its_records(world: World) -> None:
    adding = await request_page(world, (await first_page(world)).step("Add a record type"))
    page = await request_page(world, adding.step("Add", table="cs_stocklevel"))
    words = "Chats are not synced to these records, because they have no timeline for chats in Dynamics 365."
    assert words in texts(page.card)


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("nothing", ["Dynamics 365 record"]),
        ("table", ["Case"]),
        ("name", ["Case", "CAS-01001", "Pump vibrates after firmware update"]),
        (
            "fields",
            ["Case", "CAS-01001", "Pump vibrates after firmware update", "Customer: Müller & Söhne Wasserwerke"],
        ),
    ],
)
async def test_the_card_of_a_pasted_link_tells_what_the_record_type_lets_it(
    world: World, level: str, told: list[str]
) -> None:
    await request_page(world, (await record_type_page(world)).step("Save", disclosure=level))
    (found,) = await world.paste(await world.link())
    assert texts(found["content"])[:4] == told


async def test_what_people_can_do_on_cards_is_chosen_from_what_the_table_allows(world: World) -> None:
    page = await record_type_page(world)
    assert page.choices("card_acts") == {"Assign to me": "assign", "Add a note": "note", "Resolve": "resolve"}
    assert page.filled_in["card_acts"] == "assign"
    dataset = page.inputs["change_fields"]["choices.data"]["dataset"]
    assert list(await search(world, dataset, "serial")) == ["Serial Number (productserialnumber)"]
    assert await search(world, dataset, "owner") == {}
    done = await request_page(
        world, page.step("Save", card_acts="assign,resolve", change_fields="prioritycode,statuscode")
    )
    assert "Case · What people can do on a card: Assign to me → Assign to me and Resolve" in texts(done.card)
    assert "Case · Fields that people can change on a card: none → prioritycode, statuscode" in texts(done.card)
    # An input without a choice is not submitted.
    page = await record_type_page(world)
    data = {name: value for name, value in page.step("Save").items() if name not in {"card_acts", "change_fields"}}
    done = await request_page(world, data)
    assert "Case · What people can do on a card: Assign to me and Resolve → nothing" in texts(done.card)
    assert list((await record_type_page(world, "account")).choices("card_acts")) == ["Assign to me", "Add a note"]


async def test_fields_that_cannot_be_changed_on_cards_are_refused_with_the_reason(world: World) -> None:
    page = await request_page(world, (await record_type_page(world)).step("Save", change_fields="customerid"))
    assert any("A card can change only choices" in each for each in texts(page.card))
    assert await saved_changes(world) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"card_acts": "delete"},
        {"version": "7"},
        {"version": ["0"]},
        {"version": "9" * 40},
        {"version": 0},
        {"enabled": True},
        {"enabled": "perhaps"},
        {"enabled": {"a": "b"}},
        {"disclosure": "everything"},
        {"table": 5},
        {"environment": "another.crm4.dynamics.com"},
        {"environment": None},
    ],
    ids=str,
)
async def test_a_page_that_was_tampered_with_saves_nothing(world: World, wrong: dict[str, object]) -> None:
    page = await record_type_page(world)
    again = await request_page(world, {**page.step("Save", join="false"), **wrong})
    assert again.title == "Chat Sync"
    assert again.inputs == {}
    assert await saved_changes(world) == []


async def test_while_dataverse_does_not_answer_the_dialog_says_so_and_can_be_asked_again(world: World) -> None:
    first = await first_page(world)
    world.dataverse_is_down = True
    page = await request_page(world, first.step("Change record type", table="account"))
    assert "Dynamics 365" in texts(page.card)[0]
    again = buttons(page.card)["Try again"]["data"]
    world.dataverse_is_down = False
    assert (await request_page(world, again)).title == "Account (account)"


async def test_a_dialog_that_takes_too_long_is_answered_with_a_way_to_try_again(world: World) -> None:
    first = await first_page(world)
    await world.stop()
    world.limits = HURRIED
    await world.start()
    world.dataverse_hangs = True
    page = await request_page(world, first.step("Organization"))
    world.dataverse_hangs = False
    assert list(buttons(page.card)) == ["Try again"]


async def test_the_webhooks_steps_follow_what_is_saved(world: World) -> None:
    await request_page(world, (await record_type_page(world)).step("Save", key_fields="title"))
    await world.settle()
    jobs = await world.rows_in(inbox, inbox.c.lane.contains("follow settings localhost"))
    assert [row["state"] for row in jobs] == ["done"]


@pytest.mark.databases("postgresql")
async def test_what_one_process_saves_holds_in_the_others_at_once(world: World) -> None:
    port = free_port()
    settings = world.settings.model_copy(update={"port": port})
    other = replace(world, settings=settings, url=f"http://127.0.0.1:{port}")
    await other.start()
    (before,) = await other.paste(await world.link())
    assert texts(before["content"])[:2] == ["Case", "CAS-01001"]
    await request_page(world, (await record_type_page(world)).step("Save", disclosure="nothing"))
    # The clock does not move, so only the notification makes the other process reload the settings.
    async with asyncio.timeout(PATIENCE_S):
        while "CAS-01001" in texts((await other.paste(await world.link()))[0]["content"]):
            await asyncio.sleep(0.01)
    await other.stop()
