"""The Energy dashboard of the demo, filled from the simulated cloud's history and set up by the integration's own action."""

import asyncio
from typing import Any

from .home_assistant import HomeAssistant, HomeAssistantError

DOMAIN = "growatt_openapi"
ACTION = "set_up_energy_dashboard"
# Seconds between two looks at what is imported.
_PAUSE = 3.0


async def fill(
    home_assistant: HomeAssistant, plant: str, patience: float
) -> list[dict[str, Any]]:
    """Set up the Energy dashboard as soon as everything that a plant measures is imported; return what was added.

    plant: the name of the first plant, which is imported first.

    Raises HomeAssistantError where that takes longer than ``patience``, seconds.
    """
    missing: list[Any] = []
    for _ in range(int(patience / _PAUSE)):
        plan = await home_assistant.ask(DOMAIN, ACTION, {"dry_run": True})
        missing = [row for row in plan["not_imported_yet"] if row["plant"] == plant]
        if not missing and any(row["plant"] == plant for row in plan["added"]):
            done = await home_assistant.ask(DOMAIN, ACTION, {})
            added: list[dict[str, Any]] = done["added"]
            return added
        await asyncio.sleep(_PAUSE)
    raise HomeAssistantError(f"not imported: {missing or plant}")
