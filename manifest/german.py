"""German texts of the manifest."""

from collections.abc import Mapping

GERMAN: Mapping[str, str] = {
    "Chat Sync": "Chat Sync",
    "Chat Sync for Dynamics 365": "Chat Sync für Dynamics 365",
    "Connect group chats to Dynamics 365 records": "Verbindet Gruppenchats mit Datensätzen aus Dynamics 365",
    "Connect a group chat to a case, an account, or another Dynamics 365 record. The chat gets a note about the "
    "record, and a card whenever a key field changes.": (
        "Verbinden Sie einen Gruppenchat mit einer Anfrage, einer Firma oder einem anderen Datensatz aus Dynamics 365. "
        "Der Chat erhält eine Notiz über den Datensatz und eine Karte, sobald sich ein wichtiges Feld ändert."
    ),
    # Text commands
    "Connect this chat to a record; add quiet to skip the introduction note": (
        "Diesen Chat mit einem Datensatz verbinden; mit quiet ohne die einführende Notiz"
    ),
    "Disconnect this chat from a record": "Diesen Chat von einem Datensatz trennen",
    "List the chats connected to a record": "Die Chats auflisten, die mit einem Datensatz verbunden sind",
    "List the current and past chats of a record": "Heutige und frühere Chats eines Datensatzes auflisten",
    "Join a chat connected to a record": "Einem Chat beitreten, der mit einem Datensatz verbunden ist",
    "Suggest people to talk to about a record, with the reasons": (
        "Personen vorschlagen, mit denen man über einen Datensatz sprechen kann, und warum"
    ),
    "List the records connected to this chat": "Die Datensätze auflisten, mit denen dieser Chat verbunden ist",
    "Start a chat with people you choose, with or without a record": (
        "Einen Chat mit Personen Ihrer Wahl beginnen, mit oder ohne Datensatz"
    ),
    "Show the latest updates sent to this chat, and any problems": (
        "Zeigen, was diesem Chat zuletzt gemeldet wurde, und was dabei im Weg steht"
    ),
    "Choose when and how this chat hears about changes": ("Festlegen, wann und wie dieser Chat von Änderungen erfährt"),
    "Mute this chat or one of its records for a while; write mute off to end it": (
        "Diesen Chat oder einen seiner Datensätze eine Zeit lang stummschalten; mute off beendet es"
    ),
    "For administrators: set record types, notes, key fields, and permissions": (
        "Für Administratoren: Datensatztypen, Notizen, wichtige Felder und Berechtigungen festlegen"
    ),
    "Show all commands": "Alle Befehle zeigen",
    # Tabs
    "Chats and records": "Chats und Datensätze",
    # Search and action commands
    "Find records": "Datensätze finden",
    "Find a record and insert its card into the chat": "Einen Datensatz finden und seine Karte in den Chat stellen",
    "All records": "Alle Datensätze",
    "Cases": "Anfragen",
    "Accounts": "Firmen",
    "Contacts": "Kontakte",
    "Articles": "Artikel",
    "Name or number": "Name oder Nummer",
    "Connect this chat": "Diesen Chat verbinden",
    "Connect this chat to a record, such as one that a message links to": (
        "Diesen Chat mit einem Datensatz verbinden, etwa mit einem, auf den eine Nachricht verweist"
    ),
    "Save to record": "Am Datensatz speichern",
    "Save a message to a record as a note or a task": (
        "Eine Nachricht als Notiz oder Aufgabe an einem Datensatz speichern"
    ),
    "Timeline": "Zeitachse",
    "Show the current and past chats of a record, and join them": (
        "Heutige und frühere Chats eines Datensatzes zeigen und ihnen beitreten"
    ),
    "New connected chat": "Neuer verbundener Chat",
    "People in this chat": "Personen in diesem Chat",
    "Add a person to this chat, or remove one": "Eine Person zu diesem Chat hinzufügen oder daraus entfernen",
    "Connect a channel": "Kanal verbinden",
    "Connect a channel of one of your teams to a record": (
        "Einen Kanal eines Ihrer Teams mit einem Datensatz verbinden"
    ),
    "Settings": "Einstellungen",
}
