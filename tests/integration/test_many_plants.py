"""An installer's plants: zones far away, clocks on summer time or off, uploads with jitter and drift."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.physics.device import DeviceKind
from simulator.scenarios import installer
from tests.helpers import Pass, VirtualClock, calls, failed, set_options, set_up, value

SCENARIO = installer


async def test_a_day_of_many_clocks(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    entry.add_to_hass(hass)
    set_options(hass, entry, controls=False)
    await set_up(hass, entry)
    await let_pass(1800)
    totals: dict[str, float] = {}
    midnights: set[str] = set()
    for _ in range(48):
        await let_pass(1800)
        now = clock.now()
        for plant in cloud.plants:
            plant.advance_to(now)
            for device, inverter in plant.iterate_inverters():
                name = device.alias.lower().replace(" ", "_")
                power = value(hass, f"sensor.{name}_output_power")
                if not inverter.awake:
                    # Fallen asleep less than half an hour ago, its last reading may still be fresh.
                    last = device.get_newest_upload(now)
                    assert last is not None
                    assert power in ("0", "0.0") or (
                        now - last.measured < timedelta(minutes=30)
                    ), (name, now)
                else:
                    assert power != "unavailable", (name, now)
                total = float(value(hass, f"sensor.{name}_energy_total"))
                assert total >= totals.get(name, 0.0)
                totals[name] = total
                # After its own midnight, by its own clock as far as that is known, and before it wakes.
                wall = device.get_wall_time(now, plant.zone)
                if timedelta(minutes=10) < wall - _midnight(wall) < timedelta(hours=2):
                    assert float(value(hass, f"sensor.{name}_energy_today")) == 0
                    midnights.add(name)
    assert len(midnights) == 12
    assert not failed(cloud)
    # Twelve inverters are read in batches, in one group.
    assert calls(cloud, "device/inverter/invs_data") > 150
    assert calls(cloud, "device/inverter/last_new_data") == 0
    assert {device.kind for plant in cloud.plants for device in plant.devices} == {
        DeviceKind.INVERTER,
        DeviceKind.STORAGE,
    }


def _midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0, microsecond=0)
