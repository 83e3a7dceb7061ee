"""Everything that people can ask for in Teams, door by door.

It belongs to the composition root: `bot.wiring.application` alone uses it.
"""

from functools import partial

from bot.domain.values import ObjectId
from bot.features.chat_lists.buttons import ListButtons
from bot.features.chat_lists.commands import RecordLists
from bot.features.chat_lists.list_my_chats import ListMyChats
from bot.features.chat_lists.timeline_dialog import TimelinePages
from bot.features.chat_sync.resume_sync import ResumeSync
from bot.features.chat_sync.sync_existing import SyncExisting
from bot.features.connections.buttons import ConnectionButtons
from bot.features.connections.channel_dialog import ChannelPages
from bot.features.connections.connect_channel import ConnectChannel
from bot.features.connections.connect_other_chat import ConnectElsewhere
from bot.features.connections.dialog import ConnectPages
from bot.features.connections.list_records import ListRecords
from bot.features.connections.register_chat import MeetChat
from bot.features.connections.undo_disconnect import UndoDisconnect
from bot.features.members.add_owner import AddOwner
from bot.features.members.join_chat import JoinChat
from bot.features.members.membership import Membership
from bot.features.new_chats.create_chat import MakeChat
from bot.features.new_chats.dialog import NewChatPages
from bot.features.new_chats.offer_chat import OfferChat
from bot.features.operations.chat_status import TellStatus
from bot.features.record_cards.action_dialog import RecordActs
from bot.features.record_cards.action_pages import ShowActs
from bot.features.record_cards.buttons import RecordButtons
from bot.features.record_cards.record_actions import ActOnRecord
from bot.features.record_search.choose_record import WhichRecord
from bot.features.record_search.record_picker import NamedRecords
from bot.features.record_search.search_records import SearchRecords
from bot.features.saved_messages.dialog import SavePages
from bot.features.saved_messages.save_message import SaveMessage
from bot.features.settings.dialog import SettingsDialogs
from bot.features.settings.import_export import MoveSettings
from bot.features.settings.offer_settings import OfferSettings
from bot.features.settings.parse_import import ReadImport
from bot.features.settings.save_settings import SaveSettings
from bot.features.settings.store_settings import KeepSettings
from bot.handlers.bot import Doors
from bot.handlers.buttons import Buttons
from bot.handlers.commands import Commands
from bot.handlers.deadlines import Answering
from bot.handlers.dialogs import Dialogs
from bot.handlers.message_extension import Extension
from bot.handlers.quoted_message import LONGEST_HTML
from bot.html_text import plain_text
from bot.wiring.services import Foundation
from bot.wiring.use_cases import Acts, make_acts
from bot.workers.limits import Limits
from bot.workers.turn_post_log import TurnPostLog


def make_doors(base: Foundation, turn_posts: TurnPostLog, limits: Limits) -> Doors:
    """Builds them on the foundation."""
    answering = Answering(within_s=limits.answer_within_s)
    # Only where nobody signs in and nothing is real: the Emulator's user has no Entra object id.
    anonymous = base.settings.app_id is None and base.settings.uses_own_sandbox
    stand_in = _sample_administrator() if anonymous else None
    acts = make_acts(base, limits, stand_in)
    meet = MeetChat(store=base.store, administration=base.administration, links=base.links, clock=base.clock)
    base.switchboard.on_chat_left(meet.left)
    record_acts = _record_acts(base, acts)
    named = NamedRecords(plan=acts.plan, find=acts.find, links=base.links)
    new_chat = _new_chat_pages(base, acts, limits)
    join = _join(base)
    pages = (
        ConnectPages(records=named, connect=acts.connect, new_chat=new_chat),
        _save_pages(base, acts, named),
        TimelinePages(records=named, connections=acts.find_connections, list_timeline=acts.list_timeline, join=join),
        new_chat,
        _channel_pages(base, acts, named),
        _settings(base, acts),
        record_acts,
    )
    return Doors(
        meet=meet,
        note=base.note_chat,
        commands=_commands(base, acts),
        buttons=Buttons(
            (
                _connection_buttons(base, acts),
                _list_buttons(base, acts, limits, join),
                _record_buttons(base, acts),
                record_acts,
            )
        ),
        dialogs=Dialogs(pages, answering),
        extension=_extension(base, acts, answering),
        answering=answering,
        said=turn_posts.record,
        read_html=partial(plain_text, max_length=LONGEST_HTML),
        stand_in=stand_in,
    )


def _commands(base: Foundation, acts: Acts) -> Commands:
    lists = RecordLists(
        which=WhichRecord(find=acts.find),
        gates=base.gates,
        find_connections=acts.find_connections,
        list_chats=acts.list_chats,
        list_timeline=acts.list_timeline,
        list_suggestions=acts.list_suggestions,
    )
    return Commands(
        which=lists.which,
        lists=lists,
        find_connections=acts.find_connections,
        connect=acts.connect,
        disconnect=acts.disconnect,
        list_records=ListRecords(store=base.store, gates=base.gates, links=base.links),
        tell_status=TellStatus(
            store=base.store,
            administration=base.administration,
            gates=base.gates,
            links=base.links,
            clock=base.clock,
        ),
        offer_chat=OfferChat(gates=base.gates),
        offer_settings=OfferSettings(show=acts.show_settings),
    )


def _connection_buttons(base: Foundation, acts: Acts) -> ConnectionButtons:
    return ConnectionButtons(
        links=base.links,
        find_linked=acts.find_linked,
        which=WhichRecord(find=acts.find),
        find_connections=acts.find_connections,
        connect=acts.connect,
        connect_elsewhere=ConnectElsewhere(store=base.store, connect=acts.connect),
        disconnect=acts.disconnect,
        undo_disconnect=UndoDisconnect(store=base.store, gates=base.gates, clock=base.clock),
        add_owner=AddOwner(records=base.records, gates=base.gates, change_members=acts.change_members),
        resume_sync=ResumeSync(store=base.store, gates=base.gates, clock=base.clock),
    )


def _join(base: Foundation) -> JoinChat:
    return JoinChat(
        store=base.store,
        records=base.records,
        gates=base.gates,
        membership=Membership(chats=base.chat_directory),
        clock=base.clock,
    )


def _list_buttons(base: Foundation, acts: Acts, limits: Limits, join: JoinChat) -> ListButtons:
    return ListButtons(
        links=base.links,
        find_linked=acts.find_linked,
        which=WhichRecord(find=acts.find),
        list_chats=acts.list_chats,
        list_my_chats=ListMyChats(
            store=base.store,
            gates=base.gates,
            chats=base.chat_directory,
            links=base.links,
            patience_s=limits.answer_within_s / 3,
        ),
        list_timeline=acts.list_timeline,
        list_suggestions=acts.list_suggestions,
        change_members=acts.change_members,
        join=join,
    )


def _record_buttons(base: Foundation, acts: Acts) -> RecordButtons:
    return RecordButtons(links=base.links, view=acts.view, view_change=acts.view_change, unfurl=acts.unfurl)


def _record_acts(base: Foundation, acts: Acts) -> RecordActs:
    act = ActOnRecord(
        store=base.store, read=acts.read_own, writes=base.record_writes, attaching=base.attaching, clock=base.clock
    )
    show = ShowActs(read=acts.read_own, links=base.links)
    return RecordActs(links=base.links, show=show, acts=act, view=acts.view)


def _new_chat_pages(base: Foundation, acts: Acts, limits: Limits) -> NewChatPages:
    make = MakeChat(
        store=base.store,
        directory=base.directory,
        chats=base.chat_directory,
        add_app=acts.add_app,
        connect=acts.connect,
        clock=base.clock,
        # Somebody who waits longer is told how far it is, which takes its time too.
        patience_s=limits.answer_within_s * 0.8,
    )
    return NewChatPages(plan=acts.plan, make=make, links=base.links)


def _save_pages(base: Foundation, acts: Acts, named: NamedRecords) -> SavePages:
    save = SaveMessage(store=base.store, attaching=base.attaching, gates=base.gates, clock=base.clock)
    return SavePages(records=named, connections=acts.find_connections, save=save)


def _channel_pages(base: Foundation, acts: Acts, named: NamedRecords) -> ChannelPages:
    connect = ConnectChannel(
        store=base.store,
        gates=base.gates,
        chats=base.chat_directory,
        connect=acts.connect,
        look_at_audience=acts.look_at_audience,
    )
    return ChannelPages(plan=acts.plan, records=named, connect=connect)


def _settings(base: Foundation, acts: Acts) -> SettingsDialogs:
    """Everything that administrators set in Teams."""
    show, definitions, directory, gates = acts.show_settings, base.definitions, base.directory, base.gates
    keep = KeepSettings(store=base.store, clock=base.clock)
    read = ReadImport(definitions=definitions, directory=directory)
    return SettingsDialogs(
        show=show,
        save=SaveSettings(show=show, keep=keep, definitions=definitions, directory=directory, gates=gates),
        move=MoveSettings(show=show, read=read, keep=keep, definitions=definitions, gates=gates),
        sync_existing=SyncExisting(store=base.store, gates=gates, clock=base.clock),
    )


def _extension(base: Foundation, acts: Acts, answering: Answering) -> Extension:
    search = SearchRecords(
        records=base.records,
        administration=base.administration,
        find=acts.find,
        readers=acts.find_readers,
        links=base.links,
    )
    return Extension(links=base.links, unfurl=acts.unfurl, search=search, answering=answering)


def _sample_administrator() -> ObjectId:
    from bot.sandbox.app import SAMPLE_ADMINISTRATOR

    return ObjectId(SAMPLE_ADMINISTRATOR)
