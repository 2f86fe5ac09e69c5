"""The ids of statistics are valid, and each plant and channel has its own."""

from dataclasses import fields
from itertools import product

from homeassistant.components.recorder.statistics import valid_statistic_id
from hypothesis import given, strategies as st

from custom_components.growatt_openapi.domain.energy_balance import EnergyBalance
from custom_components.growatt_openapi.history.statistic_ids import (
    CHANNELS,
    statistic_id,
)


def test_ids_name_the_plant_and_what_is_counted() -> None:
    assert [statistic_id("700101", channel) for channel in CHANNELS] == [
        f"growatt_openapi:plant_700101_{word}_energy"
        for word in ("solar", "import", "export", "charge", "discharge", "consumption")
    ]


def test_each_part_of_the_balance_has_a_channel() -> None:
    assert list(CHANNELS) == [field.name for field in fields(EnergyBalance)]


@given(st.sets(st.text(), min_size=2, max_size=4))
def test_any_plant_id_has_ids_of_its_own(plant_ids: set[str]) -> None:
    ids = {statistic_id(*pair) for pair in product(plant_ids, CHANNELS)}
    assert len(ids) == len(plant_ids) * len(CHANNELS)
    assert all(valid_statistic_id(one) for one in ids)


def test_similar_plant_ids_have_different_ids() -> None:
    similar = ("A-1", "a-1", "a_1", "a__1", "a1", "1", "01", "١", "", "_", " 1")
    ids = {statistic_id(plant_id, "solar") for plant_id in similar}
    assert len(ids) == len(similar)
    assert all(valid_statistic_id(one) for one in ids)
