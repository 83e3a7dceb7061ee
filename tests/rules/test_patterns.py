"""Every regular expression of the product takes linear time for any text."""

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from itertools import product
from types import ModuleType
from typing import Any

import bot
import cards

SHORT, FACTOR = 1_000, 8
FAST_ENOUGH_S = 0.000_5
_NOT_IMPORTED = ("migrations", "__main__")

SEEDS = (
    *"a1 /[](<{-_.:;=&~\\\"'#?@\n",
    "a ",
    "a=",
    "a/",
    "a,",
    "/a",
    "//",
    "](",
    "[a",
    "<a ",
    "a-1",
    "1,",
    "a with ",
    "a with b as ",
    "$count as ",
    "{{DATE(a",
    "{{DATE(a)}} ",
    "{{DATE(a)}} {{TIME(",
    "https://a",
    "https://a/",
    "/api/data/",
    "/appCatalogs/teamsApps",
    "users(",
    "chats('",
    '"clientstate":"',
    '"clientstate" ',
    '\\"',
    "\\u00",
    "data:",
    "display:",
    "display ",
    "&#1",
    "&a",
    "<!--",
    "<a:b",
    "''",
    "Bearer ",
)
PREFIXES = ("{{DATE(", "https://", "/", "[", "a ", '"clientstate":"', "startswith(mail,'")
TEXTS = (*product(("",), SEEDS), *product(PREFIXES, "a1 /(-"))
"""Prefixes of texts, and what follows again and again."""


def modules() -> Iterator[ModuleType]:
    for package in (bot, cards):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in each.name for part in _NOT_IMPORTED):
                yield importlib.import_module(each.name)


def searches() -> dict[str, Callable[[Any], object]]:
    """Return how each pattern of a module is used: it searches the whole text, or it only matches."""
    found: dict[str, Callable[[Any], object]] = {}
    for module in modules():
        source = inspect.getsource(module) if module.__file__ else ""
        for name, pattern in vars(module).items():
            if isinstance(pattern, re.Pattern):
                is_search = re.search(rf"\b{name}\.(?:search|sub|finditer|findall|split)\b", source)
                found[f"{module.__name__}.{name}"] = _searching(pattern) if is_search else pattern.fullmatch
    return found


def _searching(pattern: re.Pattern[Any]) -> Callable[[Any], object]:
    return lambda text: pattern.sub(b"" if isinstance(text, bytes) else "", text)


def cpu_s(work: Callable[[Any], object], text: str | bytes) -> float:
    before = time.thread_time()
    work(text)
    return time.thread_time() - before


def takes(work: Callable[[Any], object], prefix: str, seed: str, size: int) -> float:
    text = (prefix + seed * size)[:size] + "\x00"
    try:
        return cpu_s(work, text)
    except TypeError:  # a pattern for bytes
        return cpu_s(work, text.encode())


def is_linear(work: Callable[[Any], object], prefix: str, seed: str) -> bool:
    """Compare two sizes. What takes no measurable time is fast enough, and a busy machine gets more attempts."""
    for _ in range(4):
        short = max(takes(work, prefix, seed, SHORT), FAST_ENOUGH_S)
        if short < 50 * FAST_ENOUGH_S and takes(work, prefix, seed, SHORT * FACTOR) <= 2 * FACTOR * short:
            return True
    return False


def test_no_pattern_takes_more_than_linear_time() -> None:
    used = searches()
    assert len(used) > 50
    slow = {
        (name, prefix, seed)
        for name, work in used.items()
        for prefix, seed in TEXTS
        if not is_linear(work, prefix, seed)
    }
    assert sorted(slow) == []
