"""The account: which plants there are, and what stands in them."""

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .. import schedule
from ..api import (
    CloudDownError,
    NotPermittedError,
    OpenApiClient,
    OpenApiError,
    RequestError,
    TokenRefusedError,
)
from ..api.gateway import SPACING_OF_FLEETS
from ..api.models import Device, Plant
from ..const import CONF_PLANTS, DOMAIN, LOGGER
from ..families import FAMILIES, METERS_AND_SENSORS
from ..plants import Account, PlantInfo, plants_of_others
from .failures import update_failed

if TYPE_CHECKING:
    from ..runtime import GrowattConfigEntry

# A refused token must be refused this often, over this time, before the user is asked for another: it can be a matter
# of region or address, and comes and goes.
TOKEN_REFUSALS = 3
TOKEN_REFUSED_FOR = timedelta(hours=6)


class AccountCoordinator(DataUpdateCoordinator[Account]):
    """Keeps the lists of plants, dataloggers and devices."""

    config_entry: GrowattConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: GrowattConfigEntry, client: OpenApiClient
    ) -> None:
        """Watch the account that an entry's token opens."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} account",
            update_interval=schedule.LISTS,
        )
        self.client = client
        self.clock = client.gateway.clock
        self.data = {}
        self._plants_due: datetime | None = None
        self._details_at: dict[str, datetime] = {}
        self._infos_at: dict[str, datetime] = {}
        self._named: set[str] = set()

    @override
    async def _async_update_data(self) -> Account:
        now = self.clock.now()
        account = dict(self.data)
        if self._plants_due is None or now >= self._plants_due - schedule.SLACK:
            self._plants_due = now + schedule.PLANT_LIST_RETRY
            account = await self._plants()
        failure = None
        for info in account.values():
            try:
                await self._equipment(info)
            except (NotPermittedError, RequestError) as err:
                LOGGER.debug("No device list of a plant: %s", err)
            except OpenApiError as err:
                failure = err
                if info.listed_at is None:
                    raise update_failed(err) from err
                if isinstance(err, CloudDownError):
                    break
        if failure is not None and self.data:
            self.data = account
            raise update_failed(failure) from failure
        if sum(len(info.devices) for info in account.values()) > schedule.FLEET_FROM:
            self.client.gateway.spacing = SPACING_OF_FLEETS
        await self._identities(account)
        return account

    async def _plants(self) -> Account:
        """Return the entry's plants, with what is already known of them."""
        try:
            answer = await self.client.plants.list_plants()
        except TokenRefusedError as err:
            refusals = self.client.gateway.token_refusals
            if (
                len(refusals) >= TOKEN_REFUSALS
                and refusals[-1] - refusals[0]
                >= (TOKEN_REFUSED_FOR - schedule.SLACK).total_seconds()
            ):
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN, translation_key="token_refused"
                ) from err
            if self.data:
                return self.data
            raise update_failed(err) from err
        except OpenApiError as err:
            if self.data:
                LOGGER.debug("The plant list stays as it was: %s", err)
                return self.data
            raise update_failed(err) from err
        chosen = self.config_entry.options.get(CONF_PLANTS)
        taken = plants_of_others(self.hass, self.config_entry)
        account = {
            plant.plant_id: self._plant(plant)
            for plant in answer.value
            if (
                plant.plant_id not in taken
                if chosen is None
                else plant.plant_id in chosen
            )
        }
        self._plants_due = self.clock.now() + schedule.PLANT_LIST
        if not account and not self.data:
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="no_plants")
        # A list has hidden rows before: what it no longer shows is kept while the entry is loaded.
        return self.data | account

    def _plant(self, plant: Plant) -> PlantInfo:
        known = self.data.get(plant.plant_id)
        if known is None:
            known = PlantInfo(plant, dt_util.get_default_time_zone())
        known.plant = plant
        self._locate(known)
        return known

    def _locate(self, info: PlantInfo) -> None:
        """Take zone and place from the plant's details, its list row, or Home Assistant where the zones agree."""
        details = info.details
        now = self.clock.now()
        home = dt_util.get_default_time_zone()
        if details is not None and details.zone is not None:
            info.zone, info.zone_known = details.zone, True
        latitude = (details and details.latitude) or info.plant.latitude
        longitude = (details and details.longitude) or info.plant.longitude
        if (
            latitude is not None
            and longitude is not None
            and abs(latitude) <= 90
            and abs(longitude) <= 180
            and (latitude, longitude) != (0, 0)
        ):
            info.place = (latitude, longitude)
        elif now.astimezone(info.zone).utcoffset() == now.astimezone(home).utcoffset():
            info.place = (self.hass.config.latitude, self.hass.config.longitude)
        else:
            info.place = None

    @callback
    def learn_zone(self, info: PlantInfo, zone: tzinfo | None) -> None:
        """Take a plant's zone from its overview, where its details gave none; say once where nothing does."""
        if info.zone_known:
            return
        if zone is not None:
            info.zone, info.zone_known = zone, True
            self._locate(info)
        elif info.plant.plant_id not in self._named:
            self._named.add(info.plant.plant_id)
            LOGGER.info(
                "The cloud gives no time zone for a plant: Home Assistant's is used"
            )

    async def _equipment(self, info: PlantInfo) -> None:
        """Read a plant's details (daily), devices and dataloggers."""
        plant_id = info.plant.plant_id
        now = self.clock.now()
        asked = self._details_at.get(plant_id)
        if asked is None or now - asked >= schedule.DETAILS - schedule.SLACK:
            try:
                info.details = (await self.client.plants.details(plant_id)).value
                self._details_at[plant_id] = now
            except (NotPermittedError, RequestError) as err:
                LOGGER.debug("No details of a plant: %s", err)
                self._details_at[plant_id] = now
            self._locate(info)
        devices = await self.client.devices.list_devices(plant_id)
        found = {device.serial: device for device in devices.value}
        # A list that hides rows does not make devices go away; only a complete one could.
        info.devices = found if devices.complete else info.devices | found
        info.listed_at = devices.received
        self._name_unknown(info.devices)
        try:
            loggers = await self.client.devices.list_dataloggers(plant_id)
        except (NotPermittedError, RequestError) as err:
            LOGGER.debug("No datalogger list of a plant: %s", err)
            return
        listed = {logger.serial: logger for logger in loggers.value}
        info.dataloggers = listed if loggers.complete else info.dataloggers | listed

    def _name_unknown(self, devices: dict[str, Device]) -> None:
        """Say once which device types this version does not know."""
        for device in devices.values():
            kind = f"type {device.type}"
            if (
                device.type not in FAMILIES
                and device.type != METERS_AND_SENSORS
                and kind not in self._named
            ):
                self._named.add(kind)
                LOGGER.warning(
                    "Devices of type %s (model %s) are not supported yet and are ignored",
                    device.type,
                    device.model,
                )

    async def _identities(self, account: Account) -> None:
        """Ask what devices are, a few in each round; it is only for names, so nothing fails without it."""
        now = self.clock.now()
        left = schedule.DETAILS_A_ROUND
        for info in account.values():
            for device in info.devices.values():
                family = FAMILIES.get(device.type)
                asked = self._infos_at.get(device.serial)
                if (
                    family is None
                    or family.info is None
                    or (asked is not None and now - asked < schedule.DETAILS)
                ):
                    continue
                if left == 0:
                    return
                left -= 1
                try:
                    answer = await family.info(self.client, device.serial)
                except (NotPermittedError, RequestError) as err:
                    LOGGER.debug("No details of a device: %s", err)
                except OpenApiError as err:
                    LOGGER.debug("No details of devices for now: %s", err)
                    return
                else:
                    info.infos[device.serial] = answer.value
                self._infos_at[device.serial] = now
