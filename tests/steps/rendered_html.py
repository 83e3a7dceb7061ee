"""Render HTML as a reader that shares nothing with the bot does."""

from html.parser import HTMLParser


class Rendered(HTMLParser):
    """The text of HTML, and everything in it that is no text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.other = "", list[str]()
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.other.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.other.append(tag)

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)
