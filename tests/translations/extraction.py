"""Extract the messages of the product from its source.

A message is a literal in a call of a marking function or of a translator, or a text of an error class. Templates call
the translator, too.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import nodes

from bot.domain import errors
from bot.pane.page import page_templates

ROOT = Path(__file__).parents[2]
SOURCES = ("bot", "cards")
ENGLISH_ONLY = (
    "bot/cli",
    "bot/config",
    "bot/dataverse/webhook_",
    "bot/graph/change_notifications.py",
    "bot/http/session.py",
    "bot/languages",
    "bot/sandbox",
    "bot/store/backup.py",
    "bot/store/migrate.py",
    "bot/teams/adapter.py",
    "bot/web",
    "bot/wiring",
)
"""Beginnings of paths: texts for administrators at a command line, for callers of the API, and of the sandbox."""
TEMPLATES = Path("bot/pane/templates")

_ERRORS = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.ChatSyncError)
)
_PLURALS = frozenset({"plural", "plural_forms"})
_ERROR_TEXTS = 2
"""An error has two texts: what happened, and the next step."""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A message in the source. `plural` is empty for a message without a plural."""

    file: str
    message: str
    plural: str = ""


class NotLiteralError(ValueError):
    """A marked message is not a literal, so it cannot be extracted."""


@cache
def button_titles() -> frozenset[str]:
    """Return the messages that are titles of buttons, which have little room on a phone."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in _modules())
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return frozenset(title for call in calls if (title := _button_title(call)))


def _button_title(call: ast.Call) -> str:
    """Return the marked title of a call that creates a button; empty for any other call."""
    name = _name(call.func)
    if name == "button":
        titles = call.args[:1]
    elif name.endswith("Button"):
        titles = [each.value for each in call.keywords if each.arg == "title"]
    else:
        return ""
    marked = (each.args[0] for each in titles if isinstance(each, ast.Call) and _name(each.func) == "text")
    return next((each.value for each in marked if isinstance(each, ast.Constant) and isinstance(each.value, str)), "")


@cache
def extract() -> Sequence[Found]:
    """Return each message once, by the first file with it."""
    first: dict[tuple[str, str], Found] = {}
    for found in sorted(_all()):
        first.setdefault((found.message, found.plural), found)
    return sorted(first.values())


def _all() -> Iterator[Found]:
    for file in _modules():
        yield from in_module(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    environment = page_templates()
    for name in sorted(environment.list_templates()):
        source = (ROOT / TEMPLATES / name).read_text(encoding="utf-8")
        yield from in_template((TEMPLATES / name).as_posix(), environment.parse(source))


def _modules() -> Iterable[Path]:
    found = (file for source in SOURCES for file in sorted((ROOT / source).rglob("*.py")))
    return (file for file in found if not file.relative_to(ROOT).as_posix().startswith(ENGLISH_ONLY))


def in_module(file: str, source: str) -> Iterator[Found]:
    """Yield the messages of a Python module. Raise `NotLiteralError` for a marked message that is no literal."""
    tree = ast.parse(source)
    marks = {"t", *_imported_marks(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(file, node, marks)


def _imported_marks(tree: ast.Module) -> set[str]:
    """Return the marking functions that the module imports. Other packages have functions of the same name."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {each.name for node in imports if node.module == "bot.domain.texts" for each in node.names}


def _in_call(file: str, call: ast.Call, marks: AbstractSet[str]) -> Iterator[Found]:
    name = _name(call.func)
    if name in {"text", "t"} & marks and isinstance(call.func, ast.Name):
        yield Found(file, _literal(file, call.args[0]))
    elif name in _PLURALS:
        one, other = call.args[-2:]
        yield Found(file, _literal(file, one), _literal(file, other))
    elif name in _ERRORS:
        literals = [each.value for each in call.args[:_ERROR_TEXTS] if isinstance(each, ast.Constant)]
        yield from (Found(file, each) for each in literals if isinstance(each, str) and each)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _literal(file: str, argument: ast.expr) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise NotLiteralError(f"{file}:{argument.lineno}: a message must be a literal")


def in_template(file: str, template: nodes.Template) -> Iterator[Found]:
    """Yield the messages of a template."""
    for call in template.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t":
            yield Found(file, _constant(file, call.args[0]))
        elif _is_plural(call.node):
            one, other = call.args[-2:]
            yield Found(file, _constant(file, one), _constant(file, other))


def _is_plural(function: nodes.Node) -> bool:
    if not isinstance(function, nodes.Getattr) or function.attr not in _PLURALS:
        return False
    return isinstance(function.node, nodes.Name) and function.node.name == "t"


def _constant(file: str, argument: nodes.Node) -> str:
    if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
        return argument.value
    raise NotLiteralError(f"{file}:{argument.lineno}: a message must be a literal")
