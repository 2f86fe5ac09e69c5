"""Every entity and device of every scenario, a line each, so that a change anywhere shows."""

import hashlib
import re
from typing import Any

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.scenarios import SCENARIOS
from tests.helpers import Pass, set_up

# So long that meters, settings and what the second round brings are there.
SETTLED = 12 * 60
# Of more lines than this, a digest stands for those that are not shown.
LARGE = 1000
# Of a large scenario these are shown: the account, the first plant, and its first two devices.
SHOWN = ("account_", "plant_710000", "TPF0000000", "TPF0000001")
NUMBER = re.compile(r"_\d+$")


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Cloud:
    """The simulated cloud with the scenario of the test's parameter."""
    request.module.SCENARIO = SCENARIOS[request.getfixturevalue("scenario")]
    cloud: Cloud = request.getfixturevalue("make_cloud")()
    return cloud


def entity_lines(hass: HomeAssistant, entry_id: str) -> list[tuple[str, str]]:
    """Return the unique id and the line of each entity, in the order of lines."""
    lines = []
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    is_numbered = len(entities) > LARGE
    for one in entities:
        state = hass.states.get(one.entity_id)
        parts = (
            # Which of many entities of one name gets which number differs from run to run.
            NUMBER.sub("", one.entity_id) if is_numbered else one.entity_id,
            one.unique_id,
            one.translation_key,
            one.original_name,
            one.entity_category,
            one.disabled_by,
            one.original_device_class,
            (one.capabilities or {}).get("state_class"),
            one.unit_of_measurement,
            state and _figure(one, state),
            " ".join(sorted(state.attributes)) if state else None,
        )
        lines.append((one.unique_id, _line(*parts)))
    return sorted(lines, key=lambda each: each[1])


def _figure(entity: er.RegistryEntry, state: State) -> str:
    """Return what an entity shows; of the next poll only whether it is known, since it varies by a second with the turns that tasks take."""
    if entity.translation_key == "next_poll" and state.state != STATE_UNKNOWN:
        return "known"
    return state.state


def device_lines(hass: HomeAssistant, entry_id: str) -> list[tuple[str, str]]:
    """Return the identifier and the line of each device, in the order of lines."""
    registry = dr.async_get(hass)
    devices = {
        one.id: one for one in dr.async_entries_for_config_entry(registry, entry_id)
    }

    def identifiers(device_id: str | None) -> str | None:
        if device_id is None:
            return None
        return " ".join(
            sorted(
                identifier
                for domain, identifier in devices[device_id].identifiers
                if domain == DOMAIN
            )
        )

    lines = [
        (
            str(identifiers(one.id)),
            _line(
                identifiers(one.id),
                one.name,
                one.model,
                one.model_id,
                one.sw_version,
                one.serial_number,
                identifiers(one.via_device_id),
            ),
        )
        for one in devices.values()
    ]
    return sorted(lines, key=lambda each: each[1])


def _line(*parts: Any) -> str:
    return " | ".join("-" if part is None else str(part) for part in parts)


def _compact(lines: list[tuple[str, str]]) -> dict[str, Any]:
    """Return all lines; of very many their number, their digest, and those shown."""
    texts = [line for _, line in lines]
    if len(texts) <= LARGE:
        return {"count": len(texts), "lines": texts}
    return {
        "count": len(texts),
        "sha256": hashlib.sha256("\n".join(texts).encode()).hexdigest(),
        "lines": [line for key, line in lines if key.startswith(SHOWN)],
    }


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_entities_and_devices_are_the_same(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    snapshot: SnapshotAssertion,
    scenario: str,
) -> None:
    await set_up(hass, entry)
    await let_pass(SETTLED)
    for name, lines in (("devices", device_lines), ("entities", entity_lines)):
        assert _compact(lines(hass, entry.entry_id)) == snapshot(name=name)


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name != "fleet"])
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_entities_that_are_disabled_at_first_are_the_same(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    snapshot: SnapshotAssertion,
    scenario: str,
) -> None:
    """With all entities enabled, what each of them shows."""
    await set_up(hass, entry)
    await let_pass(SETTLED)
    shown = sorted(
        f"{one.entity_id} | {_figure(one, state)}"
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if (state := hass.states.get(one.entity_id)) is not None
    )
    assert shown == snapshot
