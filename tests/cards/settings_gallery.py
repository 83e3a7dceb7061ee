"""The pages of the settings, as they were agreed: part of the gallery."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.features.settings.labels import LABELS
from cards.buttons import Open, Step
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.import_export import ImportView, PreviewView, exported, importing, preview
from cards.settings.organization import OrganisationView, organisation
from cards.settings.overview import AddingView, OverviewView, adding, choose_environment, overview
from cards.settings.record_type import CardChoices, KeyFieldChoices, NoteChoices, RecordTypeView, record_type
from cards.settings.shared import ChangeLine, Meanwhile

AT = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
URL = "https://contoso.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=incident&id=0"


def step(title: str, dialog: str = "settings") -> Step:
    payload = {"environment": "contoso.crm4.dynamics.com", "version": "3"}
    return Step(title=title, dialog=dialog, payload=payload, leaves=title == "Back")


PLACE = "contoso.crm4.dynamics.com"
SAVED = (
    ChangeLine(where="Case", setting="Include a note", was="on", now="off"),
    ChangeLine(where="", setting="Chats", was="off", now="on"),
)
MEANWHILE = (Meanwhile(who="Megan Bowen", at=AT, changes=SAVED),)
OVERVIEW = OverviewView(
    place=PLACE,
    facts=(("Chats", "on"), ("Who may use them", "Everybody with a Dynamics 365 user"), ("Chat sync", "off")),
    types=(
        Choice(title="Case: on, note, join, 3 key fields", value="incident"),
        Choice(title="Account: off", value="account"),
    ),
    change=step("Change record type", "settings record type"),
    add=step("Add a record type", "settings adding"),
    organisation=step("Organisation", "settings organisation"),
)
ORGANISATION = OrganisationView(
    place=PLACE,
    labels=LABELS,
    on={"chats_on": True, "sync_on": False, "mirror_chats": False},
    roles=(Choice(title="CSR Manager", value="CSR Manager"), Choice(title="Sales, inside", value="Sales%2C inside")),
    dataset="roles?environment=contoso",
    allowed=("CSR Manager",),
    idle_days="7",
    sync_words="Chat sync is off. You are a Global Administrator, so you can change it.",
    may_sync=True,
    save=step("Save", "settings save organisation"),
    back=step("Back"),
    open_roles=Open(title="Security roles in Dynamics 365", url=URL),
)
RECORD_TYPE = RecordTypeView(
    place=PLACE,
    title="Account (account)",
    labels=LABELS,
    on=dict.fromkeys(
        (
            *("enabled", "note", "leave_out_secured", "auto_name", "join", "owner_can_disconnect"),
            *("connector_can_disconnect", "notify", "tell_secured", "tell_each"),
        ),
        True,
    ),
    note=NoteChoices(
        views=(Choice(title="Default: Quick Find Active Accounts", value="default"), Choice(title="Money", value="1")),
        chosen="1",
        secured=("Credit Limit",),
        unsupported=("Pictures",),
    ),
    key_fields=KeyFieldChoices(
        columns=(
            Choice(title="Main Phone (telephone1)", value="telephone1"),
            Choice(title="Credit Limit (creditlimit, secured)", value="creditlimit"),
        ),
        dataset="key fields?environment=contoso.crm4.dynamics.com&table=account",
        chosen=("telephone1",),
        unsupported=(("Columns with images cannot be key fields.", ("Entity Image",)),),
    ),
    disclosures=(Choice(title="Nothing of the record", value="nothing"), Choice(title="Name", value="name")),
    disclosure="name",
    on_cards=CardChoices(
        acts=(Choice(title="Assign to me", value="assign"), Choice(title="Add a note", value="note")),
        allowed=("assign",),
        columns=(Choice(title="Main Phone (telephone1)", value="telephone1"),),
        dataset="change fields?environment=contoso.crm4.dynamics.com&table=account",
        chosen=("telephone1",),
        too_long=("Country/Region", "Industry"),
    ),
    unsynced="",
    save=step("Save", "settings save record type"),
    back=step("Back"),
)
SETTINGS_PAGES: dict[str, Page] = {
    "settings": overview(OVERVIEW),
    "settings that were saved": overview(
        replace(OVERVIEW, said="Saved. It holds from now on.", saved=SAVED, elsewhere=step("Other environment"))
    ),
    "settings without a record type": overview(replace(OVERVIEW, types=())),
    "settings of several environments": choose_environment(
        [Choice(title=PLACE, value=PLACE), Choice(title="fabrikam", value="fabrikam")],
        step("Open"),
    ),
    "settings of the organisation": organisation(ORGANISATION),
    "settings of the organisation where chats are synced": organisation(
        replace(
            ORGANISATION,
            on={**ORGANISATION.on, "sync_on": True},
            sync_words="Chat sync is on. A Global Administrator changes it.",
            sync_existing=step("Show them from now on", "settings sync existing"),
        )
    ),
    "settings of the organisation where others saved and one is wrong": organisation(
        replace(
            ORGANISATION, meanwhile=MEANWHILE, problems=(("Chats", "Nobody can say why."),), may_sync=False, roles=()
        )
    ),
    "settings of a record type": record_type(RECORD_TYPE),
    "settings of a record type where others saved and one is wrong": record_type(
        replace(
            RECORD_TYPE,
            meanwhile=MEANWHILE,
            problems=(("Key fields", "A column is named twice."),),
            unsynced="Chats are not synced to these records: they are activities themselves.",
        )
    ),
    "settings of a record type that can have no note and tells of nothing": record_type(
        replace(
            RECORD_TYPE,
            note=NoteChoices(views=(), chosen="default", problem="This table has no view."),
            key_fields=KeyFieldChoices(columns=(), dataset="", chosen=(), problem="Virtual tables do not tell."),
        )
    ),
    "settings where a record type is added": adding(
        AddingView(
            place=PLACE,
            listed=(Choice(title="Lead (lead)", value="lead"),),
            dataset="tables?environment=contoso.crm4.dynamics.com",
            add=step("Add", "settings add"),
            back=step("Back"),
            problem="There is no such table in Dynamics 365.",
        )
    ),
    "settings that are exported": exported(
        PLACE, '{\n "format": 1\n}', step("Back"), more=step("Next part", "settings export")
    ),
    "settings that are imported": importing(
        ImportView(
            environments=(Choice(title=PLACE, value=PLACE),),
            chosen=PLACE,
            text="{}",
            show=step("Show what would change", "settings preview"),
            problems=(
                ("format", "It has to be 1."),
                *((f"record_types.t{number}", "No table.") for number in range(12)),
            ),
        )
    ),
    "settings that would change": preview(
        PreviewView(
            place=PLACE,
            changes=SAVED,
            save=step("Save", "settings save import"),
            back=step("Back"),
            meanwhile=MEANWHILE,
        )
    ),
    "settings that would not change": preview(PreviewView(place=PLACE, changes=(), save=None, back=step("Back"))),
}
