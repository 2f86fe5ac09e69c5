"""The power flow of plants with several devices."""

from dataclasses import dataclass, field

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.energy_balance import EnergyChannels
from custom_components.growatt_openapi.domain.power_flow import (
    Figure,
    PowerChannels,
    PowerFlow,
    PowerSource,
    calculate_flow,
)
from custom_components.growatt_openapi.families import FAMILIES, Family

KINDS: dict[str, PowerChannels] = {
    key: family.power_channels
    for key, family in FAMILIES.items()
    if family.power_channels is not None
}
STALE = Figure(None, True)


@dataclass
class House:
    """The true powers of a house, and the devices that measure them: W, without losses."""

    load: float
    sources: dict[str, PowerSource] = field(default_factory=dict)
    solar: float = 0.0
    battery: float = 0.0
    levels: list[float] = field(default_factory=list)
    # Of the grid device itself.
    readings: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def grid(self) -> float:
        return self.load - self.solar - self.battery

    def add(self, kind: str, *, solar: float, battery: float, level: float) -> None:
        """Add a device with panels and a battery, as far as its family has them."""
        channels = KINDS[kind]
        if channels.solar is None:
            solar = 0.0
        if channels.battery is None:
            battery = 0.0
        else:
            self.levels.append(level)
        self.solar += solar
        self.battery += battery
        net = solar + battery
        # What a MIN takes is in none of its powers.
        measured = {
            channels.ac_power: net if kind in ("storage", "spa") else max(net, 0.0),
            channels.ac_input: max(-net, 0.0),
            channels.solar: solar,
            channels.battery: battery,
            channels.charge_level: level,
        }
        serial = f"{kind}{len(self.sources)}"
        self.readings[serial] = {key: power for key, power in measured.items() if key}
        self.sources[serial] = PowerSource(
            channels=channels,
            read_value=self.readings[serial].get,
            has_battery=channels.battery is not None,
        )

    def measure_grid(self) -> None:
        """Let each device with a meter measure the grid, and the house as it sees it: without the energy of the others."""
        for serial, source in self.sources.items():
            channels = source.channels
            if channels.grid is None:
                continue
            net = source.net_ac_power().value
            assert net is not None
            self.readings[serial][channels.grid] = self.grid
            if channels.load is not None:
                self.readings[serial][channels.load] = self.grid + net


POWER = st.floats(0, 10_000).map(lambda power: round(power, 1))
DEVICES = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), POWER, POWER, POWER, st.integers(0, 100)),
    min_size=1,
    max_size=6,
)
type Devices = list[tuple[str, float, float, float, int]]


def house_of(load: float, devices: Devices) -> House:
    house = House(load)
    for kind, solar, charge, discharge, level in devices:
        house.add(kind, solar=solar, battery=discharge - charge, level=level)
    house.measure_grid()
    return house


@given(POWER, DEVICES, st.data())
def test_the_flow_is_that_of_the_house_whatever_measures_it(
    load: float, devices: Devices, data: st.DataObject
) -> None:
    """The balance closes, and nothing is counted twice: whichever device is the grid device, in whichever order they are."""
    house = house_of(load, [*devices, ("storage", 0.0, 0.0, 0.0, 50)])
    meters = [
        serial
        for serial, source in house.sources.items()
        if source.channels.grid is not None
    ]
    grid_device = data.draw(st.sampled_from(meters))
    order = data.draw(st.permutations(sorted(house.sources)))
    flow = calculate_flow(
        {serial: house.sources[serial] for serial in order}, grid_device
    )

    def near(power: float) -> object:
        return pytest.approx(power, abs=0.2)

    solar = flow.solar.value if flow.solar is not None else 0.0
    assert solar == near(house.solar)
    assert flow.battery is not None
    assert flow.battery.value == near(house.battery)
    assert flow.grid == Figure(round(house.grid, 1))
    assert flow.house is not None
    assert flow.house.value == near(load)
    assert flow.battery_level is not None
    assert flow.battery_level.value == near(sum(house.levels) / len(house.levels))


@given(POWER, DEVICES, st.data())
def test_a_stale_or_unknown_part_makes_no_other_figure(
    load: float, devices: Devices, data: st.DataObject
) -> None:
    """A figure with such a part has no value; all others stay as they are."""
    house = house_of(load, [*devices, ("storage", 0.0, 0.0, 0.0, 50)])
    grid_device = f"storage{len(house.sources) - 1}"
    before = calculate_flow(house.sources, grid_device)
    bad = data.draw(st.sampled_from(sorted(house.sources)))
    is_stale = data.draw(st.booleans())
    source = house.sources[bad]
    sources = house.sources | {
        bad: PowerSource(
            channels=source.channels,
            read_value=lambda _: None,
            has_battery=source.has_battery,
            is_stale=is_stale,
        )
    }
    after = calculate_flow(sources, grid_device)
    parts = {
        "solar": source.channels.solar,
        "battery": source.channels.battery,
        "grid": source.channels.grid if bad == grid_device else None,
        "house": "always",
        "battery_level": source.channels.charge_level,
    }
    for name, is_part in parts.items():
        expected = Figure(None, is_stale) if is_part else getattr(before, name)
        assert getattr(after, name) == expected


def source(kind: str, **powers: float | None) -> PowerSource:
    channels = KINDS[kind]
    return PowerSource(
        channels=channels,
        read_value=powers.get,
        has_battery=channels.battery is not None,
        sees_solar=bool(powers.get(channels.observed_solar or "")),
    )


def test_observed_solar_power_counts_where_no_device_has_panels() -> None:
    spa = source(
        "spa",
        pv_power=2900.0,
        grid_power=-1000.0,
        load_power=900.0,
        battery_power=-1000.0,
        charge_level=60.0,
    )
    alone = calculate_flow({"S": spa}, "S")
    assert (alone.solar, alone.house) == (Figure(2900.0), Figure(900.0))
    both = calculate_flow({"I": source("inverter", output_power=3000.0), "S": spa}, "S")
    # The load that the SPA measures includes the power of the inverter.
    assert (both.solar, both.house) == (Figure(3000.0), Figure(900.0))


def test_a_storage_that_sees_panels_of_an_inverter_that_is_not_listed() -> None:
    storage = source(
        "storage",
        pv_power=1500.0,
        grid_power=200.0,
        battery_power=-700.0,
        charge_level=40.0,
    )
    flow = calculate_flow({"B": storage}, "B")
    assert (flow.solar, flow.house) == (Figure(1500.0), Figure(1000.0))


def test_what_no_device_measures_is_no_figure() -> None:
    hybrid = PowerSource(
        channels=KINDS["min"],
        read_value={"pv_power": 800.0, "grid_power": 50.0, "load_power": 850.0}.get,
    )
    flow = calculate_flow({"M": hybrid}, "M")
    assert flow == PowerFlow(Figure(800.0), None, Figure(50.0), Figure(850.0), None)
    assert flow.measured == {"solar", "grid", "house"}
    # Whether a device that was never read has a battery is not known.
    unread = PowerSource(
        channels=KINDS["min"],
        read_value=lambda _: None,
        has_battery=None,
        sees_solar=False,
        is_stale=True,
    )
    flow = calculate_flow({"M": hybrid, "N": unread}, "M")
    assert (flow.solar, flow.battery) == (STALE, None)
    storage = source("storage", battery_power=5.0, charge_level=50.0)
    flow = calculate_flow({"M": hybrid, "N": unread, "S": storage}, "M")
    assert (flow.battery, flow.battery_level) == (STALE, STALE)


def test_a_battery_without_a_meter_at_the_grid() -> None:
    flow = calculate_flow(
        {
            "I": source("inverter", output_power=1200.0),
            "B": source("storage", battery_power=-300.0, charge_level=55.0),
        },
        None,
    )
    assert flow == PowerFlow(Figure(1200.0), Figure(-300.0), None, None, Figure(55.0))


def test_readings_of_different_instants_make_no_negative_house() -> None:
    flow = calculate_flow(
        {
            "I": source("inverter", output_power=100.0),
            "B": source(
                "storage", grid_power=-900.0, battery_power=0.0, charge_level=99.0
            ),
        },
        "B",
    )
    assert flow.house == Figure(0.0)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
def test_power_channels_are_readings_and_match_the_energy_channels(
    family: Family,
) -> None:
    power, energy = family.power_channels, family.energy_channels
    assert (power is None) is (energy is None)
    if power is None or energy is None:
        return
    for name in PowerChannels.__slots__:
        if (key := getattr(power, name)) is not None:
            assert family.reading(key)
    for name in ("solar", "observed_solar", "load"):
        assert (getattr(power, name) is None) is (getattr(energy, name) is None)
    assert (power.grid is None) is (energy.imported is None)
    assert (power.battery is None) is (energy.charge is None)
    assert isinstance(energy, EnergyChannels)
