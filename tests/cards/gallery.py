"""Every card that the product shows, once in each of its forms; the golden files are made of these."""

from dataclasses import replace
from datetime import UTC, datetime

from cards.audience import AudienceView, audience
from cards.buttons import Open, OpenDialog, Press, Step
from cards.catch_up import CaughtUp, CaughtUpView, caught_up
from cards.chat_list import ChatListView, ChatRow, Connected, Ended, chat_list
from cards.chat_status import ChatStatusView, Held, Paused, StatusRow, Unsynced, chat_status
from cards.choice import ChoiceRow, ChoiceView, choice
from cards.connect_channel import ChannelView, channel_page
from cards.dialog import page, problem
from cards.help import HelpView, help_card
from cards.inputs import Choice, Choices, Searched, TextInput, Toggle
from cards.introduction import IntroductionView, introduction
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.link_card import KIND_UNTOLD, LinkView, add_the_app, link_card
from cards.message import Message
from cards.new_chat import (
    PeopleView,
    ProgressView,
    RecordView,
    StepLine,
    people_page,
    progress_page,
    record_page,
)
from cards.note import NoteView, note
from cards.notice import NoticeView, notice
from cards.personal_view import OwnView, offered, unseen
from cards.record import Fact, RecordHead
from cards.record_inputs import RecordInputs
from cards.record_list import RecordListView, RecordRow, record_list
from cards.suggestions import SuggestionRow, SuggestionsView, suggestions
from cards.timeline import WhichView, timeline_page, which_page
from tests.cards.acts_gallery import ACTS_PAGES, ASSIGN, UPDATE
from tests.cards.extension_gallery import CHOICE, EXTENSION_PAGES
from tests.cards.settings_gallery import SETTINGS_PAGES

AT = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
URL = "https://contoso.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=incident&id=0"
CASE = RecordHead(kind="Case", name="Pump vibrates after firmware update", number="CAS-01001", url=URL)
ACCOUNT = RecordHead(kind="Account", name="Fabrikam, Inc.", number=None, url=URL)
CONNECT = Press(
    title="Connect this chat", verb="connect", payload={"environment": "contoso", "table": "incident", "row": "0"}
)
CHATS = Press(title="Chats", verb="chats", payload=CONNECT.payload)
OWN = OwnView(
    press=Press(title="Show details", verb="view", payload=CONNECT.payload), accounts=("29:adele", "29:megan")
)
JOIN = Press(title="Join", verb="join", payload={"connection": "1"})
CHOOSE = Press(title="Connect", verb=CONNECT.verb, payload=CONNECT.payload)
NASTY = "<at>everyone</at> **bold** [x](https://evil.example) `code` # h\n- one\n1. two {{DATE(2020-01-01T00:00:00Z)}}"
LONG = "The customer says " + "that the pump vibrates and " * 200

ABOUT: dict[str, str] = {"title": "Chats about", "none": "No chat is connected to this record."}


def a_chat(name: str, state: str, button: Press | Open | None) -> ChatRow:
    return ChatRow(
        name=name,
        connected=Connected(by="Adele Vance", presence="available", at=AT, paused_at=AT),
        written_at=AT,
        state=state,
        button=button,
    )


TIMELINE = ChatListView(
    title="Timeline of",
    record=CASE,
    rows=(
        replace(
            a_chat("Pump at Fabrikam", "You are in this chat.", Open(title="Open chat", url=URL)),
            connected=Connected(by="Adele Vance", presence="available", at=AT),
            written_by="Megan Bowen",
            sync="On the timeline in Dynamics 365, but for 2 members who have no user there",
        ),
        replace(
            a_chat("Spare parts", "You can join this chat and see all that was said.", JOIN),
            written_by="Megan Bowen",
            sync="Not kept up to date any more: nothing happened in the chat for 7 days",
            sync_since=AT,
        ),
        replace(
            a_chat("Chat of Adele Vance", "", None),
            connected=Connected(by="Adele Vance", presence="presence unknown", at=AT),
            ended=Ended(by="Alex Wilber", at=AT),
        ),
    ),
    found=9,
    begin=6,
    words="",
    none="No chat was ever connected to this record.",
    turn=CHATS,
    noun="connection",
    by_name=False,
    further=(CHATS,),
)


def told(*changes: Change, people: tuple[str, ...] = ("Adele Vance",)) -> Message:
    return key_fields(KeyFieldsView(record=CASE, changes=changes, people=people, at=AT, buttons=(CHATS,)))


def one(label: str, old: str | None, new: str | None) -> Message:
    return told(Change(label=label, old=old, new=new))


def a_note(*facts: Fact, record: RecordHead = CASE, by: str = "Adele Vance") -> Message:
    return note(NoteView(record=record, facts=facts, connected_by=by, connected_at=AT, buttons=(CHATS,)))


def hits(*details: str) -> tuple[ChoiceRow, ...]:
    return tuple(
        ChoiceRow(kind="Case", name=f"Pump {number} leaks", number=f"CAS-0100{number}", detail=detail, press=CHOOSE)
        for number, detail in enumerate(details, 1)
    )


def people_view(**changes: object) -> PeopleView:
    view = PeopleView(
        record=CASE,
        suggested=(
            Choice(title="Adele Vance · owner", value="22"),
            Choice(title="Megan Bowen · connected a chat", value="21"),
        ),
        others=(Choice(title="Isaiah Langer · Support Agent", value="23"),),
        dataset="people",
        chosen=("22",),
        topic="Pump vibrates after firmware update",
        note=True,
        facts=FIVE,
        problem="",
        make=Step(title="Create chat", dialog="makeChat", payload={"key": "k"}),
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
    record=RecordInputs(listed=(CHOICE,), dataset="records", words="CAS-01001"),
    channels=[Choice(title="Field Service · Pumps", value="0|19:0f@thread.tacv2")],
    channel="0|19:0f@thread.tacv2",
    search="",
    team="",
    note=True,
    problem="3 of 7 people in this team cannot open this record. Take the note out, or send it anyway.",
    connect=Step(title="Connect", dialog="connectThisChannel", payload={}),
    anyway=Step(title="Send it anyway", dialog="connectThisChannel", payload={"sure": "true"}),
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
        record=RecordHead(kind="Case *", name=NASTY, number="_1_", url=URL),
        by="עדי",
    ),
    "note of words without an end": a_note(
        Fact(label="W" * 100, value="w" * 300),
        Fact(label="Address", value="https://contoso.example/" + "path" * 60),
        record=RecordHead(kind="K" * 100, name="N" * 300, number="0" * 100, url=URL),
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
    "link card": link_card(LinkView(record=CASE, buttons=(CONNECT, CHATS), first=OWN.press, own=OWN)),
    "link card of a large chat": link_card(
        LinkView(record=CASE, buttons=(CONNECT, CHATS), first=OWN.press, own=replace(OWN, accounts=("29:a",) * 61))
    ),
    "link card where the bot is not": link_card(
        LinkView(record=CASE, buttons=(CONNECT, CHATS), first=OWN.press, own=replace(OWN, accounts=None))
    ),
    "link card of one reader": link_card(
        LinkView(
            record=CASE,
            facts=FIVE,
            buttons=(CONNECT, CHATS),
            asks_for_note=True,
            own=replace(OWN, accounts=("29:adele",)),
        )
    ),
    "link card of a reader who can take the case over": link_card(
        LinkView(record=CASE, facts=FIVE, buttons=(CONNECT, CHATS), first=ASSIGN, asks_for_note=True)
    ),
    "link card of a reader after somebody changed the case": link_card(
        LinkView(
            record=CASE,
            facts=FIVE,
            said="Megan Bowen changed this case meanwhile, so nothing was done. This is how it is now.",
            said_at=AT,
            buttons=(CHATS,),
            first=UPDATE,
        )
    ),
    "link card of a reader who may see nothing": unseen(
        "You cannot open this case: it is not there, or not for you.",
        "Check the link, or ask the record's owner for access.",
        replace(OWN, accounts=("29:adele",)),
    ),
    "chats for each reader alone": offered(
        "Chats about CAS-01001",
        "Only you will see what the button shows.",
        OwnView(press=replace(CHATS, title="Show chats"), accounts=("29:adele",)),
    ),
    "key fields for everybody without a value": key_fields(
        KeyFieldsView(
            record=CASE,
            changes=(Change(label="Priority", old=None, new=None), Change(label="Refund amount", old=None, new=None)),
            people=("Adele Vance",),
            at=AT,
            buttons=(CHATS,),
            first=replace(OWN.press, title="Show values"),
            own=OWN,
        )
    ),
    "link card without the app": add_the_app(),
    "link card of a record without a number": link_card(LinkView(record=ACCOUNT, buttons=(CONNECT, CHATS))),
    "link card of a record whose name is not told": link_card(
        LinkView(record=RecordHead(kind="Case", name=None, number=None, url=URL), buttons=(CONNECT, CHATS))
    ),
    "link card of a record of which nothing is told": link_card(
        LinkView(
            record=RecordHead(kind=KIND_UNTOLD, name=None, number=None, url=""),
            buttons=(CONNECT, CHATS),
            first=OWN.press,
            own=OWN,
        )
    ),
    "link card where nothing can be connected": link_card(LinkView(record=CASE)),
    "link card with facts": link_card(LinkView(record=CASE, facts=FIVE, buttons=(CONNECT, CHATS))),
    "choice": choice(
        ChoiceView(
            asked="Which record should this chat be connected to?",
            rows=hits("In Progress", "On Hold", "Waiting for Details", "In Progress", "", "Researching"),
            more=0,
            hint="Not among them? Write more of its name, or its number.",
        )
    ),
    "choice with more": choice(
        ChoiceView(asked="Which record?", rows=hits("On Hold", NASTY), more=3, hint="Write its number.")
    ),
    "records": record_list(
        RecordListView(
            title="Records connected to this chat",
            rows=(
                RecordRow(record=CASE, connected_by="Adele Vance", connected_at=AT),
                RecordRow(record=ACCOUNT, connected_by="Megan Bowen", connected_at=AT),
            ),
            hidden=1,
        )
    ),
    "closing with key fields": key_fields(
        KeyFieldsView(
            record=CASE,
            changes=(Change(label="Status", old="Active", new="Resolved"),),
            people=("Megan Bowen",),
            at=AT,
            news=("This case is closed now (Resolved). Shall the chat stay connected to CAS-01001?",),
            buttons=(replace(CHOOSE, title="Keep connected"), replace(CHOOSE, title="Disconnect")),
        )
    ),
    "new owner": key_fields(
        KeyFieldsView(
            record=ACCOUNT,
            changes=(),
            people=("Megan Bowen",),
            at=AT,
            news=(f"{NASTY} owns this account now and is not in this chat.",),
            buttons=(replace(CHOOSE, title="Add new owner"),),
        )
    ),
    "audience": audience(
        AudienceView(
            kind="Case",
            people=7,
            without_access=3,
            send=replace(CONNECT, title="Send the note"),
            name_only=replace(CONNECT, title="Name only"),
            cancel=replace(CHOOSE, title="Cancel"),
        )
    ),
    "audience that is not known": audience(
        AudienceView(kind=NASTY, people=1, without_access=None, send=CONNECT, name_only=CHOOSE, cancel=CHOOSE)
    ),
    "chats of a record": chat_list(
        ChatListView(
            title="Chats about",
            none="No chat is connected to this record.",
            record=CASE,
            rows=(
                a_chat("Pump at Fabrikam", "You are in this chat.", Open(title="Open chat", url=URL)),
                a_chat(
                    "Spare parts", "You can join this chat and see all that was said.", replace(CHOOSE, title="Join")
                ),
                a_chat(
                    "Chat of Adele Vance",
                    "Locked. Joining is off for this record type and you have read-only access to this record. "
                    "Ask Adele Vance, who connected the chat, or your administrator.",
                    None,
                ),
            ),
            found=9,
            begin=6,
            words="",
            turn=CHATS,
            further=(
                OpenDialog(title="New chat", dialog="newChat", payload=CONNECT.payload),
                replace(CHATS, title="My other chats"),
                replace(CHATS, title="Timeline"),
            ),
        )
    ),
    "chats of nasty names": chat_list(
        ChatListView(
            title="Chats about",
            none="No chat is connected to this record.",
            record=RecordHead(kind="K" * 100, name=NASTY, number=None, url=URL),
            rows=(a_chat(NASTY, LONG, CHOOSE),) * 6,
            found=7,
            begin=0,
            words="pump & *",
            turn=CHOOSE,
        )
    ),
    "timeline": chat_list(TIMELINE),
    "timeline of a record without a chat": chat_list(replace(TIMELINE, rows=(), found=0, begin=0)),
    "timeline in a dialog": timeline_page(
        TIMELINE,
        {CHATS.verb: "timelineOf", JOIN.verb: "timelineJoin"},
        Step(title="Another record", dialog="timelineWhich", payload={}),
    ).message,
    "timeline of which record": which_page(
        WhichView(
            record=RecordInputs(listed=(CHOICE,), dataset="records", words="CAS-99999"),
            problem="No record fits these words.",
            show=Step(title="Show", dialog="timelineOf", payload={}),
        )
    ).message,
    "chats of a name among the newest": chat_list(
        ChatListView(
            title="Chats about",
            none="No chat is connected to this record.",
            record=CASE,
            rows=(
                a_chat(
                    "Pumps",
                    "Channel of team Field Service, which you are in.",
                    Open(title="Open channel", url=URL),
                ),
                a_chat(
                    "Channel of a team",
                    "Locked. Only members of its team see this channel. To get into the team, ask Adele Vance, "
                    "who connected it, or your administrator.",
                    None,
                ),
            ),
            found=2,
            begin=0,
            words="pump",
            among=50,
            turn=CHATS,
        )
    ),
    "chats of nobody": chat_list(
        ChatListView(
            title="Chats about",
            none="No chat is connected to this record.",
            record=ACCOUNT,
            rows=(),
            found=0,
            begin=0,
            words="",
            turn=CHOOSE,
        )
    ),
    "people for a record": suggestions(
        SuggestionsView(
            record=CASE,
            rows=(
                SuggestionRow(
                    name="Adele Vance",
                    presence="available",
                    reason="owner, worked on 3 activities this month",
                    buttons=(
                        Open(title="Write", url=URL),
                        OpenDialog(title="New chat", dialog="newChat", payload={}),
                        replace(CHOOSE, title="Add to this chat"),
                    ),
                ),
                SuggestionRow(name="Megan Bowen", presence="in a call", reason="in 2 connected chats", buttons=()),
            ),
        )
    ),
    "people of nasty names": suggestions(
        SuggestionsView(
            record=RecordHead(kind="K" * 100, name=NASTY, number=None, url=URL),
            rows=(SuggestionRow(name=NASTY, presence=NASTY, reason=LONG, buttons=(CHOOSE,)),) * 8,
        )
    ),
    "people of nobody": suggestions(SuggestionsView(record=ACCOUNT, rows=())),
    "caught up": caught_up(
        CaughtUpView(
            records=(
                CaughtUp(
                    record=CASE,
                    changes=(
                        Change(label="Priority", old="Low", new="High"),
                        Change(label="Status Reason", old="In Progress", new="On Hold"),
                    ),
                ),
                CaughtUp(record=ACCOUNT, changes=(Change(label="Credit Hold", old="No", new="Yes"),)),
            ),
            at=AT,
        )
    ),
    "caught up of deleted records": caught_up(
        CaughtUpView(
            records=(CaughtUp(record=ACCOUNT, changes=(Change(label="Credit Hold", old="No", new="Yes"),)),),
            at=AT,
            deleted=("CAS-01001", NASTY, *["CAS-01002"] * 9),
        )
    ),
    "caught up of nasty values and more": caught_up(
        CaughtUpView(
            records=(
                CaughtUp(
                    record=RecordHead(kind="Case *", name=NASTY, number="_1_", url=URL),
                    changes=(Change(label="A *label*", old=NASTY, new=LONG), Change(label="B", old="", new="x")),
                ),
            )
            * 7,
            at=AT,
        )
    ),
    "records of which one is paused": record_list(
        RecordListView(
            title="Records connected to this chat",
            rows=(RecordRow(record=CASE, connected_by="Adele Vance", connected_at=AT, paused_at=AT),),
            hidden=0,
        )
    ),
    "records of words without an end": record_list(
        RecordListView(
            title="Records connected to this chat",
            rows=(
                RecordRow(
                    record=RecordHead(kind="K" * 100, name="N" * 300, number="0" * 100, url=URL),
                    connected_by="B" * 100,
                    connected_at=AT,
                ),
            ),
            hidden=0,
        )
    ),
    "records of nasty values and more": record_list(
        RecordListView(
            title="Records connected to this chat",
            rows=(
                RecordRow(
                    record=RecordHead(kind=LONG, name=NASTY, number="-", url=URL), connected_by=NASTY, connected_at=AT
                ),
            ),
            hidden=2,
            more=12,
        )
    ),
    "records that nobody here may open": record_list(
        RecordListView(title="Records connected to this chat", rows=(), hidden=2)
    ),
    "chat status": chat_status(
        ChatStatusView(
            rows=(
                StatusRow(record=CASE, last_change_at=AT, last_card_at=AT),
                StatusRow(record=ACCOUNT, last_change_at=None, last_card_at=None),
            ),
            hidden=1,
        )
    ),
    "chat status with everything in the way": chat_status(
        ChatStatusView(
            rows=(
                StatusRow(
                    record=CASE,
                    last_change_at=AT,
                    last_card_at=AT,
                    not_told="Dynamics 365 does not answer.",
                    held=Held(cards=2, why="Teams limits how much the app may write", until=AT),
                    refused="Teams finds it too large",
                    unsynced=Unsynced(
                        why="Not kept up to date any more: nothing happened in the chat for 7 days",
                        since=AT,
                        resume=replace(CHATS, title="Resume"),
                    ),
                ),
                StatusRow(
                    record=ACCOUNT,
                    last_change_at=AT,
                    last_card_at=None,
                    unsynced=Unsynced(
                        why="Not shown in Dynamics 365: it was connected before chat sync was turned on",
                        since=None,
                        resume=None,
                    ),
                    paused=Paused(since=AT, why="the app is not in this chat any more"),
                ),
                StatusRow(
                    record=ACCOUNT,
                    last_change_at=None,
                    last_card_at=AT,
                    off="Cards about changes are turned off for records of this type.",
                    held=Held(cards=1),
                ),
            ),
            hidden=0,
            more=2,
            sync_off="Not kept up to date in Dynamics 365: chat sync is turned off. "
            "A Global Administrator turns it on in the settings.",
            late="Microsoft 365 does not let Chat Sync hear of changes in chats. Ask a Privileged Role Administrator "
            "or Global Administrator to grant it the permission Chat.ReadBasic.WhereInstalled.",
        )
    ),
    "chat status of nasty values": chat_status(
        ChatStatusView(
            rows=(
                StatusRow(
                    record=RecordHead(kind=LONG, name=NASTY, number="-", url=URL),
                    last_change_at=None,
                    last_card_at=None,
                    not_told=NASTY,
                ),
                StatusRow(
                    record=RecordHead(kind="K" * 100, name="N" * 300, number="0" * 100, url=URL),
                    last_change_at=AT,
                    last_card_at=AT,
                ),
            ),
            hidden=0,
        )
    ),
    "notice": notice(NoticeView(text="CAS-01001 is connected to this chat.", next_step="Connected by Adele Vance.")),
    "notice with a time": notice(
        NoticeView(
            text="CAS-01001 is already connected to this chat.",
            next_step="Connected by Adele Vance.",
            at=AT,
            button=Open(title="Open record", url=URL),
        )
    ),
    "refusal": notice(
        NoticeView(
            text="You cannot disconnect CAS-01001 from this chat.",
            next_step="It can be disconnected by somebody whose security role lets them disconnect Teams chats. "
            "Ask one of them, or your administrator.",
        )
    ),
    "refusal with a button": notice(
        NoticeView(
            text="Chat Sync is not in this chat.",
            next_step="Add the app Chat Sync to the chat, then press Continue.",
            button=Press(title="Continue", verb="connect", payload=CONNECT.payload),
        )
    ),
    "refusal to a reader": notice(
        NoticeView(
            text="Dynamics 365 takes long to answer.",
            next_step="Try again in a moment.",
            button=Press(title="Try again", verb="view", payload=CONNECT.payload),
            own=OwnView(press=Press(title="Try again", verb="view", payload=CONNECT.payload), accounts=("29:adele",)),
        )
    ),
    "notice that opens a dialog": notice(
        NoticeView(
            text="Nothing is set yet.", button=OpenDialog(title="Settings", dialog="settings", payload={"a": "b"})
        )
    ),
    "page of a dialog": page(
        "Every kind of input",
        [
            TextInput(
                "name", "Name", value="Pump", hint="Left empty, Teams names it", longest=250, required="Write a name"
            ),
            TextInput("words", "Words", lines=True),
            Toggle("note", "Send a note", on=True),
            Toggle("quiet", "Say nothing", on=False, label="Cards"),
            problem("Choose somebody."),
            Choices(
                "people",
                "People",
                [Choice(title="Adele Vance", value="20"), Choice(title="Megan Bowen", value="21")],
                chosen=["20", "21"],
                several=True,
                expanded=True,
            ),
            Searched("record", "Record", "records", [], required="Choose a record"),
        ],
        [Step(title="Save", dialog="settings save", payload={"a": "b"})],
    ).message,
    "new chat about which record": record_page(
        RecordView(
            record=RecordInputs(listed=(CHOICE,), dataset="records"),
            problem="",
            go_on=Step(title="Next", dialog="newChatPeople", payload={}),
            half_made=Step(title="Finish my last chat", dialog="finishChat", payload={"key": "k"}),
        )
    ).message,
    "new chat with whom": people_page(people_view()).message,
    "new chat with whom without a record": people_page(
        people_view(record=None, suggested=(), facts=None, problem="Choose at least one person.")
    ).message,
    "new chat with whom of nasty values": people_page(
        people_view(
            record=RecordHead(kind="Case *", name=NASTY, number="_1_", url=URL),
            suggested=(Choice(title=NASTY, value="20"),),
            facts=(Fact(label="Description", value=NASTY), Fact(label="*Steps*", value=LONG)),
            topic="",
        )
    ).message,
    "new chat ready": progress_page(
        ProgressView(
            summary="The chat is ready.",
            steps=[StepLine(words=words, done=True) for words in ("the chat is created", "everybody is in it")],
            url="https://teams.microsoft.com/l/chat/19:0f@thread.v2/0",
            go_on=None,
        )
    ).message,
    "new chat half made": progress_page(
        ProgressView(
            summary="Not everything is done yet.",
            steps=[
                StepLine(words="the chat is created", done=True),
                StepLine(
                    words="everybody is in it",
                    done=False,
                    trouble="Patti Fernandez could not be added: Microsoft 365 refuses.",
                    next_step="Ask a Global Administrator to grant it the permission ChatMember.ReadWrite.All.",
                ),
                StepLine(words="it is connected to the record", done=False),
            ],
            url="https://teams.microsoft.com/l/chat/19:0f@thread.v2/0",
            go_on=Step(title="Continue", dialog="finishChat", payload={"key": "k"}),
        )
    ).message,
    **{name: each.message for name, each in (SETTINGS_PAGES | EXTENSION_PAGES | ACTS_PAGES).items()},
    "channel to connect": channel_page(CHANNEL).message,
    "channel among those of many teams": channel_page(
        replace(CHANNEL, problem="", anyway=None, channel="", search="channels", team="field")
    ).message,
    "introduction to a group chat": introduction(IntroductionView(personal=False)),
    "introduction to a person": introduction(IntroductionView(personal=True)),
    "help": help_card(
        HelpView(
            commands=(
                (
                    "connect <link, number or words> [quiet]",
                    "Connect this chat to a record; with quiet, without the introduction note",
                ),
                ("disconnect [<link or number>]", "End a connection of this chat"),
                ("records", "The records that this chat is connected to"),
                ("new", "Start a chat with people of your choice, about a record or about none"),
                ("status", "What this chat was told last, and what is in the way"),
                ("help", "What you can write here"),
            )
        )
    ),
}
