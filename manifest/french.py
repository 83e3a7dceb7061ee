"""French texts of the manifest."""

from collections.abc import Mapping

FRENCH: Mapping[str, str] = {
    "Chat Sync": "Chat Sync",
    "Chat Sync for Dynamics 365": "Chat Sync pour Dynamics 365",
    "Connect group chats to Dynamics 365 records": (
        "Connectez des conversations de groupe à des enregistrements Dynamics 365"
    ),
    "Connect a group chat to a case, an account, or another Dynamics 365 record. The chat gets a note about the "
    "record, and a card whenever a key field changes.": (
        "Connectez une conversation de groupe à un incident, un compte ou un autre enregistrement Dynamics 365. "
        "La conversation reçoit une note sur l’enregistrement, puis une carte chaque fois qu’un champ clé change."
    ),
    # Text commands
    "Connect this chat to a record; add quiet to skip the introduction note": (
        "Connecter cette conversation à un enregistrement, sans note d’introduction si vous ajoutez quiet"
    ),
    "Disconnect this chat from a record": "Déconnecter cette conversation d’un enregistrement",
    "List the chats connected to a record": "Répertorier les conversations connectées à un enregistrement",
    "List the current and past chats of a record": (
        "Répertorier les conversations actuelles et passées d’un enregistrement"
    ),
    "Join a chat connected to a record": "Rejoindre une conversation connectée à un enregistrement",
    "Suggest people to talk to about a record, with the reasons": (
        "Suggérer des personnes à qui parler d’un enregistrement, avec les raisons"
    ),
    "List the records connected to this chat": "Répertorier les enregistrements connectés à cette conversation",
    "Start a chat with people you choose, with or without a record": (
        "Démarrer une conversation avec les personnes de votre choix, avec ou sans enregistrement"
    ),
    "Show the latest updates sent to this chat, and any problems": (
        "Afficher les dernières mises à jour envoyées à cette conversation et les problèmes éventuels"
    ),
    "Choose when and how this chat hears about changes": (
        "Choisir quand et comment cette conversation est informée des modifications"
    ),
    "Mute this chat or one of its records for a while; write mute off to end it": (
        "Mettre en sourdine un moment cette conversation ou l’un de ses enregistrements (mute off y met fin)"
    ),
    "For administrators: set record types, notes, key fields, and permissions": (
        "Pour les administrateurs\u00a0: définir types d’enregistrements, notes, champs clés et autorisations"
    ),
    "Show all commands": "Afficher toutes les commandes",
    # Tabs
    "Chats and records": "Conversations et enregistrements",
    # Search and action commands
    "Find records": "Rechercher des enregistrements",
    "Find a record and insert its card into the chat": (
        "Rechercher un enregistrement et insérer sa carte dans la conversation"
    ),
    "All records": "Tous les enregistrements",
    "Cases": "Incidents",
    "Accounts": "Comptes",
    "Contacts": "Contacts",
    "Articles": "Articles",
    "Name or number": "Nom ou numéro",
    "Connect this chat": "Connecter cette conversation",
    "Connect this chat to a record, such as one that a message links to": (
        "Connecter cette conversation à un enregistrement, par exemple celui vers lequel un message renvoie"
    ),
    "Save to record": "Ajouter à l’enregistrement",
    "Save a message to a record as a note or a task": (
        "Ajouter un message à un enregistrement sous forme de note ou de tâche"
    ),
    "Timeline": "Chronologie",
    "Show the current and past chats of a record, and join them": (
        "Afficher les conversations actuelles et passées d’un enregistrement et les rejoindre"
    ),
    "New connected chat": "Nouvelle conversation connectée",
    "People in this chat": "Personnes de cette conversation",
    "Add a person to this chat, or remove one": "Ajouter une personne à cette conversation ou en retirer une",
    "Connect a channel": "Connecter un canal",
    "Connect a channel of one of your teams to a record": (
        "Connecter un canal de l’une de vos équipes à un enregistrement"
    ),
    "Settings": "Paramètres",
}
