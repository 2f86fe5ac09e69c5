"""What an override changes, and restores, of a schedule of blocks."""

from datetime import time
from typing import Any

import pytest

from custom_components.growatt_openapi.families import FAMILIES
from custom_components.growatt_openapi.families.overrides import Span
from custom_components.growatt_openapi.families.settings import (
    Block,
    BlockSetting,
    find_overlap,
    order_writes,
)

MIN, SPH = FAMILIES["min"], FAMILIES["sph"]
KEYS = [f"time_segment_{number}" for number in range(1, 10)]
NOON = Span(12 * 60, 13 * 60)


def segment(
    start: int, end: int, *, on: bool = True, mode: str = "load_first"
) -> Block:
    """Return a segment between two hours; 24: the last minute."""
    return {
        "mode": mode,
        "start_1": time(start),
        "end_1": time(23, 59) if end == 24 else time(end),
        "enabled_1": on,
    }


def schedule(*segments: Block) -> dict[str, Any]:
    """Return the values of a MIN with these segments; the others are off."""
    off = segment(0, 0, on=False)
    blocks = [*segments, *(off for _ in range(9 - len(segments)))]
    return {**dict(zip(KEYS, blocks, strict=True)), "ac_charge": False}


def plan(known: dict[str, Any], span: Span = NOON) -> dict[str, Any]:
    override = MIN.overrides["charge"]
    assert override.find_unknown(MIN.settings_by_key, known, span, is_read=True) == []
    return override.plan(MIN.settings_by_key, known, span)


CHARGING = segment(12, 13, mode="battery_first")


@pytest.mark.parametrize(
    ("known", "changed"),
    [
        # An unused one is taken.
        (schedule(), {KEYS[0]: CHARGING}),
        (schedule(segment(1, 5), segment(13, 15)), {KEYS[2]: CHARGING}),
        # One that is empty is unused, even if it is on.
        (schedule(segment(1, 5), segment(0, 0)), {KEYS[1]: CHARGING}),
        # One that is in the way is taken; others in the way are turned off.
        (
            schedule(segment(1, 5), segment(11, 14), segment(12, 13)),
            {KEYS[1]: CHARGING, KEYS[2]: segment(12, 13, on=False)},
        ),
        # Over midnight, as set elsewhere.
        (schedule(segment(22, 6), segment(15, 14)), {KEYS[1]: CHARGING}),
        # All nine are on, at other times.
        (
            schedule(*(segment(hour, hour + 1) for hour in range(9))),
            {KEYS[0]: CHARGING},
        ),
        # It is there already.
        (schedule(CHARGING), {}),
    ],
)
def test_segments_that_are_changed(
    known: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert plan(known) == {**changed, "ac_charge": True}
    assert "ac_charge" not in plan({**known, "ac_charge": True})


def test_end_of_the_day_is_the_last_minute() -> None:
    changed = plan(schedule(), Span(1380, 1440))
    assert changed[KEYS[0]]["end_1"] == time(23, 59)


@pytest.mark.parametrize(
    ("missing", "is_read", "unknown"),
    [
        # One that the device did not return does not exist; one that nobody has read may.
        ({KEYS[8]: None}, True, []),
        ({KEYS[8]: None}, False, [KEYS[8]]),
        (dict.fromkeys(KEYS), True, [KEYS[0]]),
        ({"ac_charge": None}, True, ["ac_charge"]),
        ({KEYS[0]: {**segment(1, 5), "mode": None}}, True, [f"{KEYS[0]} (mode)"]),
        (
            {KEYS[0]: {"start_1": time(1)}},
            True,
            [f"{KEYS[0]} (mode, end_1, enabled_1)"],
        ),
        # What is off is in nobody's way.
        ({KEYS[0]: {"enabled_1": False}}, True, []),
    ],
)
def test_segments_that_must_be_known(
    missing: dict[str, Any], is_read: bool, unknown: list[str]
) -> None:
    known = schedule(segment(1, 5)) | missing
    found = MIN.overrides["charge"].find_unknown(
        MIN.settings_by_key, known, NOON, is_read=is_read
    )
    assert found == unknown


@pytest.mark.parametrize("is_other_free", [True, False])
def test_other_block_must_be_known_if_it_may_be_in_the_way(
    is_other_free: bool,
) -> None:
    own: dict[str, Any] = {"power": 100.0, "stop_level": 10.0}
    for number in (1, 2, 3):
        own |= {
            f"start_{number}": time(0),
            f"end_{number}": time(0),
            f"enabled_{number}": False,
        }
    # The stop level of the other block is not known.
    other = {name: value for name, value in own.items() if name != "stop_level"}
    other["ac_charge"] = False
    if not is_other_free:
        other |= {"start_2": time(12), "end_2": time(14), "enabled_2": True}
    override = SPH.overrides["discharge"]
    known = {"discharge_periods": own, "charge_periods": other}
    found = override.find_unknown(SPH.settings_by_key, known, NOON, is_read=True)
    assert found == ([] if is_other_free else ["charge_periods (stop_level)"])
    if is_other_free:
        assert set(override.plan(SPH.settings_by_key, known, NOON)) == {
            "discharge_periods"
        }


@pytest.mark.parametrize(
    "wanted",
    [
        schedule(segment(6, 9), segment(1, 5)),  # swapped
        schedule(segment(5, 6), segment(6, 9)),
        schedule(segment(3, 7), segment(8, 9)),
        schedule(),
    ],
)
def test_periods_never_overlap_on_the_way(wanted: dict[str, Any]) -> None:
    blocks = [MIN.settings_by_key[key] for key in KEYS]
    state = {key: schedule(segment(1, 5), segment(6, 9))[key] for key in KEYS}
    targets = {key: wanted[key] for key in KEYS}
    segments = [one for one in blocks if isinstance(one, BlockSetting)]
    for block, value in order_writes(segments, state, targets):
        state[block.key] = value
        periods = [p for one in segments for p in one.periods_of(state[one.key])]
        assert find_overlap(periods) is None
    assert state == targets


def test_schedule_that_overlaps_itself_is_restored_all_the_same() -> None:
    """As it may have been set elsewhere."""
    former = schedule(segment(11, 14), segment(12, 13))
    current = former | plan(former)
    override = MIN.overrides["charge"]
    restored = override.plan_restore(MIN.settings_by_key, former, (), current)
    for key, value in override.order(
        MIN.settings_by_key, current, restored, is_start=False
    ):
        current[key] = value
    assert current == former
