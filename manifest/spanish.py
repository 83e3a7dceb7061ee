"""Spanish texts of the manifest."""

from collections.abc import Mapping

SPANISH: Mapping[str, str] = {
    "Chat Sync": "Chat Sync",
    "Chat Sync for Dynamics 365": "Chat Sync para Dynamics 365",
    "Connect group chats to Dynamics 365 records": "Conecte chats de grupo a registros de Dynamics 365",
    "Connect a group chat to a case, an account, or another Dynamics 365 record. The chat gets a note about the "
    "record, and a card whenever a key field changes.": (
        "Conecte un chat de grupo a un caso, una cuenta u otro registro de Dynamics 365. "
        "El chat recibe una nota sobre el registro y una tarjeta cada vez que cambia un campo clave."
    ),
    # Text commands
    "Connect this chat to a record; add quiet to skip the introduction note": (
        "Conectar este chat a un registro; agregue quiet para omitir la nota de introducción"
    ),
    "Disconnect this chat from a record": "Desconectar este chat de un registro",
    "List the chats connected to a record": "Enumerar los chats conectados a un registro",
    "List the current and past chats of a record": "Enumerar los chats actuales y anteriores de un registro",
    "Join a chat connected to a record": "Unirse a un chat conectado a un registro",
    "Suggest people to talk to about a record, with the reasons": (
        "Sugerir personas con las que hablar sobre un registro, con los motivos"
    ),
    "List the records connected to this chat": "Enumerar los registros conectados a este chat",
    "Start a chat with people you choose, with or without a record": (
        "Iniciar un chat con las personas que elija, con o sin un registro"
    ),
    "Show the latest updates sent to this chat, and any problems": (
        "Mostrar las últimas actualizaciones enviadas a este chat y los posibles problemas"
    ),
    "Choose when and how this chat hears about changes": "Elegir cuándo y cómo se informa a este chat de los cambios",
    "Mute this chat or one of its records for a while; write mute off to end it": (
        "Silenciar este chat o uno de sus registros durante un tiempo; escriba mute off para reactivarlo"
    ),
    "For administrators: set record types, notes, key fields, and permissions": (
        "Para administradores: establecer los tipos de registro, las notas, los campos clave y los permisos"
    ),
    "Show all commands": "Mostrar todos los comandos",
    # Tabs
    "Chats and records": "Chats y registros",
    # Search and action commands
    "Find records": "Buscar registros",
    "Find a record and insert its card into the chat": "Buscar un registro e insertar su tarjeta en el chat",
    "All records": "Todos los registros",
    "Cases": "Casos",
    "Accounts": "Cuentas",
    "Contacts": "Contactos",
    "Articles": "Artículos",
    "Name or number": "Nombre o número",
    "Connect this chat": "Conectar este chat",
    "Connect this chat to a record, such as one that a message links to": (
        "Conectar este chat a un registro, por ejemplo, uno al que enlaza un mensaje"
    ),
    "Save to record": "Guardar en el registro",
    "Save a message to a record as a note or a task": "Guardar un mensaje en un registro como nota o tarea",
    "Timeline": "Escala de tiempo",
    "Show the current and past chats of a record, and join them": (
        "Mostrar los chats actuales y anteriores de un registro y unirse a ellos"
    ),
    "New connected chat": "Nuevo chat conectado",
    "People in this chat": "Personas de este chat",
    "Add a person to this chat, or remove one": "Agregar una persona a este chat o quitar una",
    "Connect a channel": "Conectar un canal",
    "Connect a channel of one of your teams to a record": "Conectar un canal de uno de sus equipos a un registro",
    "Settings": "Configuración",
}
