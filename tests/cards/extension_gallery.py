"""Dialog pages of the message extension: part of the gallery."""

from dataclasses import replace

from bot.domain.texts import text
from cards.buttons import SubmitButton
from cards.connect_chat import ConnectView, connect_page
from cards.dialog import Page
from cards.inputs import Choice
from cards.record_inputs import RecordInputs
from cards.save_message import SaveView, save_page

CHOICE = Choice(title="CAS-01001 · Pump vibrates after firmware update · Case", value="e|incident|0")
OTHER = Choice(title="CAS-01036 · Pump *vibrates* at full load · Case", value="e|incident|36")

CONNECT = ConnectView(
    record=RecordInputs(choices=(CHOICE, OTHER), dataset="records", selected=CHOICE.title),
    note=True,
    problem="",
    connect=SubmitButton(title=text("Connect"), dialog="connectThisChat", payload={}),
)
MESSAGE = "https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1735689600000?context=%7B%7D"
SAVE = SaveView(
    record=RecordInputs(choices=(CHOICE, OTHER), dataset="records", selected=CHOICE.title),
    forms=(Choice(title=text("Note"), value="note"), Choice(title=text("Task"), value="task")),
    form="note",
    title="Teams message from Adele Vance",
    max_title_length=200,
    text="The bearing play is 1.2 mm.\nI send somebody on Monday, 10:00.",
    max_text_length=4_000,
    origin=(
        "Message in Microsoft Teams: Adele Vance · 2026-11-21 10:20 UTC",
        "Attachments: serial plate.jpg, bearing.pdf",
        MESSAGE,
    ),
    changed="Changed by Megan Bowen",
    link=MESSAGE,
    problem="",
    save=SubmitButton(title=text("Save"), dialog="saveThisMessage", payload={"wish": "k", "author": "Adele Vance"}),
)

EXTENSION_PAGES: dict[str, Page] = {
    "connect this chat": connect_page(CONNECT),
    "connect this chat asked first": connect_page(
        replace(
            CONNECT,
            problem=text("3 of 7 people in this chat cannot open this case. Remove the note, or send it anyway."),
            connect_anyway=SubmitButton(
                title=text("Send it anyway"), dialog="connectThisChat", payload={"sure": "true"}
            ),
        )
    ),
    "connect a one-to-one chat": connect_page(
        replace(CONNECT, note=None, connect=SubmitButton(title=text("Next"), dialog="connectThisChat", payload={}))
    ),
    "save to record": save_page(SAVE),
    "save to one of several records": save_page(
        replace(
            SAVE,
            record=RecordInputs(choices=(CHOICE,), dataset="records", hits=(CHOICE, OTHER)),
            problem=text("Choose a record."),
            form="task",
        )
    ),
    "save nasty values": save_page(
        replace(
            SAVE,
            title="<at>everyone</at> **bold** " * 7,
            text="# h\n- one\n1. two {{DATE(2020-01-01T00:00:00Z)}} " * 80,
            origin=(
                "Message in Microsoft Teams: <at>everyone</at> **bold** · مضخة",
                "Attachments: [x](https://evil.example)",
                MESSAGE,
            ),
            changed="Changed by <at>everyone</at> **bold**",
        )
    ),
}
