"""Cards and pages of notification rules."""

from datetime import UTC, datetime

from bot.domain.texts import text
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
UNMUTE = ActionButton(title=text("Unmute"), verb="unmute", payload={}, ignores_inputs=True)
SPANS = tuple(
    ActionButton(title=text(title), verb="mute", payload={"span": span})
    for title, span in (
        ("1 hour", "1h"),
        ("Until tomorrow 8:00", "tomorrow"),
        ("Until Monday 8:00", "monday"),
        ("Until turned off", "always"),
    )
)
SAVE = SubmitButton(title=text("Save"), dialog="notificationsSaveHours", payload={"version": "1"})
PREVIEW = SubmitButton(
    title=text("Preview"), dialog="notificationsSaveHours", payload={"version": "1", "preview": "true"}
)
BACK = SubmitButton(title=text("Back"), dialog="notifications", payload={}, ignores_inputs=True)
DAYS = tuple(Choice(title=text(day), value=str(number)) for number, day in enumerate(("Monday", "Tuesday", "Sunday")))

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
            record=NASTY,
            state=MuteState(by=NASTY, until=None),
            also_urgent=True,
            utc_note=text("In UTC."),
            unmute=UNMUTE,
        )
    ),
}

NOTIFICATION_PAGES: dict[str, Page] = {
    "notification rules": form(
        FormView(
            title=text("Notifications"),
            place="CAS-01001",
            message=text("Saved. The change is active."),
            parts=(
                Line(text=text("This chat hears about CAS-01001: Priority, Status, and Owner.")),
                Line(text=text("Quiet from 18:00 to 8:00 on workdays, Berlin time.")),
                Line(text=text("This chat is muted by Megan Bowen."), bold=True, until=AT),
                ChoiceField(name="record", label=text("Record"), choices=(Choice(title="CAS-01001", value="1"),)),
                Row(buttons=(SAVE, PREVIEW)),
            ),
        )
    ),
    "quiet hours with problems and a save of somebody else": form(
        FormView(
            title=text("Quiet hours"),
            place=text("All records of this chat"),
            preview=(text("With these rules: 14 instead of 96 messages in the last 30 days."),),
            saved_by_others=(SavedByOther(who=NASTY, at=AT, what=NASTY, is_conflict=True),),
            parts=(
                SwitchField(name="quiet", label=text("Hold changes during quiet hours"), value="true"),
                TimeField(name="start", label=text("From"), value="18:00"),
                TimeField(
                    name="end",
                    label=text("To"),
                    value="18:00",
                    problem=text("The start and the end must be different."),
                ),
                ChoiceField(name="days", label=text("Evenings of"), choices=DAYS, chosen=("0", "1"), several=True),
                ChoiceField(
                    name="zone",
                    label=text("Time zone (type a city)"),
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
            title=text("New condition"),
            place=NASTY,
            parts=(
                Heading(text=NASTY),
                ChoiceField(name="test", label=text("Test"), choices=DAYS, chosen=("0",), expanded=True, problem=NASTY),
                DateField(name="value", label=text("Date"), value="2026-12-31"),
                TextField(name="words", label=text("Value"), value=NASTY, hint=NASTY),
                Line(text=text("Priority Normal → High, posted: urgent rule"), at=AT, small=True),
            ),
            buttons=(SAVE, BACK),
        )
    ),
}
