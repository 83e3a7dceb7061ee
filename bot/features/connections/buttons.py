"""Buttons that connect a chat to a record, end the connection, or go on with it."""

from collections.abc import Mapping

from bot.domain.public_names import AUDIENCE_CONFIRMED, QUIET, TARGET_CHAT, Verb
from bot.features.chat_sync.resume_sync import resume_sync
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.connect_other_chat import connect_other_chat
from bot.features.connections.disconnect_chat import disconnect_chat
from bot.features.connections.find_connections import connection_by_id
from bot.features.connections.undo_disconnect import undo_disconnect
from bot.features.members.add_owner import add_owner
from bot.features.record_cards.resolve_link import resolve_record
from bot.features.record_search.choose_record import CONNECT, CONNECT_QUIETLY, NAMED, offer_choice
from bot.features.shared.action_data import Claims, connection_in, link_in
from bot.features.shared.answers import Answer, called
from bot.features.shared.private_answers import private_only
from bot.features.shared.routes import ButtonHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Incoming
from cards.inputs import OFF
from cards.new_chat import NOTE
from cards.notice import NoticeView, notice


async def _connect(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    record = await resolve_record(services, link_in(claims, services.links), incoming.person)
    if TARGET_CHAT in claims:
        return await connect_other_chat(
            services, incoming.chat, incoming.person, record, claims[TARGET_CHAT], note=_note(claims)
        )
    return await connect_chat(services, incoming.chat, incoming.person, record, note=_note(claims))


async def _choose(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    wanted = CONNECT_QUIETLY if claims.get(QUIET) == QUIET else CONNECT
    return await offer_choice(services, claims.get(NAMED, ""), incoming.person, wanted)


async def _disconnect(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    connection = await connection_by_id(services, incoming.chat, connection_in(claims))
    return await disconnect_chat(services, incoming.chat, incoming.person, connection)


async def _undo_disconnect(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    return await undo_disconnect(services, incoming.chat, incoming.person, connection_in(claims))


async def _keep_connected(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    connection = await connection_by_id(services, incoming.chat, connection_in(claims))
    return Answer(message=notice(NoticeView(text=f"{called(connection)} stays connected to this chat.")))


async def _add_owner(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    connection = await connection_by_id(services, incoming.chat, connection_in(claims))
    return await add_owner(services, incoming.chat, incoming.person, connection)


async def _resume_sync(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    connection = await resume_sync(services, incoming.chat, incoming.person, connection_in(claims))
    text = f"This chat is shown on the timeline of {called(connection)} from now on."
    return Answer(message=notice(NoticeView(text=text)))


def _note(claims: Claims) -> Note:
    if claims.get(QUIET) == QUIET or claims.get(NOTE) == OFF:
        return Note.NONE
    return Note.SEND if claims.get(AUDIENCE_CONFIRMED) == AUDIENCE_CONFIRMED else Note.ASK


BUTTONS: Mapping[str, ButtonHandler] = {
    Verb.CONNECT: _connect,
    Verb.CHOOSE: private_only(_choose),
    Verb.DISCONNECT: _disconnect,
    Verb.UNDO_DISCONNECT: _undo_disconnect,
    Verb.KEEP_CONNECTED: _keep_connected,
    Verb.ADD_OWNER: _add_owner,
    Verb.RESUME_SYNC: _resume_sync,
}
