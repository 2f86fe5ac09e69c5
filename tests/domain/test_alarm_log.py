"""The changes that an alarm log reports."""

from datetime import date, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.api.models import Alarm
from custom_components.growatt_openapi.domain.alarm_log import (
    AlarmEventType,
    AlarmLog,
    update_fault_texts,
)
from custom_components.growatt_openapi.persistence import codec

SINCE = datetime(2026, 6, 20, 12)
TODAY = SINCE.date()
BEGAN, ENDED = AlarmEventType.ALARM, AlarmEventType.ALARM_ENDED


def alarm(minutes: float, end: float | None = None, code: str = "201") -> Alarm:
    """Return an alarm that started some minutes after the log."""
    start = SINCE + timedelta(minutes=minutes)
    return Alarm(
        code=code,
        start=start,
        end=None if end is None else SINCE + timedelta(minutes=end),
    )


def changes(
    log: AlarmLog, *alarms: Alarm, today: date = TODAY
) -> list[tuple[str, str]]:
    return [
        (change.kind, change.alarm.code)
        for change in log.record_alarms(alarms, today, SINCE)
    ]


def test_alarms_from_before_the_log_are_not_reported() -> None:
    log = AlarmLog(SINCE)
    assert changes(log, alarm(-60, -30), alarm(-5), alarm(-100_000)) == []
    assert log.last == alarm(-5)
    # Its end is reported, because it comes after the start of the log.
    assert changes(log, alarm(-5, 10)) == [(ENDED, "201")]
    assert changes(log, alarm(-5, 10)) == []


def test_alarms_from_before_the_first_check_are_reported() -> None:
    """With many devices only those with a fault are checked: their first check must report it."""
    assert changes(AlarmLog(SINCE), alarm(5)) == [(BEGAN, "201")]


def test_the_start_of_the_log_follows_the_devices_clock() -> None:
    """A clock that turns out to be an hour slow must not hide an hour of alarms."""
    log = AlarmLog(SINCE)
    slow = SINCE - timedelta(hours=1)
    assert [
        change.alarm.code for change in log.record_alarms([alarm(-30)], TODAY, slow)
    ] == ["201"]


def test_each_alarm_is_reported_once() -> None:
    log = AlarmLog(SINCE)
    assert changes(log, alarm(1), alarm(2, code="202")) == [
        (BEGAN, "201"),
        (BEGAN, "202"),
    ]
    assert changes(log, alarm(1), alarm(2, code="202"), alarm(1)) == []
    assert log.is_running
    assert changes(log, alarm(1, 9), alarm(2, code="202")) == [(ENDED, "201")]
    # The same code with another start is another alarm.
    assert changes(log, alarm(20)) == [(BEGAN, "201")]


def test_an_alarm_that_has_already_ended_is_reported_with_its_end() -> None:
    log = AlarmLog(SINCE)
    assert changes(log, alarm(1, 4)) == [(BEGAN, "201"), (ENDED, "201")]
    assert not log.is_running


def test_an_empty_list_ends_no_alarm() -> None:
    log = AlarmLog(SINCE)
    changes(log, alarm(1))
    assert changes(log) == []
    assert log.is_running


def test_a_log_survives_a_restart() -> None:
    log = AlarmLog(SINCE)
    changes(log, alarm(1), alarm(2, 3, code="bit1"))
    log.checked_day = TODAY
    again = codec.load(AlarmLog, codec.dump(log))
    assert again == log
    assert changes(again, alarm(1), alarm(2, 3, code="bit1")) == []
    assert changes(again, alarm(1, 5)) == [(ENDED, "201")]
    stored = codec.dump(log)
    for garbage in ({}, {**stored, "known": [1]}, {**stored, "since": 5}):
        with pytest.raises(ValueError, match="not a stored AlarmLog"):
            codec.load(AlarmLog, garbage)


def test_days_to_check() -> None:
    log = AlarmLog(SINCE)
    day = timedelta(days=1)
    assert log.days_to_check(TODAY) == [TODAY]
    log.checked_day = TODAY
    assert log.days_to_check(TODAY) == [TODAY]
    # The days since the last check, at most three.
    assert log.days_to_check(TODAY + day) == [TODAY, TODAY + day]
    assert log.days_to_check(TODAY + 9 * day) == [TODAY + n * day for n in (7, 8, 9)]
    # The days on which running alarms started.
    changes(log, alarm(1))
    log.checked_day = TODAY + 5 * day
    assert log.days_to_check(TODAY + 5 * day) == [TODAY, TODAY + 5 * day]


def test_old_alarms_are_dropped_and_not_reported_again() -> None:
    """The cloud may list all alarms whatever day is requested."""
    log = AlarmLog(SINCE)
    first = alarm(1)
    assert changes(log, first) == [(BEGAN, "201")]
    later = TODAY + timedelta(days=20)
    assert changes(log, first, today=later) == []
    assert not log.is_running
    assert changes(log, first, today=later) == []


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(["1", "bit1"]),
                st.integers(-5, 5),
                st.none() | st.integers(6, 9),
            ),
            max_size=5,
        ),
        max_size=8,
    )
)
def test_no_alarm_is_reported_twice(
    lists: list[list[tuple[str, int, int | None]]],
) -> None:
    """Whatever lists come in whatever order, with a restart after each."""
    log = AlarmLog(SINCE)
    all_reported = []
    for rows in lists:
        reported = log.record_alarms(
            [alarm(start, end, code) for code, start, end in rows], TODAY, SINCE
        )
        all_reported += [
            (one.kind, one.alarm.code, one.alarm.start) for one in reported
        ]
        log = codec.load(AlarmLog, codec.dump(log))
    begun = [one[1:] for one in all_reported if one[0] is BEGAN]
    assert len(begun) == len(set(begun))
    assert all(start >= SINCE for _, start in begun)


def test_fault_texts_are_updated_by_meaningful_messages() -> None:
    texts: dict[int, str] = {}
    known_text = Alarm(code="201", start=SINCE, message="No utility")
    assert update_fault_texts(texts, [known_text])
    assert not update_fault_texts(texts, [known_text])
    assert not update_fault_texts(
        texts,
        [
            Alarm(code="0", start=SINCE, message="undown error"),
            Alarm(code="bit1", start=SINCE, message="low Current"),
            Alarm(code="7", start=SINCE),
        ],
    )
    assert texts == {201: "No utility"}
