"""Render the cards about changed key fields and lifecycle changes of a record (spec K2, K12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from bot.domain.formatting import canonical_value
from bot.domain.key_fields import MAX_REPORTED_LENGTH, NetChange, ReportedValue
from bot.domain.outgoing_messages import OutgoingMessage, Subject, Switch
from bot.domain.reported_change import ReportedChange, ReportedColumn
from bot.domain.stored_texts import storable
from bot.domain.values import Chat, ChatId, Connection
from bot.features.key_fields.lifecycle_news import LifecycleNews
from bot.features.key_fields.read_facts import ChangeDetails
from bot.features.notifications.card_changes import RecordChange
from bot.features.shared.answers import (
    change_buttons,
    change_values_button,
    record_header,
    render,
    subject_of,
)
from bot.features.shared.reported_buttons import reported_buttons
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.mentions import Mention
from cards.personal_view import PersonalView
from cards.record import RecordHeader
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """A card for a chat, and the change with its values if readers request them."""

    message: OutgoingMessage
    reported_change: ReportedChange | None = None


class ChangeCards:
    """Renders the cards of the chats. Most of them have the same reported values and get the same card."""

    def __init__(
        self,
        *,
        services: Services,
        details: ChangeDetails,
        chats: Mapping[ChatId, Chat],
        accounts: Mapping[ChatId, tuple[str, ...] | None],
        translators: Mapping[ChatId, Translator],
    ) -> None:
        self._services = services
        self._details = details
        self._chats = chats
        self._accounts = accounts
        self._translators = translators
        self._shared: dict[tuple[KeyFieldsView, str, str], bytes] = {}

    def card(
        self,
        connection: Connection,
        changes: Sequence[NetChange],
        news: Sequence[LifecycleNews],
        before: Mapping[str, ReportedValue | None],
        *,
        mention: Mention | None,
    ) -> NewCard:
        """Return the card for the connection's chat. `before`: the values that it knows.

        `mention`: the owner, unless the news mention them.
        """
        details, channel = self._details, self._chats[connection.chat_id].channel
        t = self._translators[connection.chat_id]
        view = _view(self._services, connection, details, changes, news)
        view = replace(view, mention=view.mention or mention)
        if changes and details.record_type.tell_each:
            change = _reported_change(connection, details, view, changes)
            accounts = self._accounts.get(connection.chat_id)
            view = _without_values(view, change_values_button(change.key), accounts)
            body = self._render(view, t, channel)
            return NewCard(message=_message(connection, details, body, changes, before), reported_change=change)
        # Buttons of lifecycle news contain the connection, so this card is not shared with other chats.
        body = self._render(view, t, channel) if news else self._render_shared(view, t, channel)
        return NewCard(message=_message(connection, details, body, changes, before))

    def _render(self, view: KeyFieldsView, t: Translator, channel: str) -> bytes:
        shown = replace(view, buttons=change_buttons(self._details.record, view.buttons))
        return render(key_fields(shown), t, channel)

    def _render_shared(self, view: KeyFieldsView, t: Translator, channel: str) -> bytes:
        key = (view, t.language, channel)
        if key not in self._shared:
            self._shared[key] = self._render(view, t, channel)
        return self._shared[key]

    def record_change(
        self, connection: Connection, changes: Sequence[NetChange], before: Mapping[str, ReportedValue | None]
    ) -> RecordChange:
        """Return the changes for a live card or a summary card."""
        details = self._details
        people = dict.fromkeys(person for change in changes for person in change.people)
        return RecordChange(
            connection=connection,
            record_type=details.record_type,
            table=details.table,
            row=details.row,
            at=max(change.at for change in changes),
            people=tuple(details.people[person] for person in people if person in details.people),
            columns=tuple(_reported_column(change, details) for change in changes),
            before=before,
        )


def _view(
    services: Services,
    connection: Connection,
    details: ChangeDetails,
    changes: Sequence[NetChange],
    news: Sequence[LifecycleNews],
) -> KeyFieldsView:
    people = dict.fromkeys(person for change in changes for person in change.people)
    if not changes:
        people = dict.fromkeys(event.changed_by for event in details.events if event.changed_by)
    return KeyFieldsView(
        record=_header(services, connection, details),
        changes=tuple(_card_change(change, details) for change in changes),
        people=tuple(details.people[person] for person in people if person in details.people),
        at=max(change.at for change in changes) if changes else max(event.at for event in details.events),
        news=tuple(each.news for each in news if not each.mention),
        buttons=tuple(button for each in news for button in each.buttons),
        mention=next((each.mention for each in news if each.mention), None),
    )


def _header(services: Services, connection: Connection, details: ChangeDetails) -> RecordHeader:
    """Return the record's header; a deleted record has the name that the connection stores."""
    if details.row:
        return record_header(services.links, details.table, details.record, details.row)
    return RecordHeader(
        kind=details.table.label,
        name=connection.record_name,
        number=connection.record_number,
        url=services.links.open_url(details.record),
    )


def _reported_change(
    connection: Connection, details: ChangeDetails, view: KeyFieldsView, changes: Sequence[NetChange]
) -> ReportedChange:
    """Return the change with its values, which readers with access can request later."""
    return ReportedChange(
        key=uuid4().hex,
        chat_id=connection.chat_id,
        record=details.record,
        at=view.at,
        people=view.people,
        columns=tuple(_reported_column(change, details) for change in changes),
        news=tuple(map(storable, view.news)),
        buttons=reported_buttons(view.buttons),
    )


def _reported_column(change: NetChange, details: ChangeDetails) -> ReportedColumn:
    old, new = details.texts(change.column, change.old, change.new)
    return ReportedColumn(
        name=change.column.name,
        label=change.column.label,
        old=None if old is None else old[:MAX_REPORTED_LENGTH],
        new=new[:MAX_REPORTED_LENGTH],
        raw=canonical_value(change.column, change.new.raw),
    )


def _without_values(view: KeyFieldsView, button: ActionButton, accounts: tuple[str, ...] | None) -> KeyFieldsView:
    """Return the card without values, and with a button that requests them."""
    changes = tuple(Change(label=each.label, old=None, new=None) for each in view.changes)
    return replace(view, changes=changes, first=button, personal_view=PersonalView(button=button, accounts=accounts))


def _message(
    connection: Connection,
    details: ChangeDetails,
    body: bytes,
    changes: Sequence[NetChange],
    before: Mapping[str, ReportedValue | None],
) -> OutgoingMessage:
    return OutgoingMessage(
        key=f"key fields {connection.id} {details.events[-1].key}",
        chat_id=connection.chat_id,
        activity=body,
        connection_id=connection.id,
        subjects=_subjects(details, changes, lifecycle=[name for name in before if name in details.lifecycle_values]),
        caused_at=min(event.at for event in details.events),
        previously_reported={
            (connection.id, name): value and details.watch.numbered(name, value) for name, value in before.items()
        },
    )


def _subjects(details: ChangeDetails, changes: Sequence[NetChange], lifecycle: Sequence[str]) -> tuple[Subject, ...]:
    """Return the subjects. Lifecycle news beside changes have their own: they depend on fewer settings."""
    subject = _subject(details, changes)
    if not (changes and lifecycle):
        return (subject,)
    return (subject, replace(subject_of(details.record, Switch.RECORD_TYPE), columns=tuple(lifecycle)))


def _subject(details: ChangeDetails, changes: Sequence[NetChange]) -> Subject:
    """Return the subject, with what the card shows of which columns: settings are checked again before it is sent."""
    if not changes:
        return subject_of(details.record, Switch.RECORD_TYPE)
    secured = {change.column.secured for change in changes}
    to_everyone, tell_secured = not details.record_type.tell_each, details.record_type.tell_secured
    return replace(
        subject_of(details.record, Switch.KEY_FIELDS),
        columns=tuple(change.column.name for change in changes),
        shows_values=to_everyone and (tell_secured or False in secured),
        shows_secured=to_everyone and tell_secured and True in secured,
    )


def _card_change(change: NetChange, details: ChangeDetails) -> Change:
    """Return the change for the card; without values if the column is secured and its values must not be shown."""
    if change.column.secured and not details.record_type.tell_secured:
        return Change(label=change.column.label, old=None, new=None)
    old, new = details.texts(change.column, change.old, change.new)
    return Change(label=change.column.label, old=old, new=new)
