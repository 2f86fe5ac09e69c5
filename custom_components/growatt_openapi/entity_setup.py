"""Adding entities, including those of devices and channels that appear later."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)

from .const import DOMAIN
from .controls import Controls
from .coordinator import FamilyCoordinator
from .detail_level import DetailLevel, detail_level
from .families.settings import SettingSlot, iter_slots
from .runtime import GrowattConfigEntry, RuntimeData

type EntityCandidate = tuple[str, Callable[[], Entity]]


@callback
def async_add_entities_as_found(
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *,
    iter_device_entities: Callable[[FamilyCoordinator, str], Iterable[EntityCandidate]],
    iter_account_entities: Callable[
        [RuntimeData], Iterable[EntityCandidate]
    ] = lambda _: (),
) -> None:
    """Add entities now, and those of plants, devices and channels that appear later.

    The callables yield unique ids with a factory of the entity; each entity is added once. After set-up only devices whose
    state changed are checked.
    """
    runtime = entry.runtime_data
    # Unique ids by serial; those of plants and dataloggers under None.
    known: dict[str | None, set[str]] = {}

    def iter_wanted_entities(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        """Yield a device's entities at the chosen detail level."""
        essential = detail_level(entry) is DetailLevel.ESSENTIAL
        for unique_id, create in iter_device_entities(coordinator, serial):
            key = unique_id.removeprefix(f"{serial}_")
            if not essential or key in coordinator.family.essentials:
                yield unique_id, create

    @callback
    def add_new(owner: str | None, candidates: Iterable[EntityCandidate]) -> None:
        found = dict(candidates)
        new = found.keys() - known.get(owner, set())
        # Plants and dataloggers that are gone may come back; the channels of a device stay known.
        known[owner] = set(found) if owner is None else known.get(owner, set()) | new
        if new:
            async_add_entities([found[unique_id]() for unique_id in sorted(new)])

    def add_device_entities(
        coordinator: FamilyCoordinator, serials: Iterable[str]
    ) -> None:
        for serial in serials:
            if serial in coordinator.data:
                add_new(serial, iter_wanted_entities(coordinator, serial))
            else:
                known.pop(serial, None)

    def add_changed_devices(coordinator: FamilyCoordinator) -> None:
        add_device_entities(coordinator, tuple(coordinator.changed))

    def add_account_entities() -> None:
        add_new(None, iter_account_entities(runtime))

    add_account_entities()
    entry.async_on_unload(runtime.inventory.async_add_listener(add_account_entities))
    for coordinator in runtime.families.values():
        add_device_entities(coordinator, coordinator.data)
        entry.async_on_unload(
            coordinator.async_add_listener(partial(add_changed_devices, coordinator))
        )


@callback
def async_add_settings(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: type[Any],
    create: Callable[[FamilyCoordinator, str, SettingSlot, Controls], Entity],
) -> None:
    """Add all devices' settings of one kind as they appear, if the account has controls."""
    controls = entry.runtime_data.controls
    if controls is None:
        return
    registry = er.async_get(hass)
    platform = async_get_current_platform().domain

    def iter_device_entities(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        values = coordinator.data[serial].values
        for slot in iter_slots(coordinator.family.settings, kind):
            unique_id = f"{serial}_{slot.description.key}"
            needs = slot.setting.needs
            if (
                needs is not None
                and not values.get(needs)
                and registry.async_get_entity_id(platform, DOMAIN, unique_id) is None
            ):
                continue
            yield unique_id, partial(create, coordinator, serial, slot, controls)

    async_add_entities_as_found(
        entry, async_add_entities, iter_device_entities=iter_device_entities
    )
