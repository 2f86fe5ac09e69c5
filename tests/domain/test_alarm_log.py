"""Which alarms are news."""

from datetime import date, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.api.models import Alarm
from custom_components.growatt_openapi.domain.alarm_log import (
    AlarmEventType,
    AlarmLog,
    update_fault_texts,
)

SINCE = datetime(2026, 6, 20, 12)
TODAY = SINCE.date()
BEGAN, ENDED = AlarmEventType.ALARM, AlarmEventType.ALARM_ENDED


def alarm(minutes: float, end: float | None = None, code: str = "201") -> Alarm:
    """Return an alarm that began some minutes after the device was first watched."""
    start = SINCE + timedelta(minutes=minutes)
    return Alarm(
        code=code,
        start=start,
        end=None if end is None else SINCE + timedelta(minutes=end),
    )


def seen(book: AlarmLog, *alarms: Alarm, today: date = TODAY) -> list[tuple[str, str]]:
    return [
        (news.kind, news.alarm.code)
        for news in book.record_alarms(alarms, today, SINCE)
    ]


def test_what_began_before_is_no_news() -> None:
    book = AlarmLog(SINCE)
    assert seen(book, alarm(-60, -30), alarm(-5), alarm(-100_000)) == []
    assert book.last == alarm(-5)
    # But its end is: it happens now.
    assert seen(book, alarm(-5, 10)) == [(ENDED, "201")]
    assert seen(book, alarm(-5, 10)) == []


def test_what_began_between_watching_and_the_first_look_is_news() -> None:
    """Of many devices only those are looked at that say something is wrong: their first look must not hide it."""
    assert seen(AlarmLog(SINCE), alarm(5)) == [(BEGAN, "201")]


def test_the_beginning_is_by_the_clock_of_the_device_as_far_as_it_is_known() -> None:
    """A clock that is found to be an hour slow must not hide an hour of alarms."""
    book = AlarmLog(SINCE)
    slow = SINCE - timedelta(hours=1)
    assert [
        news.alarm.code for news in book.record_alarms([alarm(-30)], TODAY, slow)
    ] == ["201"]


def test_each_is_told_once() -> None:
    book = AlarmLog(SINCE)
    assert seen(book, alarm(1), alarm(2, code="202")) == [
        (BEGAN, "201"),
        (BEGAN, "202"),
    ]
    assert seen(book, alarm(1), alarm(2, code="202"), alarm(1)) == []
    assert book.is_running
    assert seen(book, alarm(1, 9), alarm(2, code="202")) == [(ENDED, "201")]
    # The same code again is another alarm.
    assert seen(book, alarm(20)) == [(BEGAN, "201")]


def test_one_that_has_ended_already_is_told_with_its_end() -> None:
    book = AlarmLog(SINCE)
    assert seen(book, alarm(1, 4)) == [(BEGAN, "201"), (ENDED, "201")]
    assert not book.is_running


def test_an_empty_list_ends_nothing() -> None:
    book = AlarmLog(SINCE)
    seen(book, alarm(1))
    assert seen(book) == []
    assert book.is_running


def test_it_survives_a_restart() -> None:
    book = AlarmLog(SINCE)
    seen(book, alarm(1), alarm(2, 3, code="bit1"))
    book.checked_day = TODAY
    again = AlarmLog.load(book.dump())
    assert again == book
    assert seen(again, alarm(1), alarm(2, 3, code="bit1")) == []
    assert seen(again, alarm(1, 5)) == [(ENDED, "201")]
    for garbage in ({}, {**book.dump(), "known": [1]}, {**book.dump(), "since": 5}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            AlarmLog.load(garbage)


def test_which_days_are_asked_for() -> None:
    book = AlarmLog(SINCE)
    day = timedelta(days=1)
    assert book.days_to_check(TODAY) == [TODAY]
    book.checked_day = TODAY
    assert book.days_to_check(TODAY) == [TODAY]
    # Since the last look, at most three.
    assert book.days_to_check(TODAY + day) == [TODAY, TODAY + day]
    assert book.days_to_check(TODAY + 9 * day) == [TODAY + n * day for n in (7, 8, 9)]
    # The days on which alarms began that still run.
    seen(book, alarm(1))
    book.checked_day = TODAY + 5 * day
    assert book.days_to_check(TODAY + 5 * day) == [TODAY, TODAY + 5 * day]


def test_what_is_old_is_forgotten_and_stays_no_news() -> None:
    """A cloud that gives all alarms whatever day is asked for must not tell of them anew when they are forgotten."""
    book = AlarmLog(SINCE)
    first = alarm(1)
    assert seen(book, first) == [(BEGAN, "201")]
    later = TODAY + timedelta(days=20)
    assert seen(book, first, today=later) == []
    assert not book.is_running
    assert seen(book, first, today=later) == []


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
def test_never_twice(looks: list[list[tuple[str, int, int | None]]]) -> None:
    """Whatever the cloud shows in whatever order, and however often the program starts anew."""
    book = AlarmLog(SINCE)
    told = []
    for rows in looks:
        news = book.record_alarms(
            [alarm(start, end, code) for code, start, end in rows], TODAY, SINCE
        )
        told += [(one.kind, one.alarm.code, one.alarm.start) for one in news]
        book = AlarmLog.load(book.dump())
    begun = [one[1:] for one in told if one[0] is BEGAN]
    assert len(begun) == len(set(begun))
    assert all(start >= SINCE for _, start in begun)


def test_words() -> None:
    words: dict[int, str] = {}
    said = Alarm(code="201", start=SINCE, message="No utility")
    assert update_fault_texts(words, [said])
    assert not update_fault_texts(words, [said])
    assert not update_fault_texts(
        words,
        [
            Alarm(code="0", start=SINCE, message="undown error"),
            Alarm(code="bit1", start=SINCE, message="low Current"),
            Alarm(code="7", start=SINCE),
        ],
    )
    assert words == {201: "No utility"}
