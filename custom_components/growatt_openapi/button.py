"""Buttons: refresh, set up the Energy dashboard, synchronise a clock, read a device's settings, charge and discharge now."""

from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .controls import Controls
from .coordinator import FamilyCoordinator
from .entity import AccountEntity, DeviceEntity, OverrideEntity, SettingEntity
from .entity_setup import (
    EntityCandidate,
    async_add_entities_as_found,
    async_add_override_entities,
    async_add_settings,
)
from .error_messages import action_error
from .families import Family
from .families.settings import ClockSetting
from .runtime import GrowattConfigEntry
from .services.energy_dashboard import async_set_up_and_notify
from .services.permissions import async_check_admin
from .services.refresh import async_refresh

PARALLEL_UPDATES = 1

REFRESH = ButtonEntityDescription(key="refresh", translation_key="refresh")
SET_UP_ENERGY_DASHBOARD = ButtonEntityDescription(
    key="set_up_energy_dashboard",
    translation_key="set_up_energy_dashboard",
    entity_category=EntityCategory.CONFIG,
)
READ_SETTINGS = ButtonEntityDescription(
    key="read_settings",
    translation_key="read_settings",
    entity_category=EntityCategory.CONFIG,
)
# The kinds of timed overrides, and the button that starts each.
START_OVERRIDE = {
    kind: ButtonEntityDescription(key=f"{kind}_now", translation_key=f"{kind}_now")
    for kind in ("charge", "discharge")
}
END_OVERRIDE = ButtonEntityDescription(
    key="end_override", translation_key="end_override"
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of the account and of all devices."""
    async_add_entities([RefreshButton(entry), EnergyDashboardButton(entry)])
    async_add_settings(hass, entry, async_add_entities, ClockSetting, ClockButton)
    controls = entry.runtime_data.controls
    if controls is None:
        return

    def iter_device_entities(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        if coordinator.family.endpoints.read_setting is not None:
            yield (
                f"{serial}_{READ_SETTINGS.key}",
                partial(ReadSettingsButton, coordinator, serial, controls),
            )

    async_add_entities_as_found(
        entry, async_add_entities, iter_device_entities=iter_device_entities
    )
    async_add_override_entities(
        hass, entry, async_add_entities, _iter_override_buttons, _create_override_button
    )


def _iter_override_buttons(family: Family) -> Iterator[ButtonEntityDescription]:
    for kind in family.override_buttons:
        yield START_OVERRIDE[kind]
    if family.overrides:
        yield END_OVERRIDE


def _create_override_button(
    coordinator: FamilyCoordinator,
    serial: str,
    description: EntityDescription,
    controls: Controls,
) -> OverrideEntity:
    cls = EndOverrideButton if description is END_OVERRIDE else StartOverrideButton
    return cls(coordinator, serial, description, controls)


class RefreshButton(AccountEntity, ButtonEntity):
    """Button that reads everything that the cloud's limits allow now."""

    def __init__(self, entry: GrowattConfigEntry) -> None:
        """Initialize the button of an entry's account."""
        super().__init__(entry, REFRESH)
        self._entry = entry

    @override
    async def async_press(self) -> None:
        """Read everything that may be read."""
        await async_refresh(self._entry)


class EnergyDashboardButton(AccountEntity, ButtonEntity):
    """Button that adds the account's plants to the Energy dashboard, which only administrators may change."""

    def __init__(self, entry: GrowattConfigEntry) -> None:
        """Initialize the button of an entry's account."""
        super().__init__(entry, SET_UP_ENERGY_DASHBOARD)
        self._entry = entry

    @override
    async def async_press(self) -> None:
        """Add what can be added, and show it in a notification."""
        await async_check_admin(self.hass, self._context)
        await async_set_up_and_notify(self.hass, self._entry)


class ClockButton(SettingEntity, ButtonEntity):
    """Button that sets a device's clock to the plant's local time."""

    entity_description: ClockSetting

    @property
    @override
    def assumed_state(self) -> bool:
        """False: a button has no state."""
        return False

    @override
    async def async_press(self) -> None:
        """Set the clock to the local time at the instant of sending; raise HomeAssistantError if the plant's zone is unknown."""
        plant = self.device_state.plant
        if not plant.zone_known:
            raise action_error("zone_not_known")
        clock = self.controls.clock
        await self.async_set(lambda: clock.now().astimezone(plant.zone))


class ReadSettingsButton(DeviceEntity, ButtonEntity):
    """Button that reads all settings of a device."""

    def __init__(
        self, coordinator: FamilyCoordinator, serial: str, controls: Controls
    ) -> None:
        """Initialize the button of a device that is read through ``controls``."""
        super().__init__(coordinator, serial, READ_SETTINGS)
        self._controls = controls

    @override
    async def async_press(self) -> None:
        """Read all settings."""
        await self._controls.settings_reader.async_read_all(
            self.coordinator.family, self.serial
        )


class StartOverrideButton(OverrideEntity, ButtonEntity):
    """Button that charges or discharges a battery now, for as long and as far as the device's numbers say."""

    @override
    async def async_press(self) -> None:
        """Start the override, or replace the one that is running."""
        kind = next(
            kind
            for kind, description in START_OVERRIDE.items()
            if description is self.entity_description
        )
        await self.controls.timed_overrides.async_start(
            self.coordinator.family,
            self.device_state,
            self.controls.preferences.get(self.serial).request(kind),
        )


class EndOverrideButton(OverrideEntity, ButtonEntity):
    """Button that ends charging or discharging now, and restores the former settings."""

    @override
    async def async_press(self) -> None:
        """End the override, if there is one."""
        await self.controls.timed_overrides.async_end(self.serial)
