"""Real files, whole and damaged."""

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

# As they are before the tests' Home Assistant takes files away.
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


async def test_what_was_saved_is_read(hass: HomeAssistant, file: Path) -> None:
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
async def test_what_cannot_be_read_is_begun_anew(
    hass: HomeAssistant, file: Path, text: str
) -> None:
    file.write_text(text)
    shelf = DelayedStore(hass, "x")
    assert await shelf.load() is None
    await shelf.save({"new": 1})
    assert await DelayedStore(hass, "x").load() == {"new": 1}


async def test_soon_is_soon_whatever_else_changes(
    hass: HomeAssistant, file: Path
) -> None:
    shelf, made = DelayedStore(hass, "x"), 0
    await shelf.save({})

    async def make() -> dict[str, int]:
        nonlocal made
        made += 1
        return {"made": made}

    start = dt_util.utcnow()
    for seconds in range(0, int(SAVE_WITHIN) + 30, 30):
        shelf.schedule_save(make)
        async_fire_time_changed(hass, start + timedelta(seconds=seconds))
        await hass.async_block_till_done()
    assert made == 1
    assert await DelayedStore(hass, "x").load() == {"made": 1}
    # What is saved at once takes with it what was to be saved soon.
    shelf.schedule_save(make)
    await shelf.save({"now": 1})
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert await DelayedStore(hass, "x").load() == {"now": 1}
    shelf.schedule_save(make)
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert await DelayedStore(hass, "x").load() == {"made": 2}
