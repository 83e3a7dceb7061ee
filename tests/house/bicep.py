"""A reader of Bicep files, which finds the values that each resource can have without deploying it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

Shape = Any
"""The properties of an object by name, a list with the shape of its elements, the texts of a choice, or None.

A name that ends in `!` is required. The name `*` allows any other names.
"""

_LANGUAGE = Language(tree_sitter_bicep.language())
_WITH_BODY = {"object", "object_property", "if_statement", "for_statement"}


def text_of(node: Node) -> str:
    """Return the source of the node, without the quotation marks of a string."""
    assert node.text
    source = node.text.decode()
    return source.strip("'") if node.type == "string" else source


def results(node: Node) -> Iterator[Node]:
    """Yield the nodes that an expression can become: both sides of a condition, and the elements of lists."""
    parts = node.named_children
    match node.type:
        case "array":
            chosen = parts
        case "ternary_expression":
            chosen = parts[1:]
        case "for_statement" | "lambda_expression" | "parenthesized_expression":
            chosen = parts[-1:]
        case "call_expression" if text_of(parts[0]) in {"concat", "map"}:
            chosen = [each for each in parts[-1].named_children if each.type != "identifier"]
        case _:
            yield node
            return
    for each in chosen:
        yield from results(each)


def properties(node: Node) -> dict[str, Node]:
    """Return the values of an object by name."""
    pairs = [each.named_children for each in node.named_children if each.type == "object_property"]
    return {text_of(pair[0]): pair[1] for pair in pairs if len(pair) == 2}


@dataclass(frozen=True)
class Resource:
    """A declared resource."""

    symbol: str
    type: str
    """The type and the version of its API."""
    body: Node
    exists: bool
    """True if the file only refers to the resource."""

    def at(self, *path: str) -> list[Node]:
        """Return the nodes that the property at this path can become."""
        found = [self.body]
        for name in path:
            held = [properties(each).get(name) for each in found]
            found = [result for each in held if each is not None for result in results(each)]
        return found


class BicepFile:
    """A parsed Bicep file."""

    def __init__(self, path: Path) -> None:
        # The tree keeps the nodes alive.
        self._tree = Parser(_LANGUAGE).parse(path.read_bytes())

    @property
    def mistakes(self) -> list[str]:
        """The places that the grammar doesn't allow."""
        return [f"line {each.start_point[0] + 1}" for each in _all(self._tree.root_node) if _is_mistake(each)]

    @cached_property
    def resources(self) -> list[Resource]:
        """The declared resources, nested ones included."""
        return list(_resources(self._tree.root_node, ""))

    def resource(self, symbol: str) -> Resource:
        (found,) = [each for each in self.resources if each.symbol == symbol]
        return found

    def of_type(self, name: str) -> list[Resource]:
        return [each for each in self.resources if each.type.partition("@")[0] == name]

    @cached_property
    def parameters(self) -> dict[str, Node]:
        return {text_of(each.named_children[0]): each for each in self._declared("parameter_declaration")}

    @cached_property
    def variables(self) -> dict[str, Node]:
        return {
            text_of(each.named_children[0]): each.named_children[-1] for each in self._declared("variable_declaration")
        }

    @cached_property
    def outputs(self) -> dict[str, str]:
        return {
            text_of(each.named_children[0]): text_of(each.named_children[-1])
            for each in self._declared("output_declaration")
        }

    @property
    def secret_parameters(self) -> set[str]:
        """The parameters that Azure doesn't log."""
        return {name for name, node in self.parameters.items() if "@secure()" in _decorators(node)}

    @property
    def required_parameters(self) -> set[str]:
        """The parameters without a default."""
        return {name for name, node in self.parameters.items() if len(node.named_children) == 2}

    def _declared(self, kind: str) -> list[Node]:
        return [each for each in self._tree.root_node.named_children if each.type == kind]


def _all(node: Node) -> Iterator[Node]:
    yield node
    for each in node.children:
        yield from _all(each)


def _is_mistake(node: Node) -> bool:
    return node.is_missing or node.type == "ERROR"


def _decorators(node: Node) -> str:
    before = node.prev_named_sibling
    return text_of(before) if before is not None and before.type == "decorators" else ""


def _resources(node: Node, parent: str) -> Iterator[Resource]:
    for each in node.named_children:
        if each.type == "resource_declaration":
            found = _resource(each, parent)
            yield found
            yield from _resources(each, found.type)
        elif each.type in _WITH_BODY:
            yield from _resources(each, parent)


def _resource(node: Node, parent: str) -> Resource:
    """Return the resource. The type of a nested one begins with its parent's, and has the same version."""
    symbol, kind, *_, last = node.named_children
    name = text_of(kind)
    if parent and "@" not in name:
        above, _, version = parent.partition("@")
        name = f"{above}/{name}@{version}"
    body = last if last.type == "object" else last.named_children[-1]
    exists = any(each.type == "existing" for each in node.children)
    return Resource(text_of(symbol), name, body, exists)


def problems(node: Node, shape: Shape, path: str) -> Iterator[str]:
    """Yield what a value has that its type doesn't allow, and what it lacks."""
    for each in results(node):
        if isinstance(shape, list):
            yield from problems(each, shape[0], path)
        elif isinstance(shape, str) and each.type == "string" and text_of(each) not in shape.split("|"):
            yield f"{path}: {text_of(each)}"
        elif isinstance(shape, Mapping) and each.type == "object":
            yield from _object_problems(properties(each), shape, path)


def _object_problems(found: Mapping[str, Node], shape: Mapping[str, Shape], path: str) -> Iterator[str]:
    known = {name.rstrip("!"): inner for name, inner in shape.items()}
    for name, node in found.items():
        if name in known:
            yield from problems(node, known[name], f"{path}.{name}")
        elif "*" not in known and name not in {"parent", "scope", "dependsOn"}:
            yield f"{path}.{name} is unknown"
    required = {name.rstrip("!") for name in shape if name.endswith("!")}
    yield from (f"{path}.{name} is missing" for name in sorted(required - set(found)))
