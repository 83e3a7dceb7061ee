"""Read, update, and compile the catalogs."""

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.languages.catalogs import catalog_file
from bot.languages.tags import ENGLISH_TAG, LANGUAGES
from tests.translations.extraction import Found, extract

TRANSLATED = tuple(tag for tag in LANGUAGES if tag != ENGLISH_TAG)
_WIDTH = 120
_RELEASE = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in compiled catalogs, which must not depend on the day of the compilation."""
_HEADER = "Translations of Chat Sync. docs/translators.md explains how to change them."


def read_catalog(tag: str) -> Catalog:
    """Return the catalog of the language as it is stored."""
    with catalog_file(tag, ".po").open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"), domain="chatsync")


def new_catalog(tag: str, messages: Iterable[Found]) -> Catalog:
    """Return a catalog with these messages, in the order of their files, without translations."""
    catalog = Catalog(
        locale=tag.replace("-", "_"),
        domain="chatsync",
        project="Chat Sync",
        version="1",
        header_comment=f"# {_HEADER}",
        fuzzy=False,
    )
    for each in messages:
        key = (each.message, each.plural) if each.plural else each.message
        catalog.add(key, locations=[(each.file, None)])  # type: ignore[list-item]
    return catalog


def updated(tag: str) -> Catalog:
    """Return the catalog with exactly the messages of the source, and the translations that it has."""
    catalog = new_catalog(tag, extract())
    if catalog_file(tag, ".po").exists():
        for message in read_catalog(tag):
            kept = catalog.get(message.id) if message.id else None
            if kept is not None and not message.fuzzy and kept.pluralizable == message.pluralizable:
                kept.string = message.string
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    """Return the catalog as text, without dates and line numbers, so that it changes only with its messages."""
    written = BytesIO()
    write_po(written, catalog, width=_WIDTH, omit_header=False, include_lineno=False, sort_output=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    dated = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Generated-By',
        '"Report-Msgid',
    )
    return "".join(line for line in lines if not line.startswith(dated)).encode()


def mo_bytes(catalog: Catalog) -> bytes:
    """Return the catalog as the product reads it, without the dates of the header."""
    compiled, source = BytesIO(), read_po(BytesIO(po_bytes(catalog)))
    source.creation_date = source.revision_date = _RELEASE
    write_mo(compiled, source)
    return compiled.getvalue()


def write(tag: str, catalog: Catalog) -> None:
    """Store the catalog, and compile it."""
    file = catalog_file(tag, ".po")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(po_bytes(catalog))
    catalog_file(tag).write_bytes(mo_bytes(read_catalog(tag)))
