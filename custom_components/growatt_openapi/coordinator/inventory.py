"""The account: which plants there are, and what stands in them."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta, tzinfo
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_REGION, CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.util import dt as dt_util

from ..api import (
    FOR_LISTS,
    STORED_ONLY,
    CircuitOpenError,
    CloudDownError,
    NotPermittedError,
    OpenApiClient,
    OpenApiError,
    RefusedError,
    RequestError,
    RequestOptions,
    TokenRefusedError,
)
from ..api.client.endpoint_group import ROWS_PER_PAGE
from ..api.client.meters import METERS_AND_SENSORS
from ..api.gateway import SPACING_OF_FLEETS
from ..api.models import Datalogger, Device, Plant
from ..api.regions import REGIONS
from ..const import CONF_INTERVAL, CONF_PLANTS, DOMAIN, LOGGER
from ..domain import poll_schedule as schedule
from ..domain.missing_tracker import MissingTracker
from ..error_messages import translation_for
from ..families import family_of
from ..models import Inventory, PlantInfo, plant_ids_of_others
from ..persistence.entry_store import EntryStore
from .base import PollingCoordinator
from .device_details import DeviceDetailsReader
from .meter_lists import MeterLists
from .token_check import is_known_elsewhere

# A refused token must be refused this often, over this time, before the user is asked for another: it can be a matter
# of region or address, and comes and goes.
TOKEN_REFUSALS = 3
TOKEN_REFUSED_FOR = timedelta(hours=6)
# What could not be had is asked for again after so many seconds, if the gateway does not say otherwise.
_RETRY = 300.0
# Plants looked at in one round, so that a fleet's lists do not stand in line before everything else.
_PLANTS_A_ROUND = 10


class InventoryCoordinator(PollingCoordinator[Inventory]):
    """Keeps the lists of plants, dataloggers and devices."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: OpenApiClient,
        memory: EntryStore,
    ) -> None:
        """Watch the account that an entry's token opens."""
        super().__init__(hass, entry, client, "account")
        self.data = {}
        # What complete lists have not shown for long enough: its devices are to be removed.
        self.gone: set[str] = set()
        self.missing: MissingTracker
        self._memory = memory
        self._device_details = DeviceDetailsReader(client)
        self._plants_due = 0.0
        # The last list will not do: it is older than a change.
        self._wants_new_list = False
        self._lists_due: dict[str, float] = {}
        self._details_due: dict[str, float] = {}
        self._named: set[str] = set()
        self._meter_lists = MeterLists(client)
        self._unknown = Unknown()

    @property
    def interval(self) -> timedelta:
        """The user's interval between readings."""
        minutes = self.config_entry.options.get(CONF_INTERVAL)
        return timedelta(minutes=minutes) if minutes else schedule.INTERVAL

    # Beginning

    async def async_load(self) -> None:
        """Take up what earlier runs knew; ask for the plants where nothing is known.

        Raises ConfigEntryNotReady or ConfigEntryAuthFailed where there is nothing to begin with.
        """
        saved = self._memory.load_section("account", self._dump)
        self.missing = MissingTracker(saved.get("absent"))
        try:
            answer = await self.client.plants.list_plants(STORED_ONLY)
        except OpenApiError:
            pass
        else:
            self._apply_plants(answer.value)
        for plant in rows_of(Plant, saved.get("plants")):
            if plant.plant_id in self.missing and self._is_ours(plant.plant_id):
                self.data.setdefault(plant.plant_id, self._plant(plant))
        if not self.data:
            await self._first_plants()
        for info in self.data.values():
            await self._details(info, STORED_ONLY)
            await self._lists(info, STORED_ONLY)
        self._restore_absent(saved)
        await self._device_details.async_load(self.data, self.steady_clock.now())
        self._set_pace()

    async def _first_plants(self) -> None:
        try:
            answer = await self.client.plants.list_plants(FOR_LISTS)
        except OpenApiError as err:
            if isinstance(err, TokenRefusedError) and self._is_refused_for_good():
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN, translation_key="token_refused"
                ) from err
            key, placeholders = translation_for(err)
            raise ConfigEntryNotReady(
                str(err),
                translation_domain=DOMAIN,
                translation_key=key,
                translation_placeholders=placeholders,
            ) from err
        self._apply_plants(answer.value)
        self._plants_due = self.steady_clock.now() + self._plant_list_interval()
        if not self.data:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN, translation_key="no_plants"
            )

    def _restore_absent(self, saved: dict[str, Any]) -> None:
        """Keep what newer lists did not show and is not gone for good."""
        equipment = saved.get("equipment")
        for plant_id, rows in equipment.items() if isinstance(equipment, dict) else ():
            info = self.data.get(plant_id)
            if info is None or not isinstance(rows, dict):
                continue
            for device in rows_of(Device, rows.get("devices")):
                if device.serial in self.missing:
                    info.devices.setdefault(device.serial, device)
            for logger in rows_of(Datalogger, rows.get("dataloggers")):
                if logger.serial in self.missing:
                    info.dataloggers.setdefault(logger.serial, logger)

    async def _dump(self) -> dict[str, Any]:
        absent = self.missing
        return {
            "absent": absent.dump(),
            "plants": [
                asdict(info.row)
                for plant_id, info in self.data.items()
                if plant_id in absent
            ],
            "equipment": {
                plant_id: {
                    "devices": [
                        asdict(device) | {"last_update": None}
                        for serial, device in info.devices.items()
                        if serial in absent
                    ],
                    "dataloggers": [
                        asdict(logger) | {"last_update": None}
                        for serial, logger in info.dataloggers.items()
                        if serial in absent
                    ],
                }
                for plant_id, info in self.data.items()
            },
        }

    # When

    @override
    def _next_poll_at(self, now: float) -> float | None:
        naming = self._device_details.next_due(self.data)
        return min(
            (
                self._plants_due,
                self._plants_due if naming is None else naming,
                *(self._lists_due.get(plant_id, 0.0) for plant_id in self.data),
            )
        )

    @callback
    def async_refresh_lists(self, info: PlantInfo) -> None:
        """Read a plant's lists as soon as may be: something in it has changed."""
        self._lists_due[info.row.plant_id] = 0.0
        self.schedule_poll()

    @callback
    def async_refresh_plants(self) -> None:
        """Read the list of plants as soon as may be: one was added, changed or deleted."""
        self._wants_new_list = True
        self._plants_due = 0.0
        self.schedule_poll()

    def _plant_list_interval(self) -> float:
        pages = len(self.data) // ROWS_PER_PAGE + 1
        return schedule.plant_list_interval(pages).total_seconds()

    # Asking

    @override
    async def _async_update_data(self) -> Inventory:
        try:
            await self._ask()
        except CircuitOpenError:
            pass  # asked when the cloud is back
        except CloudDownError as err:
            LOGGER.debug("No lists for now: %s", err)
        self._set_pace()
        self._memory.schedule_save()
        return self.data

    async def _ask(self) -> None:
        now = self.steady_clock.now()
        soon = now + schedule.SLACK.total_seconds()
        if self._plants_due <= soon:
            await self._plants()
        left = _PLANTS_A_ROUND
        for count, (plant_id, info) in enumerate(tuple(self.data.items()), 1):
            due = self._lists_due.get(plant_id)
            if due is not None and due > soon:
                continue
            if left == 0:
                break
            left -= 1
            self._lists_due[plant_id] = now + _RETRY
            if self._details_due.get(plant_id, 0.0) <= soon:
                await self._details(info, FOR_LISTS)
            await self._lists(info, FOR_LISTS)
            period = schedule.LISTS_AT_NIGHT if info.is_asleep else schedule.LISTS
            # The first time all are asked at once; from then on they are spread over the period.
            share = count / len(self.data) if due is None else 1.0
            self._lists_due[plant_id] = now + period.total_seconds() * (0.5 + share / 2)
        await self._device_details.async_read_due(self.data, now)

    async def _plants(self) -> None:
        """Read the list of plants; what it no longer shows is kept until it is gone for good."""
        now = self.steady_clock.now()
        self._plants_due = now + schedule.PLANT_LIST_RETRY.total_seconds()
        try:
            answer = await self.client.plants.list_plants(FOR_LISTS)
        except CircuitOpenError:
            self._plants_due = now
            raise
        except RefusedError as err:
            self._plants_due = now + max(err.retry_after or 0.0, _RETRY)
            return
        except TokenRefusedError:
            if self._is_refused_for_good():
                await self._give_up_token()
            return
        except (NotPermittedError, RequestError) as err:
            LOGGER.debug("The plant list stays as it was: %s", err)
            return
        self._plants_due = self.steady_clock.now() + max(
            self._plant_list_interval() - answer.age, answer.ready_in
        )
        if self._wants_new_list and not answer.is_new:
            self._plants_due = self.steady_clock.now() + answer.ready_in
        self._wants_new_list &= not answer.is_new
        self._apply_plants(answer.value)
        if answer.complete and answer.is_new:
            shown = [plant.plant_id for plant in answer.value]
            for plant_id in self.missing.record_list(
                shown, self.data, self.clock.now()
            ):
                if len(self.data) == 1:
                    break  # the last one goes with the entry
                info = self.data.pop(plant_id)
                self.gone |= {plant_id, *info.devices, *info.dataloggers}

    async def _give_up_token(self) -> None:
        """Ask the user for another token, or for another server where the token is known there."""
        region = self.config_entry.data[CONF_REGION]
        elsewhere: bool | None = False
        if region in REGIONS and REGIONS[region].official:
            elsewhere = await is_known_elsewhere(
                self.hass, region, self.config_entry.data[CONF_TOKEN], set(self.data)
            )
        if elsewhere:
            self.gateway.connection.wrong_server = True
        elif elsewhere is False:
            self.config_entry.async_start_reauth(self.hass)

    def _is_refused_for_good(self) -> bool:
        refusals = self.gateway.token_refusals
        lasts = (TOKEN_REFUSED_FOR - schedule.SLACK).total_seconds()
        return len(refusals) >= TOKEN_REFUSALS and refusals[-1] - refusals[0] >= lasts

    def _is_ours(self, plant_id: str) -> bool:
        chosen = self.config_entry.options.get(CONF_PLANTS)
        if chosen is None:
            return plant_id not in plant_ids_of_others(self.hass, self.config_entry)
        return plant_id in chosen

    def _apply_plants(self, plants: list[Plant]) -> None:
        for plant in plants:
            if self._is_ours(plant.plant_id):
                self.data[plant.plant_id] = self._plant(plant)

    def _plant(self, plant: Plant) -> PlantInfo:
        known = self.data.get(plant.plant_id)
        if known is None:
            known = PlantInfo(plant, dt_util.get_default_time_zone())
        known.row = plant
        self._locate(known)
        return known

    async def _details(self, info: PlantInfo, ask: RequestOptions) -> None:
        """Read where a plant is; without it zone and place come from elsewhere."""
        plant_id = info.row.plant_id
        day = schedule.DETAILS.total_seconds()
        try:
            answer = await self.client.plants.details(plant_id, ask)
        except (NotPermittedError, RequestError) as err:
            LOGGER.debug("No details of a plant: %s", err)
            self._details_due[plant_id] = self.steady_clock.now() + day
        except RefusedError:
            pass
        else:
            info.details = answer.value
            self._details_due[plant_id] = self.steady_clock.now() + day - answer.age
        info.details_checked |= ask.may_call or info.details is not None
        self._locate(info)

    async def _lists(self, info: PlantInfo, ask: RequestOptions) -> None:
        """Read a plant's devices and dataloggers."""
        plant_id = info.row.plant_id
        try:
            devices = await self.client.devices.list_devices(plant_id, ask)
        except (NotPermittedError, RequestError, RefusedError) as err:
            LOGGER.debug("No device list of a plant: %s", err)
        else:
            # Meters and sensors have a kind for a serial there, the same behind every datalogger.
            found = {
                f"{device.datalogger}/{device.serial}"
                if device.type == METERS_AND_SENSORS
                else device.serial: device
                for device in devices.value
            }
            await self._meter_lists.expand_rows(
                found, info.devices, ask, self.steady_clock.now()
            )
            # A list that hides rows does not make devices go away; only complete ones can.
            if devices.complete and devices.is_new:
                self._remove_gone(info.devices, found)
            info.devices |= found
            info.listed_at = devices.received
            self._unknown.name(info.devices.values())
        try:
            loggers = await self.client.dataloggers.list_dataloggers(plant_id, ask)
        except (NotPermittedError, RequestError, RefusedError) as err:
            LOGGER.debug("No datalogger list of a plant: %s", err)
        else:
            listed = {logger.serial: logger for logger in loggers.value}
            if loggers.complete and loggers.is_new:
                self._remove_gone(info.dataloggers, listed)
            info.dataloggers |= listed

    def _remove_gone(self, known: dict[str, Any], found: dict[str, Any]) -> None:
        for serial in self.missing.record_list(found, known, self.clock.now()):
            del known[serial]
            self.gone.add(serial)

    @callback
    def _set_pace(self) -> None:
        if sum(len(info.devices) for info in self.data.values()) > schedule.FLEET_FROM:
            self.gateway.connection.spacing = SPACING_OF_FLEETS

    # Where and what

    def _locate(self, info: PlantInfo) -> None:
        locate(self.hass, info, self.clock.now())

    @callback
    def apply_zone(self, info: PlantInfo, zone: tzinfo | None) -> None:
        """Take a plant's zone from its overview, where its details gave none; say once where nothing does."""
        if info.zone_known:
            return
        if zone is not None:
            info.zone, info.zone_known = zone, True
            self._locate(info)
            self.async_update_listeners()
        elif info.row.plant_id not in self._named:
            self._named.add(info.row.plant_id)
            LOGGER.info(
                "The cloud gives no time zone for a plant: Home Assistant's is used"
            )


def rows_of[RowT](kind: type[RowT], saved: object) -> list[RowT]:
    """Return rows as they were saved, without those that cannot be read."""
    rows = []
    for row in saved if isinstance(saved, list) else ():
        try:
            rows.append(kind(**row))
        except TypeError:
            continue
    return rows


class Unknown:
    """Says once of each type that there is one."""

    def __init__(self) -> None:
        """Know none yet."""
        self._named: set[int] = set()

    def name(self, devices: Iterable[Device]) -> None:
        """Look for types that nobody here knows."""
        for device in devices:
            if family_of(device) is None and device.type not in self._named:
                self._named.add(device.type)
                LOGGER.warning(
                    "Devices of type %s (model %s) are shown with what the list of devices says of them, since nothing more is known here; to"
                    " have them added, attach their diagnostics to an issue",
                    device.type,
                    device.model,
                )


@callback
def locate(hass: HomeAssistant, info: PlantInfo, now: datetime) -> None:
    """Take zone and place from the plant's details, its list row, or Home Assistant where the zones agree."""
    details = info.details
    if details is not None and details.zone is not None:
        info.zone, info.zone_known = details.zone, True
    latitude = (details and details.latitude) or info.row.latitude
    longitude = (details and details.longitude) or info.row.longitude
    home = dt_util.get_default_time_zone()
    if (
        latitude is not None
        and longitude is not None
        and abs(latitude) <= 90
        and abs(longitude) <= 180
        and (latitude, longitude) != (0, 0)
    ):
        info.location = (latitude, longitude)
    elif now.astimezone(info.zone).utcoffset() == now.astimezone(home).utcoffset():
        info.location = (hass.config.latitude, hass.config.longitude)
    else:
        info.location = None
