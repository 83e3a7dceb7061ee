"""The bars, and the arithmetic that compares a figure with them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A measurement, with its required value and its aim."""

    text: str
    required: float
    aim: float
    unit: str = "x"

    @property
    def more_is_better(self) -> bool:
        """Return whether a larger figure is better. If the aim equals the requirement, it is a cost."""
        return self.aim > self.required


BARS: Mapping[str, Bar] = {
    "1": Bar(text="link answer: req/s against stock CloudAdapter", required=20, aim=35),
    "2": Bar(text="link answer: req/s against bare aiohttp + PyJWT", required=0.45, aim=0.7),
    "2 http": Bar(text="the same, both asking Dataverse over HTTP", required=0.45, aim=0.7),
    "3 stock": Bar(text="message and reply: req/s against stock", required=15, aim=25),
    "3 bare": Bar(text="message and reply: req/s against bare aiohttp", required=0.45, aim=0.7),
    "4 link": Bar(text="link answer: CPU against BotFrameworkAdapter", required=0.35, aim=0.2),
    "4 message": Bar(text="message and reply: CPU against BotFrameworkAdapter", required=0.35, aim=0.2),
    "4 link js": Bar(text="link answer: CPU against JavaScript's botbuilder", required=0.8, aim=0.5),
    "4 message js": Bar(text="message and reply: CPU against JavaScript's botbuilder", required=0.8, aim=0.5),
    "5 stock": Bar(text="2,000 posts: rate against stock continue_conversation", required=25, aim=45),
    "5 bare": Bar(text="2,000 posts: rate against bare gather of 50", required=0.45, aim=0.7),
    "6": Bar(text="durable cards, SQLite: rate against bare gather of 50", required=0.25, aim=0.45),
    "6 pg": Bar(text="durable cards, PostgreSQL: the same", required=0.25, aim=0.45),
    "7": Bar(text="CPU of a durable card, SQLite, against a bare post", required=4, aim=2),
    "7 pg": Bar(text="CPU of a durable card, PostgreSQL, against a bare post", required=4, aim=2),
    "8": Bar(text="PostgreSQL: rate of two workers against one", required=1.4, aim=1.6),
    "9 tokens": Bar(text="token calls per 2,000 posts", required=1, aim=1, unit=""),
    "9 connections": Bar(text="connections per 2,000 posts (pool: 100)", required=100, aim=100, unit=""),
    "10 posts": Bar(text="longest stall of the event loop in 9", required=50, aim=20, unit=" ms"),
    "10 keys": Bar(text="longest stall while keys are read from a 150 ms server", required=50, aim=20, unit=" ms"),
    "11 alone": Bar(text="link answer under a fan-out: p99 against without", required=4, aim=2),
    "11 stock": Bar(text="link answer under a fan-out: p99 against stock", required=1 / 20, aim=1 / 50),
    "12": Bar(text="link answered while Dataverse hangs", required=3, aim=3, unit=" s"),
    "12 loop": Bar(text="longest stall of the event loop meanwhile", required=50, aim=20, unit=" ms"),
    "13": Bar(text="memory for 10,000 queued cards", required=8, aim=4, unit=" MB"),
    "13 ten": Bar(text="memory for ten times as many", required=2, aim=2),
    "14 chat": Bar(text="look-up by chat: largest store against 1,000, SQLite", required=3, aim=2),
    "14 record": Bar(text="look-up by record: largest store against 1,000, SQLite", required=3, aim=2),
    "14 chat pg": Bar(text="look-up by chat: the same, PostgreSQL", required=3, aim=2),
    "14 record pg": Bar(text="look-up by record: the same, PostgreSQL", required=3, aim=2),
    "14 scans": Bar(text="full scans in query plans, SQLite", required=0, aim=0, unit=""),
    "14 scans pg": Bar(text="full scans in query plans, PostgreSQL", required=0, aim=0, unit=""),
    "15": Bar(text="CPU of putting a card into the outbox against a bare post", required=1 / 4, aim=1 / 8),
    "18 most": Bar(text="most posts of two processes into a tenant in any second", required=52.5, aim=50, unit=""),
    "18 use": Bar(text="use of the tenant's 50 posts a second under backlog", required=0.85, aim=0.95, unit=""),
    "19 late": Bar(text="commit to arrival at 20 a second: p95 above a bare post", required=30, aim=10, unit=" ms"),
    "19 idle": Bar(text="CPU of an idle worker", required=1, aim=0.3, unit=" %"),
    "19 event": Bar(
        text="event to card at 20 a second: p95 above the merging window", required=100, aim=50, unit=" ms"
    ),
    "20": Bar(text="cold start to the first link answer against bare aiohttp", required=4, aim=2.5),
    "21 use": Bar(
        text="end of quiet hours in 10,000 chats: share of the posts that are allowed",
        required=0.95,
        aim=0.96,
        unit="",
    ),
    "21 urgent": Bar(text="the same: event to card above the merging window, p95", required=2000, aim=1000, unit=" ms"),
    "21 answers": Bar(text="the same: message to reply, p95", required=500, aim=200, unit=" ms"),
    "21 stall": Bar(text="longest stall of the event loop meanwhile", required=50, aim=20, unit=" ms"),
    "22 stored": Bar(
        text="pane beside a record with 1,000 chats, from stored data: p95", required=50, aim=25, unit=" ms"
    ),
    "22 graph": Bar(
        text="the same if Microsoft Graph is asked, which answers in 100 ms: p95", required=300, aim=250, unit=" ms"
    ),
    "22 polls": Bar(text="CPU of 200 panes that poll", required=5, aim=3, unit=" %"),
    "23 late": Bar(text="event to card beside eight callers with messages: median against idle", required=2, aim=1.5),
    "23 doors": Bar(text="the same: messages lost in relation to the CPU time of the cards", required=1.5, aim=1),
    "cards": Bar(text="200 link cards a second, Dataverse answers in 100 ms: p99", required=250, aim=225, unit=" ms"),
    "cards hang": Bar(text="200 a second while Dataverse hangs: not answered inside 3 s", required=0, aim=0, unit=" %"),
    "similar": Bar(text="who handled similar records: 10,000 titles compared", required=50, aim=20, unit=" ms"),
    "sync turn": Bar(text="message in a connected chat: what sync adds to its turn", required=50, aim=10, unit=" µs"),
    "sync requests": Bar(
        text="1,000 messages/s over 500 chats: most requests to Dataverse in any second", required=15, aim=15, unit=""
    ),
    "sync gap": Bar(text="the same: shortest time from one write of a row to the next", required=4.9, aim=5, unit=" s"),
    "sync late": Bar(text="the same: rows that lack the last message in the end", required=0, aim=0, unit=""),
    "similar loop": Bar(text="longest stall of the event loop meanwhile", required=50, aim=20, unit=" ms"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A bar's measured figure; None with the reason if it could not be measured here."""

    number: str
    measured: float | None
    remark: str = ""


def verdict(bar: Bar, measured: float | None) -> str:
    """Return `aim`, `required`, `missed`, or `skipped` if nothing was measured."""
    if measured is None:
        return "skipped"
    for name, wanted in (("aim", bar.aim), ("required", bar.required)):
        if measured >= wanted if bar.more_is_better else measured <= wanted:
            return name
    return "missed"


def ratio(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """Return the quotient of two medians. Rounds alternate, so both sides had the same machine."""
    return median(ours) / median(theirs)


def percentile(values: Iterable[float], part: float) -> float:
    """Return the percentile of the values; 0 if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    head = ["| # | bar | required | aim | measured | verdict |", "| --- | --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *(_line(row) for row in rows)])


def _line(row: Row) -> str:
    bar = BARS[row.number]
    sign = "≥" if bar.more_is_better else "≤"
    measured = "–" if row.measured is None else f"{shown(row.measured)}{bar.unit}"
    remark = f" ({row.remark})" if row.remark else ""
    wanted = " | ".join(f"{sign} {shown(each)}{bar.unit}" for each in (bar.required, bar.aim))
    return f"| {row.number} | {bar.text} | {wanted} | {measured} | {verdict(bar, row.measured)}{remark} |"


def shown(figure: float) -> str:
    """Return the number with three significant digits."""
    return f"{figure:.0f}" if abs(figure) >= 100 or figure == int(figure) else f"{figure:.3g}"
