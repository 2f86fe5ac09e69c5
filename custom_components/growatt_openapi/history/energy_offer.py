"""The offer to set up the Energy dashboard, made once for each source: what the user removes there later is not offered again."""

from typing import Any

from homeassistant.components.recorder import get_instance
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..issues import async_create_offer, async_withdraw_offer
from ..persistence.entry_store import EntryStore
from .energy_preferences import (
    ENERGY_DOMAIN,
    Outcome,
    SourceResult,
    async_set_up_energy_dashboard,
)


class OfferedStatistics:
    """The ids of the statistics of an entry that were offered for the Energy dashboard; saved with the entry's other data."""

    def __init__(self, store: EntryStore) -> None:
        """Initialize with those of the last run."""
        self._store = store
        saved = store.load_section("energy_dashboard", self._dump).get("offered")
        self._ids = {str(one) for one in saved} if isinstance(saved, list) else set()

    async def _dump(self) -> dict[str, Any]:
        return {"offered": sorted(self._ids)}

    def includes(self, ids: set[str]) -> bool:
        """Return whether all of these were offered."""
        return ids <= self._ids

    @callback
    def add(self, ids: set[str]) -> None:
        """Add statistics."""
        if not ids <= self._ids:
            self._ids |= ids
            self._store.schedule_save()


async def async_offer_energy_dashboard(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Create the repair issue that offers to add what can be added to the Energy dashboard and was not offered yet.

    To be called in a background task when statistics of a loaded entry have been imported: it waits until the recorder has
    written what is queued, which takes long while the recorder migrates. There is nothing to offer where the Energy integration
    is not set up; where nothing is left to add, a former offer ends.
    """
    if ENERGY_DOMAIN not in hass.config.components:
        return
    await get_instance(hass).async_block_till_done()
    offered: OfferedStatistics = entry.runtime_data.offered_statistics
    results = await async_set_up_energy_dashboard(hass, entry, dry_run=True)
    addable = _statistics_with(results, Outcome.ADDED)
    if not addable:
        async_withdraw_offer(hass, entry)
    elif not offered.includes(addable):
        async_create_offer(hass, entry)
    # What is there already needed no offer.
    offered.add(addable | _statistics_with(results, Outcome.ALREADY_THERE))


def _statistics_with(results: list[SourceResult], outcome: Outcome) -> set[str]:
    return {
        statistic_id
        for result in results
        if result.outcome is outcome
        for statistic_id in result.statistic_ids
    }
