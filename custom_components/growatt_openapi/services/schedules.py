"""Actions that read and write whole schedules: the time segments of a MIN, the periods of SPH and SPA."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..api import OpenApiError
from ..const import LOGGER
from ..controls import check_value
from ..error_messages import action_error, localize_error, validation_error
from ..families.settings import Block, BlockSetting, find_overlap, order_writes
from ..families.settings.windows import LAST_MINUTE, MIDNIGHT
from .action import DEVICE, Action, Target, async_get_target, finite_number
from .settings import get_controls, parse_end, parse_time

ATTR_PERIODS, ATTR_SEGMENTS = "periods", "segments"
ATTR_START, ATTR_END, ATTR_ENABLED, ATTR_MODE = "start", "end", "enabled", "mode"

_MODES = ("load_first", "battery_first", "grid_first")
_PERIOD = {
    vol.Required(ATTR_START): cv.string,
    vol.Required(ATTR_END): cv.string,
    vol.Optional(ATTR_ENABLED, default=True): cv.boolean,
}
_LEVEL = vol.All(finite_number, vol.Range(min=0, max=100))


def _find_blocks(target: Target, schedule: str) -> list[BlockSetting]:
    """Return the blocks of a schedule; raise ServiceValidationError if the device's family has none."""
    blocks = [
        block
        for block in target.coordinator.family.settings_of(BlockSetting)
        if block.schedule == schedule
    ]
    if not blocks:
        raise validation_error("wrong_family", name=target.name)
    return blocks


async def _read_settings(target: Target) -> None:
    """Read the device's settings; if that fails, the last confirmed ones are used."""
    controls = get_controls(target)
    try:
        await controls.settings_reader.async_read(
            target.coordinator.family, target.serial
        )
    except OpenApiError as err:
        LOGGER.debug("A schedule was not read: %s", err)


def _confirmed_block(target: Target, block: BlockSetting) -> Block:
    """Return the last confirmed parts of a block; empty if none are known."""
    known = get_controls(target).confirmed(target.serial, block)
    return dict(known.value) if known else {}


def _to_json(value: Any) -> JsonValueType:
    return f"{value:%H:%M}" if isinstance(value, time) else value


def _periods_response(block: BlockSetting, value: Block) -> list[JsonValueType]:
    return [
        {
            name: _to_json(value.get(f"{name}_{index}"))
            for name in (ATTR_START, ATTR_END, ATTR_ENABLED)
        }
        for index in range(1, block.periods + 1)
    ]


async def _get_schedules(call: ServiceCall) -> ServiceResponse:
    target = await async_get_target(call, call.data[ATTR_DEVICE_ID], POLICY_READ)
    blocks = target.coordinator.family.settings_of(BlockSetting)
    if not blocks:
        raise validation_error("wrong_family", name=target.name)
    await _read_settings(target)
    found: JsonObjectType = {}
    for block in blocks:
        value = _confirmed_block(target, block)
        other_parts = {
            name: _to_json(value.get(name))
            for name in block.parts
            if not name.startswith((ATTR_START, ATTR_END, ATTR_ENABLED))
        }
        periods = _periods_response(block, value)
        if block.periods == 1:
            segments = found.setdefault(block.schedule, [])
            assert isinstance(segments, list)
            (period,) = periods
            assert isinstance(period, dict)
            segments.append({"number": block.number, **other_parts, **period})
        else:
            found[block.schedule] = {**other_parts, "periods": periods}
    return {"serial": target.serial, **found}


def _period_parts(period: Mapping[str, Any], index: int) -> dict[str, Any]:
    end = parse_end(period[ATTR_END])
    return {
        f"start_{index}": parse_time(period[ATTR_START]),
        f"end_{index}": LAST_MINUTE if end is None else end,
        f"enabled_{index}": period[ATTR_ENABLED],
    }


def _disabled_parts(value: Block, index: int) -> dict[str, Any]:
    """Return the parts of a period that is turned off and otherwise unchanged."""
    return {
        f"start_{index}": value.get(f"start_{index}") or MIDNIGHT,
        f"end_{index}": value.get(f"end_{index}") or MIDNIGHT,
        f"enabled_{index}": False,
    }


def _block_handler(schedule: str) -> Callable[[ServiceCall], Any]:
    async def handle(call: ServiceCall) -> None:
        """Set the periods of a block; its other parts are unchanged unless they are given."""
        target = await async_get_target(call, call.data[ATTR_DEVICE_ID], POLICY_CONTROL)
        (block,) = _find_blocks(target, schedule)
        periods = call.data[ATTR_PERIODS]
        if len(periods) > block.periods:
            raise validation_error("too_many_periods", limit=str(block.periods))
        async with get_controls(target).timed_overrides.lock_of(target.serial):
            await _read_settings(target)
            value = _confirmed_block(target, block)
            parts = dict(value) | {
                name: call.data[name] for name in block.parts if name in call.data
            }
            for index in range(1, block.periods + 1):
                parts |= (
                    _period_parts(periods[index - 1], index)
                    if index <= len(periods)
                    else _disabled_parts(value, index)
                )
            whole = block.combine(parts)
            check_value(block, whole)
            await get_controls(target).writer.async_set(
                target.coordinator.family,
                target.serial,
                block,
                whole,
                # Without its limits, unless they are given: those of an override that is running must not stay.
                edited=frozenset(
                    name
                    for name in block.parts
                    if name in call.data or name[-1].isdigit()
                ),
            )

    return handle


async def _set_time_segments(call: ServiceCall) -> None:
    """Set all segments; those not given are turned off. Segments that already have the value are not written."""
    target = await async_get_target(call, call.data[ATTR_DEVICE_ID], POLICY_CONTROL)
    blocks = _find_blocks(target, "time_segments")
    segments = call.data[ATTR_SEGMENTS]
    if len(segments) > len(blocks):
        raise validation_error("too_many_periods", limit=str(len(blocks)))
    async with get_controls(target).timed_overrides.lock_of(target.serial):
        await _set_segments(target, blocks, segments)


async def _set_segments(
    target: Target, blocks: list[BlockSetting], segments: list[dict[str, Any]]
) -> None:
    await _read_settings(target)
    current = {block.key: _confirmed_block(target, block) for block in blocks}
    wanted: dict[str, Block] = {}
    for block in blocks:
        value = current[block.key]
        wanted[block.key] = block.combine(
            {"mode": segments[block.number - 1][ATTR_MODE]}
            | _period_parts(segments[block.number - 1], 1)
            if block.number <= len(segments)
            else {"mode": value.get("mode") or _MODES[0]} | _disabled_parts(value, 1)
        )
        check_value(block, wanted[block.key])
    error = find_overlap(
        period for block in blocks for period in block.periods_of(wanted[block.key])
    )
    if error is not None:
        raise validation_error(error.key, **error.placeholders)
    await _write_segments(target, blocks, current, wanted)


async def _write_segments(
    target: Target,
    blocks: list[BlockSetting],
    current: dict[str, Block],
    wanted: dict[str, Block],
) -> None:
    """Write the segments that differ."""
    controls = get_controls(target)
    changed = {key: value for key, value in wanted.items() if value != current[key]}
    for done, (block, value) in enumerate(order_writes(blocks, current, changed)):
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
                error=localize_error(target.coordinator.hass, err),
            ) from err
    await controls.timed_overrides.async_keep_user_values(
        target.serial, ((block, wanted[block.key]) for block in blocks)
    )


def _block_action(schedule: str, *more: str) -> Action:
    """Return the action that sets a block of periods; ``more``: the names of its optional fields."""
    kinds = {"power": _LEVEL, "stop_level": _LEVEL, "ac_charge": cv.boolean}
    return Action(
        name=f"set_{schedule}",
        fields={
            **DEVICE,
            vol.Required(ATTR_PERIODS): vol.All(cv.ensure_list, [_PERIOD]),
            **{vol.Optional(name): kinds[name] for name in more},
        },
        handler=_block_handler(schedule),
    )


SCHEDULE_ACTIONS: tuple[Action, ...] = (
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
    ),
    _block_action("charge_periods", "power", "stop_level", "ac_charge"),
    _block_action("discharge_periods", "power", "stop_level"),
    _block_action("load_first_periods"),
)
