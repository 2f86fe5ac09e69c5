"""The plants in the Energy dashboard: their imported statistics are added to Home Assistant's energy preferences.

Sources are only ever added, next to what is there; nothing of the user's is changed or removed. What others count already is
left to the user, since the same energy would count twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, cast

from homeassistant.components.energy.data import (
    EnergyPreferencesUpdate,
    async_get_manager,
)
from homeassistant.components.recorder import get_instance, is_entity_recorded
from homeassistant.components.recorder.statistics import get_metadata
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback, valid_entity_id
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN
from ..error_messages import action_error
from ..models import PLANT_PREFIX
from .statistic_ids import CHANNELS, statistic_id

ENERGY_DOMAIN = "energy"

# A source of the energy preferences, as the dashboard's own dialogs save it.
type EnergySource = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of source of a plant.

    statistics, sensors: the keys of the source with the part of the plant's energy balance, and with the plant's sensor; their
    signs are the dashboard's. all_parts: whether the source needs all of its statistics. defaults: its other keys.
    """

    name: str
    statistics: Mapping[str, str]
    sensors: Mapping[str, str]
    all_parts: bool = False
    defaults: EnergySource


_KINDS = (
    _Kind(
        name="solar",
        statistics={"stat_energy_from": "solar"},
        sensors={"stat_rate": "solar_power"},
        defaults={"config_entry_solar_forecast": None},
    ),
    _Kind(
        name="grid",
        statistics={"stat_energy_from": "imported", "stat_energy_to": "exported"},
        sensors={"stat_rate": "grid_power"},
        defaults={
            "stat_energy_from": None,
            "stat_energy_to": None,
            "stat_cost": None,
            "entity_energy_price": None,
            "number_energy_price": None,
            "stat_compensation": None,
            "entity_energy_price_export": None,
            "number_energy_price_export": None,
            "cost_adjustment_day": 0.0,
        },
    ),
    _Kind(
        name="battery",
        statistics={"stat_energy_from": "discharge", "stat_energy_to": "charge"},
        sensors={"stat_rate": "battery_power", "stat_soc": "battery_level"},
        all_parts=True,
        defaults={},
    ),
)

SOURCE_KINDS = tuple(kind.name for kind in _KINDS)

# The power of a plant with panels alone, which has no power flow.
_PANELS_POWER = "power"


class Outcome(StrEnum):
    """What became of a source of a plant.

    ALREADY_THERE: the dashboard has its statistics, or sensors of the same plant. LEFT_TO_YOU: it has statistics of others.
    """

    ADDED = "added"
    ALREADY_THERE = "already_there"
    LEFT_TO_YOU = "left_to_you"
    NOT_IMPORTED_YET = "not_imported_yet"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic, of an entity or external, with the name that the user knows it by."""

    statistic_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """What became of a source of a plant.

    kind: one of SOURCE_KINDS. plant: its name. statistic_ids: the source's; of NOT_IMPORTED_YET those that are missing.
    counted_by: the statistics in the dashboard that count the same already, or may. source: the one to add, of ADDED.
    """

    outcome: Outcome
    kind: str
    plant_id: str
    plant: str
    statistic_ids: tuple[str, ...]
    counted_by: tuple[Statistic, ...] = ()
    source: EnergySource | None = None


@callback
def get_measured_parts(entry: ConfigEntry) -> dict[str, AbstractSet[str]]:
    """Return the measured parts of the energy balance of each plant of a loaded entry: the panels alone where nothing else is."""
    balances = entry.runtime_data.plant_energy.data
    return {
        plant_id: balances[plant_id].measured if plant_id in balances else {"solar"}
        for plant_id in entry.runtime_data.inventory.data
    }


@callback
def check_energy_is_set_up(hass: HomeAssistant) -> None:
    """Raise HomeAssistantError unless Home Assistant's Energy integration is set up, which needs the recorder."""
    # Its manager would work without it, but nothing would show the preferences.
    if ENERGY_DOMAIN not in hass.config.components:
        raise action_error("energy_not_set_up")


async def async_get_imported(hass: HomeAssistant) -> set[str]:
    """Return the ids of the integration's external statistics that the recorder has written."""
    return set(
        await get_instance(hass).async_add_executor_job(
            partial(get_metadata, hass, statistic_source=DOMAIN)
        )
    )


async def async_set_up_energy_dashboard(
    hass: HomeAssistant, entry: ConfigEntry, *, dry_run: bool = False
) -> list[SourceResult]:
    """Add the sources of all plants of a loaded entry, as far as they are measured and imported.

    Raises HomeAssistantError if the Energy integration is not set up.
    """
    check_energy_is_set_up(hass)
    return await async_add_sources(
        hass,
        entry,
        get_measured_parts(entry),
        await async_get_imported(hass),
        dry_run=dry_run,
    )


async def async_add_sources(
    hass: HomeAssistant,
    entry: ConfigEntry,
    measured: Mapping[str, AbstractSet[str]],
    imported: AbstractSet[str],
    *,
    dry_run: bool = False,
) -> list[SourceResult]:
    """Add the sources of plants to the energy preferences, and return what became of each.

    measured: by plant id, the parts of its energy balance that it measures (keys of CHANNELS). imported: the ids of the
    statistics that exist in the recorder; the dashboard would report others as not defined. dry_run: whether nothing is changed.
    Raises HomeAssistantError if the Energy integration is not set up.
    """
    check_energy_is_set_up(hass)
    manager = await async_get_manager(hass)
    names = await _async_get_external_names(
        hass, manager.data["energy_sources"] if manager.data else ()
    )
    # From here on nothing may be awaited before the update: the user may be editing the same preferences.
    existing = list(manager.data["energy_sources"]) if manager.data else []
    comparison = _Comparison(hass, entry, existing, names)
    results = [
        result
        for plant_id, parts in measured.items()
        for result in comparison.iter_results(plant_id, parts, imported)
    ]
    additions = [result.source for result in results if result.source is not None]
    if additions and not dry_run:
        update = {"energy_sources": [*existing, *additions]}
        await manager.async_update(cast("EnergyPreferencesUpdate", update))
    return results


class _Comparison:
    """The comparison of plants' sources with the existing ones, which decides what is to be added."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        existing: Sequence[EnergySource],
        external_names: Mapping[str, str],
    ) -> None:
        """Initialize the comparison. external_names: of external statistics in the existing sources."""
        self._hass = hass
        self._entry = entry
        self._existing = existing
        self._external_names = external_names
        self._entities = er.async_get(hass)
        self._devices = dr.async_get(hass)

    def iter_results(
        self, plant_id: str, measured: AbstractSet[str], imported: AbstractSet[str]
    ) -> Iterator[SourceResult]:
        """Yield what is to become of each source of a plant."""
        for kind in _KINDS:
            ids = {
                key: statistic_id(plant_id, part)
                for key, part in kind.statistics.items()
                if part in measured
            }
            if not ids or (kind.all_parts and len(ids) < len(kind.statistics)):
                continue
            outcome, counted_by = self._check_existing(kind.name, plant_id)
            missing = {one for one in ids.values() if one not in imported}
            if outcome is None:
                outcome = Outcome.NOT_IMPORTED_YET if missing else Outcome.ADDED
            source = None
            if outcome is Outcome.ADDED:
                source = self._make_source(kind, plant_id, ids)
            yield SourceResult(
                outcome=outcome,
                kind=kind.name,
                plant_id=plant_id,
                plant=self._plant_name(plant_id),
                statistic_ids=tuple(
                    one
                    for one in ids.values()
                    if outcome is not Outcome.NOT_IMPORTED_YET or one in missing
                ),
                counted_by=counted_by,
                source=source,
            )

    def _check_existing(
        self, kind: str, plant_id: str
    ) -> tuple[Outcome | None, tuple[Statistic, ...]]:
        """Return whether the dashboard has a plant's source already, or others' sources of its kind, with their statistics."""
        own = {statistic_id(plant_id, channel) for channel in CHANNELS}
        same_plant, others = [], []
        for source in self._existing:
            if source.get("type") != kind:
                continue
            ids = list(_iter_statistic_ids(source))
            if not own.isdisjoint(ids):
                return Outcome.ALREADY_THERE, ()
            plants = {one: self._find_plant(one) for one in ids}
            same_plant += [one for one in ids if plants[one] == plant_id]
            others += [one for one in ids if plants[one] is None]
        if same_plant:
            return Outcome.ALREADY_THERE, self._describe(same_plant)
        if others:
            return Outcome.LEFT_TO_YOU, self._describe(others)
        return None, ()

    def _find_plant(self, statistic: str) -> str | None:
        """Return the plant whose energy a statistic of this integration counts: "" if it is of another account or past import.

        None if it is not of this integration, or of a device that no plant lists: it may count any roof.
        """
        if statistic.startswith(f"{DOMAIN}:"):
            return ""
        entity = self._entities.async_get(statistic)
        if entity is None or entity.platform != DOMAIN:
            return None
        if entity.config_entry_id != self._entry.entry_id:
            return ""
        device = self._devices.async_get(entity.device_id or "")
        inventory = self._entry.runtime_data.inventory.data
        for domain, identifier in device.identifiers if device else ():
            if domain != DOMAIN:
                continue
            for plant_id, info in inventory.items():
                if identifier == f"{PLANT_PREFIX}{plant_id}":
                    return str(plant_id)
                if identifier in info.devices:
                    return str(plant_id)
        return None

    def _describe(self, ids: Iterable[str]) -> tuple[Statistic, ...]:
        return tuple(Statistic(one, self._statistic_name(one)) for one in ids)

    def _statistic_name(self, statistic: str) -> str:
        if (state := self._hass.states.get(statistic)) is not None:
            return state.name
        return self._external_names.get(statistic, statistic)

    def _plant_name(self, plant_id: str) -> str:
        device = self._devices.async_get_device_by_identifier(
            (DOMAIN, f"{PLANT_PREFIX}{plant_id}"), self._entry.entry_id
        )
        return (device and (device.name_by_user or device.name)) or plant_id

    def _make_source(
        self, kind: _Kind, plant_id: str, ids: Mapping[str, str]
    ) -> dict[str, Any]:
        sensors = {
            key: self._find_sensor(plant_id, sensor)
            for key, sensor in kind.sensors.items()
        }
        if kind.name == "solar" and self._has_panels_alone(plant_id):
            sensors["stat_rate"] = self._find_sensor(plant_id, _PANELS_POWER)
        return {
            "type": kind.name,
            **kind.defaults,
            **ids,
            **{key: entity_id for key, entity_id in sensors.items() if entity_id},
            "name": self._plant_name(plant_id),
        }

    def _find_sensor(self, plant_id: str, key: str) -> str | None:
        """Return the entity id of a plant's sensor; None unless it is enabled and recorded."""
        entity_id = self._entities.async_get_entity_id(
            Platform.SENSOR, DOMAIN, f"{PLANT_PREFIX}{plant_id}_{key}"
        )
        entity = self._entities.async_get(entity_id) if entity_id else None
        if entity is None or entity.disabled:
            return None
        recorded = is_entity_recorded(self._hass, entity.entity_id)
        return entity.entity_id if recorded else None

    def _has_panels_alone(self, plant_id: str) -> bool:
        """Return whether a plant's power is that of its panels; False where the detail level leaves that unknown."""
        runtime = self._entry.runtime_data
        return (
            runtime.plant_energy.is_wanted
            and plant_id not in runtime.plant_energy.data
            and plant_id not in runtime.plant_power.data
        )


def _iter_statistic_ids(source: EnergySource) -> Iterator[str]:
    """Yield the statistics that a source counts energy by; those of its power where it counts none, as the grid may."""
    energy = [
        one
        for key in ("stat_energy_from", "stat_energy_to")
        if isinstance(one := source.get(key), str) and one
    ]
    if energy:
        yield from energy
    elif isinstance(power := source.get("stat_rate"), str) and power:
        yield power


async def _async_get_external_names(
    hass: HomeAssistant, sources: Iterable[EnergySource]
) -> dict[str, str]:
    """Return the names of the external statistics in sources, by their ids."""
    ids = {one for source in sources for one in _iter_statistic_ids(source)}
    external = {one for one in ids if not valid_entity_id(one)}
    if not external:
        return {}
    found = await get_instance(hass).async_add_executor_job(
        partial(get_metadata, hass, statistic_ids=external)
    )
    return {
        one: name for one, (_, metadata) in found.items() if (name := metadata["name"])
    }
