"""The language of a page and of its answers (spec I2).

The page is loaded before the person is known, so the host, or else the browser, names the language.
"""

import re
from collections.abc import Iterator

from aiohttp import hdrs, web

from bot.languages.tags import catalog_tag, choose_language
from bot.languages.translator import CatalogTranslator, translator

LANGUAGE = "language"
"""Name in the query for a BCP 47 tag, or for the LCID of a language in Dynamics 365."""
LANGUAGE_HEADER = "X-Chat-Sync-Language"
"""Header of the page's own requests with the language of the page."""

_MAX_ENTRIES = 20
"""Languages of a browser that are read."""
_MAX_LCID_DIGITS = 5
_ENTRY = re.compile(r"\s*([A-Za-z0-9-]{1,35})\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII)


def page_translator(request: web.Request) -> CatalogTranslator:
    """Return the translator of the language that the address names, or else of one that the browser accepts."""
    accepted = accepted_languages(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    return translator(choose_language([asked_language(request), *accepted]))


def answer_translator(request: web.Request) -> CatalogTranslator:
    """Return the translator of the language that the page names for its requests, or else of one for a page."""
    named = catalog_tag(request.headers.get(LANGUAGE_HEADER))
    return translator(named) if named else page_translator(request)


def asked_language(request: web.Request) -> str | None:
    """Return the catalog's language that the address names; None without one."""
    named = request.query.get(LANGUAGE, "")
    is_lcid = named.isascii() and named.isdigit() and len(named) <= _MAX_LCID_DIGITS
    return catalog_tag(int(named) if is_lcid else named)


def accepted_languages(header: str) -> list[str]:
    """Return the tags in a header `Accept-Language`, the most wanted first. Malformed entries are ignored."""
    wanted = sorted(_entries(header), key=lambda each: each[0], reverse=True)
    return [tag for weight, tag in wanted if weight]


def _entries(header: str) -> Iterator[tuple[float, str]]:
    for entry in header.split(",", _MAX_ENTRIES)[:_MAX_ENTRIES]:
        found = _ENTRY.fullmatch(entry)
        if found:
            yield float(found[2] or 1), found[1]
