"""Limits of how often a device is written to."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.helpers import (
    INVERTER as INVERTER_SERIAL,
    STORAGE as STORAGE_SERIAL,
    Pass,
    act,
    reload,
    sent,
    set_options,
    set_up,
    value,
)

RATE = "number.south_roof_output_power_limit"
LIMIT = "number.storage_1054_ac_charge_stop_level"


async def settle() -> None:
    """Run all tasks until they wait for something."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_only_the_last_of_waiting_values_is_written(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    gate = asyncio.Event()
    gateway = loaded.runtime_data.client.gateway
    exchange = gateway.connection.exchange

    async def wait(*arguments: Any) -> Any:
        await gate.wait()
        return await exchange(*arguments)

    gateway.connection.exchange = wait
    first = hass.async_create_task(
        act(hass, "switch.storage_1054_ac_charge", "turn_on")
    )
    await settle()  # the first write is in flight, and the others wait for it
    others = [
        hass.async_create_task(act(hass, LIMIT, "set_value", value=number))
        for number in (20, 30, 40)
    ]
    await settle()
    gate.set()
    await asyncio.gather(first, *others)
    assert sent(cloud) == [
        ("storage_ac_charge_enable_disable", "1", "", "", ""),
        ("storage_ac_charge_soc_limit", "40", "", "", ""),
    ]
    assert float(value(hass, LIMIT)) == 40


async def test_writes_of_an_hour_are_limited_per_device(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """The limit is 30 writes an hour by default; they are counted across a reload."""
    entry.add_to_hass(hass)
    set_options(hass, entry, writes=3)
    await set_up(hass, entry)
    for number in (20, 30, 40):
        await act(hass, LIMIT, "set_value", value=number)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, LIMIT, "set_value", value=50)
    assert error.value.translation_key == "too_many_writes"
    assert (error.value.translation_placeholders or {})["limit"] == "3"
    await reload(hass, entry)
    with pytest.raises(HomeAssistantError):
        await act(hass, LIMIT, "set_value", value=50)
    # Each device has its own limit.
    await act(hass, RATE, "set_value", value=50)
    await let_pass(3601)
    await act(hass, LIMIT, "set_value", value=50)
    assert len(writes_of(cloud, STORAGE_SERIAL)) == 4
    assert len(writes_of(cloud, INVERTER_SERIAL)) == 1


def writes_of(cloud: Cloud, serial: str) -> list[dict[str, str]]:
    return [
        call.parameters
        for call in cloud.journal
        if call.path.endswith("Set") and serial in call.parameters.values()
    ]


async def test_failed_writes_are_not_counted(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud
) -> None:
    entry.add_to_hass(hass)
    set_options(hass, entry, writes=1)
    await set_up(hass, entry)
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003, count=2))
    for _ in range(2):
        with pytest.raises(HomeAssistantError):
            await act(hass, LIMIT, "set_value", value=50)
    await act(hass, LIMIT, "set_value", value=50)
    assert len(sent(cloud)) == 3
