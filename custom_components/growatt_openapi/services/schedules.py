"""Reading and setting whole schedules: the time segments of a MIN, the periods of SPH and SPA."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..api import OpenApiError
from ..const import LOGGER
from ..controls import check_value
from ..error_messages import action_error, validation_error
from ..families import FAMILIES
from ..families.settings import Block, BlockSetting, Period, find_overlap
from ..families.settings.blocks import LAST_MINUTE, MIDNIGHT
from .action import DEVICE, Action, Target, device_target
from .settings import as_time, controls_of, writers

ATTR_PERIODS, ATTR_SEGMENTS = "periods", "segments"
ATTR_START, ATTR_END, ATTR_ENABLED, ATTR_MODE = "start", "end", "enabled", "mode"

_MODES = ("load_first", "battery_first", "grid_first")
_PERIOD = {
    vol.Required(ATTR_START): cv.string,
    vol.Required(ATTR_END): cv.string,
    vol.Optional(ATTR_ENABLED, default=True): cv.boolean,
}
_LEVEL = vol.All(vol.Coerce(float), vol.Range(min=0, max=100))


def _blocks(target: Target, schedule: str) -> list[BlockSetting]:
    """Return the blocks of a schedule; raise ServiceValidationError where devices of this kind have none such."""
    blocks = [
        block
        for block in target.coordinator.family.settings_of(BlockSetting)
        if block.schedule == schedule
    ]
    if not blocks:
        raise validation_error("wrong_family", name=target.name)
    return blocks


async def _look(target: Target) -> None:
    """Ask the device for its settings, as far as they can be had now; else what is known has to do."""
    controls = controls_of(target)
    try:
        await controls.settings_reader.async_read(
            target.coordinator.family, target.serial
        )
    except OpenApiError as err:
        LOGGER.debug("A schedule was not read: %s", err)


def _known(target: Target, block: BlockSetting) -> Block:
    known = controls_of(target).confirmed(target.serial, block)
    return dict(known.value) if known else {}


def _in_words(value: Any) -> JsonValueType:
    return f"{value:%H:%M}" if isinstance(value, time) else value


def _periods_in_words(block: BlockSetting, value: Block) -> list[JsonValueType]:
    return [
        {
            name: _in_words(value.get(f"{name}_{index}"))
            for name in (ATTR_START, ATTR_END, ATTR_ENABLED)
        }
        for index in range(1, block.periods + 1)
    ]


async def _get_schedules(call: ServiceCall) -> ServiceResponse:
    target = device_target(call.hass, call.data[ATTR_DEVICE_ID])
    blocks = target.coordinator.family.settings_of(BlockSetting)
    if not blocks:
        raise validation_error("wrong_family", name=target.name)
    await _look(target)
    found: JsonObjectType = {}
    for block in blocks:
        value = _known(target, block)
        rest = {
            name: _in_words(value.get(name))
            for name in block.parts
            if not name.startswith((ATTR_START, ATTR_END, ATTR_ENABLED))
        }
        periods = _periods_in_words(block, value)
        if block.periods == 1:
            segments = found.setdefault(block.schedule, [])
            assert isinstance(segments, list)
            (period,) = periods
            assert isinstance(period, dict)
            segments.append({"number": block.number, **rest, **period})
        else:
            found[block.schedule] = {**rest, "periods": periods}
    return {"serial": target.serial, **found}


def _as_parts(period: Mapping[str, Any], index: int) -> dict[str, Any]:
    end = as_time(period[ATTR_END], is_end=True)
    if end == MIDNIGHT and period[ATTR_END].startswith("24"):
        end = LAST_MINUTE
    return {
        f"start_{index}": as_time(period[ATTR_START]),
        f"end_{index}": end,
        f"enabled_{index}": period[ATTR_ENABLED],
    }


def _off(value: Block, index: int) -> dict[str, Any]:
    """Return a period that is not named: off, and otherwise as it was."""
    return {
        f"start_{index}": value.get(f"start_{index}") or MIDNIGHT,
        f"end_{index}": value.get(f"end_{index}") or MIDNIGHT,
        f"enabled_{index}": False,
    }


def _set_block(schedule: str) -> Callable[[ServiceCall], Any]:
    async def handle(call: ServiceCall) -> None:
        """Set the periods of a block; what else is in it stays as it is where it is not given."""
        target = device_target(call.hass, call.data[ATTR_DEVICE_ID])
        (block,) = _blocks(target, schedule)
        periods = call.data[ATTR_PERIODS]
        if len(periods) > block.periods:
            raise validation_error("too_many_periods", limit=str(block.periods))
        await _look(target)
        value = _known(target, block)
        parts = dict(value) | {
            name: call.data[name] for name in block.parts if name in call.data
        }
        for index in range(1, block.periods + 1):
            parts |= (
                _as_parts(periods[index - 1], index)
                if index <= len(periods)
                else _off(value, index)
            )
        whole = block.combine(parts)
        check_value(block, whole)
        await controls_of(target).writer.async_set(
            target.coordinator.family, target.serial, block, whole
        )

    return handle


async def _set_time_segments(call: ServiceCall) -> None:
    """Set all segments: those not named are turned off. What is as it should be is not written."""
    target = device_target(call.hass, call.data[ATTR_DEVICE_ID])
    blocks = _blocks(target, "time_segments")
    segments = call.data[ATTR_SEGMENTS]
    if len(segments) > len(blocks):
        raise validation_error("too_many_periods", limit=str(len(blocks)))
    await _look(target)
    now = {block.key: _known(target, block) for block in blocks}
    wanted: dict[str, Block] = {}
    for block in blocks:
        value = now[block.key]
        wanted[block.key] = block.combine(
            {"mode": segments[block.number - 1][ATTR_MODE]}
            | _as_parts(segments[block.number - 1], 1)
            if block.number <= len(segments)
            else {"mode": value.get("mode") or _MODES[0]} | _off(value, 1)
        )
        check_value(block, wanted[block.key])
    refusal = find_overlap(
        period for block in blocks for period in block.periods_of(wanted[block.key])
    )
    if refusal is not None:
        raise validation_error(refusal.key, **refusal.placeholders)
    await _write_in_turn(target, blocks, now, wanted)


async def _write_in_turn(
    target: Target,
    blocks: list[BlockSetting],
    now: dict[str, Block],
    wanted: dict[str, Block],
) -> None:
    """Write what differs, in an order in which no two are on at the same time on the way: the cloud breaks down on that."""
    controls = controls_of(target)
    left = [block for block in blocks if now[block.key] != wanted[block.key]]
    done = 0

    def is_free(block: BlockSetting) -> bool:
        others = [
            period
            for other in blocks
            if other is not block
            for period in other.periods_of(now[other.key])
        ]
        own: list[Period] = list(block.periods_of(wanted[block.key]))
        return not any(one.overlaps(other) for one in own for other in others)

    while left:
        block = next((one for one in left if is_free(one)), None)
        value = wanted[block.key] if block is not None else None
        if block is None:
            # They stand in each other's way: one that is on is turned off first.
            block = next(one for one in left if now[one.key].get("enabled_1"))
            value = {**now[block.key], "enabled_1": False}
        else:
            left.remove(block)
        try:
            await controls.writer.async_set(
                target.coordinator.family, target.serial, block, value
            )
        except HomeAssistantError as err:
            if not done:
                raise
            raise action_error(
                "segments_partly_set",
                done=str(done),
                number=str(block.number),
                error=str(err),
            ) from err
        done += 1
        assert value is not None
        now[block.key] = value


def _keys(schedule: str) -> tuple[str, ...]:
    """Return the keys of a schedule's blocks, of all families; several have the same."""
    return tuple(
        block.key
        for family in FAMILIES.values()
        for block in family.settings_of(BlockSetting)
        if block.schedule == schedule
    )


def _block_action(schedule: str, *more: str) -> Action:
    """Return the action that sets a block of periods, ``more``: what can be given beside them."""
    kinds = {"power": _LEVEL, "stop_level": _LEVEL, "ac_charge": cv.boolean}
    return Action(
        name=f"set_{schedule}",
        fields={
            **DEVICE,
            vol.Required(ATTR_PERIODS): vol.All(cv.ensure_list, [_PERIOD]),
            **{vol.Optional(name): kinds[name] for name in more},
        },
        handler=_set_block(schedule),
        settings=_keys(schedule),
        paths=writers(*_keys(schedule)),
    )


SCHEDULES: tuple[Action, ...] = (
    Action(
        name="get_schedules",
        fields=DEVICE,
        handler=_get_schedules,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="set_time_segments",
        fields={
            **DEVICE,
            vol.Required(ATTR_SEGMENTS): vol.All(
                cv.ensure_list,
                [{vol.Required(ATTR_MODE): vol.In(_MODES), **_PERIOD}],
            ),
        },
        handler=_set_time_segments,
        settings=_keys("time_segments"),
        paths=writers(*_keys("time_segments")),
    ),
    _block_action("charge_periods", "power", "stop_level", "ac_charge"),
    _block_action("discharge_periods", "power", "stop_level"),
    _block_action("load_first_periods"),
)
