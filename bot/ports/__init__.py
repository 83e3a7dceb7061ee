"""What the use cases need of the outside, in the words of the domain."""

from bot.ports.administration import Administration, Audit, AuditEntry, KeptSettings, SavedSettings
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
from bot.ports.overview import ChatState, ConnectionState, KeptMessage, Overview, QueueState
from bot.ports.records import Changes, Records
from bot.ports.teams import Roster, TeamsOut
from bot.ports.ties import RecordPeople, Similarity, SolvedRecord, Ties
from bot.ports.work import Store, Work

__all__ = [
    "Administration",
    "Audit",
    "AuditEntry",
    "ChangeLinks",
    "Changes",
    "ChatDirectory",
    "ChatJob",
    "ChatState",
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
    "NewChats",
    "News",
    "Outbox",
    "OutgoingMessage",
    "Overview",
    "Pace",
    "Pruning",
    "Queue",
    "QueueState",
    "RecordPeople",
    "Records",
    "Roster",
    "SavedSettings",
    "Similarity",
    "SolvedRecord",
    "Store",
    "TeamsOut",
    "Ties",
    "Waiting",
    "WaitingMessage",
    "Work",
]
