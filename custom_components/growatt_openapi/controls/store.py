"""What is known of settings: the last value that was confirmed, when, and by whom."""

from collections import defaultdict
from collections.abc import Mapping
import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..families.settings import Setting

# What was read so lately needs no writing.
RECENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ConfirmedValue:
    """A setting's value, and when it was confirmed. is_read: the device itself said so; else the cloud took it."""

    value: Any
    confirmed_at: datetime
    is_read: bool = False

    def is_recently_read(self, now: datetime) -> bool:
        """Tell whether the device has this value for all that can be known."""
        return self.is_read and timedelta() <= now - self.confirmed_at < RECENT


class SettingsStore:
    """By device and setting. What was saved stays as it was until its setting is asked for."""

    def __init__(self) -> None:
        """Know nothing."""
        self._known: defaultdict[str, dict[str, ConfirmedValue]] = defaultdict(dict)
        self._saved: dict[str, dict[str, Any]] = {}

    def get(self, serial: str, setting: Setting) -> ConfirmedValue | None:
        """Return what is known of a setting; None where it was never set, or an attempt ended unknown."""
        saved = self._saved.get(serial, {}).pop(setting.key, None)
        if saved is not None:
            # Of another version, or damaged: not known.
            with contextlib.suppress(KeyError, TypeError, ValueError):
                self._known[serial][setting.key] = ConfirmedValue(
                    setting.load(saved["value"]),
                    datetime.fromisoformat(saved["at"]),
                    bool(saved.get("read")),
                )
        return self._known[serial].get(setting.key)

    def put(self, serial: str, setting: Setting, known: ConfirmedValue | None) -> None:
        """Take note of a value; None: nobody knows."""
        self._saved.get(serial, {}).pop(setting.key, None)
        if known is None:
            self._known[serial].pop(setting.key, None)
        else:
            self._known[serial][setting.key] = known

    def load(self, saved: object) -> None:
        """Take up what was saved."""
        for serial, settings in saved.items() if isinstance(saved, dict) else ():
            if isinstance(settings, dict):
                self._saved[str(serial)] = {
                    str(key): record
                    for key, record in settings.items()
                    if isinstance(record, dict)
                }

    def dump(self) -> dict[str, Any]:
        """Return what is to be saved."""
        dumped = {serial: dict(settings) for serial, settings in self._saved.items()}
        for serial, settings in self._known.items():
            for key, known in settings.items():
                dumped.setdefault(serial, {})[key] = {
                    "value": _plain(known.value),
                    "at": known.confirmed_at.isoformat(),
                    "read": known.is_read,
                }
        return {serial: settings for serial, settings in dumped.items() if settings}


def _plain(value: Any) -> Any:
    """Return a value as a file has it; blocks part by part, windows and times as people write them."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return value if isinstance(value, bool | int | float | str) else str(value)
