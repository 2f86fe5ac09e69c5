"""Names that explain themselves: on a device's page none twice, and pairs side by side, the beginning first."""

from collections import Counter

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.scenarios import SCENARIOS
from tests.helpers import Pass, set_up

# So long that every device was read, and what the second round brings is there.
SETTLED = 12 * 60
# The last words of the names of pairs, in their order.
PAIRS = ((" from", " to"), (" lower limit", " upper limit"))


@pytest.fixture
def make_plants(request: pytest.FixtureRequest) -> object:
    """The factory of the plants of the scenario of the test's parameter."""
    return SCENARIOS[request.getfixturevalue("scenario")]


@pytest.mark.parametrize("scenario", ["home", "everything"])
async def test_names_of_a_device_are_told_apart_and_sorted_in_pairs(
    hass: HomeAssistant, entry: MockConfigEntry, let_pass: Pass, scenario: str
) -> None:
    await set_up(hass, entry)
    await let_pass(SETTLED)
    registry = er.async_get(hass)
    pairs = 0
    for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
        names = sorted(
            str(one.original_name).casefold()
            for one in er.async_entries_for_device(
                registry, device.id, include_disabled_entities=True
            )
        )
        # Not even where they differ in their platform only: a number is a setpoint where a sensor measures the same.
        assert [name for name, count in Counter(names).items() if count > 1] == []
        for first, last in PAIRS:
            for name, following in zip(names, [*names[1:], ""], strict=True):
                if name.endswith(first):
                    assert following == name.removesuffix(first) + last
                    pairs += 1
                assert not name.endswith((" start", " end")), name
    assert pairs
