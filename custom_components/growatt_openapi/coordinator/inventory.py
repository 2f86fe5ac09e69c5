"""The inventory coordinator: the lists of plants, dataloggers and devices."""

from collections.abc import Iterable
from datetime import timedelta, tzinfo
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.util import dt as dt_util

from ..api import (
    FOR_LISTS,
    STORED_ONLY,
    CircuitOpenError,
    NotPermittedError,
    OpenApiClient,
    OpenApiError,
    RequestError,
    RequestOptions,
    TokenRefusedError,
)
from ..api.client.endpoint_group import ROWS_PER_PAGE
from ..api.gateway import SPACING_OF_FLEETS
from ..api.models import Device, Plant
from ..const import CONF_INTERVAL, CONF_PLANTS, DOMAIN, LOGGER
from ..domain import poll_schedule as schedule
from ..domain.missing_tracker import MissingTracker
from ..error_messages import translation_for
from ..families import get_family
from ..models import Inventory, PlantInfo, get_plant_ids_of_others
from ..persistence import codec
from ..persistence.entry_store import EntryStore
from .base import RETRY_AFTER, PollingCoordinator, retry_after
from .device_details import DeviceDetailsReader
from .device_rows import choose_rows, claim_dataloggers, claim_devices, is_listed
from .failure_delays import FailureDelays
from .meter_lists import MeterLists
from .plant_details import PlantDetailsReader, update_location
from .saved_inventory import (
    dump_absent,
    load_equipment,
    load_plant_ids,
    load_plants,
    registered_plants,
)
from .token_check import async_report_refused_token, is_refused_for_good

# Plants whose lists are read in one round, so that a fleet's lists do not delay all other calls.
_PLANTS_PER_ROUND = 10


class InventoryCoordinator(PollingCoordinator[Inventory]):
    """Keeps the lists of plants, dataloggers and devices."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: OpenApiClient,
        store: EntryStore,
    ) -> None:
        """Initialize an empty inventory; ``async_load`` fills it."""
        super().__init__(hass, entry, client, "account")
        self.data = {}
        # Ids and serials of what is gone for good; its devices are to be removed from the registry.
        self.gone: set[str] = set()
        self.missing: MissingTracker
        self._store = store
        self._plant_details = PlantDetailsReader(client)
        self._device_details = DeviceDetailsReader(client)
        self._plants_due = 0.0
        # The last plant list is older than a change of plants.
        self._needs_new_list = False
        self._lists_due: dict[str, float] = {}
        self._list_delays = FailureDelays[str](schedule.LISTS.total_seconds())
        # Plants and types of devices that were logged already.
        self._logged_zones: set[str] = set()
        self._logged_types: set[int] = set()
        self._meter_lists = MeterLists(client)

    @property
    def interval(self) -> timedelta:
        """The user's interval between readings."""
        minutes = self.config_entry.options.get(CONF_INTERVAL)
        return timedelta(minutes=minutes) if minutes else schedule.INTERVAL

    async def async_load(self) -> None:
        """Restore the inventory saved by the last run; read the plant list where nothing was saved.

        Raises ConfigEntryNotReady or ConfigEntryAuthFailed if no plant is known then.
        """
        saved = self._store.load_section("account", self._dump)
        self.missing = codec.load_or(
            MissingTracker(),
            "list of missing devices",
            lambda: codec.load(MissingTracker, saved.get("absent", {})),
        )
        try:
            reply = await self.client.plants.list_plants(STORED_ONLY)
        except OpenApiError:
            pass
        else:
            self._apply_plants(reply.value)
        for plant in load_plants(saved):
            if plant.plant_id in self.missing and self._is_ours(plant.plant_id):
                self._update_plant(plant)
        if not self.data:
            await self._read_first_plants(load_plant_ids(saved))
        now = self.steady_clock.now()
        for info in self.data.values():
            await self._read_details(info, STORED_ONLY, now)
            await self._read_lists(info, STORED_ONLY)
        self._restore_absent(saved)
        await self._device_details.async_load(self.data, now)
        self._set_spacing()

    async def _read_first_plants(self, saved_ids: list[str]) -> None:
        """Read the plant list; while it cannot be read, the plants that were saved are those of the entry."""
        try:
            reply = await self.client.plants.list_plants(FOR_LISTS)
        except OpenApiError as err:
            if isinstance(err, TokenRefusedError) and is_refused_for_good(
                self.gateway.token_refusals
            ):
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN, translation_key="token_refused"
                ) from err
            self._apply_plants(
                registered_plants(self.hass, self.config_entry, saved_ids)
            )
            if self.data:
                LOGGER.debug("The plants are those of the last run: %s", err)
                self._plants_due = self.steady_clock.now() + retry_after(
                    err, at_least=RETRY_AFTER
                )
                return
            key, placeholders = translation_for(err)
            raise ConfigEntryNotReady(
                str(err),
                translation_domain=DOMAIN,
                translation_key=key,
                translation_placeholders=placeholders,
            ) from err
        self._apply_plants(reply.value)
        self._plants_due = self.steady_clock.now() + self._plant_list_interval()
        if not self.data:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN, translation_key="no_plants"
            )

    def _restore_absent(self, saved: dict[str, Any]) -> None:
        """Restore the devices and dataloggers that newer lists did not show and that are not gone for good."""
        for plant_id, devices, dataloggers in load_equipment(saved):
            if (info := self.data.get(plant_id)) is None:
                continue
            for device in devices:
                if device.serial in self.missing and not is_listed(
                    self.data, device.serial
                ):
                    info.devices[device.serial] = device
            for datalogger in dataloggers:
                if datalogger.serial in self.missing and not is_listed(
                    self.data, datalogger.serial
                ):
                    info.dataloggers[datalogger.serial] = datalogger

    async def _dump(self) -> dict[str, Any]:
        return {
            "absent": codec.dump(self.missing),
            **dump_absent(self.data, self.missing),
        }

    @override
    def _plan_next_poll(self, now: float) -> float | None:
        details_due = self._device_details.next_due(self.data)
        return min(
            (
                self._plants_due,
                self._plants_due if details_due is None else details_due,
                *(self._lists_due.get(plant_id, 0.0) for plant_id in self.data),
                *(self._plant_details.due_at(plant_id) for plant_id in self.data),
            )
        )

    @callback
    def async_refresh_lists(self, info: PlantInfo) -> None:
        """Read a plant's lists as soon as allowed, after something in it changed."""
        self._lists_due[info.plant_id] = 0.0
        self.schedule_poll()

    @callback
    def async_refresh_plants(self) -> None:
        """Read the plant list as soon as allowed, after a plant was added, changed or deleted."""
        self._needs_new_list = True
        self._plants_due = 0.0
        self.schedule_poll()

    def _plant_list_interval(self) -> float:
        pages = len(self.data) // ROWS_PER_PAGE + 1
        return schedule.plant_list_interval(pages).total_seconds()

    @override
    async def _async_update_data(self) -> Inventory:
        try:
            await self._read_due()
        except CircuitOpenError:
            LOGGER.debug("Lists are read when the cloud is back")
        self._set_spacing()
        self._store.schedule_save()
        return self.data

    async def _read_due(self) -> None:
        now = self.steady_clock.now()
        soon = now + schedule.SLACK.total_seconds()
        if self._plants_due <= soon:
            await self._read_plants()
        left = _PLANTS_PER_ROUND
        for position, (plant_id, info) in enumerate(tuple(self.data.items()), 1):
            lists_due = self._lists_due.get(plant_id)
            are_lists_due = lists_due is None or lists_due <= soon
            are_details_due = self._plant_details.due_at(plant_id) <= soon
            if not are_lists_due and not are_details_due:
                continue
            if left == 0:
                break
            left -= 1
            if are_details_due:
                await self._read_details(info, FOR_LISTS, now)
            if not are_lists_due:
                continue
            self._lists_due[plant_id] = now + RETRY_AFTER
            error = await self._read_lists(info, FOR_LISTS)
            if error is not None:
                delay = self._list_delays.record_failure(plant_id, error)
                self._lists_due[plant_id] = now + delay
                continue
            self._list_delays.record_success(plant_id)
            period = schedule.LISTS_AT_NIGHT if info.is_asleep else schedule.LISTS
            # The first time all plants are read at once; from then on they are spread over the period.
            share = position / len(self.data) if lists_due is None else 1.0
            self._lists_due[plant_id] = now + period.total_seconds() * (0.5 + share / 2)
        await self._device_details.async_read_due(self.data, now)

    async def _read_plants(self) -> None:
        """Read the plant list; a plant that it no longer shows is kept until it is gone for good."""
        now = self.steady_clock.now()
        retry_interval = schedule.PLANT_LIST_RETRY.total_seconds()
        self._plants_due = now + retry_interval
        try:
            reply = await self.client.plants.list_plants(FOR_LISTS)
        except CircuitOpenError:
            self._plants_due = now
            raise
        except TokenRefusedError:
            if is_refused_for_good(self.gateway.token_refusals):
                await async_report_refused_token(
                    self.hass, self.config_entry, self.gateway, set(self.data)
                )
            return
        except OpenApiError as err:
            LOGGER.debug("The plant list stays as it was: %s", err)
            self._plants_due = now + retry_after(
                err, failed=retry_interval, at_least=RETRY_AFTER
            )
            return
        self._plants_due = self.steady_clock.now() + max(
            self._plant_list_interval() - reply.age, reply.ready_in
        )
        if self._needs_new_list and not reply.is_new:
            self._plants_due = self.steady_clock.now() + reply.ready_in
        self._needs_new_list &= not reply.is_new
        self._apply_plants(reply.value)
        if reply.complete and reply.is_new:
            shown = [plant.plant_id for plant in reply.value]
            for plant_id in self.missing.record_list(
                shown, self.data, self.clock.now()
            ):
                if len(self.data) == 1:
                    break  # the last one goes with the entry
                info = self.data.pop(plant_id)
                self.gone |= {plant_id, *info.devices, *info.dataloggers}

    def _is_ours(self, plant_id: str) -> bool:
        chosen = self.config_entry.options.get(CONF_PLANTS)
        if chosen is None:
            return plant_id not in get_plant_ids_of_others(self.hass, self.config_entry)
        return plant_id in chosen

    def _apply_plants(self, plants: list[Plant]) -> None:
        for plant in plants:
            if self._is_ours(plant.plant_id):
                self._update_plant(plant)

    def _update_plant(self, row: Plant) -> None:
        info = self.data.get(row.plant_id)
        if info is None:
            info = PlantInfo(row, dt_util.get_default_time_zone())
            self.data[row.plant_id] = info
        info.row = row
        self._update_location(info)

    async def _read_details(
        self, info: PlantInfo, options: RequestOptions, now: float
    ) -> None:
        """Read a plant's details; without them its zone and location come from other sources."""
        await self._plant_details.async_read(info, options, now)
        self._update_location(info)

    async def _read_lists(
        self, info: PlantInfo, options: RequestOptions
    ) -> OpenApiError | None:
        """Read a plant's devices and dataloggers; return the error of a list that the cloud did not give.

        Raises CircuitOpenError: no list can be read then.
        """
        failed: OpenApiError | None = None
        for read_list in (self._read_devices, self._read_dataloggers):
            try:
                await read_list(info, options)
            except CircuitOpenError:
                raise
            except (NotPermittedError, RequestError) as err:
                LOGGER.debug("No list of a plant: %s", err)
            except OpenApiError as err:
                LOGGER.debug("No list of a plant for now: %s", err)
                failed = err
        return failed

    async def _read_devices(self, info: PlantInfo, options: RequestOptions) -> None:
        devices = await self.client.devices.list_devices(info.plant_id, options)
        found = choose_rows(devices.value, info.devices)
        await self._meter_lists.expand_rows(
            found, info.devices, options, self.steady_clock.now()
        )
        claim_devices(self.data, info, found, self.missing)
        # Only a complete list can show that a device is missing.
        if devices.complete and devices.is_new:
            self._remove_gone(info.devices, found)
        info.devices |= found
        info.listed_at = devices.received
        self._warn_unknown_types(info.devices.values())

    async def _read_dataloggers(self, info: PlantInfo, options: RequestOptions) -> None:
        dataloggers = await self.client.dataloggers.list_dataloggers(
            info.plant_id, options
        )
        listed = {datalogger.serial: datalogger for datalogger in dataloggers.value}
        claim_dataloggers(self.data, info, listed, self.missing)
        if dataloggers.complete and dataloggers.is_new:
            # One that is a device too is listed as long as that is.
            self._remove_gone(info.dataloggers, listed, besides=info.devices)
        info.dataloggers |= listed

    def _remove_gone(
        self, known: dict[str, Any], found: dict[str, Any], besides: Iterable[str] = ()
    ) -> None:
        listed, expected = found.keys() - besides, known.keys() - besides
        for serial in self.missing.record_list(listed, expected, self.clock.now()):
            del known[serial]
            self.gone.add(serial)

    @callback
    def _set_spacing(self) -> None:
        if sum(len(info.devices) for info in self.data.values()) > schedule.FLEET_FROM:
            self.gateway.connection.spacing = SPACING_OF_FLEETS

    @callback
    def apply_zone(self, info: PlantInfo, zone: tzinfo | None) -> None:
        """Set a plant's zone from its overview if its details gave none; log once if neither gives one."""
        if info.zone_known:
            return
        if zone is not None:
            info.zone, info.zone_known = zone, True
            self._update_location(info)
            self.async_update_listeners()
        elif info.plant_id not in self._logged_zones:
            self._logged_zones.add(info.plant_id)
            LOGGER.info(
                "The cloud gives no time zone for a plant: Home Assistant's is used"
            )

    def _update_location(self, info: PlantInfo) -> None:
        update_location(self.hass, info, self.clock.now())

    def _warn_unknown_types(self, devices: Iterable[Device]) -> None:
        """Log each unknown type of device once."""
        for device in devices:
            if get_family(device) is None and device.type not in self._logged_types:
                self._logged_types.add(device.type)
                LOGGER.warning(
                    "Devices of type %s (model %s) are shown with what the list of devices says of them, since nothing more is known here; to"
                    " have them added, attach their diagnostics to an issue",
                    device.type,
                    device.model,
                )
