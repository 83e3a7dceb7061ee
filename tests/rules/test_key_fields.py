from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.key_fields import NetChange, ReportedValue, net_changes
from bot.domain.tables import Column, ColumnType, ColumnValue, Raw
from tests.steps.key_field_rules import NOON, event

PRIORITY = Column(
    name="prioritycode", label="Priority", type=ColumnType.PICKLIST, options={1: "High", 2: "Normal", 3: "Low"}
)
STATUS = Column(name="statuscode", label="Status Reason", type=ColumnType.STATUS, options={1: "In Progress"})
SECRET = Column(name="refund", label="Refund", type=ColumnType.MONEY, secured=True)


def knows(raw: Raw, *, s: float = -60, text: str | None = None) -> ReportedValue:
    return ReportedValue(raw=raw, text=text, at=NOON + timedelta(seconds=s))


def only(changes: tuple[NetChange, ...]) -> NetChange:
    (change,) = changes
    return change


def told(changes: tuple[NetChange, ...]) -> list[str]:
    return [change.column.name for change in changes if change.notify]


def test_a_change_has_its_old_value() -> None:
    change = only(net_changes([PRIORITY], [event(1, old=2)], {}))
    assert change.notify
    assert change.old == ColumnValue(raw=2)
    assert change.new == ColumnValue(raw=1)
    assert change.people == ("adele",)


def test_without_a_pre_image_the_last_reported_value_is_the_old_one() -> None:
    change = only(net_changes([PRIORITY], [event(1)], {"prioritycode": knows(2, text="Normal")}))
    assert change.old == ColumnValue(raw=2, text="Normal")


def test_the_old_value_keeps_its_reported_text() -> None:
    change = only(net_changes([PRIORITY], [event(1, old=2)], {"prioritycode": knows(2, text="Normaal")}))
    assert change.old == ColumnValue(raw=2, text="Normaal")


def test_an_unknown_old_value_stays_unknown() -> None:
    change = only(net_changes([PRIORITY], [event(1)], {}))
    assert change.notify
    assert change.old is None


def test_a_column_saved_without_a_change_is_not_reported() -> None:
    assert told(net_changes([PRIORITY], [event(2, old=2)], {})) == []
    assert told(net_changes([PRIORITY], [event(2)], {"prioritycode": knows(2)})) == []


def test_a_change_that_nobody_can_see_is_not_reported() -> None:
    title = Column(name="title", label="Title", type=ColumnType.STRING)
    for noisy in ("Pump\u200b", "\ufeffPump", "Pu\u00admp"):
        assert told(net_changes([title], [event(noisy, old="Pump", column="title")], {})) == []
        assert told(net_changes([title], [event(noisy, column="title")], {"title": knows("Pump")})) == []
        assert told(net_changes([title], [event("Pumps", old=noisy, column="title")], {})) == ["title"]


def test_a_column_cleared_twice_is_reported_once() -> None:
    assert told(net_changes([PRIORITY], [event(None, old=2)], {})) == ["prioritycode"]
    assert told(net_changes([PRIORITY], [event(None, old="")], {})) == []


def test_changes_in_one_window_become_first_old_to_last_new() -> None:
    changes = [event(3, old=1, s=1, by="megan"), event(1, old=2, s=0)]
    change = only(net_changes([PRIORITY], changes, {}))
    assert (change.old, change.new) == (ColumnValue(raw=2), ColumnValue(raw=3))
    assert change.people == ("adele", "megan")
    assert change.at == NOON + timedelta(seconds=1)


def test_a_field_that_returns_to_where_it_started_is_dropped() -> None:
    there_and_back = [event(1, old=2, s=0), event(2, old=1, s=1), event(5, old=1, s=1, column="statuscode")]
    assert told(net_changes([PRIORITY, STATUS], there_and_back, {})) == ["statuscode"]


def test_an_event_older_than_the_reported_value_is_ignored() -> None:
    assert net_changes([PRIORITY], [event(3, old=2, s=-5)], {"prioritycode": knows(1, s=0)}) == ()


def test_a_change_already_shown_in_the_note_is_not_reported() -> None:
    # The row was read with the new value; the event of that change arrives afterwards.
    assert told(net_changes([PRIORITY], [event(1, old=2, s=1)], {"prioritycode": knows(1, s=0)})) == []


def test_for_a_secured_column_only_the_pre_image_counts() -> None:
    known = {"refund": knows(None)}
    assert told(net_changes([SECRET], [event(5.0, old=4.0, column="refund")], known)) == ["refund"]
    assert told(net_changes([SECRET], [event(5.0, old=5, column="refund")], known)) == []
    change = only(net_changes([SECRET], [event(5.0, column="refund")], known))
    assert change.notify
    assert change.old is None


values = st.integers(1, 4)


@given(st.lists(values, min_size=1, max_size=12), values)
def test_the_net_change_does_not_depend_on_the_order_of_events(sequence: list[int], start: int) -> None:
    olds = [start, *sequence]
    events = [event(new, old=old, s=i) for i, (old, new) in enumerate(zip(olds, sequence, strict=False))]
    forward = net_changes([PRIORITY], events, {})
    assert forward == net_changes([PRIORITY], events[::-1], {})
    change = only(forward)
    assert change.notify == (sequence[-1] != start)
    assert change.old == ColumnValue(raw=start)
    assert change.new == ColumnValue(raw=sequence[-1])


@given(st.lists(values, min_size=1, max_size=12), values, st.data())
def test_the_chat_ends_with_the_last_value_for_any_windows(
    sequence: list[int], start: int, data: st.DataObject
) -> None:
    known = {"prioritycode": knows(start)}
    pending = [event(new, s=i) for i, new in enumerate(sequence)]
    while pending:
        size = data.draw(st.integers(1, len(pending)))
        window, pending = pending[:size], pending[size:]
        change = only(net_changes([PRIORITY], window, known))
        assert change.notify == (change.new.raw != known["prioritycode"].raw)
        if change.notify:
            known = {"prioritycode": ReportedValue(raw=change.new.raw, text=None, at=change.at)}
    assert known["prioritycode"].raw == sequence[-1]
