"""Convert rich text to plain text (spec K4).

Beautiful Soup parses any broken HTML, which is what people paste.
"""

import re

IMAGE = "[image]"

MAX_LENGTH = 20_000
"""Maximum number of characters of HTML to parse: cards show two hundred characters, and parsing takes time."""

_EMBEDDED = re.compile(r"data:[^\"'\s>]{100,}")
_MARKUP = re.compile(r"<(?:p|div|br|span|img|ul|ol|li|table|b|strong|em|i|u|a|h[1-6])\b[^<>]*>", re.IGNORECASE)
_BLOCKS = ("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre")
_UNSEEN = ("script", "style", "head", "title", "template")


def looks_rich(text: str) -> bool:
    """Return whether the text contains HTML elements, as rich text columns do."""
    return _MARKUP.search(text[:MAX_LENGTH]) is not None


def plain_text(html: str, *, max_length: int = MAX_LENGTH) -> str:
    """Return the visible text of the HTML's first characters: a line for each block, `[image]` for each image."""
    # Imported on first use, which makes a start 1/20 s faster.
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString

    soup = BeautifulSoup(_EMBEDDED.sub("data:", html)[:max_length], "html.parser")
    for unseen in soup.find_all(_UNSEEN):
        unseen.decompose()
    for emoji in soup.select("emoji[alt], img[itemtype$=Emoji][alt]"):  # the format of Teams
        emoji.replace_with(NavigableString(str(emoji["alt"])))
    for image in soup.find_all("img"):
        image.replace_with(NavigableString(IMAGE))
    for line_break in soup.find_all("br"):
        line_break.replace_with(NavigableString("\n"))
    for block in soup.find_all(_BLOCKS):
        block.append(NavigableString("\n"))
    lines = (" ".join(line.split()) for line in soup.get_text().splitlines())
    return "\n".join(line for line in lines if line)
