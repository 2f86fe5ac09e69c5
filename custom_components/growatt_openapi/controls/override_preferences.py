"""The preferences of the buttons that charge or discharge now. They are stored here, and never sent to the device by themselves."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

from ..persistence import codec
from .store import SettingsStore
from .timed_override import OverrideRequest


@dataclass(frozen=True, slots=True)
class OverridePreferences:
    """For how many minutes, and the charge levels, %, at which charging and discharging end before."""

    STORED_AS: ClassVar = {
        "minutes": "minutes",
        "charge_level": "charge_level",
        "discharge_level": "discharge_level",
    }

    minutes: float = 60.0
    charge_level: float = 100.0
    # Below this most batteries do not discharge anyway.
    discharge_level: float = 10.0

    def request(self, kind: str) -> OverrideRequest:
        """Return the request of a button. kind: "charge" or "discharge"."""
        level = self.charge_level if kind == "charge" else self.discharge_level
        return OverrideRequest(kind, round(self.minutes), level)


class PreferencesByDevice:
    """The preferences of the devices of which the user has changed any."""

    def __init__(self, store: SettingsStore) -> None:
        """Initialize without preferences; ``store``: the file that keeps them."""
        self._store = store
        self._preferences: dict[str, OverridePreferences] = {}

    def load(self, saved: object) -> None:
        """Load what was saved."""
        for serial, one in saved.items() if isinstance(saved, dict) else ():
            self._preferences[str(serial)] = codec.load_or(
                OverridePreferences(),
                "preferences of a device",
                partial(codec.load, OverridePreferences, one),
            )

    def dump(self) -> dict[str, Any]:
        """Return the preferences as JSON."""
        return {serial: codec.dump(one) for serial, one in self._preferences.items()}

    def get(self, serial: str) -> OverridePreferences:
        """Return the preferences of a device."""
        return self._preferences.get(serial, OverridePreferences())

    async def async_set(self, serial: str, name: str, value: float) -> None:
        """Change one of a device's preferences by its name, and save it."""
        changes: dict[str, Any] = {name: value}
        self._preferences[serial] = replace(self.get(serial), **changes)
        await self._store.async_save()
