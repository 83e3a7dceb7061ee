"""Brazilian Portuguese texts of the manifest."""

from collections.abc import Mapping

PORTUGUESE: Mapping[str, str] = {
    "Chat Sync": "Chat Sync",
    "Chat Sync for Dynamics 365": "Chat Sync para Dynamics 365",
    "Connect group chats to Dynamics 365 records": "Conecte chats em grupo a registros do Dynamics 365",
    "Connect a group chat to a case, an account, or another Dynamics 365 record. The chat gets a note about the "
    "record, and a card whenever a key field changes.": (
        "Conecte um chat em grupo a uma ocorrência, uma conta ou outro registro do Dynamics 365. "
        "O chat recebe uma nota sobre o registro e um cartão sempre que um campo-chave é alterado."
    ),
    # Text commands
    "Connect this chat to a record; add quiet to skip the introduction note": (
        "Conectar este chat a um registro; adicione quiet para omitir a nota de introdução"
    ),
    "Disconnect this chat from a record": "Desconectar este chat de um registro",
    "List the chats connected to a record": "Listar os chats conectados a um registro",
    "List the current and past chats of a record": "Listar os chats atuais e anteriores de um registro",
    "Join a chat connected to a record": "Ingressar em um chat conectado a um registro",
    "Suggest people to talk to about a record, with the reasons": (
        "Sugerir pessoas com quem conversar sobre um registro, com os motivos"
    ),
    "List the records connected to this chat": "Listar os registros conectados a este chat",
    "Start a chat with people you choose, with or without a record": (
        "Iniciar um chat com as pessoas que você escolher, com ou sem um registro"
    ),
    "Show the latest updates sent to this chat, and any problems": (
        "Mostrar as últimas atualizações enviadas a este chat e os possíveis problemas"
    ),
    "Choose when and how this chat hears about changes": (
        "Escolher quando e como este chat é informado sobre alterações"
    ),
    "Mute this chat or one of its records for a while; write mute off to end it": (
        "Silenciar este chat ou um de seus registros por algum tempo; escreva mute off para reativá-lo"
    ),
    "For administrators: set record types, notes, key fields, and permissions": (
        "Para administradores: definir tipos de registro, notas, campos-chave e permissões"
    ),
    "Show all commands": "Mostrar todos os comandos",
    # Tabs
    "Chats and records": "Chats e registros",
    # Search and action commands
    "Find records": "Localizar registros",
    "Find a record and insert its card into the chat": "Localizar um registro e inserir o cartão dele no chat",
    "All records": "Todos os registros",
    "Cases": "Ocorrências",
    "Accounts": "Contas",
    "Contacts": "Contatos",
    "Articles": "Artigos",
    "Name or number": "Nome ou número",
    "Connect this chat": "Conectar este chat",
    "Connect this chat to a record, such as one that a message links to": (
        "Conectar este chat a um registro, por exemplo, um indicado pelo link de uma mensagem"
    ),
    "Save to record": "Salvar no registro",
    "Save a message to a record as a note or a task": "Salvar uma mensagem em um registro como nota ou tarefa",
    "Timeline": "Linha do tempo",
    "Show the current and past chats of a record, and join them": (
        "Mostrar os chats atuais e anteriores de um registro e ingressar neles"
    ),
    "New connected chat": "Novo chat conectado",
    "People in this chat": "Pessoas neste chat",
    "Add a person to this chat, or remove one": "Adicionar uma pessoa a este chat ou remover uma",
    "Connect a channel": "Conectar um canal",
    "Connect a channel of one of your teams to a record": "Conectar um canal de uma das suas equipes a um registro",
    "Settings": "Configurações",
}
