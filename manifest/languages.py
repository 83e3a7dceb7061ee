"""The manifest's texts in languages other than English ("Localize your app", Teams documentation). Pure.

To add a language, add a module like `german` and a line in `LANGUAGES`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from manifest.arabic import ARABIC
from manifest.french import FRENCH
from manifest.german import GERMAN
from manifest.japanese import JAPANESE
from manifest.portuguese import PORTUGUESE
from manifest.spanish import SPANISH

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "ja": JAPANESE,
    "pt": PORTUGUESE,
    "ar": ARABIC,
}
"""Translations of the English texts, by language tag. A tag without a region is for all regions."""


def file_name(language: str) -> str:
    """Return the name of the language's file in the package."""
    return f"{language}.json"


def translatable_strings(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the path in the manifest and the English text of everything that can be translated.

    Text commands are left out, because people type them in English.
    """
    yield "name.short", manifest["name"]["short"]
    yield "name.full", manifest["name"]["full"]
    yield "description.short", manifest["description"]["short"]
    yield "description.full", manifest["description"]["full"]
    for at, listed in enumerate(manifest["bots"][0]["commandLists"]):
        for number, command in enumerate(listed["commands"]):
            yield f"bots[0].commandLists[{at}].commands[{number}].description", command["description"]
    for number, tab in enumerate(manifest["staticTabs"]):
        if "name" in tab:
            yield f"staticTabs[{number}].name", tab["name"]
    for number, command in enumerate(manifest["composeExtensions"][0]["commands"]):
        yield from _of_command(f"composeExtensions[0].commands[{number}]", command)


def translate(manifest: Mapping[str, Any], words: Mapping[str, str], schema: str) -> dict[str, str]:
    """Return the language's file with the available translations. Teams shows the rest in English."""
    return {
        "$schema": schema,
        **{place: words[text] for place, text in translatable_strings(manifest) if text in words},
    }


def _of_command(place: str, command: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"{place}.title", command["title"]
    yield f"{place}.description", command["description"]
    for number, parameter in enumerate(command.get("parameters", ())):
        yield f"{place}.parameters[{number}].title", parameter["title"]
        yield f"{place}.parameters[{number}].description", parameter["description"]
