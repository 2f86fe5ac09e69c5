"""Groups of devices that are read together, and the least time between polls of a device."""

from collections.abc import Mapping
from datetime import datetime
import math

from ..api.client.endpoint_group import BATCH_SIZE
from ..domain import poll_schedule as schedule
from ..domain.freshness import Freshness
from ..domain.poll_schedule import PollSchedule, ReadMode
from ..domain.sun import darkness_left
from ..families import Family
from .base import RETRY_AFTER
from .device_state import DeviceState


class ReadGroup:
    """Devices that are read together, and the schedule of their polls."""

    def __init__(self, serials: tuple[str, ...], floor: float) -> None:
        """Initialize the group as due at once. floor: the user's interval, seconds."""
        self.serials = serials
        self.schedule = PollSchedule(floor)
        self.next_at = 0.0

    def record_refusal(
        self, now: float, mode: ReadMode, ready_in: float | None
    ) -> None:
        """Record that a mode was refused, and have the group planned again: the other mode may be used at once."""
        self.schedule.record_refusal(now, mode, ready_in or RETRY_AFTER)
        self.next_at = math.inf


def regroup(
    groups: list[ReadGroup],
    states: Mapping[str, DeviceState],
    floor: float,
    *,
    keep: bool,
) -> list[ReadGroup]:
    """Return the groups of the present devices; those that stay as they are keep their schedules.

    floor: the user's interval, seconds. keep: whether the groups change as little as possible, since each is a request.
    """
    wanted = schedule.group_devices(
        ((serial, state.device.datalogger or "") for serial, state in states.items()),
        [group.serials for group in groups] if keep else [],
        batch_size=BATCH_SIZE,
    )
    known = {group.serials: group for group in groups}
    return [known.get(serials) or ReadGroup(serials, floor) for serials in wanted]


def calculate_poll_interval(state: DeviceState, now: datetime) -> float:
    """Return the least seconds between polls of a device."""
    is_asleep = state.assessment.freshness is Freshness.ASLEEP
    # A device is silent if a poll brought nothing new, not if it could not be polled.
    silence = state.clock.silent_for(state.checked_at or now)
    if state.checked_at is None or (is_asleep and state.plant.location):
        silence = None  # at dawn it may upload at any time
    return schedule.silence_interval(
        None if silence is None else silence.total_seconds(),
        dark=_darkness_left(state, now) if is_asleep else None,
    )


def update_plant(
    state: DeviceState, family: Family, interval: float, now: datetime
) -> None:
    """Update the plant: whether this device is asleep, and how it limits the polls of the plant's power.

    interval: the least seconds between polls of the device.
    """
    plant, serial = state.plant, state.device.serial
    if state.assessment.freshness is Freshness.ASLEEP:
        plant.sleeping.add(serial)
    else:
        plant.sleeping.discard(serial)
    if family.energy_channels is not None and family.energy_channels.solar is not None:
        # Even a device that its battery keeps awake has no new power of its panels in the dark.
        in_the_dark = schedule.silence_interval(None, dark=_darkness_left(state, now))
        plant.power_intervals[serial] = max(interval, in_the_dark)
        plant.power_rhythms[serial] = state.upload_rhythm


def forget_device(state: DeviceState) -> None:
    """Update the plant of a device that is not in it any more, or not of its family."""
    plant, serial = state.plant, state.device.serial
    plant.sleeping.discard(serial)
    plant.power_intervals.pop(serial, None)
    plant.power_rhythms.pop(serial, None)


def _darkness_left(state: DeviceState, now: datetime) -> float | None:
    # Whole minutes, so that the devices of a plant share one cached result.
    return darkness_left(state.plant.location, now.replace(second=0, microsecond=0))
