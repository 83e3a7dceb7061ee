"""Terms that Microsoft uses in its localized products, and words that are the same as in English."""

from collections.abc import Mapping

GLOSSARY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "de": {
        "record": ("Datens",),
        "timeline": ("Zeitachse",),
        "owner": ("Besitzer",),
        "chat": ("Chat", "chatte"),
        "administrator": ("Administrator",),
    },
    "fr": {
        "record": ("enregistrement",),
        "timeline": ("chronologie",),
        "owner": ("propriétaire",),
        "chat": ("conversation",),
        "administrator": ("administrat",),
    },
    "es": {
        "record": ("registro",),
        "timeline": ("escala de tiempo",),
        "owner": ("propietario",),
        "chat": ("chat",),
        "administrator": ("administrador",),
    },
    "ja": {
        "record": ("レコード",),
        "timeline": ("タイムライン",),
        "owner": ("所有者",),
        "chat": ("チャット",),
        "administrator": ("管理者",),
    },
    "pt-BR": {
        "record": ("registro",),
        "timeline": ("linha do tempo",),
        "owner": ("proprietári",),
        "chat": ("chat",),
        "administrator": ("administrador",),
    },
    "ar": {
        "record": ("سجل",),
        "timeline": ("المخطط الزمني",),
        "owner": ("مالك",),
        "chat": ("دردش",),
        "administrator": ("مسؤول",),
    },
}
"""English terms in lower case, and the beginnings of words of which a translation contains one."""

SAME_AS_ENGLISH: Mapping[str, frozenset[str]] = {
    "de": frozenset({"Chats", "Limits", "Links", "Name", "Sandbox", "Team", "Text", "offline"}),
    "fr": frozenset({"Articles", "Contacts", "Date", "Mentions", "Note", "Notifications", "Table", "note"}),
    "es": frozenset({"1 chat", "Chats", "General", "No", "{count} chats"}),
    "ja": frozenset(),
    "pt-BR": frozenset({"Chats", "Links", "offline", "{count} chats"}),
    "ar": frozenset(),
}
"""Messages whose translation is the same as the English text."""
