"""What must be true of Home Assistant in every fault: states, log, calls, files, secrets."""

from collections.abc import Iterable, Iterator
from datetime import datetime
import json
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import ExtendedJSONEncoder
import orjson

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.diagnostics import (
    async_get_config_entry_diagnostics,
)
from simulator.scenarios import TOKEN

_NO_VALUE = ("unavailable", "unknown")
_PREFIXES = {"k": 1e3, "M": 1e6, "G": 1e9, "m": 1e-3}
_UNITS = ("W", "Wh", "V", "A", "VA", "var", "varh")

# The range of plausible values by device class, in the unit without a prefix: wide enough for every house, too narrow for nonsense.
_RANGES: dict[str, tuple[float, float]] = {
    "apparent_power": (0, 1e8),
    "battery": (0, 100),
    "current": (-10_000, 10_000),
    "duration": (0, 1e9),
    "energy": (0, 2e10),  # Wh: 20 GWh
    "frequency": (0, 100),
    "humidity": (0, 100),
    "irradiance": (0, 3000),
    "monetary": (-1e9, 1e9),
    "power": (-1e8, 1e8),
    "power_factor": (-100, 100),
    "reactive_energy": (0, 2e10),
    "reactive_power": (-1e8, 1e8),
    "temperature": (-100, 200),
    "voltage": (0, 10_000),
    "weight": (0, 1e9),
    "wind_speed": (0, 500),
}
# These have no sign: what flows the other way has an entity of its own.
_NEVER_NEGATIVE = (
    *("output_power", "pv_power", "charge_power", "discharge_power"),
    *("import_power", "export_power", "consumption"),
)
_KNOWN_UNCLASSED = 1e9


class LogCollector(logging.Handler):
    """Collects what is logged: warnings and worse of everyone, and whether anything contains the token."""

    def __init__(self) -> None:
        """Initialize without records."""
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record if it matters."""
        if TOKEN in record.getMessage():
            self.leaks.append(record.name)
        if record.levelno >= logging.WARNING and not _is_of_the_tests(record):
            self.records.append(record)

    def take(self) -> list[logging.LogRecord]:
        """Return the records since the last call."""
        taken, self.records = self.records, []
        return taken


def _is_of_the_tests(record: logging.LogRecord) -> bool:
    """Return whether only tests cause a record: custom integrations are not tested, and a frozen clock looks slow."""
    return record.name in ("homeassistant.loader", "asyncio")


def check_log(records: Iterable[logging.LogRecord], most: int, when: str) -> None:
    """Check that nothing was logged with a traceback, and no more than ``most`` warnings."""
    lines = [
        f"{record.levelname} {record.name}: {record.getMessage()[:300]}"
        for record in records
    ]
    for record, line in zip(records, lines, strict=True):
        if record.exc_info and record.exc_info[0] is not None:
            kind, error = record.exc_info[:2]
            raise AssertionError(
                f"traceback {when}: {kind.__name__}: {str(error)[:200]} ({line})"
            )
        assert "Traceback" not in record.getMessage(), f"traceback {when}: {line}"
        assert record.levelno < logging.ERROR, f"error logged {when}: {line}"
    assert len(lines) <= most, f"{len(lines)} lines logged {when}: {lines[:4]}"


def entities_of(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> Iterator[tuple[str, str]]:
    """Yield unique id and entity id of all enabled entities of an entry."""
    registry = er.async_get(hass)
    for one in er.async_entries_for_config_entry(registry, entry.entry_id):
        if one.disabled_by is None:
            yield one.unique_id, one.entity_id


def kinds_of_states(hass: HomeAssistant, entry: ConfigEntry[Any]) -> dict[str, str]:
    """Return the kind of state of each entity by unique id: a value, unknown, unavailable, disabled."""
    registry = er.async_get(hass)
    kinds = {
        one.unique_id: "disabled"
        for one in er.async_entries_for_config_entry(registry, entry.entry_id)
    }
    for unique_id, entity_id in entities_of(hass, entry):
        state = hass.states.get(entity_id)
        text = "unavailable" if state is None else state.state
        kinds[unique_id] = text if text in _NO_VALUE else "value"
    return kinds


def check_serializable(hass: HomeAssistant) -> None:
    """Check that every state can be sent to a browser, and that the registries can be saved."""
    for state in hass.states.async_all():
        try:
            orjson.loads(state.as_dict_json)
        except ValueError as err:
            raise AssertionError(f"{state.entity_id} is no JSON: {err}") from err
    for registry in (dr.async_get(hass), er.async_get(hass)):
        orjson.dumps(registry._data_to_save(), default=str)


def check_states(hass: HomeAssistant, entry: ConfigEntry[Any], now: datetime) -> None:
    """Check that every state can be sent to a browser and holds nothing impossible, and the registries too."""
    check_serializable(hass)
    for _, entity_id in entities_of(hass, entry):
        assert len(entity_id) <= 255, f"long entity id {entity_id}"
        if (state := hass.states.get(entity_id)) is not None:
            fault = find_implausible(state, now)
            assert fault is None, f"{entity_id} is {state.state!r}: {fault}"


def find_implausible(state: State, now: datetime) -> str | None:
    """Return what is wrong with a state; None if it may be true."""
    if state.state in _NO_VALUE:
        return None
    attributes = state.attributes
    if len(state.state) > 255:
        return "too long"
    options = attributes.get("options")
    if options is not None:
        return None if state.state in options else f"not one of {options}"
    device_class = attributes.get("device_class")
    if device_class in ("timestamp", "date"):
        try:
            moment = datetime.fromisoformat(state.state)
        except ValueError:
            return "no time"
        return None if abs(moment.year - now.year) <= 5 else "another age"
    if (
        attributes.get("unit_of_measurement") is None
        and "state_class" not in attributes
    ):
        return None
    return _find_wrong_number(state)


def _find_wrong_number(state: State) -> str | None:
    try:
        number = float(state.state)
    except ValueError:
        return "no number"
    unit = str(state.attributes.get("unit_of_measurement") or "")
    device_class = str(state.attributes.get("device_class"))
    low, high = _RANGES.get(device_class, (-_KNOWN_UNCLASSED, _KNOWN_UNCLASSED))
    if unit == "%":
        low, high = max(low, -100), min(high, 100)
    if state.entity_id.endswith(_NEVER_NEGATIVE):
        low = max(low, 0)
    factor = _PREFIXES.get(unit[:1], 1) if unit[1:] in _UNITS else 1
    if not low <= number * factor <= high:
        return f"not from {low:g} to {high:g} ({device_class})"
    return None


def check_recovered(before: dict[str, str], now: dict[str, str]) -> None:
    """Check that every entity that has a value without a fault has one again.

    Whether an entity is disabled was decided when it was registered, out of what the fault showed then.
    """
    lost = {
        unique_id: now.get(unique_id, "missing")
        for unique_id, kind in before.items()
        if kind == "value" and now.get(unique_id) not in ("value", "disabled")
    }
    assert not lost, f"{len(lost)} entities have no value an hour later: {_few(lost)}"


def _few(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in sorted(found.items())[:3])


async def check_secrets(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    storage: dict[str, Any],
    log: LogCollector,
) -> None:
    """Check that the token is in no log line, state, file or diagnostics."""
    assert not log.leaks, f"token logged by {log.leaks[0]}"
    for state in hass.states.async_all():
        assert TOKEN not in str(state.as_dict()), f"token in {state.entity_id}"
    for name, content in storage.items():
        if name.startswith(DOMAIN):
            assert TOKEN not in str(content), f"token in {name}"
    if (
        hasattr(entry, "runtime_data")
        and entry.state.recoverable
        and entry.state.value == "loaded"
    ):
        found = await async_get_config_entry_diagnostics(hass, entry)
        assert TOKEN not in json.dumps(found, cls=ExtendedJSONEncoder)
