"""The alert rules for operators."""

from dataclasses import dataclass, field

JOB = "chat-sync"
"""The name of the job in the configuration of Prometheus."""

PAGE, TICKET = "page", "ticket"


@dataclass(frozen=True, kw_only=True)
class Case:
    """The values that Prometheus read, and the alert that it must raise after `minutes`."""

    series: dict[str, str]
    """Values by series, one a minute, in the notation of promtool."""
    labels: dict[str, str] = field(default_factory=dict)
    """The labels of the alert besides its name and severity."""
    minutes: int = 30


@dataclass(frozen=True, kw_only=True)
class Alert:
    """An alert rule, with one case that raises it and one that does not."""

    name: str
    severity: str
    expression: str
    minutes: int
    """Minutes that the condition must hold."""
    summary: str
    next_step: str
    fires: Case
    quiet: Case

    @property
    def runbook(self) -> str:
        """The section that explains the alert."""
        return f"docs/operators.md#{self.name.lower()}"


def _share(metric: str, failed: str, counted: str, minutes: int) -> str:
    """Return the share of failed answers, if there are at least ten a window."""
    window = f"[{minutes}m]"
    return (
        f"sum by (job) (rate({metric}{{{failed}}}{window})) / sum by (job) (rate({metric}{counted}{window})) > 0.2"
        f" and sum by (job) (increase({metric}{counted}{window})) >= 10"
    )


_HERE = f'job="{JOB}"'
_PROCESS = f'job="{JOB}", instance="a"'
_JOB = {"job": JOB}

ALERTS = (
    Alert(
        name="ChatSyncDown",
        severity=PAGE,
        expression=f"up{{{_HERE}}} == 0",
        minutes=5,
        summary="The process {{ $labels.instance }} does not answer.",
        next_step="Look at the last lines of its log, and restart it.",
        fires=Case(series={f"up{{{_PROCESS}}}": "1x5 0x30"}, labels={**_JOB, "instance": "a"}),
        quiet=Case(series={f"up{{{_PROCESS}}}": "1x10 0 0 1x30"}),
    ),
    Alert(
        name="ChatSyncMissing",
        severity=PAGE,
        expression=f"absent(up{{{_HERE}}})",
        minutes=10,
        summary="Prometheus knows no process of Chat Sync.",
        next_step="Check the scrape configuration, and whether Chat Sync is deployed.",
        fires=Case(series={'up{job="another"}': "1x40"}, labels=_JOB),
        quiet=Case(series={f"up{{{_PROCESS}}}": "0x40"}),
    ),
    Alert(
        name="ChatSyncNotReady",
        severity=PAGE,
        expression="chatsync_ready == 0",
        minutes=10,
        summary="The check {{ $labels.check }} of {{ $labels.instance }} fails.",
        next_step="Open /readyz, which names the problem and what to do.",
        fires=Case(
            series={f'chatsync_ready{{{_PROCESS}, check="database"}}': "1x5 0x30"},
            labels={**_JOB, "instance": "a", "check": "database"},
        ),
        quiet=Case(series={f'chatsync_ready{{{_PROCESS}, check="database"}}': "1x20 0x5 1x10"}),
    ),
    Alert(
        name="ChatSyncQueueTooOld",
        severity=PAGE,
        expression="max by (job, queue) (chatsync_oldest_seconds) > 600",
        minutes=5,
        summary="The oldest row in the queue {{ $labels.queue }} has waited for more than ten minutes.",
        next_step="For outbox, check Teams; for inbox and sync, check Dynamics 365. The log has the reason.",
        fires=Case(
            series={f'chatsync_oldest_seconds{{{_PROCESS}, queue="inbox"}}': "0+60x40"},
            labels={**_JOB, "queue": "inbox"},
        ),
        quiet=Case(series={f'chatsync_oldest_seconds{{{_PROCESS}, queue="inbox"}}': "600x40"}),
    ),
    Alert(
        name="ChatSyncDeadLetters",
        severity=PAGE,
        expression="sum by (job, queue) (increase(chatsync_dead_letters_total[1h])) > 0",
        minutes=0,
        summary="Chat Sync gave up work in the queue {{ $labels.queue }}.",
        next_step="Run python app.py outbox, correct the cause, and retry or drop the messages.",
        fires=Case(
            series={f'chatsync_dead_letters_total{{{_PROCESS}, queue="outbox"}}': "0x20 1x20"},
            labels={**_JOB, "queue": "outbox"},
        ),
        quiet=Case(series={f'chatsync_dead_letters_total{{{_PROCESS}, queue="outbox"}}': "7x40"}),
    ),
    Alert(
        name="ChatSyncChatsStuck",
        severity=TICKET,
        expression="max by (job) (chatsync_stuck) > 0",
        minutes=10,
        summary="The rows of some chats in Dynamics 365 cannot be updated.",
        next_step="Run python app.py outbox, which lists the chats with the reason.",
        fires=Case(series={f'chatsync_stuck{{{_PROCESS}, queue="sync"}}': "0x5 2x30"}, labels=_JOB),
        quiet=Case(series={f'chatsync_stuck{{{_PROCESS}, queue="sync"}}': "0x20 1x4 0x20"}),
    ),
    Alert(
        name="ChatSyncPostsFail",
        severity=PAGE,
        expression=_share(
            "chatsync_messages_total", 'outcome=~"later|refused"', '{outcome=~"sent|later|refused|gone"}', 10
        ),
        minutes=10,
        summary="More than a fifth of the posts to Teams fail.",
        next_step="Look for outbox.message_posted in the log, which has the answer of Teams.",
        fires=Case(
            series={
                f'chatsync_messages_total{{{_PROCESS}, outcome="sent"}}': "0+6x40",
                f'chatsync_messages_total{{{_PROCESS}, outcome="later"}}': "0+4x40",
            },
            labels=_JOB,
        ),
        quiet=Case(
            series={
                f'chatsync_messages_total{{{_PROCESS}, outcome="sent"}}': "0+9x40",
                f'chatsync_messages_total{{{_PROCESS}, outcome="later"}}': "0+1x40",
                f'chatsync_messages_total{{{_PROCESS}, outcome="dropped"}}': "0+90x40",
            },
        ),
    ),
    Alert(
        name="ChatSyncCardsSlow",
        severity=TICKET,
        expression=(
            "histogram_quantile(0.95, sum by (job, le) (rate(chatsync_change_to_card_seconds_bucket[10m]))) > 60"
        ),
        minutes=10,
        summary="One card in twenty comes more than a minute after the change.",
        next_step="Compare the response times of Dynamics 365 and Teams in the dashboard, and look for throttling.",
        fires=Case(
            series={
                f'chatsync_change_to_card_seconds_bucket{{{_PROCESS}, le="60"}}': "0+9x40",
                f'chatsync_change_to_card_seconds_bucket{{{_PROCESS}, le="300"}}': "0+10x40",
                f'chatsync_change_to_card_seconds_bucket{{{_PROCESS}, le="+Inf"}}': "0+10x40",
            },
            labels=_JOB,
        ),
        quiet=Case(
            series={
                f'chatsync_change_to_card_seconds_bucket{{{_PROCESS}, le="60"}}': "0+98x40",
                f'chatsync_change_to_card_seconds_bucket{{{_PROCESS}, le="300"}}': "0+100x40",
                f'chatsync_change_to_card_seconds_bucket{{{_PROCESS}, le="+Inf"}}': "0+100x40",
            },
        ),
    ),
    Alert(
        name="ChatSyncDataverseErrors",
        severity=TICKET,
        expression=_share("chatsync_dataverse_seconds_count", 'answer=~"5xx|none"', "", 10),
        minutes=10,
        summary="More than a fifth of the requests to Dataverse fail.",
        next_step="Check the service health of Dynamics 365, and run python app.py doctor.",
        fires=Case(
            series={
                f'chatsync_dataverse_seconds_count{{{_PROCESS}, answer="2xx"}}': "0+6x40",
                f'chatsync_dataverse_seconds_count{{{_PROCESS}, answer="none"}}': "0+4x40",
            },
            labels=_JOB,
        ),
        quiet=Case(
            series={
                f'chatsync_dataverse_seconds_count{{{_PROCESS}, answer="4xx"}}': "0+60x40",
                f'chatsync_dataverse_seconds_count{{{_PROCESS}, answer="5xx"}}': "0+4x40",
            },
        ),
    ),
    Alert(
        name="ChatSyncGraphErrors",
        severity=TICKET,
        expression=_share("chatsync_graph_seconds_count", 'answer=~"5xx|none"', "", 10),
        minutes=10,
        summary="More than a fifth of the requests to Microsoft Graph fail.",
        next_step="Check the service health of Microsoft 365, and run python app.py doctor.",
        fires=Case(
            series={
                f'chatsync_graph_seconds_count{{{_PROCESS}, answer="2xx"}}': "0+6x40",
                f'chatsync_graph_seconds_count{{{_PROCESS}, answer="5xx"}}': "0+4x40",
            },
            labels=_JOB,
        ),
        # All requests fail, but there are too few to tell.
        quiet=Case(series={f'chatsync_graph_seconds_count{{{_PROCESS}, answer="5xx"}}': "0+0.5x40"}),
    ),
    Alert(
        name="ChatSyncThrottled",
        severity=TICKET,
        expression="sum by (job, system) (increase(chatsync_throttled_total[15m])) > 30",
        minutes=15,
        summary="The system {{ $labels.system }} throttles Chat Sync.",
        next_step="Look for other clients of the same application user, and for bulk edits.",
        fires=Case(
            series={f'chatsync_throttled_total{{{_PROCESS}, system="dataverse"}}': "0+3x60"},
            labels={**_JOB, "system": "dataverse"},
            minutes=50,
        ),
        quiet=Case(series={f'chatsync_throttled_total{{{_PROCESS}, system="dataverse"}}': "0+1x60"}, minutes=50),
    ),
    Alert(
        name="ChatSyncNotificationsRefused",
        severity=TICKET,
        expression='sum by (job) (increase(chatsync_notifications_total{outcome="refused"}[1h])) > 10',
        minutes=0,
        summary="Chat Sync refused notifications that claim to be from Microsoft Graph.",
        next_step="Look for notifications.rejected in the log, and check CHATSYNC_GRAPH_CLIENT_STATE.",
        fires=Case(series={f'chatsync_notifications_total{{{_PROCESS}, outcome="refused"}}': "0+1x40"}, labels=_JOB),
        quiet=Case(
            series={
                f'chatsync_notifications_total{{{_PROCESS}, outcome="refused"}}': "0x30 5x10",
                f'chatsync_notifications_total{{{_PROCESS}, outcome="heard"}}': "0+9x40",
            }
        ),
    ),
    Alert(
        name="ChatSyncSubscriptionExpires",
        severity=TICKET,
        expression="min by (job) (chatsync_subscription_expiry_seconds) < 43200",
        minutes=30,
        summary="A subscription in Microsoft Graph expires within twelve hours, and is not renewed.",
        next_step="Look for subscription.step_failed in the log, and run python app.py doctor.",
        fires=Case(
            series={f"chatsync_subscription_expiry_seconds{{{_PROCESS}}}": "44000-60x90"}, labels=_JOB, minutes=60
        ),
        quiet=Case(
            series={
                f'chatsync_subscription_expiry_seconds{{job="{JOB}", instance="a"}}': "+Inf " * 90,
                f'chatsync_subscription_expiry_seconds{{job="{JOB}", instance="b"}}': "90000-60x90",
            },
            minutes=60,
        ),
    ),
    Alert(
        name="ChatSyncLastWritersNotSaved",
        severity=TICKET,
        expression="sum by (job) (chatsync_held) > 20",
        minutes=5,
        summary="The last writers of chats are not saved.",
        next_step="Check the database: its disk, its connections, and its log.",
        fires=Case(series={f"chatsync_held{{{_PROCESS}}}": "0x5 30x30"}, labels=_JOB),
        quiet=Case(series={f"chatsync_held{{{_PROCESS}}}": "0x20 90x3 0x20"}),
    ),
    Alert(
        name="ChatSyncTokenCalls",
        severity=TICKET,
        expression="max by (job) (increase(chatsync_token_calls_total[1h])) > 60",
        minutes=0,
        summary="A process requests a new access token more than once a minute.",
        next_step="Look for sign_in.token_request_failed in the log, and run python app.py doctor.",
        fires=Case(series={f"chatsync_token_calls_total{{{_PROCESS}}}": "0+3x90"}, labels=_JOB, minutes=60),
        quiet=Case(series={f"chatsync_token_calls_total{{{_PROCESS}}}": "0+0.2x90"}, minutes=60),
    ),
)
