"""Account sensors, the refresh button, and the issues that only the user can fix."""

from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.growatt_openapi.api.regions import Region
from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.issues import MANY_ENTITIES
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import (
    HOUSE,
    ROOF,
    Pass,
    add_plants,
    logged_warnings,
    refused,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

ACCOUNT = "sensor.growatt_account"
STATUS = f"{ACCOUNT}_cloud_status"


def issues(hass: HomeAssistant) -> set[str]:
    return {
        issue.translation_key or ""
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


async def test_account_sensors_count_calls(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await let_pass(3600)
    # The sensor is updated once a minute.
    calls = len(server.cloud.journal)
    assert calls - 8 < int(value(hass, f"{ACCOUNT}_calls_in_24_hours")) <= calls
    assert value(hass, f"{ACCOUNT}_refusals_in_24_hours") == "0"
    assert value(hass, f"{ACCOUNT}_plant_list_calls_left") == "9"
    assert value(hass, f"{ACCOUNT}_next_poll").startswith("2026-06-20T12:0")


async def test_account_sensors_sum_all_plants(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    entity_registry_enabled_by_default: None,
) -> None:
    add_plants(server.cloud, 9)
    await let_pass(600)
    await set_up(hass, entry)
    await let_pass(120)
    for key in ("power", "energy_today", "energy_total"):
        parts = [
            float(value(hass, f"sensor.{plant}_{key}")) for plant in (HOUSE, "plant_9")
        ]
        assert float(value(hass, f"{ACCOUNT}_{key}")) == pytest.approx(sum(parts))
    assert value(hass, f"{ACCOUNT}_plants_offline") == "0"
    assert value(hass, f"{ACCOUNT}_devices_in_fault") == "0"


async def test_refusals_for_an_hour_raise_an_issue_and_no_warnings(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await let_pass(900)
    caplog.clear()
    requests = len(server.cloud.journal)
    server.cloud.faults.append(Fault(FaultKind.REFUSE, until=server.cloud.now() + 3600))
    await let_pass(3600)
    assert value(hass, STATUS) == "slowed"
    # Polls become rarer, and nothing is logged.
    assert len(server.cloud.journal) - requests < 30
    assert logged_warnings(caplog) == []
    assert value(hass, f"sensor.{ROOF}_energy_total") != "unavailable"
    assert "other_program" in issues(hass)
    await let_pass(3 * 3600)
    assert value(hass, STATUS) == "ok"
    assert float(value(hass, f"sensor.{ROOF}_output_power")) > 100
    await let_pass(24 * 3600, 300)
    assert issues(hass) == set()


async def test_many_entities_raise_an_issue_before_home_assistant_refuses_them(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    entity_registry: er.EntityRegistry,
) -> None:
    """Home Assistant leaves out what exceeds 10,000 enabled entities of an entry, and only logs that."""

    def count() -> int:
        registered = entity_registry.entities
        return registered.get_enabled_count_for_config_entry_id(loaded.entry_id)

    added: list[str] = []

    async def add_until(enabled: int) -> set[str]:
        while count() < enabled:
            entity = entity_registry.async_get_or_create(
                "sensor", DOMAIN, f"SN{len(added)}_power", config_entry=loaded
            )
            added.append(entity.entity_id)
        await let_pass(61)
        return issues(hass)

    assert await add_until(MANY_ENTITIES - 1) == set()
    assert await add_until(MANY_ENTITIES) == {"many_entities"}
    for entity_id in added[:100]:
        entity_registry.async_remove(entity_id)
    await let_pass(61)
    assert issues(hass) == {"many_entities"}
    for entity_id in added[100:300]:
        entity_registry.async_remove(entity_id)
    await let_pass(61)
    assert issues(hass) == set()


async def test_outage_of_hours_raises_an_issue_until_it_ends(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
) -> None:
    await let_pass(900)
    server.cloud.faults.append(Fault(FaultKind.HTML))
    requests = len(server.cloud.journal)
    await let_pass(3600)
    assert value(hass, STATUS) == "down"
    # Only one request at a time probes whether the cloud is up again.
    assert len(server.cloud.journal) - requests <= 20
    assert issues(hass) == set()
    await let_pass(3900)
    assert issues(hass) == {"cloud_down"}
    server.cloud.faults.clear()
    await let_pass(330)
    assert value(hass, STATUS) == "ok"
    assert issues(hass) == set()
    await let_pass(60)
    assert float(value(hass, f"sensor.{ROOF}_output_power")) > 100


async def test_emptied_device_lists_change_nothing(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    server.cloud.faults.append(Fault(FaultKind.EMPTY_LIST))
    await let_pass(4 * 3600)
    assert float(value(hass, f"sensor.{ROOF}_output_power")) > 100
    assert value(hass, STATUS) == "ok"
    assert logged_warnings(caplog) == []


async def test_same_token_in_core_integration_raises_an_issue(
    hass: HomeAssistant, loaded: MockConfigEntry, let_pass: Pass
) -> None:
    other = MockConfigEntry(domain="growatt_server", data={"token": TOKEN})
    other.add_to_hass(hass)
    await let_pass(60)
    assert issues(hass) == {"core_same_token"}
    await hass.config_entries.async_remove(other.entry_id)
    await let_pass(60)
    assert issues(hass) == set()
    other = MockConfigEntry(domain="growatt_server", data={"token": "another"})
    other.add_to_hass(hass)
    await let_pass(60)
    assert issues(hass) == set()


async def fix(client: Any, path: str, answer: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=answer)
    assert response.status == HTTPStatus.OK
    found: dict[str, Any] = await response.json()
    return found


async def test_wrong_server_issue_moves_the_entry(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    cloud: Cloud,
    let_pass: Pass,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = Server(Cloud(plants=cloud.plants, clock=cloud.clock, tokens={TOKEN}))
    await other.start()
    monkeypatch.setattr(
        "custom_components.growatt_openapi.flows.token_probe.REGIONS",
        {"europe": Region(url=other.url, portal="http://x", official=True)},
    )
    try:
        assert await async_setup_component(hass, "repairs", {})
        server.cloud.old_host = True
        await let_pass(900)
        assert issues(hass) == {"wrong_server"}
        (issue_id,) = (
            issue_id
            for domain, issue_id in ir.async_get(hass).issues
            if domain == DOMAIN
        )
        client = await hass_client()
        flow = await fix(
            client,
            "/api/repairs/issues/fix",
            {"handler": DOMAIN, "issue_id": issue_id},
        )
        assert flow["step_id"] == "confirm"
        path = f"/api/repairs/issues/fix/{flow['flow_id']}"
        other.cloud.faults.append(Fault(FaultKind.ERROR_500, count=1))
        assert (await fix(client, path, {}))["errors"] == {"base": "cannot_connect"}
        await let_pass(330)
        assert (await fix(client, path, {}))["type"] == "create_entry"
        await hass.async_block_till_done(wait_background_tasks=True)
        assert (loaded.data["region"], loaded.data["url"]) == ("europe", other.url)
        await let_pass(330)
        assert issues(hass) == set()
        assert value(hass, STATUS) == "ok"
    finally:
        await hass.config_entries.async_unload(loaded.entry_id)
        await other.stop()


async def press(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": "button.growatt_account_refresh"},
        blocking=True,
    )


async def test_refresh_button_keeps_the_limits(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await let_pass(1800)
    requests = len(server.cloud.journal)
    await let_pass(100)
    await press(hass)
    assert len(server.cloud.journal) > requests
    requests = len(server.cloud.journal)
    with pytest.raises(HomeAssistantError) as error:
        await press(hass)
    assert error.value.translation_key == "nothing_new_before"
    assert set(error.value.translation_placeholders or {}) == {"time"}
    assert len(server.cloud.journal) == requests
    assert not refused(server.cloud)
    server.cloud.faults.append(Fault(FaultKind.HTML))
    await let_pass(600)
    with pytest.raises(HomeAssistantError) as error:
        await press(hass)
    assert error.value.translation_key == "cloud_is_down"


async def test_refresh_action_needs_a_loaded_entry(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await let_pass(1000)

    async def call(entry_id: str) -> None:
        await hass.services.async_call(
            DOMAIN, "refresh", {"config_entry_id": entry_id}, blocking=True
        )

    requests = len(server.cloud.journal)
    await call(loaded.entry_id)
    assert len(server.cloud.journal) > requests
    with pytest.raises(ServiceValidationError) as error:
        await call("nonsense")
    assert error.value.translation_key == "service_config_entry_not_found"
    await hass.config_entries.async_unload(loaded.entry_id)
    with pytest.raises(ServiceValidationError) as error:
        await call(loaded.entry_id)
    assert error.value.translation_key == "service_config_entry_not_loaded"


async def test_data_age_grows_during_an_outage(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    entity_registry_enabled_by_default: None,
) -> None:
    await set_up(hass, entry)
    await let_pass(120)
    ages = [float(value(hass, f"sensor.{ROOF}_data_age"))]
    server.cloud.faults.append(Fault(FaultKind.HTML))
    for _ in range(5):
        await let_pass(60)
        ages.append(float(value(hass, f"sensor.{ROOF}_data_age")))
    assert ages == sorted(ages)
    assert 4.9 <= ages[-1] - ages[0] <= 5.1
