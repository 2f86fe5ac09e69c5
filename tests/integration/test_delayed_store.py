"""The delayed store with real files, whole and damaged."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.growatt_openapi.persistence.delayed_store import (
    SAVE_WITHIN,
    DelayedStore,
)

# The methods of Store before the test framework replaces them by ones without files.
REAL = {
    name: getattr(Store, name)
    for name in ("_async_load", "_async_write_data", "async_remove")
}


@pytest.fixture
def file(hass: HomeAssistant, tmp_path: Path) -> Iterator[Path]:
    hass.config.config_dir = str(tmp_path)
    file = tmp_path / ".storage/growatt_openapi.x"
    file.parent.mkdir()
    with patch.multiple(Store, **REAL):
        yield file


async def test_saved_data_is_loaded(hass: HomeAssistant, file: Path) -> None:
    assert await DelayedStore(hass, "x").load() is None
    await DelayedStore(hass, "x").save({"a": [1, None, "ü"]})
    assert await DelayedStore(hass, "x").load() == {"a": [1, None, "ü"]}
    await DelayedStore(hass, "x").remove()
    assert not file.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"version": 1, "minor_version": 1, "key": "growatt_openapi.x", "da',
        "\x00\x00\x00",
        "[]",
        "{}",
        '{"version": 1, "minor_version": 1}',
        '{"version": 1, "minor_version": 1, "data": []}',
        '{"version": 99, "minor_version": 1, "data": {"from": "the future"}}',
        '{"version": 0, "minor_version": 1, "data": {}}',
        '{"version": "x", "minor_version": 1, "data": {}}',
    ],
)
async def test_unreadable_file_loads_as_none_and_is_replaced(
    hass: HomeAssistant, file: Path, text: str
) -> None:
    file.write_text(text)
    store = DelayedStore(hass, "x")
    assert await store.load() is None
    await store.save({"new": 1})
    assert await DelayedStore(hass, "x").load() == {"new": 1}


async def test_repeated_schedules_do_not_delay_a_save(
    hass: HomeAssistant, file: Path
) -> None:
    store, made = DelayedStore(hass, "x"), 0
    await store.save({})

    async def make() -> dict[str, int]:
        nonlocal made
        made += 1
        return {"made": made}

    start = dt_util.utcnow()
    for seconds in range(0, int(SAVE_WITHIN) + 30, 30):
        store.schedule_save(make)
        async_fire_time_changed(hass, start + timedelta(seconds=seconds))
        await hass.async_block_till_done()
    assert made == 1
    assert await DelayedStore(hass, "x").load() == {"made": 1}
    # An immediate save replaces a scheduled one.
    store.schedule_save(make)
    await store.save({"now": 1})
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert await DelayedStore(hass, "x").load() == {"now": 1}
    store.schedule_save(make)
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert await DelayedStore(hass, "x").load() == {"made": 2}
