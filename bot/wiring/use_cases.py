"""What people can do in Teams by more than one door, put together once.

It belongs to the composition root: `bot.wiring.features` alone uses it.
"""

from dataclasses import dataclass

from bot.domain.values import ObjectId
from bot.features.chat_lists.chat_rows import MakeChatRows
from bot.features.chat_lists.chat_visibility import LookAtChats
from bot.features.chat_lists.find_channels import FindChannels
from bot.features.chat_lists.list_chats import ListChats
from bot.features.chat_lists.list_timeline import ListTimeline
from bot.features.chat_sync.start_and_end import BeginSync
from bot.features.connections.audience import LookAtAudience
from bot.features.connections.connect_chat import ConnectChat
from bot.features.connections.disconnect_chat import DisconnectChat
from bot.features.connections.find_connections import FindConnections
from bot.features.connections.install_app import AddApp, EnterChat
from bot.features.key_fields.view_change import ViewChange
from bot.features.members.change_members import ChangeMembers
from bot.features.members.membership import Membership
from bot.features.new_chats.plan_chat import PlanChat
from bot.features.record_cards.read_as_person import ReadOwnRecord
from bot.features.record_cards.resolve_link import FindLinkedRecord
from bot.features.record_cards.unfurl_link import UnfurlLink
from bot.features.record_cards.view_record import ViewRecord
from bot.features.record_search.find_records import FindRecords
from bot.features.settings.show_settings import ShowSettings
from bot.features.shared.people_details import LookAtPeople
from bot.features.shared.roster_cache import FindReaders
from bot.features.suggestions.list_suggestions import ListSuggestions
from bot.features.suggestions.similarity import WordSimilarity
from bot.features.suggestions.suggest_people import SuggestPeople, SuggestTiedPeople
from bot.wiring.services import Foundation
from bot.workers.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The use cases that commands, buttons and dialogs share."""

    add_app: AddApp
    look_at_audience: LookAtAudience
    connect: ConnectChat
    disconnect: DisconnectChat
    find: FindRecords
    find_connections: FindConnections
    find_linked: FindLinkedRecord
    find_readers: FindReaders
    unfurl: UnfurlLink
    read_own: ReadOwnRecord
    view: ViewRecord
    view_change: ViewChange
    list_chats: ListChats
    list_timeline: ListTimeline
    list_suggestions: ListSuggestions
    change_members: ChangeMembers
    plan: PlanChat
    show_settings: ShowSettings


def make_acts(base: Foundation, limits: Limits, stand_in: ObjectId | None) -> Acts:
    """Builds them on the foundation."""
    gates = base.gates
    # A question on the way to an answer may take half of what people wait for it.
    halfway_s = limits.answer_within_s / 2
    add_app = AddApp(store=base.store, chats=base.chat_directory, clock=base.clock)
    look_at_audience = LookAtAudience(records=base.records, roster=gates.roster, within_s=halfway_s, stand_in=stand_in)
    find = FindRecords(records=base.records, administration=base.administration, gates=gates, links=base.links)
    chats = base.chat_directory
    people = LookAtPeople(directory=base.directory, patience_s=limits.answer_within_s / 3)
    look = LookAtChats(chats=chats, find_channels=FindChannels(chats=chats))
    rows = MakeChatRows(records=base.records, look=look, people=people)
    suggest = _suggest_people(base, halfway_s)
    find_linked = FindLinkedRecord(records=base.records, gates=gates)
    # Whoever pastes a link does not wait long for what only makes its card a little better.
    readers = FindReaders(roster=gates.roster, clock=base.clock, patience_s=limits.answer_within_s / 5)
    read_own = ReadOwnRecord(records=base.records, gates=gates, find=find_linked, readers=readers)
    return Acts(
        add_app=add_app,
        look_at_audience=look_at_audience,
        connect=_connect(base, add_app, look_at_audience),
        disconnect=DisconnectChat(
            store=base.store,
            records=base.records,
            administration=base.administration,
            gates=gates,
            clock=base.clock,
        ),
        find=find,
        find_connections=FindConnections(store=base.store, find_records=find),
        find_linked=find_linked,
        find_readers=readers,
        read_own=read_own,
        view=ViewRecord(store=base.store, read=read_own, links=base.links),
        view_change=ViewChange(store=base.store, records=base.records, gates=gates, links=base.links, readers=readers),
        unfurl=UnfurlLink(
            records=base.records,
            administration=base.administration,
            gates=gates,
            links=base.links,
            find=find_linked,
            readers=readers,
        ),
        list_chats=ListChats(
            store=base.store,
            gates=gates,
            rows=rows,
            links=base.links,
        ),
        list_timeline=ListTimeline(
            store=base.store,
            gates=gates,
            rows=rows,
            links=base.links,
            clock=base.clock,
        ),
        list_suggestions=ListSuggestions(
            gates=gates,
            people=people,
            chats=base.chat_directory,
            suggest=suggest,
            links=base.links,
        ),
        change_members=ChangeMembers(
            store=base.store,
            gates=gates,
            directory=base.directory,
            membership=Membership(chats=base.chat_directory),
            clock=base.clock,
        ),
        plan=PlanChat(
            records=base.records,
            administration=base.administration,
            directory=base.directory,
            find=find,
            suggest=suggest,
            gates=gates,
            links=base.links,
            readers_within_s=halfway_s,
        ),
        show_settings=ShowSettings(
            administration=base.administration,
            definitions=base.definitions,
            directory=base.directory,
            gates=gates,
            links=base.links,
        ),
    )


def _connect(base: Foundation, add_app: AddApp, look_at_audience: LookAtAudience) -> ConnectChat:
    return ConnectChat(
        store=base.store,
        records=base.records,
        gates=base.gates,
        enter=EnterChat(gates=base.gates, chats=base.chat_directory, add_app=add_app),
        look_at_audience=look_at_audience,
        begin_sync=BeginSync(administration=base.administration),
        links=base.links,
        clock=base.clock,
    )


def _suggest_people(base: Foundation, patience_s: float) -> SuggestPeople:
    return SuggestTiedPeople(
        store=base.store,
        ties=base.ties,
        similarity=WordSimilarity(),
        directory=base.directory,
        chats=base.chat_directory,
        clock=base.clock,
        patience_s=patience_s,
    )
