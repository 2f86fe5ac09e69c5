"""Devices that are read together, and how long one may be left alone."""

from datetime import datetime

from ..domain import poll_schedule as schedule
from ..domain.freshness import Freshness
from ..domain.poll_schedule import Asking
from ..domain.sun import dark_for
from ..families import Family
from .device_state import DeviceState


class Group:
    """Devices that are read together, and when."""

    def __init__(self, serials: tuple[str, ...], floor: float) -> None:
        """Hold these devices."""
        self.serials = serials
        self.asking = Asking(floor)
        self.next_at = 0.0


def rest_of(state: DeviceState, family: Family, now: datetime) -> float:
    """Return the least seconds between asks of a device, and let its plant know."""
    is_asleep = state.judgement.freshness is Freshness.ASLEEP
    place = state.plant.place
    dark = dark_for(place, now.replace(second=0, microsecond=0))
    # Silent is who said nothing new when asked, and not who could not be asked.
    silent = state.clock.silent_for(state.looked_at or now)
    if state.looked_at is None or (is_asleep and place):
        silent = None  # at dawn it may speak at any time
    rest = schedule.rest_when_silent(
        None if silent is None else silent.total_seconds(),
        dark=dark if is_asleep else None,
    )
    serial = state.device.serial
    if is_asleep:
        state.plant.quiet.add(serial)
    else:
        state.plant.quiet.discard(serial)
    if family.measures is not None and family.measures.solar is not None:
        # A device that its battery keeps awake has no news of its panels in the dark.
        no_power = schedule.rest_when_silent(None, dark=dark)
        state.plant.rests[serial] = max(rest, no_power)
        state.plant.rhythms[serial] = state.rhythm
    return rest
