"""Cards and pages of notification rules."""

from datetime import UTC, datetime

from cards.buttons import ActionButton, SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.message import Message
from cards.notifications.form import (
    ChoiceField,
    DateField,
    FormView,
    Heading,
    Line,
    Row,
    SavedByOther,
    SwitchField,
    TextField,
    TimeField,
    form,
)
from cards.notifications.mute import AskMuteView, MutedView, MuteState, ask_mute, muted

AT = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
NASTY = "<at>everyone</at> **bold** [x](https://evil.example) {{DATE(2020-01-01T00:00:00Z)}}"
UNMUTE = ActionButton(title="Unmute", verb="unmute", payload={}, ignores_inputs=True)
SPANS = tuple(
    ActionButton(title=title, verb="mute", payload={"span": span})
    for title, span in (
        ("1 hour", "1h"),
        ("Until tomorrow 8:00", "tomorrow"),
        ("Until Monday 8:00", "monday"),
        ("Until turned off", "always"),
    )
)
SAVE = SubmitButton(title="Save", dialog="notificationsSaveHours", payload={"version": "1"})
PREVIEW = SubmitButton(title="Preview", dialog="notificationsSaveHours", payload={"version": "1", "preview": "true"})
BACK = SubmitButton(title="Back", dialog="notifications", payload={}, ignores_inputs=True)
DAYS = tuple(Choice(title=day, value=str(number)) for number, day in enumerate(("Monday", "Tuesday", "Sunday")))

NOTIFICATION_CARDS: dict[str, Message] = {
    "ask for a mute": ask_mute(AskMuteView(record="", spans=SPANS)),
    "ask for the mute of a record that is muted": ask_mute(
        AskMuteView(record=NASTY, spans=SPANS, state=MuteState(by=NASTY, until=AT), unmute=UNMUTE)
    ),
    "a chat was muted": muted(
        MutedView(record="", state=MuteState(by="Megan Bowen", until=AT), also_urgent=False, utc_note="", unmute=UNMUTE)
    ),
    "a record was muted without an end": muted(
        MutedView(
            record=NASTY, state=MuteState(by=NASTY, until=None), also_urgent=True, utc_note="In UTC.", unmute=UNMUTE
        )
    ),
}

NOTIFICATION_PAGES: dict[str, Page] = {
    "notification rules": form(
        FormView(
            title="Notifications",
            place="CAS-01001",
            message="Saved. The change is active.",
            parts=(
                Line(text="This chat hears about CAS-01001: Priority, Status, and Owner."),
                Line(text="Quiet from 18:00 to 8:00 on workdays, Berlin time."),
                Line(text="This chat is muted by Megan Bowen.", bold=True, until=AT),
                ChoiceField(name="record", label="Record", choices=(Choice(title="CAS-01001", value="1"),)),
                Row(buttons=(SAVE, PREVIEW)),
            ),
        )
    ),
    "quiet hours with problems and a save of somebody else": form(
        FormView(
            title="Quiet hours",
            place="All records of this chat",
            preview=("With these rules: 14 instead of 96 messages in the last 30 days.",),
            saved_by_others=(SavedByOther(who=NASTY, at=AT, what=NASTY, is_conflict=True),),
            parts=(
                SwitchField(name="quiet", label="Hold changes during quiet hours", value="true"),
                TimeField(name="start", label="From", value="18:00"),
                TimeField(name="end", label="To", value="18:00", problem="The start and the end must be different."),
                ChoiceField(name="days", label="Evenings of", choices=DAYS, chosen=("0", "1"), several=True),
                ChoiceField(
                    name="zone",
                    label="Time zone (type a city)",
                    choices=(Choice(title="Europe/Berlin", value="Europe/Berlin"),),
                    chosen=("Europe/Berlin",),
                    dataset="time zones",
                ),
            ),
            buttons=(SAVE, PREVIEW, BACK),
            height="large",
        )
    ),
    "a new condition": form(
        FormView(
            title="New condition",
            place=NASTY,
            parts=(
                Heading(text=NASTY),
                ChoiceField(name="test", label="Test", choices=DAYS, chosen=("0",), expanded=True, problem=NASTY),
                DateField(name="value", label="Date", value="2026-12-31"),
                TextField(name="words", label="Value", value=NASTY, hint=NASTY),
                Line(text="Priority Normal → High, posted: urgent rule", at=AT, small=True),
            ),
            buttons=(SAVE, BACK),
        )
    ),
}
