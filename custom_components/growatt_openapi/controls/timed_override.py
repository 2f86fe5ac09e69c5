"""Charging or discharging now, for a while: a window and a switch are set, and put back when the time is over.

What stood there before is saved ahead of the first write, so that a restart in between forgets nothing. What the user sets meanwhile
stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..const import LOGGER
from ..error_messages import validation_error
from ..families import FAMILIES, Family
from ..families.settings import Setting, SwitchSetting, Window, WindowSetting
from .outcome import OutcomeUnknownError

if TYPE_CHECKING:
    from .controls import Controls

_DAY = 24 * 60
# What could not be put back is tried again after so many seconds, until it is.
TRY_AGAIN = 300.0


@dataclass(slots=True)
class TimedOverride:
    """Something that is done until an instant, and what is put back then.

    window, switch: what they were; None: not known. window_done, switch_done: nothing is left to be put back.
    """

    family_key: str
    kind: str
    until: datetime
    window: Window | None = None
    switch: bool | None = None
    window_done: bool = False
    switch_done: bool = False

    @property
    def family(self) -> Family:
        """The device's family."""
        return FAMILIES[self.family_key]

    @property
    def window_setting(self) -> WindowSetting:
        """The window it takes."""
        setting = self.family.setting(self.family.override_settings[self.kind][0])
        assert isinstance(setting, WindowSetting)
        return setting

    @property
    def switch_setting(self) -> SwitchSetting:
        """The switch it takes."""
        setting = self.family.setting(self.family.override_settings[self.kind][1])
        assert isinstance(setting, SwitchSetting)
        return setting

    @property
    def switch_afterwards(self) -> bool:
        """What the switch is put back to: off, unless it is known to have been on in a window that is known.

        Left on in the window of this run, it would do the same again every day.
        """
        return bool(self.switch) and self.window is not None

    def dump(self) -> dict[str, Any]:
        """Return what is to be saved."""
        return {
            "family": self.family_key,
            "kind": self.kind,
            "until": self.until.isoformat(),
            "window": None if self.window is None else str(self.window),
            "switch": self.switch,
            "window_done": self.window_done,
            "switch_done": self.switch_done,
        }

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> TimedOverride:
        """Return what was saved; raise KeyError, TypeError or ValueError where it cannot be read."""
        window, switch = saved["window"], saved["switch"]
        run = cls(
            str(saved["family"]),
            str(saved["kind"]),
            datetime.fromisoformat(saved["until"]),
            None if window is None else Window.parse(window),
            None if switch is None else bool(switch),
            bool(saved["window_done"]),
            bool(saved["switch_done"]),
        )
        if run.kind not in run.family.override_settings:
            raise ValueError("no such run")
        return run


class TimedOverrides:
    """What is being done at once, by device: one thing at a time."""

    def __init__(self, controls: Controls) -> None:
        """Set through ``controls``."""
        self._controls = controls
        self._runs: dict[str, TimedOverride] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._told: set[str] = set()

    def load(self, saved: object) -> None:
        """Take up what was saved."""
        for serial, run in saved.items() if isinstance(saved, dict) else ():
            try:
                self._runs[str(serial)] = TimedOverride.load(run)
            except KeyError, TypeError, ValueError:
                LOGGER.warning("What was to be put back in a device cannot be read")

    def dump(self) -> dict[str, Any]:
        """Return what is to be saved."""
        return {serial: run.dump() for serial, run in self._runs.items()}

    @callback
    def resume(self) -> None:
        """Go on with what earlier runs of the program began."""
        for serial, run in self._runs.items():
            self._end_in(serial, self._left(run))

    @callback
    def stop(self) -> None:
        """Wait for nothing any more; the next run of the program goes on."""
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()

    @callback
    def overruled(self, serial: str, setting: Setting) -> bool:
        """The user has set something: it is not put back. Tell whether a run is concerned."""
        run = self._runs.get(serial)
        if run is None:
            return False
        is_window = setting.key == run.window_setting.key
        is_switch = setting.key == run.switch_setting.key
        run.window_done |= is_window
        run.switch_done |= is_switch
        return is_window or is_switch

    async def async_begin(
        self,
        family: Family,
        serial: str,
        kind: str,
        minutes: int,
        device_time: datetime,
    ) -> TimedOverride:
        """Begin something for some minutes; ``device_time``: what the device's clock shows now.

        Raises ServiceValidationError where it would go on over midnight, HomeAssistantError where it could not be set.
        """
        first = device_time.hour * 60 + device_time.minute
        if first + minutes > _DAY:
            raise validation_error("run_over_midnight", longest=str(_DAY - first))
        # The minute that has begun is not a whole one.
        last = min(first + minutes + (device_time.second > 0), _DAY)
        before = self._runs.get(serial)
        if before is not None and before.kind != kind:
            await self._put_back(serial, before)
            before = None
        now = self._controls.clock.now()
        length = timedelta(minutes=last - first, seconds=-device_time.second)
        run = TimedOverride(family.key, kind, now + length)
        if before is None:
            window = self._controls.confirmed(serial, run.window_setting)
            switch = self._controls.confirmed(serial, run.switch_setting)
            run.window = window.value if window else None
            run.switch = switch.value if switch else None
        else:
            run.window, run.switch = before.window, before.switch
        self._runs[serial] = run
        await self._controls.async_save()
        window_now = Window.of_minutes(first, last)
        try:
            await self._set(serial, run, run.window_setting, window_now)
        except OutcomeUnknownError:
            self._end_now(serial, run)
            raise
        except HomeAssistantError:
            # Nothing has changed, and nothing is put back: what was before goes on.
            if before is None:
                del self._runs[serial]
            else:
                self._runs[serial] = before
            await self._controls.async_save()
            raise
        try:
            await self._set(serial, run, run.switch_setting, True)
        except HomeAssistantError as err:
            # A switch that was surely not turned on needs no turning off.
            run.switch_done = before is None and not isinstance(
                err, OutcomeUnknownError
            )
            self._end_now(serial, run)
            raise
        self._end_in(serial, self._left(run))
        return run

    @callback
    def _end_now(self, serial: str, run: TimedOverride) -> None:
        run.until = self._controls.clock.now()
        self._end_in(serial, 0.0)

    async def _set(
        self, serial: str, run: TimedOverride, setting: Setting, value: Any
    ) -> None:
        await self._controls.async_set(
            run.family, serial, setting, value, force=True, by_run=True
        )

    def _left(self, run: TimedOverride) -> float:
        return max((run.until - self._controls.clock.now()).total_seconds(), 0.0)

    @callback
    def _end_in(self, serial: str, seconds: float) -> None:
        if (cancel := self._timers.pop(serial, None)) is not None:
            cancel()

        async def end(_: datetime) -> None:
            self._timers.pop(serial, None)
            if (run := self._runs.get(serial)) is None:
                return
            try:
                await self._put_back(serial, run)
            except HomeAssistantError as err:
                if serial not in self._told:
                    self._told.add(serial)
                    LOGGER.warning(
                        "What %s now has changed could not be put back yet (%s): it is tried again every five minutes",
                        run.kind,
                        err,
                    )
                self._end_in(serial, TRY_AGAIN)

        self._timers[serial] = async_call_later(self._controls.hass, seconds, end)

    async def _put_back(self, serial: str, run: TimedOverride) -> None:
        """Set what was before: the switch first, since it is what moves energy."""
        if not run.switch_done:
            await self._set(serial, run, run.switch_setting, run.switch_afterwards)
            run.switch_done = True
        if not run.window_done and run.window is not None:
            await self._set(serial, run, run.window_setting, run.window)
            run.window_done = True
        if self._runs.get(serial) is run:
            del self._runs[serial]
            if (cancel := self._timers.pop(serial, None)) is not None:
                cancel()
        self._told.discard(serial)
        await self._controls.async_save()
