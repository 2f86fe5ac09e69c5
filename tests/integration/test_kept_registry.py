"""Entities registered by the first version, with other names and defaults, stay as they are."""

import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.scenarios import SCENARIOS
from tests.helpers import PLANT, Pass, set_up

# The entity id, unique id and disabler of every entity, by scenario: an inverter and a storage, and a MIN with a battery.
REGISTRIES: dict[str, list[tuple[str, str, str | None]]] = json.loads(
    (Path(__file__).parents[1] / "fixtures/first_registry.json").read_text()
)
SETTLED = 12 * 60


@pytest.fixture
def make_plants(request: pytest.FixtureRequest) -> object:
    """The factory of the plants of the scenario of the test's parameter."""
    return SCENARIOS[request.getfixturevalue("scenario")]


# Added since.
NEW = {f"account_{PLANT}_set_up_energy_dashboard"}


@pytest.mark.parametrize("scenario", REGISTRIES)
async def test_registered_entities_keep_their_ids_and_stay_enabled_or_disabled(
    hass: HomeAssistant, entry: MockConfigEntry, let_pass: Pass, scenario: str
) -> None:
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    before = {}
    for entity_id, unique_id, disabled_by in REGISTRIES[scenario]:
        domain, object_id = entity_id.split(".")
        registered = registry.async_get_or_create(
            domain,
            DOMAIN,
            unique_id,
            config_entry=entry,
            suggested_object_id=object_id,
            disabled_by=er.RegistryEntryDisabler(disabled_by) if disabled_by else None,
        )
        assert registered.entity_id == entity_id
        before[domain, unique_id] = (entity_id, disabled_by)
    await set_up(hass, entry)
    await let_pass(SETTLED)
    after = {
        (one.domain, one.unique_id): (one.entity_id, one.disabled_by)
        for one in er.async_entries_for_config_entry(registry, entry.entry_id)
    }
    assert {key: after.get(key) for key in before} == before
    # Each of them still has an entity, and what is new was not there at all.
    assert {unique_id for _, unique_id in after.keys() - before.keys()} == NEW
    for entity_id, disabled_by in before.values():
        if disabled_by is None:
            state = hass.states.get(entity_id)
            assert state is not None, entity_id
            assert not state.attributes.get("restored"), entity_id
