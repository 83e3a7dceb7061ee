"""Elements of Adaptive Cards 1.5, on the classes of package `adaptivecards` and stricter than these.

The package keeps unknown properties silently, has no actions and says version 1.2; a client drops what it does not know
without a word. So a mistake is an error here, when the card is built: a TypeError or ValueError that names element and
property.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import getattr_static
from typing import Any, Literal, get_args

from adaptivecards import adaptivecard, baseobject, containers, elements
from adaptivecards.baseobject import BareObject, PropertyType

Element = baseobject.Element
"""What can stand in a card's body."""

VERSION = "1.5"
"""The newest version that Teams shows in messages of bots ("Cards reference")."""

# What people take in at a glance, and a phone shows.
ACTIONS_AT_MOST = 3
COLUMNS_AT_MOST = 2
READERS_AT_MOST = 60  # whom a refresh may name ("Universal Actions for Adaptive Cards", Teams documentation)

Size = Literal["Small", "Default", "Medium", "Large", "ExtraLarge"]
Weight = Literal["Lighter", "Default", "Bolder"]
Spacing = Literal["None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"]
Side = Literal["Left", "Center", "Right"]
Width = Literal["auto", "stretch"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "size": get_args(Size),
    "weight": get_args(Weight),
    "spacing": get_args(Spacing),
    "horizontalAlignment": get_args(Side),
    "width": get_args(Width),
}
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f/?#][^\s\x00-\x1f]*")


class Strict(BareObject):
    """Takes the properties that an element has, of their kinds and choices, and no others; None leaves one out."""

    def __init__(self, **properties: object) -> None:
        kind = type(self)
        plan = _plan(kind)  # type: ignore[arg-type] # a class has a hash
        self._data = plan.blank.copy()
        for name, value in properties.items():
            if value is not None:
                known = plan.properties.get(name)
                if known is None or not known.takes(value):
                    raise _mistake(kind, name, known, value)
                self._data[known.key] = value


class TextBlock(Strict, elements.TextBlock):
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
        super().__init__(
            text=text,
            wrap=True,
            size=size,
            weight=weight,
            spacing=spacing,
            horizontalAlignment=side,
            isSubtle=subtle or None,
        )


class Fact(Strict, containers.Fact):
    """A label and its value."""

    def __init__(self, title: str, value: str) -> None:
        super().__init__(title=title, value=value)


class FactSet(Strict, containers.FactSet):
    """Labels and values, one below the other."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        super().__init__(facts=all_of(facts, Fact, "FactSet.facts"))


class Column(Strict, containers.Column):
    """One of the columns of a set."""

    def __init__(self, items: Sequence[Element], *, width: Width) -> None:
        super().__init__(items=all_of(items, Element, "Column.items"), width=width)


class ColumnSet(Strict, containers.ColumnSet):
    """Columns side by side."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(columns=all_of(columns, Column, "ColumnSet.columns", at_most=COLUMNS_AT_MOST))


class OpenUrl(Strict):
    """A button that opens an address."""

    type = PropertyType(type=str)
    title = PropertyType(type=str)
    url = PropertyType(type=str)

    def __init__(self, title: str, url: str) -> None:
        super().__init__(type="Action.OpenUrl", title=title, url=url)
        if not _WEB_ADDRESS.fullmatch(url):
            raise ValueError(f"OpenUrl.url is not a web address: {url!r}")


class Submit(Strict):
    """A button whose data arrives as a message or, in a dialog, as what was filled in there."""

    type = PropertyType(type=str)
    title = PropertyType(type=str)
    data = PropertyType(type=dict)
    associatedInputs = PropertyType(type=str)  # noqa: N815 - the schema's name

    def __init__(
        self, title: str, data: Mapping[str, str], *, opens_dialog: bool = False, without_inputs: bool = False
    ) -> None:
        fetch = {"msteams": {"type": "task/fetch"}} if opens_dialog else {}
        super().__init__(
            type="Action.Submit",
            title=title,
            data={**_texts(data, "Submit.data"), **fetch},
            associatedInputs="none" if without_inputs else None,
        )


class Execute(Strict):
    """A button that is answered in place; with a fallback for clients that do not know it."""

    type = PropertyType(type=str)
    title = PropertyType(type=str)
    verb = PropertyType(type=str)
    data = PropertyType(type=dict)
    fallback = PropertyType(type=Submit)

    def __init__(self, title: str, verb: str, data: Mapping[str, str]) -> None:
        super().__init__(type="Action.Execute", title=title, verb=verb, data=_texts(data, "Execute.data"))
        self.fallback = Submit(title, {**data, "verb": verb})


Action = OpenUrl | Submit | Execute


class Container(Strict, containers.Container):
    """Elements that belong together; the whole of it can be selected."""

    selectAction = PropertyType(type=(OpenUrl, Submit, Execute))  # noqa: N815 - the schema's name

    def __init__(self, items: Sequence[Element], *, select: Action | None = None, separated: bool = False) -> None:
        super().__init__(
            items=all_of(items, Element, "Container.items"), selectAction=select, separator=separated or None
        )


class ActionSet(Strict, containers.ActionSet):
    """Buttons within a card's body."""

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__(actions=all_of(actions, get_args(Action), "ActionSet.actions", at_most=ACTIONS_AT_MOST))


class Refresh(Strict):
    """Asks the bot for the reader's own card: for the readers named, or for all where the chat is small."""

    action = PropertyType(type=Execute)
    userIds = PropertyType(type=list)  # noqa: N815 - the schema's name

    def __init__(self, action: Execute, *, user_ids: Sequence[str] = ()) -> None:
        super().__init__(
            action=action,
            userIds=all_of(user_ids, str, "Refresh.userIds", at_most=READERS_AT_MOST) if user_ids else None,
        )


class AdaptiveCard(Strict, adaptivecard.AdaptiveCard):
    """A whole card, without `lang`: dates and times are to be written as the reader's client writes them."""

    version = PropertyType(type=str)
    refresh = PropertyType(type=Refresh)
    msteams = PropertyType(type=dict)

    def __init__(
        self,
        body: Sequence[Element],
        *,
        actions: Sequence[Action] = (),
        refresh: Refresh | None = None,
        full_width: bool = False,
    ) -> None:
        buttons = (
            all_of(actions, get_args(Action), "AdaptiveCard.actions", at_most=ACTIONS_AT_MOST) if actions else None
        )
        super().__init__(
            version=VERSION,
            body=all_of(body, Element, "AdaptiveCard.body"),
            actions=buttons,
            refresh=refresh,
            msteams={"width": "Full"} if full_width else None,
        )


def rendered(element: BareObject) -> dict[str, Any]:
    """The element as JSON; what is in it is still elements, for an encoder to go on with."""
    known: dict[str, Any] = element.render()
    return known


def to_json(element: BareObject) -> dict[str, Any]:
    """The element and all that is in it as plain JSON."""
    return {name: value if type(value) is str else _plain(value) for name, value in element.render().items()}


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return to_json(value) if isinstance(value, BareObject) else value


def all_of(
    parts: Sequence[object], kind: type | tuple[type, ...], where: str, *, at_most: int | None = None
) -> list[Any]:
    """The parts as a list; raises TypeError where there is none or one is of another kind, ValueError for too many."""
    if not parts or not all(isinstance(part, kind) for part in parts):
        raise TypeError(f"{where} must be a list of {kind} that is not empty")
    if at_most is not None and len(parts) > at_most:
        raise ValueError(f"{where} has more than {at_most}")
    return list(parts)


def _texts(data: Mapping[str, str], where: str) -> dict[str, str]:
    if not all(isinstance(text, str) for pair in data.items() for text in pair):
        raise TypeError(f"{where} must be texts")
    return dict(data)


@dataclass(frozen=True, slots=True)
class _Property:
    """What the package knows of a property, and the choices that we know of."""

    key: str
    type: Any
    choices: tuple[str, ...] | None

    def takes(self, value: object) -> bool:
        """Whether the property can have this value."""
        return isinstance(value, self.type) and value != "" and (self.choices is None or value in self.choices)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the package knows of an element: looked up once for a class, as it is most of what a card costs."""

    blank: dict[str, Any]
    properties: Mapping[str, _Property]


@cache
def _plan(kind: type[Strict]) -> _Plan:
    blank = kind.__new__(kind)
    super(Strict, blank).__init__()  # type: ignore[no-untyped-call] # the package has no types
    known = {name: getattr_static(kind, name) for name in dir(kind)}
    properties = {
        name: _Property(each.key_name, each.type, _CHOICES.get(name))
        for name, each in known.items()
        if isinstance(each, PropertyType)
    }
    return _Plan(blank.render(), properties)  # type: ignore[no-untyped-call] # as above


def _mistake(kind: type, name: str, known: _Property | None, value: object) -> Exception:
    """Why the element cannot have the property with this value."""
    where = f"{kind.__name__}.{name}"
    if known is None:
        return TypeError(f"{where}: there is no such property")
    if value == "":
        return ValueError(f"{where} is empty")
    error = ValueError if isinstance(value, known.type) else TypeError
    return error(f"{where} cannot be {value!r}")
