"""Plain English: one list of words to avoid in code, comments, docstrings, templates, and docs."""

import ast
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

WORDS: Mapping[str, str] = {
    "anew": "again",
    "shall": "must, should, or will",
    "but for": "except",
    "all the same": "still, anyway, or identical",
    "as far as": "if, or the part that",
    "whoever": "anyone who, or the person who",
    "whatever": "any, or regardless of",
}
"""Words to avoid, with suggestions. Case doesn't matter, and an underscore separates words."""

STARTS = (
    "What", "Who", "Whom", "Whether", "Those", "Of", "Where", "How", "Whatever", "Whoever", "That", "Nothing", "Nobody",
    "Somebody",
)  # fmt: skip
"""First words that a docstring must not have. Begin with a verb in the imperative, or with a noun."""

ALLOWED: Mapping[str, str] = {
    "tests/house/test_language.py": "contains the list of words",
}
"""Files that are not checked, with the reason. Add a file only if it quotes a third party."""

TEXT_SUFFIXES = {"", ".cjs", ".css", ".html", ".j2", ".js", ".mako", ".md", ".py", ".toml", ".txt"}
PLACES = ("app.py", "bot/", "cards/", "docs/", "manifest/", "tests/", "README.md", "pyproject.toml", ".ci/")

_GAP = r"""[\s_#*>"'|]+"""
"""Characters between two words of a phrase: a phrase can wrap in a comment, a string, or a table."""


class Finding(NamedTuple):
    """A place in a file that breaks a rule."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return the finding in the form that editors can open."""
        return f"{self.file}:{self.line}: {self.text}"


@cache
def texts() -> Mapping[str, str]:
    """Return the content of every checked file by its path."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    checked = [
        name
        for name in listed.splitlines()
        if name.startswith(PLACES) and Path(name).suffix in TEXT_SUFFIXES and name not in ALLOWED
    ]
    files = {name: ROOT / name for name in checked}
    return {name: file.read_text(encoding="utf-8") for name, file in files.items() if file.is_file()}


def pattern(phrase: str) -> re.Pattern[str]:
    """Return the expression that finds the phrase as whole words."""
    words = _GAP.join(map(re.escape, phrase.split()))
    return re.compile(rf"(?<![a-z]){words}(?![a-z])", re.IGNORECASE)


def occurrences(phrase: str, file: str, text: str) -> Iterator[Finding]:
    """Yield each place where the text contains the phrase."""
    lines = text.splitlines()
    for found in pattern(phrase).finditer(text):
        number = text.count("\n", 0, found.start()) + 1
        yield Finding(file, number, lines[number - 1].strip()[:120])


def bad_docstrings(file: str, text: str) -> Iterator[Finding]:
    """Yield each docstring that begins with a word from the list, those of attributes and constants included."""
    avoided = {word.lower() for word in STARTS}
    for node in ast.walk(ast.parse(text)):
        if not (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        ):
            continue
        docstring = node.value.value.strip()
        first = re.match(r"\w+", docstring)
        if first and first.group().lower() in avoided:
            yield Finding(file, node.lineno, docstring.splitlines()[0][:120])


def report(findings: Iterator[Finding] | list[Finding], advice: str) -> None:
    """Fail with one line for each finding."""
    found = list(findings)
    lines = "\n".join(map(str, found))
    assert not found, f"{len(found)} places. {advice}\n{lines}"


def test_files_are_found() -> None:
    assert {"app.py", "README.md", "docs/users.md", "tests/house/test_docs.py"} <= set(texts())
    assert [name for name in ALLOWED if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("phrase", WORDS)
def test_texts_avoid_the_words(phrase: str) -> None:
    found = [each for file, text in texts().items() for each in occurrences(phrase, file, text)]
    report(found, f'Instead of "{phrase}", write {WORDS[phrase]}.')


def test_docstrings_begin_with_a_verb_or_a_noun() -> None:
    python = {file: text for file, text in texts().items() if file.endswith(".py")}
    found = [each for file, text in python.items() for each in bad_docstrings(file, text)]
    report(found, "Begin with a verb in the imperative (functions) or with a noun (modules and classes).")


@pytest.mark.parametrize(
    ("phrase", "text", "lines"),
    [
        ("anew", "Renewed.\nMade Anew.", [2]),
        ("anew", "def read_anew(): ...", [1]),
        ("but for", "# nothing but\n    # for this", [1]),
        ("as far as", "| as far\nas | as far as", [1, 2]),
        ("shall", "marshall, shallow", []),
    ],
)
def test_phrases_are_found_as_whole_words_across_lines(phrase: str, text: str, lines: list[int]) -> None:
    assert [each.line for each in occurrences(phrase, "a.py", text)] == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('"""What it does."""\n\n\ndef f():\n    """Whether it is."""\n', [1, 5]),
        ('"""Whole chats."""\n\n\nclass A:\n    """Offered chats."""\n', []),
        ("async def f():\n    '''\n    Nobody reads it.\n    '''\n", [2]),
        ('A = 1\n"""How many there are."""\n', [2]),
    ],
)
def test_first_words_of_docstrings_are_found(text: str, lines: list[int]) -> None:
    assert [each.line for each in bad_docstrings("a.py", text)] == lines
