"""Settings pages: part of the gallery."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.texts import text
from bot.features.settings.labels import LABELS
from cards.buttons import LinkButton, SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.note import NoteView
from cards.record import Fact, RecordHeader
from cards.settings.history import HistoryView, history_page
from cards.settings.import_export import ImportView, PreviewView, export_page, import_page, preview_page
from cards.settings.organization import OrganizationView, PaneAppsView, organization_page
from cards.settings.overview import AddTableView, OverviewView, add_table_page, environment_page, overview_page
from cards.settings.record_type import (
    CardChoices,
    KeyFieldChoices,
    NoteChoices,
    NotePreview,
    NotificationChoices,
    RecordTypeView,
    record_type_page,
)
from cards.settings.shared import ChangeLine, ConcurrentChanges

AT = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
URL = "https://contoso.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=incident&id=0"


def step(title: str, dialog: str = "settings") -> SubmitButton:
    payload = {"environment": "contoso.crm4.dynamics.com", "version": "3"}
    return SubmitButton(title=text(title), dialog=dialog, payload=payload, ignores_inputs=title == "Back")


_LABELS = {name: text(label) for name, label in LABELS.items()}
PLACE = "contoso.crm4.dynamics.com"
SAVED = (
    ChangeLine(where="Case", setting=text("Include a note"), was=text("On"), now=text("Off")),
    ChangeLine(where="", setting=text("Chats"), was=text("Off"), now=text("On")),
)
MEANWHILE = (ConcurrentChanges(who="Megan Bowen", at=AT, changes=SAVED),)
OVERVIEW = OverviewView(
    place=PLACE,
    facts=(
        (text("Chats"), text("On")),
        (text("Who can use chats"), text("Everyone with a Dynamics 365 user")),
        (text("Chat sync"), text("Off")),
    ),
    types=(
        Choice(title=text("{table} (note, join, 3 key fields)", table="Case"), value="incident"),
        Choice(title=text("{table} (off)", table="Account"), value="account"),
    ),
    change=step("Change record type", "settings record type"),
    add=step("Add a record type", "settings adding"),
    organization=step("Organization", "settings organisation"),
    history=step("History", "settings history"),
)
ORGANISATION = OrganizationView(
    place=PLACE,
    labels=_LABELS,
    switches={"chats_on": True, "sync_on": False, "mirror_chats": False, "other_chats": True},
    roles=(Choice(title="CSR Manager", value="CSR Manager"), Choice(title="Sales, inside", value="Sales%2C inside")),
    dataset="roles?environment=contoso",
    allowed=("CSR Manager",),
    idle_days="7",
    sync_words=text("Chat sync is off. You are a Global Administrator, so you can change it."),
    may_sync=True,
    pane_apps=PaneAppsView(
        choices=(
            Choice(title=text("All model-driven apps, including future ones"), value="all"),
            Choice(title=text("Only these apps"), value="some"),
        ),
        chosen="some",
        apps=(
            Choice(title="Customer Service Hub (msdyn_CustomerServiceHub)", value="msdyn_CustomerServiceHub"),
            Choice(title="Sales Hub (msdynce_saleshub)", value="msdynce_saleshub"),
        ),
        chosen_apps=("msdyn_CustomerServiceHub",),
        dataset="apps?environment=contoso",
    ),
    save=step("Save", "settings save organisation"),
    back=step("Back"),
    open_roles=LinkButton(title=text("Security roles"), url=URL),
)
RECORD_TYPE = RecordTypeView(
    place=PLACE,
    title="Account (account)",
    labels=_LABELS,
    switches=dict.fromkeys(
        (
            *("enabled", "note", "leave_out_secured", "auto_name", "join", "owner_can_disconnect"),
            *("connector_can_disconnect", "notify", "tell_secured", "tell_each"),
            *("mention_new_owner", "mention_owner"),
        ),
        True,
    ),
    note=NoteChoices(
        views=(
            Choice(title=text("Default: {view}", view="Quick Find Active Accounts"), value="default"),
            Choice(title="Money", value="1"),
        ),
        chosen="1",
        secured=("Credit Limit",),
        unsupported=("Pictures",),
    ),
    key_fields=KeyFieldChoices(
        columns=(
            Choice(title="Main Phone (telephone1)", value="telephone1"),
            Choice(title=text("{column} (creditlimit, secured)", column="Credit Limit"), value="creditlimit"),
        ),
        dataset="key fields?environment=contoso.crm4.dynamics.com&table=account",
        chosen=("telephone1",),
        unsupported=((text("Columns with images cannot be key fields."), ("Entity Image",)),),
    ),
    disclosures=(
        Choice(title=text("Nothing about the record"), value="nothing"),
        Choice(title=text("Name"), value="name"),
    ),
    disclosure="name",
    on_cards=CardChoices(
        acts=(Choice(title=text("Assign to me"), value="assign"), Choice(title=text("Add a note"), value="note")),
        allowed=("assign",),
        columns=(Choice(title="Main Phone (telephone1)", value="telephone1"),),
        dataset="change fields?environment=contoso.crm4.dynamics.com&table=account",
        chosen=("telephone1",),
        too_long=("Country/Region", "Industry"),
    ),
    notifications=NotificationChoices(
        styles=(
            Choice(title=text("A card for each change"), value="each"),
            Choice(title=text("One live card"), value="live"),
        ),
        style="each",
        digest_at="08:00",
        lockable=(Choice(title=text("Default urgent rule"), value="urgent_rule"),),
        locked=("urgent_rule",),
        rules=(text("Default value rule: none"), text("Default urgent rule: Priority becomes High")),
        change_rules=(
            replace(step("Default value rule", "settings rule"), ignores_inputs=True),
            replace(step("Default urgent rule", "settings rule"), ignores_inputs=True),
        ),
    ),
    no_timeline_reason="",
    save=step("Save", "settings save record type"),
    preview=step("Preview note", "settings preview note"),
    back=step("Back"),
)
PREVIEW = NoteView(
    record=RecordHeader(kind="Email", name="Re: Pump vibrates", number=None, url=URL),
    facts=(
        Fact(label="Subject", value="Re: Pump vibrates"),
        Fact(label="Regarding", value="Pump vibrates after firmware update"),
        Fact(label="Status Reason", value="Sent"),
        Fact(label="Date Sent", value=""),
    ),
    connected_by="Alex Wilber",
    connected_at=AT,
)
HOSTILE_NAME = "<b>To</b> *שם* [x](https://example.com) " + "W" * 80
SETTINGS_PAGES: dict[str, Page] = {
    "settings": overview_page(OVERVIEW),
    "settings that were saved": overview_page(
        replace(
            OVERVIEW,
            message=text("Saved. The change is active."),
            saved=SAVED,
            other_environment=step("Other environment"),
        )
    ),
    "settings saved while chats are off": overview_page(
        replace(
            OVERVIEW,
            facts=((text("Chats"), text("Off")), (text("Chat sync"), text("On"))),
            message=text("Saved."),
            warnings=(text("Chat sync has no effect until chats are turned on."),),
        )
    ),
    "settings without a record type": overview_page(replace(OVERVIEW, types=())),
    "settings of several environments": environment_page(
        [Choice(title=PLACE, value=PLACE), Choice(title="fabrikam", value="fabrikam")],
        step("Open"),
    ),
    "settings history": history_page(
        HistoryView(
            place=PLACE,
            saves=(*MEANWHILE, replace(MEANWHILE[0], who="Alex Wilber", changes=SAVED[:1])),
            back=step("Back"),
            newest=step("Newest changes", "settings history"),
            older=step("Older changes", "settings history"),
        )
    ),
    "settings without a history": history_page(HistoryView(place=PLACE, saves=(), back=step("Back"))),
    "settings of the organisation": organization_page(ORGANISATION),
    "settings of the organisation where chats are synced": organization_page(
        replace(
            ORGANISATION,
            switches={**ORGANISATION.switches, "sync_on": True},
            sync_words=text("Chat sync is on. Only a Global Administrator can change it."),
            sync_existing=step("Show them", "settings sync existing"),
        )
    ),
    "settings of the organisation where others saved and one is wrong": organization_page(
        replace(
            ORGANISATION,
            concurrent_changes=MEANWHILE,
            problems=((text("Chats"), text("The reason is unknown.")),),
            may_sync=False,
            roles=(),
        )
    ),
    "settings of a record type": record_type_page(RECORD_TYPE),
    "settings of a record type where others saved and one is wrong": record_type_page(
        replace(
            RECORD_TYPE,
            concurrent_changes=MEANWHILE,
            problems=((text("Key fields"), text("A column is listed twice.")),),
            no_timeline_reason=text("Chats are not synced to these records, because they are activities themselves."),
        )
    ),
    "settings of a record type with a preview of the note": record_type_page(
        replace(
            RECORD_TYPE,
            note=replace(
                RECORD_TYPE.note,
                secured=(),
                skipped=(
                    ("To", text("lists of people are not supported")),
                    ("contact.fullname", text("the view does not have this link")),
                    ("Credit Limit", text("secured columns are left out")),
                ),
                preview=NotePreview(note=PREVIEW, is_sample=True),
            ),
        )
    ),
    "settings of a record type with a preview of nasty values": record_type_page(
        replace(
            RECORD_TYPE,
            note=replace(
                RECORD_TYPE.note,
                skipped=((HOSTILE_NAME, text("images are not supported")),),
                preview=NotePreview(
                    note=NoteView(
                        record=RecordHeader(kind=HOSTILE_NAME, name=HOSTILE_NAME, number=HOSTILE_NAME, url=""),
                        facts=(Fact(label=HOSTILE_NAME, value=HOSTILE_NAME),) * 5,
                        connected_by=HOSTILE_NAME,
                        connected_at=AT,
                    ),
                    is_sample=False,
                ),
            ),
        )
    ),
    "settings of a record type without room for a preview": record_type_page(
        replace(RECORD_TYPE, note=replace(RECORD_TYPE.note, preview=NotePreview(note=None, is_sample=True)))
    ),
    "settings of a record type that can have no note and tells of nothing": record_type_page(
        replace(
            RECORD_TYPE,
            note=NoteChoices(views=(), chosen="default", problem=text("This table has no views.")),
            key_fields=KeyFieldChoices(
                columns=(), dataset="", chosen=(), problem=text("Virtual tables do not report changes.")
            ),
        )
    ),
    "settings where a record type is added": add_table_page(
        AddTableView(
            place=PLACE,
            listed=(Choice(title="Lead (lead)", value="lead"),),
            dataset="tables?environment=contoso.crm4.dynamics.com",
            add=step("Add", "settings add"),
            back=step("Back"),
            problem=text("Dynamics 365 has no such table."),
        )
    ),
    "settings that are exported": export_page(
        PLACE, '{\n "format": 1\n}', step("Back"), more=step("Next part", "settings export")
    ),
    "settings that are imported": import_page(
        ImportView(
            environments=(Choice(title=PLACE, value=PLACE),),
            chosen=PLACE,
            text="{}",
            show=step("Preview changes", "settings preview"),
            problems=(
                ("format", text("The format must be 1.")),
                *((f"record_types.t{number}", text("No table.")) for number in range(12)),
            ),
        )
    ),
    "settings that would change": preview_page(
        PreviewView(
            place=PLACE,
            changes=SAVED,
            save=step("Save", "settings save import"),
            back=step("Back"),
            concurrent_changes=MEANWHILE,
        )
    ),
    "settings that would not change": preview_page(PreviewView(place=PLACE, changes=(), save=None, back=step("Back"))),
}
