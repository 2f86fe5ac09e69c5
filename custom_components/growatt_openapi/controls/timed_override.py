"""A timed override of one device, as it runs and as it is stored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from ..error_messages import validation_error
from ..families import FAMILIES, Family
from ..families.overrides import MINUTES_PER_DAY, Override, Span
from ..families.settings import BlockSetting, Setting
from ..persistence import codec
from .store import encode_value


@dataclass(frozen=True, slots=True)
class OverrideRequest:
    """A request to charge or discharge for a while. kind: "charge" or "discharge". charge_level: ends the override early, %; None: none."""

    kind: str
    minutes: int
    charge_level: float | None = None

    def is_reached(self, level: float | None) -> bool:
        """Return whether a device's charge level, %, is where to stop; False where either is not known."""
        return _is_reached(self.kind, self.charge_level, level)

    def to_span(self, device_time: datetime) -> tuple[Span, timedelta]:
        """Return the minutes of the day from the time on the device's clock, and how long they last.

        Raises ServiceValidationError where they would last beyond midnight.
        """
        first = device_time.hour * 60 + device_time.minute
        if first + self.minutes > MINUTES_PER_DAY:
            raise validation_error(
                "run_over_midnight", longest=str(MINUTES_PER_DAY - first)
            )
        # The present minute has begun: one more makes the time whole.
        last = min(first + self.minutes + (device_time.second > 0), MINUTES_PER_DAY)
        length = timedelta(minutes=last - first, seconds=-device_time.second)
        return Span(first, last, self.charge_level), length


@dataclass(slots=True)
class TimedOverride:
    """An override of one device until an instant, and the values to be restored then.

    kind: "charge" or "discharge". former: the values before it of the settings it changes, as the file has them; None: not known.
    charge_level: where it ends earlier, %. done: the keys of settings that need not be restored any more.
    """

    STORED_AS: ClassVar = {
        "family": "family_key",
        "kind": "kind",
        "until": "until",
        "former": "former",
        "level?": "charge_level",
        "done?": "done",
    }

    family_key: str
    kind: str
    until: datetime
    former: dict[str, Any]
    charge_level: float | None = None
    done: list[str] = field(default_factory=list)

    @property
    def family(self) -> Family:
        """The device's family."""
        return FAMILIES[self.family_key]

    @property
    def description(self) -> Override:
        """The settings that the override changes."""
        return self.family.overrides[self.kind]

    @property
    def former_values(self) -> dict[str, Any]:
        """The former values by the keys of their settings; None: not known."""
        settings = self.family.settings_by_key
        return {
            key: None if saved is None else settings[key].load(saved)
            for key, saved in self.former.items()
        }

    @property
    def pending_values(self) -> dict[str, Any]:
        """The former values of settings that still have the override's."""
        return {
            key: value
            for key, value in self.former_values.items()
            if key not in self.done
        }

    def is_reached(self, level: float | None) -> bool:
        """Return whether a device's charge level, %, is where to stop; False where either is not known."""
        return _is_reached(self.kind, self.charge_level, level)

    def values_to_restore(self, current: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is left to be restored, by key; ``current``: the values of the device now."""
        return self.description.plan_restore(
            self.family.settings_by_key, self.former_values, self.done, current
        )

    @property
    def is_restored(self) -> bool:
        """True if nothing is left to be restored."""
        return not self.values_to_restore({})

    def keep_user_value(
        self, setting: Setting, value: Any, edited: Collection[str] | None
    ) -> bool:
        """Do not restore what the user has set; return whether the override is affected.

        edited: the parts of a block that the user has set; None: all. The other parts are restored.
        """
        if setting.key not in self.former or setting.key in self.done:
            return False
        former = self.former[setting.key]
        if edited is None or not isinstance(setting, BlockSetting) or former is None:
            self.done.append(setting.key)
        else:
            self.former[setting.key] = former | encode_value(
                {name: value[name] for name in edited}
            )
        return True


def _is_reached(kind: str, wanted: float | None, level: float | None) -> bool:
    if wanted is None or level is None:
        return False
    return level >= wanted if kind == "charge" else level <= wanted


def load_override(saved: object) -> TimedOverride:
    """Return a saved override. Raises KeyError, TypeError or ValueError where it cannot be read."""
    if isinstance(saved, dict) and "former" not in saved:
        saved = _upgrade(saved)
    override = codec.load(TimedOverride, saved)
    if override.kind not in override.family.overrides:
        raise ValueError("unknown kind of override")
    _ = override.former_values  # raises where one cannot be decoded
    return override


def _upgrade(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Return an override in today's form that was stored with one window and one switch."""
    description = FAMILIES[saved["family"]].overrides[saved["kind"]]
    keys = dict(zip(("window", "switch"), description.keys, strict=True))
    return {
        **{name: saved[name] for name in ("family", "kind", "until")},
        "former": {key: saved[name] for name, key in keys.items()},
        "done": [key for name, key in keys.items() if saved[f"{name}_done"]],
    }
