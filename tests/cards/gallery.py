"""Every card of the product in each of its forms, which the golden files record."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.texts import noun, plural, text
from cards.audience import AudienceView, audience
from cards.buttons import ActionButton, DialogButton, LinkButton, SubmitButton
from cards.catch_up import CatchUp, CatchUpView, catch_up
from cards.chat_list import ChatListView, ChatRow, ConnectedBy, EndedBy, chat_list
from cards.chat_status import ChatStatusView, Paused, PendingCards, StatusRow, SyncIssue, chat_status
from cards.choice import ChoiceRow, ChoiceView, choice
from cards.connect_channel import ChannelView, channel_page
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.help import HelpView, help_card
from cards.inputs import Choice, Choices, TextInput, Toggle, TypeaheadChoices
from cards.introduction import IntroductionView, introduction
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.link_card import LinkView, add_app_card, link_card
from cards.live_card import LiveCardView, LiveChange, live_card
from cards.members import MembersView, members_page
from cards.mentions import Mention
from cards.message import Message
from cards.new_channel import NewChannelView, new_channel_page
from cards.new_chat import (
    PeopleView,
    ProgressView,
    RecordView,
    StepLine,
    StepState,
    people_page,
    progress_page,
    record_page,
)
from cards.note import NoteView, note
from cards.notice import NoticeView, notice
from cards.paging import Turns
from cards.personal_view import PersonalView, hidden_card, personal_button_card
from cards.record import Fact, RecordHeader
from cards.record_inputs import RecordInputs
from cards.record_list import RecordListView, RecordRow, record_list
from cards.suggestions import SuggestionRow, SuggestionsView, suggestions
from cards.summary import SummaryRow, SummaryView, summary_card
from cards.timeline import ChooseRecordView, choose_record_page, timeline_page
from cards.translator import Translator
from cards.unknown_command import UnknownCommandView, unknown_command
from tests.cards.acts_gallery import ACTS_PAGES, ASSIGN, UPDATE
from tests.cards.extension_gallery import CHOICE, EXTENSION_PAGES
from tests.cards.notifications_gallery import NOTIFICATION_CARDS, NOTIFICATION_PAGES
from tests.cards.settings_gallery import SETTINGS_PAGES

AT = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
URL = "https://contoso.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=incident&id=0"
CASE = RecordHeader(kind="Case", name="Pump vibrates after firmware update", number="CAS-01001", url=URL)
ACCOUNT = RecordHeader(kind="Account", name="Fabrikam, Inc.", number=None, url=URL)
CONNECT = ActionButton(
    title=text("Connect this chat"), verb="connect", payload={"environment": "contoso", "table": "incident", "row": "0"}
)
TURN = ActionButton(title=text("Show records"), verb="records", payload={})
CHATS = ActionButton(title=text("Chats"), verb="chats", payload=CONNECT.payload)
RULES = DialogButton(title=text("Notifications"), dialog="notifications", payload=CONNECT.payload)
OWN = PersonalView(
    button=ActionButton(title=text("Show details"), verb="view", payload=CONNECT.payload),
    accounts=("29:adele", "29:megan"),
)
JOIN = ActionButton(title=text("Join"), verb="join", payload={"connection": "1"})
CHOOSE = ActionButton(title=text("Connect"), verb=CONNECT.verb, payload=CONNECT.payload)
NASTY = "<at>everyone</at> **bold** [x](https://evil.example) `code` # h\n- one\n1. two {{DATE(2020-01-01T00:00:00Z)}}"
AWAY = text("While I was away")
LONG = "The customer says " + "that the pump vibrates and " * 200

LIVE = LiveCardView(
    record=CASE,
    fields=(
        Fact(label="Priority", value="High"),
        Fact(label="Status Reason", value="On Hold"),
        Fact(label="Owner", value="Adele Vance"),
    ),
    changes=(
        LiveChange(change=Change(label="Priority", old="Normal", new="High"), people=("Adele Vance",), at=AT),
        LiveChange(
            change=Change(label="Status Reason", old="In Progress", new="On Hold"),
            people=("Adele Vance", "Megan Bowen"),
            at=AT,
        ),
        LiveChange(change=Change(label="Refund", old=None, new=None), people=(), at=AT),
    ),
    buttons=(CHATS, RULES),
)
SUMMARY = SummaryView(
    rows=(
        SummaryRow(
            record=CASE,
            changes=(
                Change(label="Priority", old="Low", new="High"),
                Change(label="Status Reason", old="In Progress", new="On Hold"),
            ),
        ),
        SummaryRow(record=ACCOUNT, changes=(Change(label="Credit Hold", old="No", new="Yes"),)),
    ),
    more=0,
    count=12,
    since=AT,
    buttons=(RULES,),
)

SUMMARY_VALUES = ActionButton(title=text("Show values"), verb="view summary", payload={"card": "17"})


def without_values(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(replace(each, old=None, new=None) for each in changes)


def a_chat(name: str, state: str, button: ActionButton | LinkButton | None) -> ChatRow:
    return ChatRow(
        name=name,
        connected=ConnectedBy(name="Adele Vance", presence=text("available"), at=AT, paused_at=AT),
        last_written_at=AT,
        state=state,
        button=button,
    )


TIMELINE = ChatListView(
    title=text("Timeline of {record}", record="CAS-01001"),
    record=CASE,
    rows=(
        replace(
            a_chat("Pump at Fabrikam", text("You are in this chat."), LinkButton(title=text("Open chat"), url=URL)),
            connected=ConnectedBy(name="Adele Vance", presence=text("available"), at=AT),
            last_writer="Megan Bowen",
            sync=text("Shown on the timeline in Dynamics 365, without 2 members who have no user there."),
        ),
        replace(
            a_chat("Spare parts", text("You can join this chat and see its full history."), JOIN),
            last_writer="Megan Bowen",
            sync=text("No longer updated because the chat had no activity for 7 days."),
            sync_since=AT,
        ),
        replace(
            a_chat("Chat of Adele Vance", "", None),
            connected=ConnectedBy(name="Adele Vance", presence=text("presence unknown"), at=AT),
            ended=EndedBy(name="Alex Wilber", at=AT),
        ),
    ),
    total=9,
    offset=6,
    query="",
    empty_text=text("No chat was ever connected to this record."),
    page_button=CHATS,
    noun="connection",
    is_searchable=False,
    more_buttons=(CHATS,),
)


def told(*changes: Change, people: tuple[str, ...] = ("Adele Vance",)) -> Message:
    return key_fields(KeyFieldsView(record=CASE, changes=changes, people=people, at=AT, buttons=(CHATS, RULES)))


def one(label: str, old: str | None, new: str | None) -> Message:
    return told(Change(label=label, old=old, new=new))


def a_note(*facts: Fact, record: RecordHeader = CASE, by: str = "Adele Vance") -> Message:
    return note(note_view(*facts, record=record, by=by))


def note_view(*facts: Fact, record: RecordHeader = CASE, by: str = "Adele Vance") -> NoteView:
    return NoteView(record=record, facts=facts, connected_by=by, connected_at=AT, buttons=(CHATS,))


def hits(*details: str) -> tuple[ChoiceRow, ...]:
    return tuple(
        ChoiceRow(kind="Case", name=f"Pump {number} leaks", number=f"CAS-0100{number}", detail=detail, button=CHOOSE)
        for number, detail in enumerate(details, 1)
    )


def people_view(**changes: object) -> PeopleView:
    view = PeopleView(
        record=CASE,
        suggested=(
            Choice(title=text("{name} · Owner", name="Adele Vance"), value="22"),
            Choice(title=text("{name} · Connected a chat", name="Megan Bowen"), value="21"),
        ),
        others=(Choice(title="Isaiah Langer · Support Agent", value="23"),),
        dataset="people",
        chosen=("22",),
        topic="Pump vibrates after firmware update",
        note=True,
        preview=note_view(*FIVE),
        problem="",
        create_button=SubmitButton(title=text("Create chat"), dialog="makeChat", payload={"key": "k"}),
    )
    return replace(view, **changes)  # type: ignore[arg-type]


FIVE = (
    Fact(label="Customer", value="Fabrikam, Inc."),
    Fact(label="Priority", value="Normal"),
    Fact(label="Status Reason", value="In Progress"),
    Fact(label="Owner", value="Adele Vance"),
    Fact(label="Created On", value="11/20/2026 9:05 AM"),
)

CHANNEL = ChannelView(
    record=RecordInputs(choices=(CHOICE,), dataset="records", words="CAS-01001"),
    channels=[Choice(title="Field Service · Pumps", value="0|19:0f@thread.tacv2")],
    channel="0|19:0f@thread.tacv2",
    search="",
    team="",
    note=True,
    problem=text("3 of 7 people in this team cannot open this record. Remove the note, or send it anyway."),
    connect=SubmitButton(title=text("Connect"), dialog="connectThisChannel", payload={}),
    connect_anyway=SubmitButton(title=text("Send it anyway"), dialog="connectThisChannel", payload={"sure": "true"}),
    new_channel=SubmitButton(title=text("New channel"), dialog="newChannel", payload={}),
)
NEW_CHANNEL = NewChannelView(
    record=RecordInputs(choices=(CHOICE,), dataset="records", selected="CAS-01001 · Pump vibrates · Case"),
    teams=[Choice(title="Field Service", value="0")],
    search="",
    team="0",
    team_name="",
    name="Pump vibrates",
    max_name_length=50,
    note=True,
    problem="",
    create=SubmitButton(title=text("Create channel"), dialog="makeChannel", payload={"key": "k"}),
    create_anyway=None,
)


@dialog_page
def every_input(t: Translator) -> RenderedPage:
    hint, required = t("Left empty, Teams names it"), t("Write a name")
    return page(
        t,
        t("Every kind of input"),
        [
            TextInput("name", t("Name"), value="Pump", hint=hint, longest=250, required=required),
            TextInput("words", t("Words"), lines=True),
            Toggle("note", t("Send a note"), on=True),
            Toggle("quiet", t("Say nothing"), on=False, label=t("Cards")),
            problem(t, t("Choose a person.")),
            Choices(
                "people",
                t("People"),
                [Choice(title="Adele Vance", value="20"), Choice(title="Megan Bowen", value="21")],
                chosen=["20", "21"],
                several=True,
                expanded=True,
            ),
            TypeaheadChoices("record", t("Record"), "records", [], required=t("Choose a record")),
        ],
        [SubmitButton(title=text("Save"), dialog="settings save", payload={"a": "b"})],
    )


GALLERY: dict[str, Message] = {
    "note": a_note(*FIVE),
    "note with an empty value": a_note(*FIVE[:2], Fact(label="Subject", value="")),
    "note without a number": a_note(*FIVE[:1], record=ACCOUNT),
    "note without a fact": a_note(),
    "note of markup": a_note(
        Fact(label="*Model*", value="*5* _x_ **b** ~~c~~ `d`"),
        Fact(label="# Name", value="<at>everyone</at> & <b>you</b>"),
        Fact(label="Ends with", value="-"),
        Fact(label="1. Since", value="1. April"),
        Fact(label="שם", value="[a](b) שלום!"),
    ),
    "note of nasty values": a_note(
        Fact(label="Description", value=NASTY),
        Fact(label="*Steps* to take", value=LONG),
        Fact(label="שם", value="שלום 1. עולם!"),
        Fact(label="Ends with", value="-"),
        Fact(label="Since", value="1. April"),
        record=RecordHeader(kind="Case *", name=NASTY, number="_1_", url=URL),
        by="עדי",
    ),
    "note of words without an end": a_note(
        Fact(label="W" * 100, value="w" * 300),
        Fact(label="Address", value="https://contoso.example/" + "path" * 60),
        record=RecordHeader(kind="K" * 100, name="N" * 300, number="0" * 100, url=URL),
        by="B" * 100,
    ),
    "key fields of choice": one("Priority", "Normal", "High"),
    "key fields of status": told(
        Change(label="Status", old="Active", new="Resolved"),
        Change(label="Status Reason", old="In Progress", new="Problem Solved"),
    ),
    "key fields of money": one("Budget", "€1,200.00", "€950.50"),
    "key fields of a date": one("Follow Up By", "11/21/2026", "12/1/2026"),
    "key fields of a lookup": one("Customer", "Fabrikam, Inc.", "Contoso Ltd."),
    "key fields of an owner": one("Owner", "Adele Vance", "Tier 2"),
    "key fields of a lookup without a name": one("Subject", "(no name)", "Warranty"),
    "key fields of lines": one("Description", "First line\nsecond line", "First line\nanother line"),
    "key fields of rich text": one(
        "Resolution", "Replace the seal [image]", "Replace the seal and the bearing [image]"
    ),
    "key fields of yes and no": one("Escalated", "No", "Yes"),
    "key fields of a number": one("Exchange Rate", "1.10", "1.08"),
    "key fields of several choices": one("Areas", "Pumps", "Pumps, Solar"),
    "key fields set": one("Follow Up By", "", "12/1/2026"),
    "key fields emptied": one("Follow Up By", "12/1/2026", ""),
    "key fields with the old value unknown": one("Priority", None, "High"),
    "key fields that are secured": one("Refund amount", None, None),
    "key fields of a long text that differs at its end": one("Description", LONG, LONG + "It leaks."),
    "key fields from right to left": told(
        Change(label="עדיפות", old="רגילה", new="גבוהה"), people=("עדי", "Megan Bowen")
    ),
    "key fields by two": told(Change(label="Priority", old="Low", new="High"), people=("Adele Vance", "Megan Bowen")),
    "key fields by four": told(
        Change(label="Priority", old="Low", new="High"),
        people=("Adele Vance", "Megan Bowen", "Alex Wilber", "Isaiah Langer"),
    ),
    "key fields by nobody known": told(Change(label="Priority", old="Low", new="High"), people=()),
    "key fields of nasty values": told(
        Change(label="A *label*", old=NASTY, new=LONG), Change(label="B", old="*", new="  * "), people=(NASTY, LONG)
    ),
    "link card": link_card(LinkView(record=CASE, buttons=(CONNECT, CHATS), first=OWN.button, personal_view=OWN)),
    "link card of a large chat": link_card(
        LinkView(
            record=CASE, buttons=(CONNECT, CHATS), first=OWN.button, personal_view=replace(OWN, accounts=("29:a",) * 61)
        )
    ),
    "link card where the bot is not": link_card(
        LinkView(record=CASE, buttons=(CONNECT, CHATS), first=OWN.button, personal_view=replace(OWN, accounts=None))
    ),
    "link card of one reader": link_card(
        LinkView(
            record=CASE,
            facts=FIVE,
            buttons=(CONNECT, CHATS),
            asks_for_note=True,
            personal_view=replace(OWN, accounts=("29:adele",)),
        )
    ),
    "link card of a reader who can take the case over": link_card(
        LinkView(record=CASE, facts=FIVE, buttons=(CONNECT, CHATS), first=ASSIGN, asks_for_note=True)
    ),
    "link card of a reader after somebody changed the case": link_card(
        LinkView(
            record=CASE,
            facts=FIVE,
            message=text("Megan Bowen changed this case, so nothing was done. These are the current values."),
            message_at=AT,
            buttons=(CHATS,),
            first=UPDATE,
        )
    ),
    "link card of a reader who may see nothing": hidden_card(
        text("This case does not exist, or you do not have access to it."),
        text("Check the link, or ask the record's owner for access."),
        replace(OWN, accounts=("29:adele",)),
    ),
    "chats for each reader alone": personal_button_card(
        text("Chats about CAS-01001"),
        text("Only you can see what the button shows."),
        PersonalView(button=replace(CHATS, title=text("Show chats")), accounts=("29:adele",)),
    ),
    "a count of records": personal_button_card(
        text("2 connected records"),
        text("Only you will see the answer."),
        PersonalView(
            button=ActionButton(title=text("Show records"), verb="records", payload={}), accounts=("29:adele",)
        ),
    ),
    "records to disconnect of which one is hidden": choice(
        ChoiceView(
            question=text("Which record should this chat be disconnected from?"),
            rows=(
                ChoiceRow(
                    kind="",
                    name="Pump vibrates after firmware update",
                    number="CAS-01001",
                    detail=text("Connected by {name}", name="Adele Vance"),
                    button=replace(CHATS, title=text("Disconnect")),
                ),
                ChoiceRow(
                    kind="",
                    name=text("A record that you cannot open"),
                    number="CAS-01005",
                    detail=text("Connected by {name}", name="Alex Wilber"),
                    button=replace(CHATS, title=text("Disconnect")),
                ),
            ),
            hint=text("Or write disconnect and the record's number."),
        )
    ),
    "key fields for everybody without a value": key_fields(
        KeyFieldsView(
            record=CASE,
            changes=(Change(label="Priority", old=None, new=None), Change(label="Refund amount", old=None, new=None)),
            people=("Adele Vance",),
            at=AT,
            buttons=(CHATS, RULES),
            first=replace(OWN.button, title=text("Show values")),
            personal_view=OWN,
        )
    ),
    "link card without the app": add_app_card(),
    "link card of a record without a number": link_card(LinkView(record=ACCOUNT, buttons=(CONNECT, CHATS))),
    "link card of a record whose name is not told": link_card(
        LinkView(record=RecordHeader(kind="Case", name=None, number=None, url=URL), buttons=(CONNECT, CHATS))
    ),
    "link card of a record of which nothing is told": link_card(
        LinkView(
            record=RecordHeader(kind=text("Dynamics 365 record"), name=None, number=None, url=""),
            buttons=(CONNECT, CHATS),
            first=OWN.button,
            personal_view=OWN,
        )
    ),
    "link card where nothing can be connected": link_card(LinkView(record=CASE)),
    "link card with facts": link_card(LinkView(record=CASE, facts=FIVE, buttons=(CONNECT, CHATS))),
    "choice": choice(
        ChoiceView(
            question=text("Which record should this chat be connected to?"),
            rows=hits("In Progress", "On Hold", "Waiting for Details", "In Progress", "", "Researching"),
            hint=text("Not listed? Write more of its name, or its number."),
        )
    ),
    "choice with more": choice(
        ChoiceView(
            question=text("Which record?"),
            rows=hits("On Hold", NASTY),
            hint=text("Write its number."),
            offset=6,
            total=9,
            turns=Turns(previous=TURN, next=TURN),
        )
    ),
    "records": record_list(
        RecordListView(
            title=text("Records connected to this chat"),
            rows=(
                RecordRow(record=CASE, connected_by="Adele Vance", connected_at=AT),
                RecordRow(record=ACCOUNT, connected_by="Megan Bowen", connected_at=AT),
            ),
            hidden=1,
            total=3,
            page_button=TURN,
        )
    ),
    "closing with key fields": key_fields(
        KeyFieldsView(
            record=CASE,
            changes=(Change(label="Status", old="Active", new="Resolved"),),
            people=("Megan Bowen",),
            at=AT,
            news=(text("This case was closed (Resolved). Keep the chat connected to CAS-01001?"),),
            buttons=(replace(CHOOSE, title=text("Keep connected")), replace(CHOOSE, title=text("Disconnect"))),
        )
    ),
    "urgent change that mentions the owner": key_fields(
        KeyFieldsView(
            record=CASE,
            changes=(Change(label="Priority", old="Normal", new="High"),),
            people=("Megan Bowen",),
            at=AT,
            buttons=(CHATS, RULES),
            mention=Mention(name="Adele Vance", account="29:adele"),
        )
    ),
    "new owner who is mentioned": key_fields(
        KeyFieldsView(
            record=ACCOUNT,
            changes=(),
            people=("Megan Bowen",),
            at=AT,
            buttons=(CHATS, RULES),
            mention=Mention(name="עדן לוי", account="29:eden", is_new_owner=True),
        )
    ),
    "new owner": key_fields(
        KeyFieldsView(
            record=ACCOUNT,
            changes=(),
            people=("Megan Bowen",),
            at=AT,
            news=(text("{owner} now owns this account and is not in this chat.", owner=NASTY),),
            buttons=(replace(CHOOSE, title=text("Add new owner")), RULES),
        )
    ),
    "audience": audience(
        AudienceView(
            audience=plural(
                7,
                "{without_access} of 1 person in this chat cannot open this {kind}.",
                "{without_access} of {count} people in this chat cannot open this {kind}.",
                without_access=3,
                kind=noun("Case"),
            ),
            send=replace(CONNECT, title=text("Send the note")),
            name_only=replace(CONNECT, title=text("Name only")),
            cancel=replace(CHOOSE, title=text("Cancel")),
        )
    ),
    "audience that is not known": audience(
        AudienceView(
            audience=text(
                "Chat Sync has not yet checked whether the 1 person in this chat can open this {kind}.",
                kind=noun(NASTY),
            ),
            send=CONNECT,
            name_only=CHOOSE,
            cancel=CHOOSE,
        )
    ),
    "chats of a record": chat_list(
        ChatListView(
            title=text("Chats about {record}", record="CAS-01001"),
            empty_text=text("No chat is connected to this record."),
            record=CASE,
            rows=(
                a_chat("Pump at Fabrikam", text("You are in this chat."), LinkButton(title=text("Open chat"), url=URL)),
                a_chat(
                    "Spare parts",
                    text("You can join this chat and see its full history."),
                    replace(CHOOSE, title=text("Join")),
                ),
                a_chat(
                    "Chat of Adele Vance",
                    text(
                        "Locked. Joining is off for this record type, and you have read-only access to this record. "
                        "Ask Adele Vance, who connected the chat, or your administrator."
                    ),
                    None,
                ),
            ),
            total=9,
            offset=6,
            query="",
            page_button=CHATS,
            more_buttons=(
                DialogButton(title=text("New chat"), dialog="newChat", payload=CONNECT.payload),
                replace(CHATS, title=text("My other chats")),
                replace(CHATS, title=text("Timeline")),
            ),
        )
    ),
    "chats of nasty names": chat_list(
        ChatListView(
            title=text("Chats about {record}", record=NASTY),
            empty_text=text("No chat is connected to this record."),
            record=RecordHeader(kind="K" * 100, name=NASTY, number=None, url=URL),
            rows=(a_chat(NASTY, LONG, CHOOSE),) * 6,
            total=7,
            offset=0,
            query="pump & *",
            page_button=CHOOSE,
        )
    ),
    "timeline": chat_list(TIMELINE),
    "timeline of a record without a chat": chat_list(replace(TIMELINE, rows=(), total=0, offset=0)),
    "timeline in a dialog": timeline_page(
        TIMELINE,
        {CHATS.verb: "timelineOf", JOIN.verb: "timelineJoin"},
        SubmitButton(title=text("Another record"), dialog="timelineWhich", payload={}),
    ).message,
    "timeline of which record": choose_record_page(
        ChooseRecordView(
            record=RecordInputs(choices=(CHOICE,), dataset="records", words="CAS-99999"),
            problem=text("No record found."),
            show=SubmitButton(title=text("Show"), dialog="timelineOf", payload={}),
        )
    ).message,
    "chats of a name among the newest": chat_list(
        ChatListView(
            title=text("Chats about {record}", record="CAS-01001"),
            empty_text=text("No chat is connected to this record."),
            record=CASE,
            rows=(
                a_chat(
                    "Pumps",
                    text("This channel is in your team Field Service."),
                    LinkButton(title=text("Open channel"), url=URL),
                ),
                a_chat(
                    "Channel of a team",
                    text(
                        "Locked. Only team members can see this channel. To join the team, ask Adele Vance, "
                        "who connected the channel, or ask your administrator."
                    ),
                    None,
                ),
            ),
            total=2,
            offset=0,
            query="pump",
            searched_chats=50,
            page_button=CHATS,
        )
    ),
    "chats of nobody": chat_list(
        ChatListView(
            title=text("Chats about {record}", record="Fabrikam, Inc."),
            empty_text=text("No chat is connected to this record."),
            record=ACCOUNT,
            rows=(),
            total=0,
            offset=0,
            query="",
            page_button=CHOOSE,
        )
    ),
    "people for a record": suggestions(
        SuggestionsView(
            record=CASE,
            rows=(
                SuggestionRow(
                    name="Adele Vance",
                    presence=text("available"),
                    reason=text("Owner · Worked on 3 activities this month"),
                    buttons=(
                        LinkButton(title=text("Write"), url=URL),
                        DialogButton(title=text("New chat"), dialog="newChat", payload={}),
                        replace(CHOOSE, title=text("Add to this chat")),
                    ),
                ),
                SuggestionRow(
                    name="Megan Bowen", presence=text("in a call"), reason=text("In 2 connected chats"), buttons=()
                ),
            ),
            total=19,
            offset=8,
            page_button=TURN,
            members_button=DialogButton(title=text("All members"), dialog="members", payload={}),
        )
    ),
    "people of nasty names": suggestions(
        SuggestionsView(
            record=RecordHeader(kind="K" * 100, name=NASTY, number=None, url=URL),
            rows=(SuggestionRow(name=NASTY, presence=NASTY, reason=LONG, buttons=(CHOOSE,)),) * 8,
            total=8,
            page_button=TURN,
        )
    ),
    "people of nobody": suggestions(SuggestionsView(record=ACCOUNT, rows=(), total=0, page_button=TURN)),
    "caught up": catch_up(
        CatchUpView(
            title=AWAY,
            records=(
                CatchUp(
                    record=CASE,
                    changes=(
                        Change(label="Priority", old="Low", new="High"),
                        Change(label="Status Reason", old="In Progress", new="On Hold"),
                    ),
                ),
                CatchUp(record=ACCOUNT, changes=(Change(label="Credit Hold", old="No", new="Yes"),)),
            ),
            at=AT,
            card_buttons=(RULES,),
        )
    ),
    "held changes after a mute": catch_up(
        CatchUpView(
            records=(CatchUp(record=CASE, changes=(Change(label="Priority", old="Normal", new="High"),)),),
            at=AT,
            title=text("While muted"),
            lead=text("Unmuted by Alex Wilber."),
            card_buttons=(RULES,),
        )
    ),
    "held changes for everybody without a value": catch_up(
        CatchUpView(
            records=(CatchUp(record=CASE, changes=(Change(label="Priority", old=None, new=None),)),),
            at=AT,
            title=text("During quiet hours"),
            card_buttons=(SUMMARY_VALUES,),
            personal_view=OWN,
        )
    ),
    "held changes for a reader who cannot open a record": catch_up(
        CatchUpView(
            records=(CatchUp(record=CASE, changes=(Change(label="Priority", old="Normal", new="High"),)),),
            at=AT,
            title=text("During quiet hours"),
            more=2,
            hidden=1,
            personal_view=OWN,
        )
    ),
    "caught up of deleted records": catch_up(
        CatchUpView(
            title=AWAY,
            records=(CatchUp(record=ACCOUNT, changes=(Change(label="Credit Hold", old="No", new="Yes"),)),),
            at=AT,
            deleted=("CAS-01001", NASTY, *["CAS-01002"] * 9),
        )
    ),
    "caught up where a record cannot be read": catch_up(
        CatchUpView(
            title=AWAY,
            records=(CatchUp(record=ACCOUNT, changes=(Change(label="Credit Hold", old="No", new="Yes"),)),),
            at=AT,
            unreadable=("CAS-01001",),
        )
    ),
    "caught up of nasty values and more": catch_up(
        CatchUpView(
            title=AWAY,
            records=(
                CatchUp(
                    record=RecordHeader(kind="Case *", name=NASTY, number="_1_", url=URL),
                    changes=(Change(label="A *label*", old=NASTY, new=LONG), Change(label="B", old="", new="x")),
                ),
            )
            * 7,
            at=AT,
        )
    ),
    "live card": live_card(LIVE),
    "live card of one change": live_card(replace(LIVE, fields=LIVE.fields[:1], changes=LIVE.changes[:1])),
    "live card for everybody without a value": live_card(
        replace(
            LIVE,
            fields=(),
            changes=tuple(replace(each, change=replace(each.change, old=None, new=None)) for each in LIVE.changes),
            first=ActionButton(title=text("Show values"), verb="view live card", payload=JOIN.payload),
            personal_view=OWN,
        )
    ),
    "live card that is no longer updated": live_card(
        replace(
            LIVE, buttons=(CHATS,), ended=text("No longer updated: Megan Bowen disconnected this record from the chat.")
        )
    ),
    "live card of nasty values": live_card(
        LiveCardView(
            record=RecordHeader(kind="Case *", name=NASTY, number="_1_", url=URL),
            fields=(Fact(label="A *label*", value=NASTY), Fact(label="B", value=LONG), Fact(label="C", value="")),
            changes=(
                LiveChange(change=Change(label="A *label*", old=NASTY, new=LONG), people=(NASTY, "x", "y"), at=AT),
                LiveChange(change=Change(label="B", old="", new="x"), people=(), at=AT),
            ),
            ended=NASTY,
        )
    ),
    "summary": summary_card(SUMMARY),
    "summary of a bulk edit": summary_card(
        replace(SUMMARY, rows=SUMMARY.rows * 3, more=494, count=512, is_bulk_edit=True)
    ),
    "summary of one change": summary_card(replace(SUMMARY, rows=SUMMARY.rows[:1], count=1)),
    "summary for everybody without a value": summary_card(
        replace(
            SUMMARY,
            rows=tuple(replace(row, changes=without_values(row.changes)) for row in SUMMARY.rows),
            buttons=(SUMMARY_VALUES,),
            personal_view=OWN,
        )
    ),
    "summary for a reader who cannot open two records": summary_card(
        replace(SUMMARY, rows=SUMMARY.rows[:1], more=3, hidden=2, personal_view=OWN)
    ),
    "summary of changes that canceled out": summary_card(replace(SUMMARY, rows=())),
    "summary of nasty values": summary_card(
        replace(
            SUMMARY,
            rows=(
                SummaryRow(
                    record=RecordHeader(kind="Case *", name=NASTY, number="_1_", url=URL),
                    changes=(Change(label="A *label*", old=NASTY, new=LONG), Change(label="B", old="", new="x")),
                ),
            )
            * 5,
            more=1,
        )
    ),
    "records of which one is paused": record_list(
        RecordListView(
            title=text("Records connected to this chat"),
            rows=(RecordRow(record=CASE, connected_by="Adele Vance", connected_at=AT, paused_at=AT),),
            hidden=0,
            total=1,
            page_button=TURN,
        )
    ),
    "records of words without an end": record_list(
        RecordListView(
            title=text("Records connected to this chat"),
            rows=(
                RecordRow(
                    record=RecordHeader(kind="K" * 100, name="N" * 300, number="0" * 100, url=URL),
                    connected_by="B" * 100,
                    connected_at=AT,
                ),
            ),
            hidden=0,
            total=1,
            page_button=TURN,
        )
    ),
    "records of nasty values and more": record_list(
        RecordListView(
            title=text("Records connected to this chat"),
            rows=(
                RecordRow(
                    record=RecordHeader(kind=LONG, name=NASTY, number="-", url=URL), connected_by=NASTY, connected_at=AT
                ),
            ),
            hidden=9,
            total=24,
            page_button=TURN,
            offset=10,
        )
    ),
    "records that nobody here may open": record_list(
        RecordListView(title=text("Records connected to this chat"), rows=(), hidden=2, total=2, page_button=TURN)
    ),
    "chat status": chat_status(
        ChatStatusView(
            rows=(
                StatusRow(record=CASE, last_change_at=AT, last_card_at=AT),
                StatusRow(record=ACCOUNT, last_change_at=None, last_card_at=None),
            ),
            hidden=1,
            total=3,
            page_button=TURN,
        )
    ),
    "chat status with everything in the way": chat_status(
        ChatStatusView(
            rows=(
                StatusRow(
                    record=CASE,
                    last_change_at=AT,
                    last_card_at=AT,
                    event_failure=text("Dynamics 365 is not responding."),
                    pending=PendingCards(
                        cards=2, reason=text("Teams limits how many messages the app can send."), until=AT
                    ),
                    rejected_reason=text("The message is too large for Teams."),
                    sync_issue=SyncIssue(
                        reason=text("No longer updated because the chat had no activity for 7 days."),
                        since=AT,
                        resume=replace(CHATS, title=text("Resume")),
                    ),
                ),
                StatusRow(
                    record=ACCOUNT,
                    last_change_at=AT,
                    last_card_at=None,
                    sync_issue=SyncIssue(
                        reason=text(
                            "Not shown in Dynamics 365 because it was connected before chat sync was turned on."
                        ),
                        since=None,
                        resume=None,
                    ),
                    paused=Paused(since=AT, reason=text("The app is no longer in this chat.")),
                ),
                StatusRow(
                    record=ACCOUNT,
                    last_change_at=None,
                    last_card_at=AT,
                    disabled_reason=text("Cards about changes are turned off for records of this type."),
                    pending=PendingCards(cards=1),
                    dropped_reason=text(
                        "The last card was not sent because cards about changes were turned off for "
                        "records of this type."
                    ),
                ),
            ),
            hidden=7,
            total=12,
            page_button=TURN,
            sync_off_reason=text(
                "Not updated in Dynamics 365 because chat sync is turned off. "
                "A Global Administrator can turn it on in the settings."
            ),
            messages_note=text(
                "Only messages that mention Chat Sync count as activity, because the app does not receive "
                "the others. An administrator can change this in the app package."
            ),
            delay_reason=text(
                "Microsoft 365 does not let Chat Sync subscribe to changes in chats. "
                "Ask a Privileged Role Administrator or Global Administrator to grant Chat Sync the permission "
                "Chat.ReadBasic.WhereInstalled."
            ),
        )
    ),
    "chat status of nasty values": chat_status(
        ChatStatusView(
            rows=(
                StatusRow(
                    record=RecordHeader(kind=LONG, name=NASTY, number="-", url=URL),
                    last_change_at=None,
                    last_card_at=None,
                    event_failure=NASTY,
                ),
                StatusRow(
                    record=RecordHeader(kind="K" * 100, name="N" * 300, number="0" * 100, url=URL),
                    last_change_at=AT,
                    last_card_at=AT,
                ),
            ),
            hidden=0,
            total=2,
            page_button=TURN,
        )
    ),
    "notice": notice(
        NoticeView(text=text("CAS-01001 is connected to this chat."), next_step=text("Connected by Adele Vance."))
    ),
    "notice with a time": notice(
        NoticeView(
            text=text("CAS-01001 is already connected to this chat."),
            next_step=text("Connected by Adele Vance."),
            at=AT,
            button=LinkButton(title=text("Open record"), url=URL),
        )
    ),
    "refusal": notice(
        NoticeView(
            text=text("You cannot disconnect CAS-01001 from this chat."),
            next_step=text(
                "Only people whose security role lets them disconnect Teams chats can do this. "
                "Ask one of them, or ask your administrator."
            ),
        )
    ),
    "refusal with a button": notice(
        NoticeView(
            text=text("Chat Sync is not in this chat."),
            next_step=text("Add the Chat Sync app to this chat, and then select Continue."),
            button=ActionButton(title=text("Continue"), verb="connect", payload=CONNECT.payload),
        )
    ),
    "refusal to a reader": notice(
        NoticeView(
            text=text("Dynamics 365 is slow to respond."),
            next_step=text("Try again in a moment."),
            button=ActionButton(title=text("Try again"), verb="view", payload=CONNECT.payload),
            personal_view=PersonalView(
                button=ActionButton(title=text("Try again"), verb="view", payload=CONNECT.payload),
                accounts=("29:adele",),
            ),
        )
    ),
    "notice that opens a dialog": notice(
        NoticeView(
            text=text("Nothing is set yet."),
            button=DialogButton(title=text("Settings"), dialog="settings", payload={"a": "b"}),
        )
    ),
    "page of a dialog": every_input().message,
    "new chat about which record": record_page(
        RecordView(
            record=RecordInputs(choices=(CHOICE,), dataset="records"),
            problem="",
            next_button=SubmitButton(title=text("Next"), dialog="newChatPeople", payload={}),
            resume_button=SubmitButton(title=text("Finish my last chat"), dialog="finishChat", payload={"key": "k"}),
        )
    ).message,
    "new chat with whom": people_page(people_view()).message,
    "new chat with whom without a record": people_page(
        people_view(record=None, suggested=(), preview=None, problem=text("Choose at least one person."))
    ).message,
    "new chat with whom of nasty values": people_page(
        people_view(
            record=RecordHeader(kind="Case *", name=NASTY, number="_1_", url=URL),
            suggested=(Choice(title=NASTY, value="20"),),
            preview=note_view(
                Fact(label="Description", value=NASTY),
                Fact(label="*Steps*", value=LONG),
                record=RecordHeader(kind="Case *", name=NASTY, number="_1_", url=URL),
                by=NASTY,
            ),
            topic="",
        )
    ).message,
    "new channel": new_channel_page(NEW_CHANNEL).message,
    "new channel with a problem": new_channel_page(
        replace(
            NEW_CHANNEL,
            name=NASTY[:50],
            teams=[Choice(title=NASTY, value="0")],
            search="teams",
            team_name=NASTY,
            problem=text("{what} 2 of 5 people in this team cannot open this record.", what=NASTY),
            create_anyway=SubmitButton(title=text("Send it anyway"), dialog="makeChannel", payload={"sure": "true"}),
        )
    ).message,
    "new channel half made": progress_page(
        ProgressView(
            summary=text("Some steps are not done yet."),
            steps=[
                StepLine(text=text("Add Chat Sync to the team"), state=StepState.DONE),
                StepLine(
                    text=text("Create the channel"),
                    state=StepState.NOT_DONE,
                    failure=text("Microsoft 365 is still creating the channel."),
                    next_step=text("Continue in a moment."),
                ),
                StepLine(text=text("Connect the channel to the record"), state=StepState.NOT_DONE),
            ],
            url="",
            resume_button=SubmitButton(title=text("Continue"), dialog="finishChat", payload={"key": "k"}),
            kind="channel",
        )
    ).message,
    "new chat ready": progress_page(
        ProgressView(
            summary=text("The chat is ready."),
            steps=[
                StepLine(text=words, state=StepState.DONE)
                for words in (text("Create the chat"), text("Add everyone to the chat"))
            ],
            url="https://teams.microsoft.com/l/chat/19:0f@thread.v2/0",
            resume_button=None,
        )
    ).message,
    "new chat half made": progress_page(
        ProgressView(
            summary=text("Some steps are not done yet."),
            steps=[
                StepLine(text=text("Create the chat"), state=StepState.DONE),
                StepLine(
                    text=text("Add everyone to the chat"),
                    state=StepState.NOT_DONE,
                    failure=text("Could not add Patti Fernandez to the chat. Microsoft 365 rejects the request."),
                    next_step=text("Ask a Global Administrator to grant it the permission ChatMember.ReadWrite.All."),
                ),
                StepLine(text=text("Connect the chat to the record"), state=StepState.NOT_DONE),
            ],
            url="https://teams.microsoft.com/l/chat/19:0f@thread.v2/0",
            resume_button=SubmitButton(title=text("Continue"), dialog="finishChat", payload={"key": "k"}),
        )
    ).message,
    "new chat in progress": progress_page(
        ProgressView(
            summary=text("Chat Sync is still working on it. To see the current state, select Refresh."),
            steps=[
                StepLine(text=text("Create the chat"), state=StepState.DONE),
                StepLine(text=text("Add Chat Sync to the chat"), state=StepState.RUNNING),
                StepLine(text=text("Connect the chat to the record"), state=StepState.RUNNING),
            ],
            url="https://teams.microsoft.com/l/chat/19:0f@thread.v2/0",
            resume_button=SubmitButton(title=text("Refresh"), dialog="finishChat", payload={"key": "k"}),
        )
    ).message,
    **{
        name: each.message
        for name, each in (SETTINGS_PAGES | EXTENSION_PAGES | ACTS_PAGES | NOTIFICATION_PAGES).items()
    },
    **NOTIFICATION_CARDS,
    "channel to connect": channel_page(CHANNEL).message,
    "channel among those of many teams": channel_page(
        replace(CHANNEL, problem="", connect_anyway=None, channel="", search="channels", team="field")
    ).message,
    "people in a chat": members_page(
        MembersView(
            members=[Choice(title="Adele Vance", value="1"), Choice(title="Megan Bowen", value="2")],
            members_dataset="members",
            others=[Choice(title="Isaiah Langer · Engineer", value="3")],
            others_dataset="people",
            names="",
            problem=text("Choose one person to add."),
            add=SubmitButton(title=text("Add"), dialog="addMember", payload={}),
            remove=SubmitButton(title=text("Remove"), dialog="removeMember", payload={}),
        )
    ).message,
    "introduction to a group chat": introduction(IntroductionView(personal=False)),
    "introduction to a person": introduction(IntroductionView(personal=True)),
    "unknown command": unknown_command(
        UnknownCommandView(word="frobnicate", closest=("connect", "disconnect", "chats"))
    ),
    "unknown command of nasty words": unknown_command(
        UnknownCommandView(word=NASTY, closest=("connect", "disconnect"))
    ),
    "help": help_card(
        HelpView(
            commands=(
                (
                    "connect <link, number, or words> [quiet]",
                    text("Connect this chat to a record; add quiet to skip the introduction note"),
                ),
                ("disconnect [<link or number>]", text("Disconnect this chat from a record")),
                ("records", text("List the records connected to this chat")),
                ("new", text("Start a chat with people you choose, with or without a record")),
                ("status", text("Show the latest updates sent to this chat, and any problems")),
                ("help", text("Show all commands")),
            )
        )
    ),
}
