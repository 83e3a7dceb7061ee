"""All texts of the pages can be translated (spec I1, I5)."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from babel import Locale

from bot.domain.pane_sessions import PaneHost
from bot.domain.pane_sign_in import SignInFailure
from bot.features.settings.labels import LABELS
from bot.languages.tags import LANGUAGES
from bot.languages.translator import CatalogTranslator, translator
from bot.pane.page import SETTINGS_VALUES, page_templates
from bot.pane.static_files import load_static_files
from tests.pane.pseudo import PseudoCatalog, accented

PSEUDO = CatalogTranslator(language="de", catalog=PseudoCatalog())
FOLDER = Path(__file__).parents[2] / "bot/pane"
SHOWN = {"alt", "aria-description", "aria-label", "aria-placeholder", "label", "placeholder", "title"}
"""Attributes that people read or hear."""
NAMES = {"Chat Sync"}
"""Texts that are the same in all languages."""


class Texts(HTMLParser):
    """The texts of a page, and the names of those that scripts show."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.named: set[str] = set()

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Keep the attributes that people read."""
        given = {name: value or "" for name, value in attributes}
        self.found += [value for name, value in given.items() if name in SHOWN]
        if "data-rule" in given:
            self.found.append(given["value"])
        if "data-name" in given:
            self.named.add(given["data-name"])

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.found.append(data)


def pages(t: CatalogTranslator) -> Iterator[tuple[str, str]]:
    """Return all pages in all their states."""
    templates = page_templates()
    shared = {"path": "/pane", "static": "/pane/static/0", "t": t, "asked": None}
    of_host = {"people": (), "environments": ["one", "two"], "organizations": "{}", **SETTINGS_VALUES}
    for host, name in product(PaneHost, ("pane.html", "settings.html")):
        yield f"{name} {host}", templates.get_template(name).render(**shared, **of_host, host=host)
    for step in ("begin", "done", *SignInFailure):
        yield f"sign_in.html {step}", templates.get_template("sign_in.html").render(**shared, step=step)
    for missing in ((), ("NAME_1", "NAME_2")):
        yield "unknown_host.html", templates.get_template("unknown_host.html").render(**shared, missing=missing)


def read(page: str) -> Texts:
    texts = Texts()
    texts.feed(page)
    return texts


def test_each_text_of_each_page_is_translated() -> None:
    found = [(name, text.strip()) for name, page in pages(PSEUDO) for text in read(page).found]
    assert len(found) > 1_000
    untranslated = {(name, text) for name, text in found if text not in NAMES and re.search(r"[A-Za-z]{2}", bare(text))}
    assert untranslated == set()


def bare(text: str) -> str:
    """Return the text without placeholders, and without names of settings."""
    return re.sub(r"\{\w+\}|NAME_1 und NAME_2", "", text)


def test_english_pages_have_the_messages_themselves() -> None:
    english = dict(pages(translator("en")))
    assert "No chat has “{words}” in its name." in english["pane.html sandbox"]
    assert accented("Chats") not in english["pane.html sandbox"]
    assert all(str(label) in english["settings.html teams"] for label in list(LABELS.values())[:1])


@pytest.mark.parametrize("host", PaneHost)
@pytest.mark.parametrize(("page", "module"), [("pane.html", "main.js"), ("settings.html", "settings/main.js")])
def test_the_page_has_each_text_that_its_scripts_name(host: PaneHost, page: str, module: str) -> None:
    named = read(dict(pages(translator("en")))[f"{page} {host}"]).named
    scripts = {each for each in imported(module) if not each.startswith("hosts/")} | {f"hosts/{host}.js"}
    used = {name for each in scripts for name in texts_in(each)}
    assert len(used) > 10
    assert used - named == set()


def imported(name: str) -> set[str]:
    """Return the module, and those that it imports at any time."""
    files, waiting, found = load_static_files().files, [name], set()
    while waiting:
        each = waiting.pop()
        if each in found or each.startswith("vendor/"):
            continue
        found.add(each)
        folder = Path("/" + each).parent
        paths = re.findall(r'(?:from|import|import\() ?"(\.[^"]+\.js)"', files[each].decode())
        waiting += [(folder / path).resolve().as_posix().removeprefix("/") for path in paths]
    return found


def texts_in(name: str) -> list[str]:
    """Return the names of texts in the calls of a module."""
    return re.findall(r'\b(?:text|plural|textAround)\("(\w+)"', load_static_files().files[name].decode())


@pytest.mark.parametrize(
    "name", [each for each in load_static_files().files if each.endswith(".js") and "vendor" not in each]
)
def test_scripts_contain_no_text_for_people(name: str) -> None:
    code = re.sub(r"^\s*//.*$", "", load_static_files().files[name].decode(), flags=re.MULTILINE)
    assert re.findall(r'"[A-Z][a-z]+ [^"\n]*"|`[A-Z][a-z]+ [^`$]*`', code) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_have_the_categories_of_whole_numbers(language: str) -> None:
    rule = Locale.parse(language, sep="-").plural_form
    t = CatalogTranslator(language=language, catalog=PseudoCatalog())
    forms = t.plural_forms("one {name}", "{count} others")
    assert set(forms) == {rule(number) for number in (*range(1_000), 1_000_000, 2_000_000)}
    assert set(map(bare, forms.values())) <= {"óńé ", " óťĥéŕś"}


def test_english_has_two_plural_forms() -> None:
    assert translator("en").plural_forms("1 change", "{count} changes") == {
        "one": "1 change",
        "other": "{count} changes",
    }
