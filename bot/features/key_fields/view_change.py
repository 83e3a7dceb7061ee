"""The values of a change as one reader of its card may see them (spec K2, N5)."""

from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.reported_change import ReportedChange, ReportedColumn, is_visible
from bot.domain.values import Chat, Person
from bot.features.shared import access
from bot.features.shared.answers import Answer, change_values_button, chats_button, name_columns, record_header
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.personal_view import PersonalView, hidden_card


async def view_change(services: Services, chat: Chat, person: Person, key: str) -> Answer:
    """The card; for who may not see the record one that tells nothing of it. Raises `Unavailable`."""
    accounts = (person.account_id,) if person.account_id else None
    own = PersonalView(button=change_values_button(key), accounts=accounts)
    try:
        await services.roster_cache.require_member(chat, person)
        return Answer(message=key_fields(await _view(services, await _kept(services, chat, key), person, own)))
    except (NotAllowed, NotFound, NotSupported) as error:
        return Answer(message=hidden_card(str(error), error.next_step, own))


async def _kept(services: Services, chat: Chat, key: str) -> ReportedChange:
    async with services.store.reading() as work:
        kept = await work.reported_changes.get(key)
    if kept is None or kept.chat_id != chat.id:
        raise NotFound("The values of this change are not kept any more.", "Open the record to see how it is now.")
    return kept


async def _view(services: Services, kept: ReportedChange, person: Person, own: PersonalView) -> KeyFieldsView:
    record = kept.record
    await access.require_record_type(services, record.environment, record.table)
    actor = await access.require_user(services, record.environment, person)
    table = await services.records.table(record.environment, record.table, reader=actor.user.id)
    there = [table.columns[each.name] for each in kept.columns if each.name in table.columns]
    row = await access.read_row_as(services, record, table, [*name_columns(table), *there], actor)
    buttons = [ActionButton(title=each.title, verb=each.verb, payload=each.payload) for each in kept.buttons]

    def change(told: ReportedColumn) -> Change:
        column = table.columns.get(told.name)
        label = column.label if column else told.label
        shown = is_visible(told, column, row)
        return Change(label=label, old=told.old if shown else None, new=told.new if shown else None)

    return KeyFieldsView(
        record=record_header(services.links, table, record, row),
        changes=tuple(change(each) for each in kept.columns),
        people=kept.people,
        at=kept.at,
        news=kept.news,
        buttons=(*buttons, chats_button(record)),
        personal_view=own,
    )
