"""Faults of what the user asks for: writing a setting, and the actions."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import orjson
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.api.learned_limits import LearnedLimits
from custom_components.growatt_openapi.const import DOMAIN
from simulator.users import compute_check_code
from tests.helpers import act

from .cases import EVERYTHING, Case, Phase
from .checks import check_log, check_secrets, check_states
from .world import World

# A call of the user: the entity or action that makes it.
type Ask = Callable[[HomeAssistant, dict[str, str]], Awaitable[Any]]


def _entity(name: str, action: str, **data: Any) -> Ask:
    async def ask(hass: HomeAssistant, _: dict[str, str]) -> None:
        await act(hass, name, action, **data)

    return ask


def _action(name: str, device: str = "", /, **data: Any) -> Ask:
    """Return a call of one of the integration's actions; ``device``: how the identifier of its device begins."""

    async def ask(hass: HomeAssistant, ids: dict[str, str]) -> Any:
        target = {}
        if device:
            target["device_id"] = next(
                ids[identifier] for identifier in ids if identifier.startswith(device)
            )
        service = hass.services.async_services_for_domain(DOMAIN)[name]
        return await hass.services.async_call(
            DOMAIN,
            name,
            {**target, **data},
            blocking=True,
            return_response=service.supports_response is not SupportsResponse.NONE,
        )

    return ask


_DAY = {"start_date": "2026-06-19", "end_date": "2026-06-20"}
_DATALOGGER = "XGD9Z00042"
_PLANT = {"user_id": "31", "name": "Barn"}

# How each endpoint is asked.
ASKS: dict[str, Ask] = {
    "inverterSet": _action("set_active_power", "TPJ", rate=60, force=True),
    "storageSet": _entity("switch.storage_1054_ac_charge", "turn_on"),
    "tlxSet": _action("set_active_power", "MNK", rate=60, force=True),
    "mixSet": _action("set_active_power", "SPN", rate=60, force=True),
    "spaSet": _action("set_active_power", "SAN", rate=60, force=True),
    "maxSet": _action("set_active_power", "MXP", rate=60, force=True),
    "readInverterParam": _entity("button.south_roof_read_settings", "press"),
    "readStorageParam": _entity("button.storage_1054_read_settings", "press"),
    "readMaxParam": _entity("button.warehouse_1_read_settings", "press"),
    "plant/energy": _action("get_energy_history", "plant_", **_DAY),
    "plant/power": _action("get_power_curve", "plant_", date="2026-06-19"),
    "plant/sn_plant": _action("find_plant", serial="TPJ4A18033"),
    "plant/list": _action("list_plants", search="Cottage"),
    "plant/add": _action("add_plant", **_PLANT, peak_power=9.9),
    "plant/modify": _action(
        "modify_plant", plant_id="700101", user_id="31", name="Sunny Cottage"
    ),
    "plant/delete": _action("delete_plant", plant_id="700101", name="Sunny Cottage"),
    "plant/user_plant_list": _action("list_user_plants", user_name="ann"),
    "user/user_register": _action(
        "register_user",
        user_name="ben",
        password="S3cretWord",
        email="ben@example.org",
        country="Other",
    ),
    "user/check_user": _action("check_user_name", user_name="ben"),
    "user/modify": _action("modify_user", user_id="31", phone="0151"),
    "user/c_user_list": _action("list_users"),
    "device/datalogger/add": _action(
        "add_datalogger", plant_id="700101", serial=_DATALOGGER, user_id="31"
    ),
    "device/datalogger/delete": _action(
        "delete_datalogger",
        plant_id="700101",
        serial="XGD1A00117",
        confirm_serial="XGD1A00117",
    ),
    "device/datalogger/validate": _action(
        "validate_datalogger",
        serial=_DATALOGGER,
        check_code=compute_check_code(_DATALOGGER),
    ),
    "device/inverter/alarm": _action("get_alarms", "TPJ", date="2026-06-19"),
    "device/storage/alarm_data": _action("get_alarms", "KHB", date="2026-06-19"),
    "device/inverter/data": _action("get_device_history", "TPJ", **_DAY),
    "device/storage/storage_data": _action("get_device_history", "KHB", **_DAY),
    "device/tlx/tlx_data": _action("get_device_history", "MNK", **_DAY),
    "device/mix/mix_data": _action("get_device_history", "SPN", **_DAY),
    "device/spa/spa_data": _action("get_device_history", "SAN", **_DAY),
    "device/max/max_data": _action("get_device_history", "MXP", **_DAY),
    "device/ammeter/meter_data": _action("get_device_history", "XGD8H00919_1", **_DAY),
    "device/env/env_data": _action("get_device_history", "XGD8H00919_2", **_DAY),
}

# Lines in the log: one of a fault that everything has.
_LINES = 1
# A history of two days has six pages, a device up to six settings that are read one by one.
_MOST_CALLS = 10
# Between two cases: so short that all cases of an endpoint are over before the inverter sleeps.
_PAUSE = 90


async def _ask_all(hass: HomeAssistant, ids: dict[str, str], phase: Phase) -> None:
    paths = {
        Phase.WRITE: ("inverterSet", "storageSet", "readInverterParam"),
        Phase.ACTION: ("plant/power", "plant/sn_plant", "device/inverter/data"),
    }[phase]
    for path in paths:
        await ASKS[path](hass, ids)


def _check_response(response: Any) -> None:
    """Check that a response can be sent to a browser."""
    orjson.dumps(response)


def _check_error(error: HomeAssistantError) -> None:
    """Check that an error is in words for the user, with everything filled in."""
    assert error.translation_key, f"not translated: {error!r}"
    text = str(error)
    assert text, "no text"
    assert text != error.translation_key, f"no text for {text}"
    assert "{" not in text, f"not filled in: {text}"


class _Reset:
    """Makes each case independent of those before: the cloud as at the beginning, and nothing that must wait."""

    def __init__(self, world: World, entry: MockConfigEntry) -> None:
        self._world = world
        self._entry = entry
        self._plants = [
            (plant, plant.name, list(plant.devices)) for plant in world.cloud.plants
        ]
        self._users = deepcopy(world.cloud.users)
        self._dataloggers = deepcopy(world.cloud.spare_dataloggers)

    async def restore(self, wait: float = 0) -> None:
        """End the fault, restore the cloud, let so many seconds pass, and forget when the requests were made."""
        world = self._world
        await world.end()
        world.cloud.plants[:] = [plant for plant, _, _ in self._plants]
        for plant, name, devices in self._plants:
            plant.name, plant.devices, plant.idle_dataloggers = name, devices[:], []
        world.cloud.users[:] = deepcopy(self._users)
        world.cloud.spare_dataloggers = deepcopy(self._dataloggers)
        world.cloud.limits.clear()
        gateway = self._entry.runtime_data.client.gateway
        gateway.connection.circuit_breaker.record_success("")
        if wait:
            world.clock.advance(wait)
            await world.hass.async_block_till_done(wait_background_tasks=True)
        world.cloud.limits.clear()
        gateway._log.learned_limits = LearnedLimits()
        for record in gateway._log.records.values():
            record.ready_at, record.asked_at = 0.0, float("-inf")
            record.error, record.failures, record.refusals = None, 0, 0
            record.attempts.clear()


async def _check_call(
    world: World, entry: MockConfigEntry, reset: _Reset, case: Case, ask: Ask
) -> None:
    ids = _find_ids(world.hass, entry)
    since = world.calls
    await world.begin(case.fault, case.path)
    try:
        _check_response(await ask(world.hass, ids))
    except HomeAssistantError as error:
        _check_error(error)
    asked = [call.path for call in world.cloud.journal[since:]]
    assert asked.count(case.path) <= _MOST_CALLS, f"{len(asked)} calls"
    await world.hass.async_block_till_done(wait_background_tasks=True)
    world.check_alive(entry)
    check_states(world.hass, entry, world.clock.now())
    check_log(world.log.take(), _LINES, "in the fault")
    await reset.restore(_PAUSE)
    _check_response(await ask(world.hass, ids))
    world.check_alive(entry)
    check_log(world.log.take(), _LINES, "after the fault")
    await check_secrets(world.hass, entry, world.storage, world.log)


def _find_ids(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    return {
        identifier: device.id
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        for domain, identifier in device.identifiers
        if domain == DOMAIN
    }


@pytest.mark.phases(Phase.WRITE, Phase.ACTION)
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_call(world: World, cases: list[Case], subtests: pytest.Subtests) -> None:
    entry = world.make_entry()
    await world.set_up(entry)
    reset = _Reset(world, entry)
    for case in cases:

        async def ask(
            hass: HomeAssistant, ids: dict[str, str], case: Case = case
        ) -> Any:
            if case.path == EVERYTHING:
                return await _ask_all(hass, ids, case.phase)
            return await ASKS[case.path](hass, ids)

        world.log.take()
        with subtests.test(case.name):
            await _check_call(world, entry, reset, case, ask)
        await reset.restore()
    await world.check_files(entry)
