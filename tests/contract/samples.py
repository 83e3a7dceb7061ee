"""One value of every stored kind, and a function that stores them all.

The dumps under `tests/contract/dumps` contain these values as earlier revisions stored them. Do not change a value:
add a new one, so that the old dumps still match.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.domain.audit import AuditEntry
from bot.domain.chat_sync import ActivityRow, RowState, SyncedRow, SyncProblem
from bot.domain.environment_settings import OrganizationSettings
from bot.domain.jobs import CardJob, ChatJob, EnvironmentJob, Job, JobKind
from bot.domain.key_fields import ColumnChange, RecordEvent, ReportedValue
from bot.domain.new_chat import ChatRequest, ChatStep, NewChat, NewChatKey, StepFailure
from bot.domain.notifications.conditions import Condition, Conditions, Test
from bot.domain.notifications.decide import Authors, Outcome, Reason
from bot.domain.notifications.history import DecidedColumn, NewDecision
from bot.domain.notifications.own_changes import OwnChange
from bot.domain.notifications.quiet_hours import QuietHours
from bot.domain.notifications.rules import Budget, ChatRules, ConnectionRules, Mute, Style
from bot.domain.open_panes import OpenPane
from bot.domain.outgoing_messages import CardVersion, OutgoingMessage, Subject, Switch
from bot.domain.pane_sessions import PaneHost, PaneIdentity, PaneSession
from bot.domain.pane_sign_in import SignInResult
from bot.domain.posted_cards import (
    CardChange,
    CardField,
    CardRecord,
    CatchUpContent,
    CatchUpRecord,
    LiveContent,
    NewCard,
    SummaryContent,
    SummaryRecord,
)
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure, RecordType
from bot.domain.reported_change import ReportedButton, ReportedChange, ReportedColumn
from bot.domain.settings import EnvironmentSettings, WatchStart, diff_settings, with_record_type
from bot.domain.settings_history import SavedSettings
from bot.domain.subscriptions import TOPICS, Subscription, SubscriptionError, chat_target
from bot.domain.synced_chats import LastWrite, TopicChange
from bot.domain.tables import ColumnValue, Raw
from bot.domain.values import (
    Chat,
    ChatId,
    ChatKind,
    ConnectionId,
    EnvironmentId,
    NewConnection,
    ObjectId,
    RecordRef,
    UserId,
)
from bot.store.administration import Administration
from bot.store.unit_of_work import Store, UnitOfWork

AT = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
EXACT = AT + timedelta(microseconds=123_456)
LATER = AT + timedelta(minutes=1)
CONTOSO = EnvironmentId("contoso")
CASE = RecordRef(environment=CONTOSO, table="incident", row_id="1")
ACCOUNT = RecordRef(environment=CONTOSO, table="account", row_id="2")
ADELE, MEGAN = ObjectId("adele"), ObjectId("megan")
CHAT = Chat(
    id=ChatId("19:a@thread.v2"),
    kind=ChatKind.GROUP,
    channel="msteams",
    tenant_id="t",
    service_url="https://smba.trafficmanager.net/emea/",
    bot_id="28:bot",
    bot_name="Chat Sync",
)
CHANNEL = replace(CHAT, id=ChatId("19:b@thread.tacv2"), kind=ChatKind.CHANNEL, team_id="19:team@thread.tacv2")

RAW_VALUES: dict[str, Raw] = {
    "empty": None,
    "yes": True,
    "no": False,
    "zero": 0,
    "one": 1,
    "negative": -7,
    "large": 9_007_199_254_740_993,
    "whole_float": 1.0,
    "float": 0.1,
    "no_text": "",
    "text": "Pump “vibrates” 🚀",
    "number_text": "1",
    "true_text": "true",
    "date": "2026-11-21",
    "instant": "2026-11-21T10:20:30Z",
    "lookup": "account:2",
    "no_choices": (),
    "choices": (1, 2, 3),
}
"""Every type of raw value, with values that a codec could confuse."""

EVENT = RecordEvent(
    key="event",
    record=CASE,
    at=EXACT,
    changed_by=UserId("u1"),
    changes=tuple(
        ColumnChange(
            column=name,
            new=ColumnValue(raw=raw, text=None if raw is None else f"shown {raw}"),
            old=ColumnValue(raw=raw) if name > "n" else None,
        )
        for name, raw in RAW_VALUES.items()
    ),
)
STRIPPED = RecordEvent(key="stripped", record=CASE, at=AT, changed_by=None, changes=(), stripped=True)
DELETED = RecordEvent(key="deleted", record=ACCOUNT, at=AT, changed_by=UserId("u1"), changes=(), deleted=True)
JOBS: tuple[Job, ...] = (
    ChatJob(kind=JobKind.CATCH_UP, chat_id=CHAT.id),
    EnvironmentJob(kind=JobKind.FOLLOW_SETTINGS, environment=CONTOSO),
    EnvironmentJob(kind=JobKind.SYNC_ALL, environment=CONTOSO),
)

# Since revision 0016.
NEW_JOB = EnvironmentJob(kind=JobKind.TAKE_VALUES, environment=CONTOSO)
WATCHES = {"incident": {"prioritycode": WatchStart(number=3, at=EXACT)}}
TAKEN = ReportedValue(raw=2, text="Normal", at=AT, taken_at=LATER, watch=3)

LIVE, ENDED, PAUSED = ConnectionId(1), ConnectionId(2), ConnectionId(3)
KNOWN = {name: ReportedValue(raw=raw, text=f"shown {raw}", at=EXACT) for name, raw in RAW_VALUES.items()}
BEFORE = {name: ReportedValue(raw=raw, text=None, at=AT) for name, raw in RAW_VALUES.items()}
"""Values that are restored if the outbox gives up the message `MESSAGE`."""

MESSAGE = OutgoingMessage(
    key="message",
    chat_id=CHAT.id,
    activity=b'{"type":"message"}',
    connection_id=LIVE,
    subjects=(Subject(environment=CONTOSO, table="incident"),),
    caused_at=EXACT,
    previously_reported={**{(LIVE, name): value for name, value in BEFORE.items()}, (LIVE, "new"): None},
)
PARKED_MESSAGE = OutgoingMessage(key="parked", chat_id=CHANNEL.id, activity=b'{"type":"message","text":"2"}')

# Since revision 0014.
GIVEN_UP = OutgoingMessage(
    key="given up",
    chat_id=CHANNEL.id,
    activity=b'{"type":"message","text":"3"}',
    connection_id=PAUSED,
    subjects=(Subject(environment=CONTOSO, table="incident", switch=Switch.KEY_FIELDS),),
    previously_reported={(PAUSED, "title"): BEFORE["text"]},
)
SUMMARY = OutgoingMessage(
    key="summary",
    chat_id=CHANNEL.id,
    activity=b'{"type":"message","text":"4"}',
    subjects=(
        Subject(environment=CONTOSO, table="incident", switch=Switch.KEY_FIELDS),
        Subject(environment=CONTOSO, table="account", switch=Switch.RECORD_TYPE),
        Subject(switch=Switch.CHATS),
    ),
    previously_reported={(PAUSED, "title"): BEFORE["text"]},
)

ROW = ActivityRow(
    state=RowState.COMPLETED,
    version="12345",
    members=frozenset({UserId("u1"), UserId("u2")}),
    modified_on=EXACT,
    modified_by=UserId("u1"),
)
ACTIVITY = SyncedRow(
    activity_id="activity-1",
    created_by=ADELE,
    last_activity_at=AT,
    row=ROW,
    users={ADELE: UserId("u1"), MEGAN: None},
    members_without_user=2,
    problem=SyncProblem.REFUSED,
    written_at=EXACT,
)
NEW_ACTIVITY = SyncedRow(activity_id="activity-2", created_by=MEGAN, last_activity_at=EXACT)

REPORTED = ReportedChange(
    key="change",
    chat_id=CHAT.id,
    record=CASE,
    at=EXACT,
    people=("Adele Vance", "Megan Bowen"),
    columns=tuple(
        ReportedColumn(name=name, label=name.title(), old=None if raw is None else "old", new=f"shown {raw}", raw=raw)
        for name, raw in RAW_VALUES.items()
    ),
    news=("Closed.",),
    buttons=(ReportedButton(title="Disconnect", verb="disconnect", payload={"record": "1"}),),
)

FAILED_CHAT = NewChat(
    key=NewChatKey("failed"),
    request=ChatRequest(person=ADELE, people=(MEGAN, ObjectId("alex")), topic="Pump", record=CASE, note=False),
    begun_at=AT,
    chat_id=CHAT.id,
    url="https://teams.microsoft.com/l/chat/1",
    creation_requested_at=EXACT,
    done=(ChatStep.CREATE, ChatStep.MEMBERS),
    failures=(StepFailure(step=ChatStep.NAME, reason="Too long.", next_step="Choose a shorter name."),),
)
PLAIN_CHAT = NewChat(key=NewChatKey("plain"), request=ChatRequest(person=ADELE, people=(MEGAN,)), begun_at=AT)

AUDITED = AuditEntry(
    at=AT, act="connect", person_id=ADELE, person_name="Adele Vance", chat_id=CHAT.id, record=CASE, details={"a": "ü"}
)
BEFORE_SETTINGS = EnvironmentSettings(
    version=0, organization=OrganizationSettings(chats_on=True, sync_on=True), record_types={}
)
RECORD_TYPE = RecordType(
    table="incident",
    note_view="view-1",
    notify=True,
    key_fields=("title", "prioritycode"),
    disclosure=Disclosure.FIELDS,
    card_acts=(CardAction.ASSIGN, CardAction.NOTE),
    change_fields=("title",),
)
SETTINGS = with_record_type(
    EnvironmentSettings(
        version=1,
        organization=OrganizationSettings(
            chats_on=True, allowed_roles=("Agent", "Leiter:in"), sync_on=True, sync_idle_days=30, mirror_chats=True
        ),
        record_types={},
        sync_changed_at=EXACT,
    ),
    RECORD_TYPE,
)
SAVED = SavedSettings(
    environment=CONTOSO,
    version=1,
    at=AT,
    person_id=ADELE,
    person_name="Adele Vance",
    chat_id=CHAT.id,
    changes=diff_settings(BEFORE_SETTINGS, SETTINGS),
)
SUBSCRIPTION = Subscription(
    target=chat_target(CHAT.id),
    id="s1",
    expires_at=LATER,
    fingerprint="m",
    needs_refresh=True,
    error=SubscriptionError.UNREACHABLE,
)
ORGANIZATION = "00000000-0000-4000-9000-00000000c0de"
TENANT_POSTS = [AT, EXACT, LATER]


# Since revision 0018.
CHAT_RULES = ChatRules(
    language="pt-BR",
    zone="Europe/Berlin",
    mute=Mute(until=LATER, by=MEGAN, by_name="Megan Bowen", at=AT, also_urgent=True),
    skip_own_cards=True,
    skip_integrations=True,
    skip_people={UserId("u1"): "Adele Vance"},
    quiet_hours=QuietHours(
        zone="Europe/Berlin", start=time(22), end=time(7), days=frozenset({0, 4}), whole_days=frozenset({6})
    ),
    budget=Budget(in_a_day=10, in_a_burst=3),
    combine_bulk_edits=True,
)
CONNECTION_RULES = ConnectionRules(
    style=Style.DIGEST,
    digest_at=time(8, 30),
    value_rule=Conditions(
        conditions=tuple(
            Condition(column=name, test=Test.IS_ONE_OF, values=(raw,)) for name, raw in RAW_VALUES.items()
        ),
        all_must_hold=True,
    ),
    urgent_rule=Conditions(conditions=(Condition(column="prioritycode", test=Test.BECOMES, values=(1,)),)),
    mute=Mute(until=None, by=ADELE, by_name="Adele Vance", at=AT),
    mention_new_owner=True,
    mention_owner=True,
)
POSTED = NewDecision(
    connection=LIVE,
    chat=CHAT.id,
    at=AT,
    outcome=Outcome.POSTED,
    reason=Reason.EVERY_CHANGE,
    columns=tuple(DecidedColumn(name=name, old=None, new=raw, has_values=True) for name, raw in RAW_VALUES.items()),
    authors=Authors(people=(UserId("u1"),), on_own_card=True),
)
HELD = NewDecision(
    connection=LIVE,
    chat=CHAT.id,
    at=EXACT,
    outcome=Outcome.HELD,
    reason=Reason.QUIET_HOURS,
    columns=(DecidedColumn(name="prioritycode", old_is_known=False),),
    authors=Authors(people=(UserId("u2"),), integrations=frozenset({UserId("u2")})),
    due_at=LATER,
)


# Since revision 0020.
CARD_JOB = CardJob(kind=JobKind.POST_CARD, card_id=1)
CARD_CHANGES = tuple(
    CardChange(column=each, at=EXACT, people=("Adele Vance",), secured=each.name == "float")
    for each in REPORTED.columns
)
CARD_RECORD = CardRecord(ref=CASE, kind="Case", name="Pump", number=None)
LIVE_CARD = NewCard(
    chat_id=CHAT.id,
    connection_id=LIVE,
    content=LiveContent(
        about=CARD_RECORD,
        fields=(CardField(name="title", label="Title", text=None, secured=True),),
        changes=CARD_CHANGES,
    ),
    due_at=LATER,
    reported_before={**{(LIVE, name): value for name, value in BEFORE.items()}, (LIVE, "new"): None},
)
SUMMARY_CARD = NewCard(
    chat_id=CHANNEL.id,
    connection_id=None,
    content=SummaryContent(
        count=3,
        since=EXACT,
        records=(SummaryRecord(connection=PAUSED, record=CARD_RECORD, changes=CARD_CHANGES, at=AT, urgent=True),),
        others=(LIVE,),
        budget_at=AT,
        bulk_at=EXACT,
    ),
    due_at=None,
)
CARD_MESSAGE = OutgoingMessage(
    key="card", chat_id=CHANNEL.id, activity=b'{"type":"message","text":"5"}', card=CardVersion(card_id=2, version=7)
)


# Since revision 0022.
OPTED_OUT = (CHAT.tenant_id, MEGAN)


# Since revision 0019.
OWN_CHANGE = OwnChange(chat_id=CHAT.id, record=CASE, user=UserId("u1"), modified_at=AT)

# Since revision 0023.
CATCH_UP_CARD = NewCard(
    chat_id=CHAT.id,
    connection_id=None,
    content=CatchUpContent(
        title="While muted",
        lead="Unmuted by Megan Bowen.",
        at=EXACT,
        records=(
            CatchUpRecord(record=CARD_RECORD, changes=CARD_CHANGES, news=("Case closed.",), buttons=REPORTED.buttons),
        ),
        more=2,
        deleted=("CAS-01002",),
        unreadable=("CAS-01003",),
    ),
    due_at=None,
)
REQUEST = "5a2c"
SESSION = "5e55"
PANE_SESSION = PaneSession(
    identity=PaneIdentity(object_id=ADELE, tenant_id="t", host=PaneHost.TEAMS),
    begun_at=AT,
    used_at=EXACT,
    checked_at=AT,
    check_due_at=AT,
)
OPEN_PANE = OpenPane(person=ADELE, record=CASE, seen_at=EXACT)
SIGN_IN = "1" * 64
SIGNED_IN = SignInResult(identity=PaneIdentity(object_id=MEGAN, tenant_id="t", host=PaneHost.DYNAMICS))


async def fill(administration: Administration, store: Store) -> None:
    """Store every sample in a new database."""
    await administration.initialize({CONTOSO: True})
    async with store.writing() as work:
        await work.settings.save(SETTINGS, SAVED)
        await work.settings.save_watches(CONTOSO, WATCHES)
        await work.organizations.save(CONTOSO, ORGANIZATION)
        await work.signing_keys.current(AT)
        await _add_connections(work)
        await _add_synced(work)
        await _add_queues(work)
        await work.reported_changes.add([REPORTED], at=AT)
        await work.posted_cards.add(LIVE_CARD, at=AT)
        await work.posted_cards.add(SUMMARY_CARD, at=AT)
        await work.posted_cards.record_posts({2: "1:1"}, at=AT)
        await work.posted_cards.add_unedited(CATCH_UP_CARD, at=AT)
        await work.outbox.enqueue([CARD_MESSAGE], at=AT)
        await work.notification_rules.chats.save(CHAT.id, CHAT_RULES, version=0)
        await work.notification_rules.connections.save(LIVE, CONNECTION_RULES, version=0)
        await work.decisions.add([POSTED, HELD])
        await work.own_changes.add(OWN_CHANGE, at=AT)
        await work.mention_opt_outs.add(*OPTED_OUT)
        await work.private_answers.add_refusal(CHANNEL.id, at=AT)
        await work.private_answers.add_answer(REQUEST, at=AT)
        await work.pane_sessions.add(SESSION, PANE_SESSION)
        await work.pane_sign_ins.add(SIGN_IN, at=AT)
        await work.pane_sign_ins.save(SIGN_IN, SIGNED_IN)
        await work.open_panes.save({SESSION: OPEN_PANE})
        for new in (FAILED_CHAT, PLAIN_CHAT):
            await work.new_chats.add(new)
        await work.audit.add(AUDITED)
        await work.change_tracking.save_delta_link(CONTOSO, "incident", "link-1", at=AT)
        await work.subscriptions.request([TOPICS, SUBSCRIPTION.target], at=AT)
        await work.subscriptions.save(SUBSCRIPTION, due_at=LATER, is_new=True)
        await work.rate_history.add_posts([(CHAT.id, AT), (CHAT.id, EXACT)])
        await work.rate_history.lock_tenant_posts("t")
        await work.rate_history.save_tenant_posts("t", TENANT_POSTS)


async def _add_connections(work: UnitOfWork) -> None:
    for chat in (CHAT, CHANNEL):
        await work.chats.save(chat)
    await work.chats.mark_introduced(CHAT.id, AT)
    for chat, record, connector in ((CHAT, CASE, ADELE), (CHAT, ACCOUNT, MEGAN), (CHANNEL, CASE, ADELE)):
        await work.connections.add(
            NewConnection(
                chat_id=chat.id,
                record=record,
                record_name="Pump vibrates",
                record_number="CAS-01001" if record is CASE else None,
                connector_id=connector,
                connector_name=connector.title(),
                connected_at=EXACT,
            )
        )
    await work.connections.end(ENDED, at=LATER, by=MEGAN, by_name="Megan Bowen")
    await work.connections.pause(CHANNEL.id, "The bot was removed.", at=AT)
    await work.reported_values.save({(LIVE, name): value for name, value in KNOWN.items()})
    await work.reported_values.add({(ENDED, "prioritycode"): TAKEN})


async def _add_synced(work: UnitOfWork) -> None:
    await work.chat_sync.start(LIVE, ACTIVITY)
    await work.chat_sync.start(PAUSED, NEW_ACTIVITY)
    await work.chat_sync.save_topics([TopicChange(chat_id=CHAT.id, topic="Pump", at=AT)])
    await work.chat_sync.save_last_writes([LastWrite(chat_id=CHAT.id, writer=ADELE, at=EXACT)])
    await work.chat_sync.save_mirrored(LIVE, listed=True)
    await work.chat_sync.enqueue([CHAT.id], fetch=True, at=AT, due_at=LATER)


async def _add_queues(work: UnitOfWork) -> None:
    for event in (EVENT, STRIPPED, DELETED):
        await work.inbox.add_event(event, at=AT, due_at=LATER)
    for job in (*JOBS, NEW_JOB):
        await work.inbox.enqueue(job, at=AT, due_at=LATER)
    await work.outbox.enqueue([MESSAGE, PARKED_MESSAGE], at=AT)
    heads = await work.outbox.next_messages([CHANNEL.id], {})
    await work.outbox.dead_letter(heads[CHANNEL.id].id, "The tenant refused the message.", at=AT)
    await work.reported_values.save({(PAUSED, "title"): KNOWN["text"]})
    await work.outbox.enqueue([GIVEN_UP], at=AT)
    await work.outbox.dead_letter_chat(CHANNEL.id, "BotNotInConversationRoster", at=AT)
    await work.outbox.enqueue([SUMMARY], at=AT)
