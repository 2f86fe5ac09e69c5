"""The energy balance of plants with several devices."""

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.energy_balance import (
    EnergyBalance,
    EnergyChannels,
    EnergySource,
    calculate_balance,
    choose_grid_device,
)
from custom_components.growatt_openapi.families import FAMILIES, Family

INVERTER = EnergyChannels(solar="energy", ac_output="energy")
HYBRID = EnergyChannels(
    solar="pv",
    imported="import",
    exported="export",
    load="load",
    charge="charge",
    discharge="discharge",
    ac_output="energy",
    ac_input="ac_charge",
)
BATTERY = EnergyChannels(
    observed_solar="pv",
    imported="import",
    exported="export",
    charge="charge",
    discharge="discharge",
    ac_output="discharge",
    ac_input="charge",
)
SEEING = EnergyChannels(
    observed_solar="pv", imported="import", exported="export", load="load"
)


def source(channels: EnergyChannels, **counters: float | None) -> EnergySource:
    return EnergySource(channels, counters.get)


def test_a_single_hybrid() -> None:
    house = {
        "H": source(
            HYBRID, pv=20.0, load=12.0, charge=6.0, discharge=5.0, energy=18.0,
            ac_charge=0.0, **{"import": 2.0, "export": 8.0},
        )
    }  # fmt: skip
    found = calculate_balance(house, choose_grid_device(house, None))
    assert found == EnergyBalance(20.0, 2.0, 8.0, 6.0, 5.0, 12.0)
    assert found.self_sufficiency == pytest.approx(83.3)


def test_an_inverter_beside_a_battery_with_a_meter() -> None:
    house = {
        "I": source(INVERTER, energy=20.0),
        "B": source(
            BATTERY, pv=0.0, charge=6.0, discharge=5.0, **{"import": 2.0, "export": 8.0}
        ),
    }
    found = calculate_balance(house, choose_grid_device(house, None))
    # 20 produced + 5 discharged + 2 imported - 6 charged - 8 exported
    assert found == EnergyBalance(20.0, 2.0, 8.0, 6.0, 5.0, 13.0)


def test_observed_solar_energy_is_not_counted_twice() -> None:
    house = {
        "I": source(INVERTER, energy=20.0),
        "S": source(SEEING, pv=19.8, load=12.0, **{"import": 2.0, "export": 8.0}),
    }
    found = calculate_balance(house, choose_grid_device(house, None))
    assert (found.solar, found.consumption) == (20.0, 12.0)
    alone = {"S": house["S"]}
    # Without a device that counts its own panels, the observed energy is used.
    assert calculate_balance(alone, "S").solar == 19.8


def test_one_of_two_meters_at_one_grid_connection_counts() -> None:
    def hybrid(imported: float, load: float) -> EnergySource:
        return source(
            HYBRID, pv=10.0, load=load, charge=1.0, discharge=1.0, energy=9.0,
            ac_charge=0.0, **{"import": imported, "export": 3.0},
        )  # fmt: skip

    house = {"A": hybrid(4.0, 10.0), "B": hybrid(5.0, 11.0)}
    assert choose_grid_device(house, None) == "B"
    assert choose_grid_device(house, "A") == "A"  # it stays
    assert choose_grid_device(house, "gone") == "B"
    found = calculate_balance(house, "B")
    assert (found.solar, found.imported, found.exported) == (20.0, 5.0, 3.0)
    # The load that B measures, and the AC output of A.
    assert found.consumption == 20.0


def test_consumption_is_unknown_without_a_meter() -> None:
    roof = {"I": source(INVERTER, energy=20.0), "H": source(HYBRID, pv=5.0)}
    assert choose_grid_device(roof, None) is None
    assert calculate_balance(roof, None) == EnergyBalance(solar=25.0)


def test_a_sum_with_an_unknown_term_is_unknown() -> None:
    house = {
        "I": source(INVERTER, energy=None),
        "B": source(
            BATTERY, charge=6.0, discharge=5.0, **{"import": 2.0, "export": 8.0}
        ),
    }
    found = calculate_balance(house, "B")
    assert found == EnergyBalance(None, 2.0, 8.0, 6.0, 5.0, None)
    assert found.self_sufficiency is None


@given(
    st.lists(st.floats(0, 100), min_size=7, max_size=7),
    st.permutations(["I1", "I2", "B", "S"]),
)
def test_neither_order_nor_observers_change_a_sum(
    numbers: list[float], order: list[str]
) -> None:
    first, second, seen, charge, discharge, imported, exported = numbers
    grid = {"import": imported + 1, "export": exported}
    house = {
        "I1": source(INVERTER, energy=first),
        "I2": source(INVERTER, energy=second),
        "B": source(BATTERY, pv=seen, charge=charge, discharge=discharge, **grid),
        "S": source(SEEING, pv=seen, load=5.0, **{"import": 0.5, "export": 0.0}),
    }
    shuffled = {serial: house[serial] for serial in order}
    found = calculate_balance(shuffled, choose_grid_device(house, None))
    assert found.solar == pytest.approx(first + second, abs=0.001)
    assert found.imported in (imported + 1, 0.5)
    assert found.consumption is not None
    assert found.consumption >= 0
    assert found == calculate_balance(house, choose_grid_device(shuffled, None))


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
def test_every_energy_channel_has_a_daily_and_a_lifetime_counter(
    family: Family,
) -> None:
    channels = family.energy_channels
    if channels is None:
        return
    keys = {reading.key for reading in family.readings}
    for name in EnergyChannels.__slots__:
        key = getattr(channels, name)
        assert key is None or {f"{key}_today", f"{key}_total"} <= keys
