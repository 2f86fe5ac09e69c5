"""Adding entities, including those of devices and channels that appear later."""

from collections.abc import Callable, Iterable, Iterator, Set as AbstractSet
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)

from .const import DOMAIN
from .controls import Controls
from .coordinator import FamilyCoordinator
from .detail_level import DetailLevel, detail_level
from .entity import OverrideEntity
from .families import Family
from .families.settings import SettingSlot, iter_slots
from .runtime import GrowattConfigEntry, RuntimeData

type EntityCandidate = tuple[str, Callable[[], Entity]]
# What entities come from: a device in a family, or the account with its plants, dataloggers and devices of unknown types.
type _Source = tuple[FamilyCoordinator, str] | None


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

    The callables yield unique ids with a factory of the entity; each entity is added once, and removed when its source is gone.
    A device whose type changes has another source then: entities with the same unique ids replace the former ones. After set-up
    only devices whose state changed are checked.
    """
    runtime = entry.runtime_data
    hass = runtime.inventory.hass
    registry = er.async_get(hass)
    platform = async_get_current_platform()
    # Unique ids by source.
    known: dict[_Source, set[str]] = {}

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
    def remove(unique_ids: Iterable[str]) -> None:
        """Remove entities but not their registry entries, so that the user's changes last until they are added again."""
        for unique_id in unique_ids:
            entity_id = registry.async_get_entity_id(platform.domain, DOMAIN, unique_id)
            if entity_id is not None and entity_id in platform.entities:
                # Eager: done at once, since none of these entities waits for anything when it is removed.
                entry.async_create_task(
                    hass, platform.entities[entity_id].async_remove(), eager_start=True
                )

    @callback
    def add_new(source: _Source, candidates: dict[str, Callable[[], Entity]]) -> None:
        new = candidates.keys() - known.get(source, set())
        if not new:
            return
        known.setdefault(source, set()).update(new)
        remove(new)  # entities of another source
        async_add_entities([candidates[unique_id]() for unique_id in sorted(new)])

    def add_device_entities(
        coordinator: FamilyCoordinator, serials: AbstractSet[str]
    ) -> None:
        data = coordinator.data
        for serial in sorted(serials - data.keys()):
            remove(known.pop((coordinator, serial), ()))
        # In a fixed order: of entities with the same name the later ones get a number in their ids.
        for serial in sorted(
            serials & data.keys(),
            key=lambda serial: (data[serial].plant.plant_id, serial),
        ):
            source = (coordinator, serial)
            candidates = dict(iter_wanted_entities(coordinator, serial))
            # They may have been those of a datalogger, or of a device of an unknown type.
            known.setdefault(None, set()).difference_update(candidates)
            add_new(source, candidates)

    def add_changed_devices(coordinator: FamilyCoordinator) -> None:
        add_device_entities(coordinator, coordinator.changed)

    def add_account_entities() -> None:
        candidates = dict(iter_account_entities(runtime))
        known_ids = known.setdefault(None, set())
        gone = known_ids - candidates.keys()
        known_ids -= gone
        remove(gone)
        add_new(None, candidates)

    add_account_entities()
    entry.async_on_unload(runtime.inventory.async_add_listener(add_account_entities))
    for coordinator in runtime.families.values():
        add_device_entities(coordinator, coordinator.data.keys())
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
                needs is None
                or values.get(needs)
                or registry.async_get_entity_id(platform, DOMAIN, unique_id)
            ):
                yield unique_id, partial(create, coordinator, serial, slot, controls)

    async_add_entities_as_found(
        entry, async_add_entities, iter_device_entities=iter_device_entities
    )


@callback
def async_add_override_entities(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    descriptions: Callable[[Family], Iterable[EntityDescription]],
    create: Callable[
        [FamilyCoordinator, str, EntityDescription, Controls], OverrideEntity
    ],
) -> None:
    """Add the entities of timed overrides as batteries appear, if the account has controls."""
    controls = entry.runtime_data.controls
    if controls is None:
        return
    registry = er.async_get(hass)
    platform = async_get_current_platform().domain

    def iter_device_entities(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        needs = coordinator.family.override_needs
        has_battery = needs is None or coordinator.data[serial].values.get(needs)
        for description in descriptions(coordinator.family):
            unique_id = f"{serial}_{description.key}"
            if has_battery or registry.async_get_entity_id(platform, DOMAIN, unique_id):
                yield (
                    unique_id,
                    partial(create, coordinator, serial, description, controls),
                )

    async_add_entities_as_found(
        entry, async_add_entities, iter_device_entities=iter_device_entities
    )
