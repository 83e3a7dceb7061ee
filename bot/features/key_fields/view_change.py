"""Show the values of a change to one reader of its card, if that person has access to them (spec K2, N5)."""

from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.formatting import with_labels
from bot.domain.reported_change import ReportedChange, ReportedColumn, is_visible
from bot.domain.stored_texts import restore
from bot.domain.tables import Row, Table
from bot.domain.values import Chat, Person
from bot.features.shared import access
from bot.features.shared.answers import Answer, change_buttons, change_values_button, name_columns, record_header
from bot.features.shared.reported_buttons import restored_buttons
from bot.features.shared.services import Services
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.personal_view import PersonalView, hidden_card


async def view_change(services: Services, chat: Chat, person: Person, key: str) -> Answer:
    """Return the card with the values, or a card without any content if the person cannot open the record.

    `key` identifies the stored change. Raises `Unavailable`.
    """
    accounts = (person.account_id,) if person.account_id else None
    personal_view = PersonalView(button=change_values_button(key), accounts=accounts)
    try:
        await services.roster_cache.require_member(chat, person)
        change = await _stored_change(services, chat, key)
        return Answer(message=key_fields(await _view(services, change, person, personal_view)))
    except (NotAllowed, NotFound, NotSupported) as error:
        return Answer(message=hidden_card(error.text, error.next_step, personal_view))


async def _stored_change(services: Services, chat: Chat, key: str) -> ReportedChange:
    async with services.store.reading() as work:
        change = await work.reported_changes.get(key)
    if change is None or change.chat_id != chat.id:
        raise NotFound("The values of this change are no longer available.", "Open the record to see its values.")
    return change


async def _view(
    services: Services, change: ReportedChange, person: Person, personal_view: PersonalView
) -> KeyFieldsView:
    record = change.record
    await access.require_record_type(services, record.environment, record.table)
    actor = await access.require_user(services, record.environment, person)
    table = await services.records.table(record.environment, record.table)
    columns = [table.columns[each.name] for each in change.columns if each.name in table.columns]
    row = await access.read_row_as(services, record, table, [*name_columns(table), *columns], actor)
    return KeyFieldsView(
        record=record_header(services.links, table, record, row),
        changes=tuple(_card_change(each, table, row) for each in change.columns),
        people=change.people,
        at=change.at,
        news=tuple(map(restore, change.news)),
        buttons=change_buttons(record, restored_buttons(change.buttons)),
        personal_view=personal_view,
    )


def _card_change(reported: ReportedColumn, table: Table, row: Row) -> Change:
    """Return the change of a column, with its values only if the person can see them."""
    column = table.columns.get(reported.name)
    label = column.label if column else reported.label
    if not is_visible(reported, column, row):
        return Change(label=label, old=None, new=None)
    return Change(label=label, old=with_labels(column, reported.old), new=with_labels(column, reported.new) or "")
