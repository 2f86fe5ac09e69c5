"""Actions that write settings: what they send, and errors."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers import device_registry as dr, translation
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.growatt_openapi import error_messages
from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.helpers import (
    INVERTER,
    STORAGE,
    Pass,
    do,
    reload,
    sent,
    set_options,
    set_up,
)


@pytest.mark.parametrize(
    ("action", "device", "data", "expected"),
    [
        ("set_active_power", INVERTER, {"rate": 60}, ("pv_active_p_rate", "60", "")),
        (
            "set_reactive_power",
            INVERTER,
            {"rate": -30},
            ("pv_reactive_p_rate", "30", "under"),
        ),
        (
            "set_charge_window",
            STORAGE,
            {"start": "02:05", "end": "05:30:00"},
            ("storage_ac_charge_hour_start", "2", "5", "5", "30"),
        ),
        (
            "set_charge_window",
            STORAGE,
            {"start": "00:00", "end": "24:00"},
            ("storage_ac_charge_hour_start", "0", "0", "24", "0"),
        ),
        # No window at all, as devices show an unused one.
        (
            "set_charge_window",
            STORAGE,
            {"start": "00:00", "end": "00:00"},
            ("storage_ac_charge_hour_start", "0", "0", "0", "0"),
        ),
        (
            "set_forced_discharge_window",
            STORAGE,
            {"start": "18:00", "end": "00:00"},
            ("storage_cmd_forced_discharge_time1", "18", "0", "24", "0"),
        ),
        (
            "set_forced_discharge_window",
            STORAGE,
            {"start": "18:00", "end": "24:00"},
            ("storage_cmd_forced_discharge_time1", "18", "0", "24", "0"),
        ),
        (
            "set_string_voltage",
            STORAGE,
            {"open_circuit_voltage": 380.5, "mpp_fraction": 0.8},
            ("storage_fdt_open_voltage", "380.5", "0.8", "", ""),
        ),
        # Registers are written with their factors of 10 and 100.
        (
            "set_register",
            INVERTER,
            {"register": 19, "value": 221.5},
            ("set_any_reg", "19", "2215"),
        ),
        (
            "set_register",
            INVERTER,
            {"register": 22, "value": 50.15},
            ("set_any_reg", "22", "5015"),
        ),
        (
            "set_register",
            INVERTER,
            {"register": 0, "value": 257},
            ("set_any_reg", "0", "257"),
        ),
        (
            "set_register",
            INVERTER,
            {"register": 30, "value": 7},
            ("set_any_reg", "30", "7"),
        ),
        (
            "set_register",
            INVERTER,
            {"register": 77, "value": 1234, "allow_unknown_register": True},
            ("set_any_reg", "77", "1234"),
        ),
    ],
)
async def test_actions_write_the_vendors_parameters(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    action: str,
    device: str,
    data: dict[str, Any],
    expected: tuple[str, ...],
) -> None:
    await do(hass, action, device_id=ids[device], **data)
    assert sent(cloud) == [expected]
    assert cloud.journal[-1].code == "0"


async def test_all_devices_are_checked_before_the_first_write(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    with pytest.raises(ServiceValidationError):
        await do(
            hass, "set_active_power", device_id=[ids[INVERTER], ids[STORAGE]], rate=50
        )
    with pytest.raises(ServiceValidationError) as error:
        await do(
            hass,
            "set_active_power",
            device_id=[ids[INVERTER], *map(str, range(100))],
            rate=50,
        )
    assert error.value.translation_key == "too_many_devices"
    assert sent(cloud) == []


async def test_actions_are_rejected_without_controls(
    hass: HomeAssistant, ids: dict[str, str], loaded: MockConfigEntry, cloud: Cloud
) -> None:
    set_options(hass, loaded, controls=False)
    await reload(hass, loaded)
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "set_active_power", device_id=ids[INVERTER], rate=50)
    assert error.value.translation_key == "controls_are_off"
    assert sent(cloud) == []


async def test_force_writes_a_confirmed_value_again(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud, let_pass: Pass
) -> None:
    await do(hass, "set_active_power", device_id=ids[INVERTER], rate=50)
    await let_pass(15)
    await do(hass, "set_active_power", device_id=ids[INVERTER], rate=50)
    assert len(sent(cloud)) == 1
    await do(hass, "set_active_power", device_id=ids[INVERTER], rate=50, force=True)
    assert len(sent(cloud)) == 2


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        (
            "en",
            "The device is offline or asleep. Nothing was changed; try again when it is online.",
        ),
        ("de", "Das Gerät ist offline."),
    ],
)
async def test_error_names_the_devices_that_failed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    reason: str,
) -> None:
    from copy import deepcopy
    from dataclasses import replace

    plant = cloud.plants[0]
    first = plant.find_device(INVERTER)
    assert first is not None
    plant.devices.append(
        replace(
            first,
            serial="TPJ4A18034",
            model=deepcopy(first.model),
            alias="North roof",
        )
    )
    await set_up(hass, entry)
    registry = dr.async_get(hass)
    devices = [
        device.id
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        if device.serial_number in (INVERTER, "TPJ4A18034")
    ]
    # The reason of each device is in Home Assistant's language, as the message around it.
    hass.config.language = language
    key = f"component.{DOMAIN}.exceptions.device_offline.message"
    texts = {key: "Das Gerät ist offline."} if language == "de" else {}
    cached = translation.async_get_cached_translations

    def translate(hass: HomeAssistant, language: str, *kinds: Any) -> dict[str, str]:
        return {**cached(hass, language, *kinds), **texts}

    monkeypatch.setattr(error_messages, "async_get_cached_translations", translate)
    cloud.faults.append(Fault(FaultKind.CODE, "inverterSet", code=10003, count=1))
    with pytest.raises(HomeAssistantError) as error:
        await do(hass, "set_active_power", device_id=devices, rate=50)
    assert error.value.translation_key == "some_failed"
    placeholders = error.value.translation_placeholders or {}
    assert (placeholders["failed"], placeholders["devices"]) == ("1", "2")
    assert placeholders["details"] in {
        f"{name}: {reason}" for name in ("South roof", "North roof")
    }
