"""The public pages, to which the app package links."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from bot.domain.public_names import USAGE
from manifest.document import document
from manifest.options import parse_options
from tests.wire.world import WEBHOOK_KEY, World

pytestmark = pytest.mark.one_database

VOID = {"meta", "link", "path"}


class Reader(HTMLParser):
    """Collects the links and tags of a page, and checks that each opened element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links |= {value or "" for name, value in attrs if name in {"href", "src", "action"}}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


async def test_no_link_of_the_package_is_dead_and_the_pages_tell_nothing_about_the_server(world: World) -> None:
    options = {"app_id": "aaaaaaaa-0000-4000-8000-000000000001", "domain": "chats.example.com", "version": "1.0.0"}
    package = document(parse_options(**options, website="", environments=(), message_events=True))
    paths = {urlsplit(package["developer"][name]).path or "/" for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl")}
    assert paths == {"/", "/privacy", "/terms"}
    for path in sorted(paths):
        async with world.session.get(world.url + path) as answer:
            text = await answer.text()
            policy = answer.headers["Content-Security-Policy"]
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert (answer.headers["X-Content-Type-Options"], "Set-Cookie" in answer.headers) == ("nosniff", False)
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert len(text) < 12_000
        page = Reader(text)
        assert not page.tags & {"script", "img", "iframe", "form"}
        assert page.links <= {*paths, "#content", "data:,"}
        for secret in (WEBHOOK_KEY, world.url, world.settings.database_url, *world.settings.dataverse_urls, "$"):
            assert secret not in text
        async with world.session.head(world.url + path) as answer:
            assert answer.status == 200
        async with world.session.post(world.url + path) as answer:
            assert answer.status == 405
    async with world.session.get(world.url + "/") as answer:
        words = unescape(re.sub(r"<[^>]+>", " ", await answer.text()))
    assert [each for pair in USAGE.values() for each in pair if each not in words] == []
