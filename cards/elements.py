"""Elements of Adaptive Cards 1.5, based on package `adaptivecards`, which lacks actions and states version 1.2.

Unlike the package's classes, these validate their properties (`cards.validation`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from adaptivecards import adaptivecard, baseobject, containers, elements
from adaptivecards.baseobject import PropertyType

from cards.validation import Side, Size, Spacing, ValidatedElement, Weight, Width, require_all

Element = baseobject.Element
"""An element of a card's body."""

VERSION = "1.5"
"""Newest version that Teams shows in messages of bots ("Cards reference")."""

# Limits for readability on a phone.
MAX_ACTIONS = 3
MAX_COLUMNS = 2
MAX_READERS = 60  # users that a refresh can name ("Universal Actions for Adaptive Cards", Teams documentation)

_TEXT = {str}
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f/?#][^\s\x00-\x1f]*")


class TextBlock(ValidatedElement, elements.TextBlock):
    """A text that clients render as Markdown. Pass text from outside through `cards.text.escape` first."""

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


class Fact(ValidatedElement, containers.Fact):
    """A label and its value."""

    def __init__(self, title: str, value: str) -> None:
        super().__init__(title=title, value=value)


class FactSet(ValidatedElement, containers.FactSet):
    """Labels and values, one below the other."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        super().__init__(facts=require_all(facts, Fact, "FactSet.facts"))


class Column(ValidatedElement, containers.Column):
    """A column of a column set."""

    def __init__(self, items: Sequence[Element], *, width: Width) -> None:
        super().__init__(items=require_all(items, Element, "Column.items"), width=width)


class ColumnSet(ValidatedElement, containers.ColumnSet):
    """Columns side by side."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(columns=require_all(columns, Column, "ColumnSet.columns", at_most=MAX_COLUMNS))


class OpenUrl(ValidatedElement):
    """A button that opens an address."""

    type = PropertyType(type=str)
    title = PropertyType(type=str)
    url = PropertyType(type=str)

    def __init__(self, title: str, url: str) -> None:
        super().__init__(type="Action.OpenUrl", title=title, url=url)
        if not _WEB_ADDRESS.fullmatch(url):
            raise ValueError(f"OpenUrl.url is not a web address: {url!r}")


class Submit(ValidatedElement):
    """A button whose data arrives as a message or, in a dialog, as the submitted page."""

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


class Execute(ValidatedElement):
    """A button whose card is updated in place, with a fallback for clients that do not support it."""

    type = PropertyType(type=str)
    title = PropertyType(type=str)
    verb = PropertyType(type=str)
    data = PropertyType(type=dict)
    associatedInputs = PropertyType(type=str)  # noqa: N815 - the schema's name
    fallback = PropertyType(type=Submit)

    def __init__(self, title: str, verb: str, data: Mapping[str, str], *, without_inputs: bool = False) -> None:
        super().__init__(
            type="Action.Execute",
            title=title,
            verb=verb,
            data=_texts(data, "Execute.data"),
            associatedInputs="none" if without_inputs else None,
        )
        self.fallback = Submit(title, {**data, "verb": verb}, without_inputs=without_inputs)


Action = OpenUrl | Submit | Execute
_ACTIONS = get_args(Action)


class Container(ValidatedElement, containers.Container):
    """A group of elements that can be selected as a whole. `emphasized` sets it off from the page."""

    selectAction = PropertyType(type=(OpenUrl, Submit, Execute))  # noqa: N815 - the schema's name

    def __init__(
        self,
        items: Sequence[Element],
        *,
        select: Action | None = None,
        separated: bool = False,
        emphasized: bool = False,
    ) -> None:
        super().__init__(
            items=require_all(items, Element, "Container.items"),
            selectAction=select,
            separator=separated or None,
            style="emphasis" if emphasized else None,
        )


class ActionSet(ValidatedElement, containers.ActionSet):
    """Buttons within a card's body."""

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__(actions=require_all(actions, _ACTIONS, "ActionSet.actions", at_most=MAX_ACTIONS))


class Refresh(ValidatedElement):
    """A request for the reader's personal card, from the named readers, or from all in a small chat."""

    action = PropertyType(type=Execute)
    userIds = PropertyType(type=list)  # noqa: N815 - the schema's name

    def __init__(self, action: Execute, *, user_ids: Sequence[str] = ()) -> None:
        super().__init__(
            action=action,
            userIds=require_all(user_ids, str, "Refresh.userIds", at_most=MAX_READERS) if user_ids else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionEntity:
    """The person that a text such as `<at>Adele</at>` on a card mentions."""

    text: str
    name: str
    account: str

    def to_json(self) -> dict[str, object]:
        """Return the entity as Teams expects it."""
        return {"type": "mention", "text": self.text, "mentioned": {"id": self.account, "name": self.name}}


class AdaptiveCard(ValidatedElement, adaptivecard.AdaptiveCard):
    """A whole card, without `lang`, so that each client formats dates and times in its own language."""

    version = PropertyType(type=str)
    refresh = PropertyType(type=Refresh)
    msteams = PropertyType(type=dict)
    rtl = PropertyType(type=bool)

    def __init__(
        self,
        body: Sequence[Element],
        *,
        actions: Sequence[Action] = (),
        refresh: Refresh | None = None,
        full_width: bool = False,
        mentions: Sequence[MentionEntity] = (),
    ) -> None:
        buttons = require_all(actions, _ACTIONS, "AdaptiveCard.actions", at_most=MAX_ACTIONS) if actions else None
        super().__init__(
            version=VERSION,
            body=require_all(body, Element, "AdaptiveCard.body"),
            actions=buttons,
            refresh=refresh,
            msteams=_teams_properties(mentions, full_width=full_width) or None,
        )


def _teams_properties(mentions: Sequence[MentionEntity], *, full_width: bool) -> dict[str, object]:
    width = {"width": "Full"} if full_width else {}
    entities = {"entities": [each.to_json() for each in mentions]} if mentions else {}
    return {**width, **entities}


def _texts(data: Mapping[str, str], where: str) -> dict[str, str]:
    kinds = {*map(type, data), *map(type, data.values())}
    if kinds != _TEXT and not all(issubclass(kind, str) for kind in kinds):
        raise TypeError(f"{where} must be texts")
    return dict(data)
