"""Texts in logs are texts of the program: errors keep names apart, and log calls quote no errors."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [*(ROOT / "bot").rglob("*.py"), ROOT / "app.py"]
TREES = {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in FILES}

LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}

PROGRAM_TEXTS = {
    "NAME",
    "UNREACHABLE",
    "ADMINISTRATOR_ROLE",
    "DISCONNECT_PRIVILEGE",
    "self.name",
    "self._system.name",
    "MAX_CHANNEL_NAME",
    "MAX_MEMBERS",
    "MAX_NOTE_LENGTH",
    "MAX_REQUESTS",
    "MAX_TEXT_LENGTH",
    "MAX_TITLE_LENGTH",
    "answer.status",  # a number of HTTP
    "system",  # in `answer_in_time`: the name of a system that the product calls
    "what",  # a sentence from a table of the same module, or of a permission
    "problem.description",  # a sentence of `SubscriptionProblem`
    "type(error).__name__",
    "_TOO_LONG[self.form]",
    "error.text",  # in `_converted`, which also keeps the text for logs
}
"""Expressions in texts of errors whose values come from the program. Everything else is a named placeholder."""


def error_kinds() -> set[str]:
    """Return the names of the product's errors, whose texts are logged."""
    kinds = {"ChatSyncError", "CallerRejected"}
    while True:
        found = {
            node.name
            for tree in TREES.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and {getattr(base, "id", "") for base in node.bases} & kinds
        }
        if found <= kinds:
            return kinds
        kinds |= found


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def calls(*, of: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """Yield the place of each call of a function with one of these names."""
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in of:
                yield f"{name}:{node.lineno}", node


def foreign_parts(text: ast.expr) -> Iterator[str]:
    """Yield the parts of a text that are not known to come from the program."""
    if isinstance(text, ast.Constant):
        return
    if isinstance(text, ast.JoinedStr):
        for part in text.values:
            yield from foreign_parts(part.value if isinstance(part, ast.FormattedValue) else part)
    elif isinstance(text, ast.Call) and called(text) == "text":
        for value in (*text.args, *(keyword.value for keyword in text.keywords)):
            yield from foreign_parts(value)
    elif ast.unparse(text) not in PROGRAM_TEXTS:
        yield ast.unparse(text)


def test_texts_of_errors_contain_nothing_from_outside() -> None:
    kinds = error_kinds()
    assert {"Unavailable", "HiddenRecord", "Retryable", "CallerForbidden"} <= kinds
    # `kind` is a variable that holds one of them. `ConnectorError` takes an answer, and uses its status.
    found = list(calls(of={*kinds, "kind"} - {"ConnectorError"}))
    assert len(found) > 100
    texts = [(place, call.args[0]) for place, call in found if call.args]
    assert {place: list(foreign_parts(text)) for place, text in texts if list(foreign_parts(text))} == {}


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("'The record is gone.'", []),
        ("f'{NAME} does not answer.'", []),
        ("f'{record.name} is gone.'", ["record.name"]),
        ("text('{system} does not answer.', system=NAME)", []),
        ("text('{record} is gone.', record=record.name)", ["record.name"]),
        ("body['error']", ["body['error']"]),
        ("'%s is gone.' % record", ["'%s is gone.' % record"]),
    ],
)
def test_the_rule_finds_values_in_texts(text: str, foreign: list[str]) -> None:
    assert list(foreign_parts(ast.parse(text, mode="eval").body)) == foreign


def quoting(call: ast.Call) -> Iterator[str]:
    """Yield the arguments of a log call that can quote an error or a request."""
    first = call.args[0] if call.args else None
    if not isinstance(first, ast.Constant | ast.Name | ast.Attribute):
        yield ast.unparse(call)
    for argument in [*call.args[1:], *(keyword.value for keyword in call.keywords)]:
        for node in ast.walk(argument):
            text_of = isinstance(node, ast.Call) and called(node) in {"str", "repr", "format"}
            if text_of or isinstance(node, ast.JoinedStr | ast.Mod):
                yield ast.unparse(argument)
            if isinstance(node, ast.Attribute) and node.attr in {"path", "path_qs", "url", "query", "headers", "args"}:
                yield ast.unparse(argument)


def is_log(call: ast.Call) -> bool:
    target = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_logger = isinstance(target, ast.Name) and target.id in {"_log", "log", "logger"}
    return is_logger or (isinstance(target, ast.Call) and called(target) in {"get_logger", "getLogger"})


def test_log_calls_quote_no_errors_and_no_requests() -> None:
    found = [(place, call) for place, call in calls(of=LOG_METHODS) if is_log(call)]
    assert len(found) > 40
    assert {place: list(quoting(call)) for place, call in found if list(quoting(call))} == {}


@pytest.mark.parametrize(
    "call",
    [
        "_log.error(f'failed: {error}')",
        "_log.error('x.y', reason=str(error))",
        "_log.error('x.y', reason=f'{error}')",
        "_log.error('x.y', reason='%s' % error)",
        "_log.error('x.y', path=request.path)",
    ],
)
def test_the_rule_finds_quotes_in_log_calls(call: str) -> None:
    parsed = ast.parse(call, mode="eval").body
    assert isinstance(parsed, ast.Call)
    assert is_log(parsed)
    assert list(quoting(parsed))


PRINTING = {"print", "print_exc", "print_exception", "print_stack", "format_exc", "basicConfig", "addHandler"}


def test_nothing_is_printed_beside_the_log_and_the_terminal_commands() -> None:
    places = {place.partition(":")[0] for place, call in calls(of=PRINTING)}
    assert places == {"app.py"}
