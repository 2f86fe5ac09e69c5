"""The controls of an entry: its parts, and the callbacks that connect them."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..api import OpenApiClient
from ..const import CONF_WRITES
from ..coordinator import FamilyCoordinator
from ..families.overrides import WindowOverride
from ..families.settings import Setting
from ..issues import async_report_left_on
from .confirmation import Confirmation
from .override_preferences import PreferencesByDevice
from .pending_edits import PendingEdits
from .settings_reader import SettingsReader
from .store import ConfirmedValue, SettingsStore
from .timed_override import TimedOverride
from .timed_overrides import TimedOverrides
from .write_limit import DEFAULT_WRITES_AN_HOUR, WriteLimit
from .writer import SettingsWriter


class Controls:
    """The settings of an entry's devices.

    The parts depend on each other in one direction: store ← settings_reader ← confirmation, store ← writer ← pending_edits,
    timed_overrides. What would point the other way is a callback, set here.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: OpenApiClient
    ) -> None:
        """Initialize the parts and connect them."""
        self._hass = hass
        self._entry = entry
        self.clock = client.gateway.clock
        write_limit = WriteLimit(entry.options.get(CONF_WRITES, DEFAULT_WRITES_AN_HOUR))
        self.store = store = SettingsStore(hass, entry.entry_id)
        self.settings_reader = SettingsReader(hass, entry, client, store)
        self.confirmation = Confirmation(hass, self.clock, store, self.settings_reader)
        self.writer = SettingsWriter(hass, client, store, write_limit)
        self.pending_edits = PendingEdits(
            hass, self.clock, store, self.settings_reader, self.writer
        )
        self.timed_overrides = TimedOverrides(
            hass, self.clock, store, self.settings_reader, self.writer
        )
        self.preferences = PreferencesByDevice(store)

        store.add_section("writes", write_limit.load, self._dump_writes)
        store.add_section("runs", self.timed_overrides.load, self.timed_overrides.dump)
        store.add_section(
            "preferences",
            self.preferences.load,
            self.preferences.dump,
            is_omitted_if_empty=True,
        )
        store.on_first_listener = self.settings_reader.check_due
        self.settings_reader.on_values = self.confirmation.apply_values
        self.writer.on_sending = self.confirmation.cancel
        self.writer.on_sent = self.confirmation.start
        self.pending_edits.lock_of = self.timed_overrides.lock_of
        self.writer.on_user_value = self.timed_overrides.keep_user_value
        self._write_limit = write_limit

    def _dump_writes(self) -> dict[str, Any]:
        return self._write_limit.dump(self.clock.now())

    async def async_load(self) -> None:
        """Load what earlier runs stored."""
        await self.store.async_load()

    async def async_close(self, *, restore_overrides: bool = False) -> None:
        """End before an unload: wait for writes that are under way, and send or save nothing any more.

        Overrides go on after a reload unless they are restored. Until then, and where that fails, a repair issue tells the user.
        """
        await self.timed_overrides.async_stop()
        if restore_overrides:
            await self.timed_overrides.async_end_all()
        await self.writer.async_close()
        self.stop()
        self.store.close()
        for serial, override in self.timed_overrides.iter_unrestored():
            async_report_left_on(
                self._hass, self._entry, serial, override.kind, _former_texts(override)
            )

    @callback
    def track_family(self, coordinator: FamilyCoordinator) -> None:
        """Read the settings of a family's devices after their readings, and end overrides at the charge level asked for."""
        self.settings_reader.track_family(coordinator)
        self._entry.async_on_unload(
            coordinator.async_add_listener(
                lambda: self.timed_overrides.check_levels(coordinator)
            )
        )

    @callback
    def stop(self) -> None:
        """Cancel all timers."""
        self.confirmation.stop()
        self.timed_overrides.stop()

    def confirmed(self, serial: str, setting: Setting) -> ConfirmedValue | None:
        """Return the confirmed value of a setting; None where it was never set, or the outcome of a write is unknown."""
        return self.store.get(serial, setting)

    @callback
    def add_listener(self, serial: str, listener: CALLBACK_TYPE) -> Callable[[], None]:
        """Call ``listener`` when a confirmed value of a device has changed; return what removes it."""
        return self.store.add_listener(serial, listener)


def _former_texts(override: TimedOverride) -> dict[str, str]:
    """Return the former settings of an override as placeholders of its issue."""
    description, former = override.description, override.former
    if isinstance(description, WindowOverride):
        is_on = description.switch_afterwards(former)
        return {
            "window": former[description.window] or "?",
            "switch": "on" if is_on else "off",
        }
    return {
        "settings": "; ".join(
            f"{key}: {_to_text(value)}" for key, value in former.items()
        )
    }


def _to_text(value: Any) -> str:
    """Return a stored value as text; of a block, each part with its name."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_to_text(part)}" for name, part in value.items())
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


async def async_end_overrides(
    hass: HomeAssistant, entry: ConfigEntry, client: OpenApiClient
) -> None:
    """Restore what stored overrides have changed, for an entry that is read-only from now on, or removed."""
    controls = Controls(hass, entry, client)
    await controls.async_load()
    await controls.async_close(restore_overrides=True)
