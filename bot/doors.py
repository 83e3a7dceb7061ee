"""Everything that people can ask for in Teams, put together.

It belongs to the composition root: `bot.wiring` alone uses it.
"""

from bot.delivery.limits import Limits
from bot.delivery.turn_posts import TurnPosts
from bot.domain.values import ObjectId
from bot.foundation import Foundation
from bot.handlers.answering import Answering
from bot.handlers.bot import Doors
from bot.handlers.channels import ChannelPages
from bot.handlers.dialogs import Dialogs
from bot.handlers.message_extension import Extension
from bot.handlers.messages import Commands
from bot.handlers.new_chat import NewChatPages
from bot.handlers.settings_dialogs import SettingsDialogs
from bot.handlers.universal_actions import Buttons
from bot.similarity import WordSimilarity
from bot.usecases.add_owner import AddOwner
from bot.usecases.audience import LookAtAudience
from bot.usecases.change_members import ChangeMembers
from bot.usecases.chat_status import TellStatus
from bot.usecases.connect_channel import ConnectChannel
from bot.usecases.connect_chat import ConnectChat
from bot.usecases.connect_elsewhere import ConnectElsewhere
from bot.usecases.disconnect_chat import DisconnectChat
from bot.usecases.enter_chat import AddApp, EnterChat
from bot.usecases.find_connections import FindConnections
from bot.usecases.find_records import FindRecords
from bot.usecases.join_chat import JoinChat
from bot.usecases.keep_settings import KeepSettings
from bot.usecases.list_chats import ListChats
from bot.usecases.list_my_chats import ListMyChats
from bot.usecases.list_records import ListRecords
from bot.usecases.list_suggestions import ListSuggestions
from bot.usecases.make_chat import MakeChat
from bot.usecases.meet_chat import MeetChat
from bot.usecases.move_settings import MoveSettings
from bot.usecases.offer_chat import OfferChat
from bot.usecases.offer_settings import OfferSettings
from bot.usecases.plan_chat import PlanChat
from bot.usecases.read_import import ReadImport
from bot.usecases.save_settings import SaveSettings
from bot.usecases.show_settings import ShowSettings
from bot.usecases.suggest_people import SuggestPeople, SuggestTiedPeople
from bot.usecases.undo_disconnect import UndoDisconnect
from bot.usecases.unfurl_link import UnfurlLink


def make_doors(base: Foundation, turn_posts: TurnPosts, limits: Limits) -> Doors:
    """Builds it on the foundation."""
    gates, answering = base.gates, Answering(within_s=limits.answer_within_s)
    # Only where nobody signs in and nothing is real: the Emulator's user has no Entra object id.
    anonymous = base.settings.app_id is None and base.settings.uses_own_sandbox
    stand_in = _sample_administrator() if anonymous else None
    add_app = AddApp(store=base.store, chats=base.chat_directory, clock=base.clock)
    look_at_audience = LookAtAudience(
        records=base.records, roster=gates.roster, within_s=limits.answer_within_s / 2, stand_in=stand_in
    )
    connect = ConnectChat(
        store=base.store,
        records=base.records,
        gates=gates,
        enter=EnterChat(gates=gates, chats=base.chat_directory, add_app=add_app),
        look_at_audience=look_at_audience,
        links=base.links,
        clock=base.clock,
    )
    disconnect = DisconnectChat(
        store=base.store,
        records=base.records,
        administration=base.administration,
        gates=gates,
        clock=base.clock,
    )
    find = FindRecords(records=base.records, administration=base.administration, gates=gates, links=base.links)
    settings = _settings(base)
    find_connections = FindConnections(store=base.store, find_records=find)
    list_chats = ListChats(
        store=base.store,
        records=base.records,
        gates=gates,
        directory=base.directory,
        chats=base.chat_directory,
        links=base.links,
    )
    suggest = _suggest_people(base, limits)
    plan = _plan_chat(base, find, suggest, limits)
    list_suggestions = ListSuggestions(
        records=base.records,
        gates=gates,
        directory=base.directory,
        chats=base.chat_directory,
        suggest=suggest,
        links=base.links,
    )
    commands = Commands(
        find=find,
        find_connections=find_connections,
        connect=connect,
        disconnect=disconnect,
        list_chats=list_chats,
        list_suggestions=list_suggestions,
        list_records=ListRecords(store=base.store, gates=gates, links=base.links),
        tell_status=TellStatus(
            store=base.store, administration=base.administration, gates=gates, links=base.links, clock=base.clock
        ),
        offer_chat=OfferChat(records=base.records, gates=gates),
        offer_settings=OfferSettings(show=settings.show),
    )
    unfurl = UnfurlLink(records=base.records, administration=base.administration, gates=gates, links=base.links)
    meet = MeetChat(store=base.store, administration=base.administration, links=base.links, clock=base.clock)
    base.switchboard.on_left(meet.left)
    change_members = ChangeMembers(
        store=base.store, gates=gates, directory=base.directory, chats=base.chat_directory, clock=base.clock
    )
    return Doors(
        meet=meet,
        commands=commands,
        buttons=Buttons(
            links=base.links,
            find_connections=find_connections,
            connect=connect,
            connect_elsewhere=ConnectElsewhere(store=base.store, connect=connect),
            disconnect=disconnect,
            add_owner=AddOwner(records=base.records, gates=gates, change_members=change_members),
            undo_disconnect=UndoDisconnect(store=base.store, records=base.records, gates=gates, clock=base.clock),
            list_chats=list_chats,
            list_my_chats=ListMyChats(
                store=base.store, records=base.records, gates=gates, chats=base.chat_directory, links=base.links
            ),
            list_suggestions=list_suggestions,
            change_members=change_members,
            join=JoinChat(
                store=base.store, records=base.records, gates=gates, directory=base.chat_directory, clock=base.clock
            ),
        ),
        dialogs=Dialogs(
            answering=answering,
            new_chat=_new_chat_pages(base, plan, connect, add_app, limits),
            channels=ChannelPages(
                plan=plan,
                connect=ConnectChannel(
                    store=base.store, chats=base.chat_directory, connect=connect, look_at_audience=look_at_audience
                ),
                links=base.links,
            ),
            settings=settings,
        ),
        extension=Extension(unfurl=unfurl, answering=answering),
        answering=answering,
        said=turn_posts.note,
        stand_in=stand_in,
    )


def _suggest_people(base: Foundation, limits: Limits) -> SuggestPeople:
    return SuggestTiedPeople(
        store=base.store,
        records=base.records,
        ties=base.ties,
        similarity=WordSimilarity(),
        directory=base.directory,
        chats=base.chat_directory,
        clock=base.clock,
        patience_s=limits.answer_within_s / 2,
    )


def _plan_chat(base: Foundation, find: FindRecords, suggest: SuggestPeople, limits: Limits) -> PlanChat:
    return PlanChat(
        records=base.records,
        administration=base.administration,
        directory=base.directory,
        find=find,
        suggest=suggest,
        gates=base.gates,
        links=base.links,
        readers_within_s=limits.answer_within_s / 2,
    )


def _new_chat_pages(
    base: Foundation, plan: PlanChat, connect: ConnectChat, add_app: AddApp, limits: Limits
) -> NewChatPages:
    make = MakeChat(
        store=base.store,
        directory=base.directory,
        chats=base.chat_directory,
        add_app=add_app,
        connect=connect,
        clock=base.clock,
        # Somebody who waits longer is told how far it is, which takes its time too.
        patience_s=limits.answer_within_s * 0.8,
    )
    return NewChatPages(plan=plan, make=make, links=base.links)


def _settings(base: Foundation) -> SettingsDialogs:
    """Everything that administrators set in Teams."""
    show = ShowSettings(
        administration=base.administration,
        definitions=base.definitions,
        directory=base.directory,
        gates=base.gates,
        links=base.links,
    )
    keep = KeepSettings(store=base.store, clock=base.clock)
    read = ReadImport(definitions=base.definitions, directory=base.directory)
    save = SaveSettings(show=show, keep=keep, definitions=base.definitions, directory=base.directory, gates=base.gates)
    move = MoveSettings(show=show, read=read, keep=keep, definitions=base.definitions, gates=base.gates)
    return SettingsDialogs(show=show, save=save, move=move)


def _sample_administrator() -> ObjectId:
    from bot.sandbox.app import SAMPLE_ADMINISTRATOR

    return ObjectId(SAMPLE_ADMINISTRATOR)
