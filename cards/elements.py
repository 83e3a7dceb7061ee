"""Elements of Adaptive Cards 1.5, on the classes of package `adaptivecards` and stricter than these.

The package keeps unknown properties silently, has no actions and says version 1.2; a client drops what it does not know
without a word. So a mistake is an error here, when the card is built.
"""

from collections.abc import Mapping, Sequence
from inspect import getattr_static
from typing import Any, Literal

from adaptivecards import adaptivecard, baseobject, containers, elements
from adaptivecards.baseobject import BareObject, PropertyType

Element = baseobject.Element
"""What can stand in a card's body."""

VERSION = "1.5"
"""The newest version that Teams shows in messages of bots ("Cards reference")."""

Size = Literal["Small", "Default", "Medium", "Large", "ExtraLarge"]
Weight = Literal["Lighter", "Default", "Bolder"]
Spacing = Literal["None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"]
Side = Literal["Left", "Center", "Right"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "size": ("Small", "Default", "Medium", "Large", "ExtraLarge"),
    "weight": ("Lighter", "Default", "Bolder"),
    "spacing": ("None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"),
    "horizontalAlignment": ("Left", "Center", "Right"),
    "style": ("default", "emphasis"),
}
_ADDRESSES = ("https://", "http://")


class _Strict(BareObject):
    """Takes the properties that an element has, of their kinds and choices, and no others; None leaves one out."""

    def __init__(self, **properties: object) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # the package has no types
        for name, value in properties.items():
            if value is not None:
                _check(self, name, value)
                setattr(self, name, value)


class TextBlock(_Strict, elements.TextBlock):
    """A text, which clients read as Markdown: what comes from outside goes through `cards.text.plain` first."""

    def __init__(
        self,
        text: str,
        *,
        size: Size | None = None,
        weight: Weight | None = None,
        spacing: Spacing | None = None,
        side: Side | None = None,
        subtle: bool = False,
    ) -> None:
        if not text:
            raise ValueError("TextBlock.text is empty")
        super().__init__(
            text=text,
            wrap=True,
            size=size,
            weight=weight,
            spacing=spacing,
            horizontalAlignment=side,
            isSubtle=subtle or None,
        )


class Fact(_Strict, containers.Fact):
    """A label and its value."""

    def __init__(self, title: str, value: str) -> None:
        if not title or not value:
            raise ValueError("Fact needs a title and a value")
        super().__init__(title=title, value=value)


class FactSet(_Strict, containers.FactSet):
    """Labels and values, one below the other."""

    def __init__(self, facts: Sequence[Fact], *, spacing: Spacing | None = None) -> None:
        super().__init__(facts=_all(facts, Fact, "FactSet.facts"), spacing=spacing)


class Column(_Strict, containers.Column):
    """One of at most two columns: a phone shows no more."""

    def __init__(self, items: Sequence[Element], *, width: Literal["auto", "stretch"]) -> None:
        super().__init__(items=_all(items, Element, "Column.items"), width=width)


class ColumnSet(_Strict, containers.ColumnSet):
    """Columns side by side."""

    def __init__(self, columns: Sequence[Column], *, spacing: Spacing | None = None) -> None:
        if len(columns) > 2:  # noqa: PLR2004 - see Column
            raise ValueError("ColumnSet has more than two columns")
        super().__init__(columns=_all(columns, Column, "ColumnSet.columns"), spacing=spacing)


class OpenUrl(_Strict):
    """A button that opens an address."""

    type = PropertyType(type=str)
    title = PropertyType(type=str)
    url = PropertyType(type=str)

    def __init__(self, title: str, url: str) -> None:
        if not title or not url.startswith(_ADDRESSES):
            raise ValueError("Action.OpenUrl needs a title and a web address")
        super().__init__(type="Action.OpenUrl", title=title, url=url)


class Submit(_Strict):
    """A button whose data arrives as a message."""

    type = PropertyType(type=str)
    title = PropertyType(type=str)
    data = PropertyType(type=dict)

    def __init__(self, title: str, data: Mapping[str, str]) -> None:
        if not title:
            raise ValueError("Action.Submit needs a title")
        super().__init__(type="Action.Submit", title=title, data=dict(data))


class Execute(_Strict):
    """A button that is answered in place; with a fallback for clients that do not know it."""

    type = PropertyType(type=str)
    title = PropertyType(type=str)
    verb = PropertyType(type=str)
    data = PropertyType(type=dict)
    fallback = PropertyType(type=Submit)

    def __init__(self, title: str, verb: str, data: Mapping[str, str]) -> None:
        if not title or not verb:
            raise ValueError("Action.Execute needs a title and a verb")
        fallback = Submit(title, {**data, "verb": verb})
        super().__init__(type="Action.Execute", title=title, verb=verb, data=dict(data), fallback=fallback)


Action = OpenUrl | Submit | Execute


class Container(_Strict, containers.Container):
    """Elements that belong together; the whole of it can be selected."""

    selectAction = PropertyType(type=(OpenUrl, Submit, Execute))  # noqa: N815 - the schema's name

    def __init__(
        self,
        items: Sequence[Element],
        *,
        select: Action | None = None,
        spacing: Spacing | None = None,
        separated: bool = False,
        style: Literal["default", "emphasis"] | None = None,
    ) -> None:
        super().__init__(
            items=_all(items, Element, "Container.items"),
            selectAction=select,
            spacing=spacing,
            separator=separated or None,
            style=style,
        )


class ActionSet(_Strict, containers.ActionSet):
    """Buttons within a card's body."""

    def __init__(self, actions: Sequence[Action], *, spacing: Spacing | None = None) -> None:
        super().__init__(actions=_all(actions, (OpenUrl, Submit, Execute), "ActionSet.actions"), spacing=spacing)


class AdaptiveCard(_Strict, adaptivecard.AdaptiveCard):
    """A whole card."""

    version = PropertyType(type=str)
    msteams = PropertyType(type=dict)

    def __init__(
        self, body: Sequence[Element], *, actions: Sequence[Action] = (), lang: str = "en", full_width: bool = False
    ) -> None:
        super().__init__(
            version=VERSION,
            lang=lang,
            body=_all(body, Element, "AdaptiveCard.body"),
            actions=_all(actions, (OpenUrl, Submit, Execute), "AdaptiveCard.actions") if actions else None,
            msteams={"width": "Full"} if full_width else None,
        )


def to_json(element: BareObject) -> dict[str, Any]:
    """The element and all that is in it as plain JSON."""
    return {str(name): _plain(value) for name, value in element.render().items()}


def _plain(value: object) -> object:
    if isinstance(value, BareObject):
        return to_json(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _all(parts: Sequence[object], kind: type | tuple[type, ...], where: str) -> list[Any]:
    if not parts or not all(isinstance(part, kind) for part in parts):
        raise TypeError(f"{where} must be a list of {kind} that is not empty")
    return list(parts)


def _check(element: BareObject, name: str, value: object) -> None:
    """Raises where the element does not have the property, or not with this value; the package checks its type."""
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(f"{type(element).__name__}.{name} cannot be {value!r}")
    if not isinstance(getattr_static(element, name, None), PropertyType):
        raise TypeError(f"{type(element).__name__} has no property {name}")
