"""The manifest's words in German."""

from collections.abc import Mapping

GERMAN: Mapping[str, str] = {
    "Chat Sync": "Chat Sync",
    "Chat Sync for Dynamics 365": "Chat Sync für Dynamics 365",
    "Ties group chats to records of Dynamics 365": "Verbindet Gruppenchats mit Datensätzen aus Dynamics 365",
    "Connect a group chat to a case, an account or another record of Dynamics 365. The chat gets a note about the "
    "record, and a card whenever a key field changes.": (
        "Verbinden Sie einen Gruppenchat mit einer Anfrage, einer Firma oder einem anderen Datensatz aus Dynamics 365. "
        "Der Chat erhält eine Notiz über den Datensatz und eine Karte, sobald sich ein wichtiges Feld ändert."
    ),
    # Text commands
    "Connect this chat to a record; with quiet, without the introduction note": (
        "Diesen Chat mit einem Datensatz verbinden; mit quiet ohne die einführende Notiz"
    ),
    "End a connection of this chat": "Eine Verbindung dieses Chats beenden",
    "The chats that are connected to a record": "Die Chats, die mit einem Datensatz verbunden sind",
    "The chats that a record has and had: who wrote last, and what is kept of them in Dynamics 365": (
        "Die Chats, die ein Datensatz hat und hatte: wer zuletzt schrieb, und was Dynamics 365 davon zeigt"
    ),
    "Join a chat that is connected to a record": "Einem Chat beitreten, der mit einem Datensatz verbunden ist",
    "Whom to speak to about a record, and why": "Mit wem man über einen Datensatz spricht, und warum",
    "The records that this chat is connected to": "Die Datensätze, mit denen dieser Chat verbunden ist",
    "Start a chat with people of your choice, about a record or about none": (
        "Einen Chat mit Personen Ihrer Wahl beginnen, über einen Datensatz oder ohne"
    ),
    "What this chat was told last, and what is in the way": (
        "Was diesem Chat zuletzt gemeldet wurde, und was im Weg steht"
    ),
    "What administrators set: which records can be connected, notes, key fields, who may do what": (
        "Was Administratoren festlegen: welche Datensätze, Notizen, wichtige Felder, wer was darf"
    ),
    "What you can write here": "Was Sie hier schreiben können",
    # Search and action commands
    "Find records": "Datensätze finden",
    "Find a record and put its card into the chat": "Einen Datensatz finden und seine Karte in den Chat stellen",
    "All records": "Alle Datensätze",
    "Cases": "Anfragen",
    "Accounts": "Firmen",
    "Contacts": "Kontakte",
    "Articles": "Artikel",
    "Name or number": "Name oder Nummer",
    "Connect this chat": "Diesen Chat verbinden",
    "Connect this chat to a record, such as the one that a message links to": (
        "Diesen Chat mit einem Datensatz verbinden, etwa mit dem, auf den eine Nachricht verweist"
    ),
    "Save to record": "Am Datensatz speichern",
    "Write a message to a record as a note or a task": (
        "Eine Nachricht als Notiz oder Aufgabe an einen Datensatz schreiben"
    ),
    "Timeline": "Zeitachse",
    "The chats that a record has and had, and the way into them": (
        "Die Chats, die ein Datensatz hat und hatte, und der Weg hinein"
    ),
    "New connected chat": "Neuer verbundener Chat",
    "Connect a channel": "Kanal verbinden",
    "Connect a channel of one of your teams to a record": (
        "Einen Kanal eines Ihrer Teams mit einem Datensatz verbinden"
    ),
    "Settings": "Einstellungen",
    "What administrators set: records, notes, key fields, who may do what": (
        "Was Administratoren festlegen: Datensätze, Notizen, wichtige Felder, wer was darf"
    ),
}
