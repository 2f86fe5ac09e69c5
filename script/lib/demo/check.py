"""The demo, looked at by a machine: do entities have values, do controls reach the device?"""

import asyncio
from typing import Any

import aiohttp

from .dashboard import find_shown_entities, settled
from .home_assistant import HomeAssistant

# Unknown until it is set, pressed or happens once.
_CONTROLS = ("button", "event", "number", "select", "switch", "time")
# Unknown while an inverter sleeps, and in the first minutes of a day.
_UNKNOWN_AT_NIGHT = ("_temperature", "_self_sufficiency_today")
PATIENCE = 60.0
STORAGE, PLANT = "KHB2C21054", 700101
# Of the later devices that are awake at night: a number, what it is set to, where that is sent, and as what.
LATER = (
    ("MNK6D09077_charge_stop_level", 85, "tlxSet", ["85"]),
    ("SPN4F11025_charge_stop_level", 90, "mixSet", ["100", "90"]),
    ("SAN7G13041_active_power_rate", 70, "spaSet", ["70"]),
)


class CheckError(Exception):
    """Something is not as it should be."""


async def check(home_assistant: HomeAssistant, simulator: str) -> list[str]:
    """Return the table of what was seen; raise CheckError."""
    registered = await settled(home_assistant)
    if len(registered) < 20:
        raise CheckError(f"only {len(registered)} entities are registered")
    states = await _wait_for_values(home_assistant, registered)
    rows = [_row(states[entity["entity_id"]]) for entity in registered]
    rows += await _check_dashboard(home_assistant, registered)
    by_key = {
        entity["unique_id"].removeprefix(f"{STORAGE}_"): entity for entity in registered
    }
    async with aiohttp.ClientSession() as session:
        before = await _storage(session, simulator)
        await home_assistant.call(
            "switch", "turn_on", {"entity_id": by_key["ac_charge"]["entity_id"]}
        )
        await home_assistant.call(
            "number",
            "set_value",
            {"entity_id": by_key["ac_charge_limit"]["entity_id"], "value": 55},
        )
        await home_assistant.call(
            "growatt_openapi",
            "set_charge_window",
            {
                "device_id": by_key["ac_charge"]["device_id"],
                "start": "02:00",
                "end": "24:00",
            },
        )
        after = await _storage(session, simulator)
        rows += await _check_later(home_assistant, session, simulator, registered)
        async with session.get(f"{simulator}/_sim/journal") as reply:
            journal = await reply.json()
    rows.append("")
    for key, expected in (("ac_charge", True), ("ac_charge_limit", 0.55)):
        rows.append(f"{'simulator: ' + key:<52} {before[key]} → {after[key]}")
        if before[key] == expected or after[key] != expected:
            raise CheckError(f"{key} did not reach the simulator: {after[key]}")
    window = after["settings"].get("storage_ac_charge_hour_start")
    rows.append(f"{'simulator: charge window':<52} {window}")
    if window != ["2", "0", "24", "0"]:
        raise CheckError(f"the charge window did not reach the simulator: {window}")
    states = await home_assistant.states()
    for key, expected_state in (
        ("ac_charge", "on"),
        ("ac_charge_limit", "55.0"),
    ):
        state = states[by_key[key]["entity_id"]]["state"]
        if state not in (expected_state, expected_state.removesuffix(".0")):
            raise CheckError(f"{key} shows {state} and not {expected_state}")
    refused = [call for call in journal if call["code"] not in (0, "0")]
    rows.append(
        f"{'calls to the cloud, refused ones':<52} {len(journal)}, {len(refused)}"
    )
    if refused:
        raise CheckError(f"the cloud refused {refused}")
    return rows


async def _check_dashboard(
    home_assistant: HomeAssistant, registered: list[dict[str, Any]]
) -> list[str]:
    """Look whether every entity on the dashboard exists and has a known state; a button that was never pressed has none."""
    shown = await find_shown_entities(home_assistant)
    may_be_unknown = {
        entity["entity_id"]
        for entity in registered
        if entity["entity_id"].startswith("button.")
        or entity["unique_id"].endswith(_UNKNOWN_AT_NIGHT)
    }
    if len(shown) < 20:
        raise CheckError(f"the dashboard shows only {len(shown)} entities")
    bad: list[str] = []
    for _ in range(int(PATIENCE)):
        states = await home_assistant.states()
        bad = []
        for entity_id in shown:
            state = states.get(entity_id, {}).get("state", "missing")
            if state in ("missing", "unavailable") or (
                state == "unknown" and entity_id not in may_be_unknown
            ):
                bad.append(f"{entity_id} is {state}")
        if not bad:
            return ["", f"{'dashboard: entities with a known state':<52} {len(shown)}"]
        await asyncio.sleep(1)
    raise CheckError(f"on the dashboard: {', '.join(bad)}")


async def _check_later(
    home_assistant: HomeAssistant,
    session: aiohttp.ClientSession,
    simulator: str,
    registered: list[dict[str, Any]],
) -> list[str]:
    """Write to each of the later devices that is there, and look whether it arrives."""
    rows = []
    by_id = {entity["unique_id"]: entity["entity_id"] for entity in registered}
    for unique_id, value, path, expected in LATER:
        if unique_id not in by_id:
            continue
        await home_assistant.call(
            "number", "set_value", {"entity_id": by_id[unique_id], "value": value}
        )
        async with session.get(f"{simulator}/_sim/journal") as reply:
            sets = [call for call in await reply.json() if call["path"] == path]
        sent = [sets[-1]["parameters"].get(f"param{index}") for index in (1, 2)]
        rows.append(f"{'simulator: ' + path:<52} {sent}")
        if sent[: len(expected)] != expected:
            raise CheckError(f"{by_id[unique_id]} did not reach the simulator: {sent}")
    return rows


async def _wait_for_values(
    home_assistant: HomeAssistant, registered: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Wait until every entity has a value, but those that may have none at night."""
    expected = [
        entity["entity_id"]
        for entity in registered
        if entity["entity_id"].split(".")[0] not in _CONTROLS
        and not entity["unique_id"].endswith(_UNKNOWN_AT_NIGHT)
    ]
    missing: list[str] = expected
    for _ in range(int(PATIENCE)):
        states = await home_assistant.states()
        missing = [
            entity_id
            for entity_id in expected
            if states.get(entity_id, {}).get("state", "unavailable")
            in ("unavailable", "unknown")
        ]
        if not missing:
            return states
        await asyncio.sleep(1)
    raise CheckError(f"without a value: {', '.join(missing)}")


async def _storage(session: aiohttp.ClientSession, simulator: str) -> dict[str, Any]:
    async with session.get(f"{simulator}/_sim/truth") as reply:
        (plant,) = (plant for plant in await reply.json() if plant["plant_id"] == PLANT)
    storage: dict[str, Any] = plant["storage"]
    return storage


def _row(state: dict[str, Any]) -> str:
    unit = state["attributes"].get("unit_of_measurement", "")
    return f"{state['entity_id']:<52} {state['state']} {unit}".rstrip()
