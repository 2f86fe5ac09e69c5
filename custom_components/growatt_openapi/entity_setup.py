"""Adding entities: those of devices and channels that appear later too."""

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
    of_device: Callable[[FamilyCoordinator, str], Iterable[EntityCandidate]],
    of_account: Callable[[RuntimeData], Iterable[EntityCandidate]] = lambda _: (),
) -> None:
    """Add entities now, and those of plants, devices and channels that appear later.

    The callables give unique ids with what makes the entity; each is made once. Later on only devices with news are
    looked at.
    """
    runtime = entry.runtime_data
    # By device; those of plants and dataloggers under none.
    known: dict[str | None, set[str]] = {}

    def of_wanted(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        """Give what the chosen detail leaves of a device's entities."""
        essential = detail_level(entry) is DetailLevel.ESSENTIAL
        for unique_id, make in of_device(coordinator, serial):
            key = unique_id.removeprefix(f"{serial}_")
            if not essential or key in coordinator.family.essentials:
                yield unique_id, make

    @callback
    def add(owner: str | None, candidates: Iterable[EntityCandidate]) -> None:
        found = dict(candidates)
        new = found.keys() - known.get(owner, set())
        # What is gone may come back. A device's channels stay once they are there.
        known[owner] = set(found) if owner is None else known.get(owner, set()) | new
        if new:
            async_add_entities([found[unique_id]() for unique_id in sorted(new)])

    def look_at(coordinator: FamilyCoordinator, serials: Iterable[str]) -> None:
        for serial in serials:
            if serial in coordinator.data:
                add(serial, of_wanted(coordinator, serial))
            else:
                known.pop(serial, None)

    def look_at_news(coordinator: FamilyCoordinator) -> None:
        look_at(coordinator, tuple(coordinator.changed))

    def look_at_account() -> None:
        add(None, of_account(runtime))

    look_at_account()
    entry.async_on_unload(runtime.inventory.async_add_listener(look_at_account))
    for coordinator in runtime.families.values():
        look_at(coordinator, coordinator.data)
        entry.async_on_unload(
            coordinator.async_add_listener(partial(look_at_news, coordinator))
        )


@callback
def async_add_settings(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: type[Any],
    make: Callable[[FamilyCoordinator, str, SettingSlot, Controls], Entity],
) -> None:
    """Add the settings of one kind of all devices as they appear, where controls are wanted."""
    controls = entry.runtime_data.controls
    if controls is None:
        return
    registry = er.async_get(hass)
    platform = async_get_current_platform().domain

    def of_device(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        values = coordinator.data[serial].values
        for place in iter_slots(coordinator.family.settings, kind):
            unique_id = f"{serial}_{place.description.key}"
            needs = place.setting.needs
            if (
                needs is not None
                and not values.get(needs)
                and registry.async_get_entity_id(platform, DOMAIN, unique_id) is None
            ):
                continue
            yield unique_id, partial(make, coordinator, serial, place, controls)

    async_add_entities_as_found(entry, async_add_entities, of_device=of_device)
