"""The sources that make a part's rows, so that a comparison marks the rows whose method changed."""

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_DATA = (".cjs", ".json")
"""The kinds of files that a bench program reads or starts."""
_UNMEASURED = ("BARS",)
"""Names of module-level values that decide a verdict, not a figure."""


def part_file(part: str) -> Path:
    """Return the path of a part's module within a checkout."""
    return Path("tests", "bench", "parts", f"{part.replace('-', '_')}.py")


def sources(checkout: Path, part: str) -> Mapping[str, str]:
    """Return a digest for each bench source of a part, by its path within the checkout.

    Follows imports of `tests`, modules started by name, and data files. Code of the product does not count.
    """
    found: dict[str, str] = {}
    waiting = [checkout / part_file(part)]
    while waiting:
        path = waiting.pop()
        name = str(path.relative_to(checkout))
        if name not in found and path.is_file():
            found[name] = _digest(path)
            waiting += _used(checkout, path)
    return found


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[str]:
    """Return the sorted paths that are new, gone, or different."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _digest(path: Path) -> str:
    content = path.read_bytes()
    measured = _without_prose(content).encode() if path.suffix == ".py" else content
    return hashlib.sha256(measured).hexdigest()


def _without_prose(source: bytes) -> str:
    """Return what a module does: without comments, docstrings, and imports, which no figure depends on."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [each for each in node.body if not _is_prose(each)]
    return ast.dump(tree)


def _is_prose(node: ast.stmt) -> bool:
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id in _UNMEASURED
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return text or isinstance(node, ast.Import | ast.ImportFrom)


def _used(checkout: Path, path: Path) -> Iterator[Path]:
    """Yield the modules and data files that a module names; some of them may not exist."""
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
            yield from _modules(checkout, node.module or "", [each.name for each in node.names])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "module":
            yield from _started(checkout, node.args[0])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(_DATA):
            yield from _read(checkout, node.value)


def _modules(checkout: Path, module: str, names: Sequence[str]) -> Iterator[Path]:
    place = checkout.joinpath(*module.split("."))
    yield place.with_suffix(".py")
    yield from ((place / name).with_suffix(".py") for name in names)


def _started(checkout: Path, argument: ast.expr) -> Iterator[Path]:
    """Yield the program that `module("sides.bare")` runs."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield from _modules(checkout, f"tests.bench.{argument.value}", [])


def _read(checkout: Path, name: str) -> Iterator[Path]:
    """Yield the data files of this name, anywhere below `tests`."""
    if Path(name).name == name and name not in _DATA:
        yield from (checkout / "tests").rglob(name)
