"""What the use cases need of the outside, in the words of the domain."""

from bot.ports.administration import Administration, Audit, AuditEntry, KeptSettings, SavedSettings
from bot.ports.attaching import Attaching
from bot.ports.chat_sync import (
    ActivityRows,
    Associations,
    ChatSync,
    Look,
    Named,
    Pause,
    SyncedChat,
    SyncedConnection,
    SyncJob,
    Written,
)
from bot.ports.clock import Clock
from bot.ports.connections import Chats, Connections, KnownValues
from bot.ports.definitions import Definitions
from bot.ports.directory import ChatDirectory, Directory
from bot.ports.event_steps import EventSteps
from bot.ports.housekeeping import ChangeLinks, Pruning
from bot.ports.inbox import ChatJob, EnvironmentJob, Inbox, Job, JobKind, Waiting
from bot.ports.lanes import Lanes, News, Queue
from bot.ports.new_chats import NewChats
from bot.ports.outbox import Outbox, OutgoingMessage, Pace, WaitingMessage
from bot.ports.overview import ChatState, ConnectionState, KeptMessage, Overview, QueueState, StuckChat
from bot.ports.record_writes import RecordWrites
from bot.ports.records import Changes, Records
from bot.ports.subscriptions import ChangeFeed, Subscribed, Subscriptions
from bot.ports.teams import Roster, TeamsOut
from bot.ports.ties import RecordPeople, Similarity, SolvedRecord, Ties
from bot.ports.timeline import Timeline, TimelineEntry
from bot.ports.told_changes import ToldChanges
from bot.ports.work import Store, Work

__all__ = [
    "ActivityRows",
    "Administration",
    "Associations",
    "Attaching",
    "Audit",
    "AuditEntry",
    "ChangeFeed",
    "ChangeLinks",
    "Changes",
    "ChatDirectory",
    "ChatJob",
    "ChatState",
    "ChatSync",
    "Chats",
    "Clock",
    "ConnectionState",
    "Connections",
    "Definitions",
    "Directory",
    "EnvironmentJob",
    "EventSteps",
    "Inbox",
    "Job",
    "JobKind",
    "KeptMessage",
    "KeptSettings",
    "KnownValues",
    "Lanes",
    "Look",
    "Named",
    "NewChats",
    "News",
    "Outbox",
    "OutgoingMessage",
    "Overview",
    "Pace",
    "Pause",
    "Pruning",
    "Queue",
    "QueueState",
    "RecordPeople",
    "RecordWrites",
    "Records",
    "Roster",
    "SavedSettings",
    "Similarity",
    "SolvedRecord",
    "Store",
    "StuckChat",
    "Subscribed",
    "Subscriptions",
    "SyncJob",
    "SyncedChat",
    "SyncedConnection",
    "TeamsOut",
    "Ties",
    "Timeline",
    "TimelineEntry",
    "ToldChanges",
    "Waiting",
    "WaitingMessage",
    "Work",
    "Written",
]
