"""Numbers: settings with a numeric value, and what the buttons that charge or discharge now ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import OverrideEntity, SettingEntity
from .entity_setup import async_add_override_entities, async_add_settings
from .families import Family
from .families.settings import NumberSetting
from .runtime import GrowattConfigEntry

# The controls queue the writes of each device.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PreferenceDescription(NumberEntityDescription):
    """A preference of a device's timed overrides; name: the attribute that holds it. kind: of overrides; None: all."""

    preference: str
    kind: str | None = None


def _level(kind: str) -> PreferenceDescription:
    return PreferenceDescription(
        key=f"{kind}_now_level",
        translation_key=f"{kind}_now_level",
        preference=f"{kind}_level",
        kind=kind,
        native_min_value=0,
        native_max_value=100,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        mode=NumberMode.BOX,
    )


PREFERENCES = (
    PreferenceDescription(
        key="override_minutes",
        translation_key="override_minutes",
        preference="minutes",
        device_class=NumberDeviceClass.DURATION,
        native_min_value=5,
        native_max_value=360,
        native_step=5,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        mode=NumberMode.BOX,
    ),
    _level("charge"),
    _level("discharge"),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of all devices."""
    async_add_settings(hass, entry, async_add_entities, NumberSetting, SettingNumber)
    async_add_override_entities(
        hass, entry, async_add_entities, _iter_preferences, PreferenceNumber
    )


def _iter_preferences(family: Family) -> Iterator[PreferenceDescription]:
    """Yield the preferences of the buttons that a family has."""
    kinds = family.override_buttons
    for description in PREFERENCES:
        if kinds and description.kind in (None, *kinds):
            yield description


class SettingNumber(SettingEntity, NumberEntity):
    """A setting with a numeric value."""

    entity_description: NumberSetting

    @property
    @override
    def native_value(self) -> float | None:
        """The last confirmed value; None until one is known."""
        return self.confirmed_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Write the value."""
        await self.async_set(value)


class PreferenceNumber(OverrideEntity, NumberEntity):
    """A preference of the buttons that charge or discharge now. It is never sent to the device by itself."""

    entity_description: PreferenceDescription

    @property
    @override
    def native_value(self) -> float:
        """The value last set, or the default."""
        preferences = self.controls.preferences.get(self.serial)
        return float(getattr(preferences, self.entity_description.preference))

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep the value for the next press of a button."""
        await self.controls.preferences.async_set(
            self.serial, self.entity_description.preference, value
        )
        self.async_write_ha_state()
