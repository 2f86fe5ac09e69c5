"""Samples of a device's energy counters, and which of them are needed to know the energy of each hour."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
import itertools
from typing import NamedTuple

from .hourly_energy import CounterSample

# The resolution of the counters, kWh (the vendor's pages and all replies seen).
RESOLUTION = 0.1
# Readings come every five minutes; what a counter gained in a longer gap happened at times that were not seen.
HOLE = timedelta(minutes=20)


class DeviceSample(NamedTuple):
    """The counters of a device at an instant.

    day: of the device's own wall clock. today, total: kWh by the counter's key without its span; unknown ones are missing.
    """

    time: datetime
    day: date
    today: dict[str, float]
    total: dict[str, float]

    def gained(self, later: DeviceSample) -> bool:
        """Return whether any counter shows energy between this sample and a later one."""
        if any(
            later.total.get(key, value) > value + RESOLUTION
            for key, value in self.total.items()
        ):
            return True
        return later.day == self.day and any(
            later.today.get(key, value) > value + RESOLUTION
            for key, value in self.today.items()
        )


def counter_samples(
    samples: Iterable[DeviceSample], key: str
) -> Iterator[CounterSample]:
    """Yield the samples of one counter."""
    for sample in samples:
        today, total = sample.today.get(key), sample.total.get(key)
        if today is not None or total is not None:
            yield CounterSample(sample.time, sample.day, today, total)


def start_of_hour(time: datetime) -> datetime:
    """Return the start of the hour of UTC in which an instant lies: the hours of statistics."""
    return time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def thin_samples(
    samples: Iterable[DeviceSample], final_until: datetime
) -> list[DeviceSample]:
    """Return the samples that hours after ``final_until`` depend on, in order.

    They are the last one up to that instant, and of each hour and day after it the first and the last one: the energy between
    two samples of the same hour does not depend on those in between.
    """
    ordered = sorted(samples, key=lambda sample: sample.time)
    earlier = [sample for sample in ordered if sample.time <= final_until]
    kept = earlier[-1:]
    later = (sample for sample in ordered if sample.time > final_until)
    for _, group in itertools.groupby(
        later, key=lambda sample: (start_of_hour(sample.time), sample.day)
    ):
        first, *others = group
        kept.append(first)
        kept += others[-1:]
    return kept
