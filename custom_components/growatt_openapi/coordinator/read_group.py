"""Devices that are read together, and how long one may be left alone."""

from datetime import datetime

from ..domain import poll_schedule as schedule
from ..domain.freshness import Freshness
from ..domain.poll_schedule import PollSchedule
from ..domain.sun import darkness_left
from ..families import Family
from .device_state import DeviceState


class ReadGroup:
    """Devices that are read together, and when."""

    def __init__(self, serials: tuple[str, ...], floor: float) -> None:
        """Hold these devices."""
        self.serials = serials
        self.asking = PollSchedule(floor)
        self.next_at = 0.0


def rest_of(state: DeviceState, family: Family, now: datetime) -> float:
    """Return the least seconds between asks of a device, and let its plant know."""
    is_asleep = state.assessment.freshness is Freshness.ASLEEP
    place = state.plant.location
    dark = darkness_left(place, now.replace(second=0, microsecond=0))
    # Silent is who said nothing new when asked, and not who could not be asked.
    silent = state.clock.silent_for(state.checked_at or now)
    if state.checked_at is None or (is_asleep and place):
        silent = None  # at dawn it may speak at any time
    rest = schedule.silence_interval(
        None if silent is None else silent.total_seconds(),
        dark=dark if is_asleep else None,
    )
    serial = state.device.serial
    if is_asleep:
        state.plant.sleeping.add(serial)
    else:
        state.plant.sleeping.discard(serial)
    if family.energy_channels is not None and family.energy_channels.solar is not None:
        # A device that its battery keeps awake has no news of its panels in the dark.
        no_power = schedule.silence_interval(None, dark=dark)
        state.plant.power_intervals[serial] = max(rest, no_power)
        state.plant.power_rhythms[serial] = state.upload_rhythm
    return rest
