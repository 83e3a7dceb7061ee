"""What the manifest says in other languages than English ("Localize your app", Teams documentation). Pure.

Another language is another module beside `german`, and a line in `LANGUAGES`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from manifest.german import GERMAN

LANGUAGES: Mapping[str, Mapping[str, str]] = {"de": GERMAN}
"""For each language its words for the English ones."""


def file_name(language: str) -> str:
    """The name of the language's file in the package."""
    return f"{language}.json"


def translatable_strings(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What can be said in another language: where it stands in the manifest, and the English words.

    Text commands are not in it: they are written as they are.
    """
    yield "name.short", manifest["name"]["short"]
    yield "name.full", manifest["name"]["full"]
    yield "description.short", manifest["description"]["short"]
    yield "description.full", manifest["description"]["full"]
    for number, command in enumerate(manifest["bots"][0]["commandLists"][0]["commands"]):
        yield f"bots[0].commandLists[0].commands[{number}].description", command["description"]
    for number, command in enumerate(manifest["composeExtensions"][0]["commands"]):
        yield from _of_command(f"composeExtensions[0].commands[{number}]", command)


def translate(manifest: Mapping[str, Any], words: Mapping[str, str], schema: str) -> dict[str, str]:
    """The language's file: what it has words for; Teams shows the rest in English."""
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
