"""Confirmed values of settings: what each is, when it was confirmed and by whom; in memory and in the entry's file."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..families.settings import Setting
from ..persistence import codec
from ..persistence.delayed_store import DelayedStore

# A value read this recently is not written again.
RECENT = timedelta(minutes=10)


def controls_store(hass: HomeAssistant, entry_id: str) -> DelayedStore:
    """Return the file of an entry's controls."""
    return DelayedStore(hass, f"{entry_id}.controls")


@dataclass(frozen=True, slots=True)
class ConfirmedValue:
    """A setting's value and when it was confirmed. is_read: read from the device; else the cloud accepted the write."""

    STORED_AS: ClassVar = {"at": "confirmed_at", "read": "is_read"}

    value: Any
    confirmed_at: datetime
    is_read: bool = False

    def is_recently_read(self, now: datetime) -> bool:
        """Return whether the device itself reported this value within the last minutes."""
        return self.is_read and timedelta() <= now - self.confirmed_at < RECENT


@dataclass(frozen=True, slots=True)
class _Section:
    load: Callable[[object], None]
    dump: Callable[[], dict[str, Any]]
    is_omitted_if_empty: bool = False


class SettingsStore:
    """Confirmed values by device and setting, with the listeners of each device.

    A stored value stays as it was saved until its setting is asked for: only a setting can decode it.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize an empty store over the entry's file."""
        # Called with a device's serial when its first listener is added.
        self.on_first_listener: Callable[[Iterable[str]], None] = lambda _: None
        self._file = controls_store(hass, entry_id)
        self._sections: dict[str, _Section] = {
            "settings": _Section(self._load_settings, self._dump_settings)
        }
        self._values: defaultdict[str, dict[str, ConfirmedValue]] = defaultdict(dict)
        self._undecoded: dict[str, dict[str, Any]] = {}
        self._listeners: defaultdict[str, list[CALLBACK_TYPE]] = defaultdict(list)
        # Settings that are being written, by serial and key.
        self._in_doubt: set[tuple[str, str]] = set()
        self._is_closed = False

    def add_section(
        self,
        name: str,
        load: Callable[[object], None],
        dump: Callable[[], dict[str, Any]],
        *,
        is_omitted_if_empty: bool = False,
    ) -> None:
        """Keep another section in the file: ``load`` gets what was saved, None where nothing was."""
        self._sections[name] = _Section(load, dump, is_omitted_if_empty)

    async def async_load(self) -> None:
        """Load all sections; what cannot be read counts as not saved."""
        saved = await self._file.load() or {}
        for name, section in self._sections.items():
            section.load(saved.get(name))

    async def async_save(self) -> None:
        """Save all sections now; nothing once the store is closed."""
        if self._is_closed:
            return
        await self._file.save(
            {
                name: dumped
                for name, section in self._sections.items()
                if (dumped := section.dump()) or not section.is_omitted_if_empty
            }
        )

    @callback
    def close(self) -> None:
        """Save nothing any more: the file is the next run's."""
        self._is_closed = True

    @contextlib.asynccontextmanager
    async def writing(self, serial: str, setting: Setting) -> AsyncIterator[None]:
        """Keep a setting unknown in the file while it is written, and save its outcome at the end.

        If Home Assistant is killed before the answer, the device may have either value. In memory the old one stays meanwhile.
        """
        key = (serial, setting.key)
        self._in_doubt.add(key)
        is_answered = True
        try:
            if self.get(serial, setting) is not None:
                await self.async_save()
            yield
        except asyncio.CancelledError:
            is_answered = False  # cancelled before the answer: the value stays unknown
            raise
        finally:
            if is_answered:
                self._in_doubt.discard(key)
                await self.async_save()

    def get(self, serial: str, setting: Setting) -> ConfirmedValue | None:
        """Return the confirmed value of a setting; None where it was never set, or the outcome of a write is unknown."""
        saved = self._undecoded.get(serial, {}).pop(setting.key, None)
        if saved is not None:
            # Of another version, or damaged: unknown.
            with contextlib.suppress(KeyError, TypeError, ValueError):
                self._values[serial][setting.key] = codec.load(
                    ConfirmedValue,
                    {"read": False} | saved,
                    value=setting.load(saved["value"]),
                )
        return self._values[serial].get(setting.key)

    @callback
    def set_known(
        self, serial: str, setting: Setting, value: ConfirmedValue | None
    ) -> None:
        """Store a value (None: unknown) and notify the device's listeners; the caller saves."""
        self._put(serial, setting, value)
        self._notify_listeners(serial)

    @callback
    def set_all_known(
        self, serial: str, values: Iterable[tuple[Setting, ConfirmedValue]]
    ) -> bool:
        """Store several values and notify the device's listeners once if any differs; return whether one does."""
        has_changed = False
        for setting, confirmed in values:
            before = self.get(serial, setting)
            has_changed |= before is None or (before.value, before.is_read) != (
                confirmed.value,
                confirmed.is_read,
            )
            self._put(serial, setting, confirmed)
        if has_changed:
            self._notify_listeners(serial)
        return has_changed

    @callback
    def add_listener(self, serial: str, listener: CALLBACK_TYPE) -> Callable[[], None]:
        """Call ``listener`` when a confirmed value of a device has changed; return what removes it."""
        listeners = self._listeners[serial]
        listeners.append(listener)
        if len(listeners) == 1:
            self.on_first_listener((serial,))
        return lambda: listeners.remove(listener)

    @callback
    def has_listeners(self, serial: str) -> bool:
        """Return whether any entity shows a setting of a device."""
        return bool(self._listeners.get(serial))

    def _notify_listeners(self, serial: str) -> None:
        for listener in tuple(self._listeners[serial]):
            listener()

    def _put(self, serial: str, setting: Setting, value: ConfirmedValue | None) -> None:
        self._undecoded.get(serial, {}).pop(setting.key, None)
        if value is None:
            self._values[serial].pop(setting.key, None)
        else:
            self._values[serial][setting.key] = value

    def _load_settings(self, saved: object) -> None:
        for serial, settings in saved.items() if isinstance(saved, dict) else ():
            if isinstance(settings, dict):
                self._undecoded[str(serial)] = {
                    str(key): record
                    for key, record in settings.items()
                    if isinstance(record, dict)
                }

    def _dump_settings(self) -> dict[str, Any]:
        dumped = {
            serial: dict(settings) for serial, settings in self._undecoded.items()
        }
        for serial, settings in self._values.items():
            for key, confirmed in settings.items():
                if (serial, key) in self._in_doubt:
                    continue
                dumped.setdefault(serial, {})[key] = codec.dump(confirmed) | {
                    "value": encode_value(confirmed.value)
                }
        return {serial: settings for serial, settings in dumped.items() if settings}


def encode_value(value: Any) -> Any:
    """Return a setting's value as the file holds it: blocks part by part, windows and times as text."""
    if isinstance(value, Mapping):
        return {name: encode_value(part) for name, part in value.items()}
    return value if isinstance(value, bool | int | float | str) else str(value)
