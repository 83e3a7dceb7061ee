"""The first words of text commands in each language (spec I3). Pure.

Everybody may write a command in any language. So no word means two commands: then the language of the reader would
have to decide, and a command would do something else for somebody else.
"""

import unicodedata
from collections.abc import Mapping
from itertools import chain

from bot.domain.public_names import QUIET, Command

WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "de": {
        Command.HELP: ("Hilfe",),
        Command.CONNECT: ("verbinden", "verbinde"),
        Command.DISCONNECT: ("trennen", "trenne"),
        Command.RECORDS: ("Datensätze", "Datensaetze"),
        Command.TIMELINE: ("Zeitachse",),
        Command.JOIN: ("beitreten",),
        Command.SUGGEST: ("vorschlagen", "Vorschläge", "Vorschlaege"),
        Command.NOTIFICATIONS: ("Benachrichtigungen",),
        Command.MUTE: ("stummschalten", "stumm"),
        Command.NEW: ("neu", "neuer"),
        Command.SETTINGS: ("Einstellungen",),
        QUIET: ("leise",),
    },
    "fr": {
        Command.HELP: ("aide",),
        Command.CONNECT: ("connecter",),
        Command.DISCONNECT: ("déconnecter",),
        Command.RECORDS: ("enregistrements",),
        Command.CHATS: ("conversations",),
        Command.TIMELINE: ("chronologie",),
        Command.JOIN: ("rejoindre",),
        Command.SUGGEST: ("suggérer", "suggestions"),
        Command.STATUS: ("état", "statut"),
        Command.MUTE: ("muet",),
        Command.NEW: ("nouveau", "nouvelle"),
        Command.SETTINGS: ("paramètres",),
        QUIET: ("discrètement",),
    },
    "es": {
        Command.HELP: ("ayuda",),
        Command.CONNECT: ("conectar",),
        Command.DISCONNECT: ("desconectar",),
        Command.RECORDS: ("registros",),
        Command.CHATS: ("conversaciones",),
        Command.TIMELINE: ("cronología",),
        Command.JOIN: ("unirse",),
        Command.SUGGEST: ("sugerir", "sugerencias"),
        Command.STATUS: ("estado",),
        Command.NOTIFICATIONS: ("notificaciones",),
        Command.MUTE: ("silenciar",),
        Command.NEW: ("nuevo", "nueva"),
        Command.SETTINGS: ("configuración", "ajustes"),
        QUIET: ("discretamente",),
    },
    "pt": {
        Command.HELP: ("ajuda",),
        Command.CONNECT: ("conectar",),
        Command.DISCONNECT: ("desconectar",),
        Command.RECORDS: ("registros",),
        Command.CHATS: ("conversas",),
        Command.TIMELINE: ("cronologia",),
        Command.JOIN: ("ingressar", "entrar"),
        Command.SUGGEST: ("sugerir", "sugestões"),
        Command.STATUS: ("estado",),
        Command.NOTIFICATIONS: ("notificações",),
        Command.MUTE: ("silenciar",),
        Command.NEW: ("novo", "nova"),
        Command.SETTINGS: ("configurações",),
        QUIET: ("discretamente",),
    },
    "ja": {
        Command.HELP: ("ヘルプ",),
        Command.CONNECT: ("接続",),
        Command.DISCONNECT: ("切断",),
        Command.RECORDS: ("レコード",),
        Command.CHATS: ("チャット",),
        Command.TIMELINE: ("タイムライン",),
        Command.JOIN: ("参加",),
        Command.SUGGEST: ("提案",),
        Command.STATUS: ("状態", "ステータス"),
        Command.NOTIFICATIONS: ("通知",),
        Command.MUTE: ("ミュート",),
        Command.NEW: ("新規",),
        Command.SETTINGS: ("設定",),
        QUIET: ("静かに",),
    },
    "ar": {
        Command.HELP: ("مساعدة", "تعليمات"),
        Command.CONNECT: ("توصيل",),
        Command.DISCONNECT: ("فصل",),
        Command.RECORDS: ("السجلات", "سجلات"),
        Command.CHATS: ("الدردشات", "دردشات"),
        Command.TIMELINE: ("المخطط",),
        Command.JOIN: ("انضمام",),
        Command.SUGGEST: ("اقتراح", "اقتراحات"),
        Command.STATUS: ("الحالة",),
        Command.NOTIFICATIONS: ("الإشعارات", "إشعارات"),
        Command.MUTE: ("كتم",),
        Command.NEW: ("جديد", "جديدة"),
        Command.SETTINGS: ("الإعدادات", "إعدادات"),
        QUIET: ("بصمت",),
    },
}
"""Words besides the English ones, by the primary subtag of the language. Terms of Dynamics 365 come first."""


def plain(word: str) -> str:
    """Return the word without accents, and without differences of case and width, as people type it in a hurry."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


_ENGLISH = {
    plain(word): english for language in WORDS.values() for english, words in language.items() for word in words
}
_WITHOUT_SPACES = frozenset(map(plain, chain.from_iterable(WORDS["ja"].values())))
"""Words of a language that is written without spaces."""
_LONGEST = 2 * max(map(len, _WITHOUT_SPACES))
"""Characters of the longest of these words, also in half width."""


def english(word: str) -> str:
    """Return the English word for a word of a command in any language, or the word in its plain form."""
    form = plain(word)
    return _ENGLISH.get(form, form)


def command_length(letters: str) -> int:
    """Return the length of the command at the beginning of the letters.

    A command in a language without spaces may be followed by a number or an address, as in `接続CAS-01001`.
    """
    for end in range(min(len(letters) - 1, _LONGEST), 0, -1):
        if letters[end].isascii() and plain(letters[:end]) in _WITHOUT_SPACES:
            return end
    return len(letters)
