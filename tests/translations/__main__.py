"""Update the catalogs after a change of messages: `python -m tests.translations`."""

from tests.translations.catalog_files import TRANSLATED, updated, write


def main() -> None:
    """Extract the messages, keep their translations, and compile the catalogs of all languages."""
    for tag in TRANSLATED:
        catalog = updated(tag)
        write(tag, catalog)
        missing = sum(1 for each in catalog if each.id and not _is_translated(each.string))
        print(f"{tag}: {len(catalog)} messages, {missing} without a translation")  # noqa: T201


def _is_translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    main()
