"""The post room: what works off the queues, looks for what was missed, and keeps the tables short.

It belongs to the composition root: `bot.wiring` alone uses it.
"""

from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta

from bot.delivery.inbox import TellLane
from bot.delivery.limits import Limits
from bot.delivery.outbox import SendLane
from bot.delivery.pruner import Pruner
from bot.delivery.safety_net import SafetyNet
from bot.delivery.worker import Worker
from bot.foundation import Foundation
from bot.ports import Queue
from bot.teams.sender import Sender
from bot.usecases.catch_up import CatchUp
from bot.usecases.find_missed import FindMissed
from bot.usecases.follow_merge import FollowMerge
from bot.usecases.key_field_facts import ReadKeyFieldFacts
from bot.usecases.key_fields import TellKeyFields
from bot.usecases.record_deleted import TellDeletion
from bot.usecases.record_turns import FindAbsentOwner

Job = Callable[[], Coroutine[None, None, None]]


def post_room(base: Foundation, limits: Limits) -> Sequence[Job]:
    """Jobs that last as long as the process."""
    wakes = base.switchboard.wakes
    send_lane = SendLane(
        store=base.store, teams=Sender(base.connector), clock=base.clock, limits=limits, metrics=base.metrics
    )
    inbox = Worker(
        Queue.INBOX, _tell_lane(base), store=base.store, clock=base.clock, limits=limits, wake=wakes[Queue.INBOX]
    )
    outbox = Worker(
        Queue.OUTBOX, send_lane, store=base.store, clock=base.clock, limits=limits, wake=wakes[Queue.OUTBOX]
    )
    keep = timedelta(days=base.settings.retention_days)
    pruner = Pruner(store=base.store, clock=base.clock, keep=keep)
    return [inbox.run, outbox.run, _safety_net(base).run, pruner.run]


def _tell_lane(base: Foundation) -> TellLane:
    facts = ReadKeyFieldFacts(records=base.records, administration=base.administration)
    return TellLane(
        store=base.store,
        tell_key_fields=TellKeyFields(
            store=base.store,
            read_facts=facts,
            find_absent_owner=FindAbsentOwner(roster=base.gates.roster),
            follow_merge=FollowMerge(store=base.store, records=base.records, links=base.links, clock=base.clock),
            links=base.links,
            clock=base.clock,
        ),
        tell_deletion=TellDeletion(store=base.store, records=base.records, clock=base.clock),
        catch_up=CatchUp(
            store=base.store,
            records=base.records,
            administration=base.administration,
            links=base.links,
            clock=base.clock,
        ),
        register_events=base.register_events,
        clock=base.clock,
    )


def _safety_net(base: Foundation) -> SafetyNet:
    find_missed = FindMissed(
        store=base.store,
        records=base.records,
        administration=base.administration,
        links=base.links,
        clock=base.clock,
    )
    return SafetyNet(find_missed=find_missed, clock=base.clock)
