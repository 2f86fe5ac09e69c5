"""Diagnostics of an account: its options, its calls and their limits, and errors that nothing expects."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from homeassistant.const import CONF_REGION

from ..api import Gateway
from ..api.call_outcomes import FailedCall
from ..const import CONF_CONTROLS, CONF_DETAIL, CONF_INTERVAL, CONF_PLANTS, CONF_WRITES
from ..runtime import GrowattConfigEntry, RuntimeData


def describe_options(entry: GrowattConfigEntry) -> dict[str, Any]:
    """Return an entry's region and options; of its plants the number only."""
    chosen = entry.options.get(CONF_PLANTS)
    return {
        "region": entry.data[CONF_REGION],
        "plants_chosen": None if chosen is None else len(chosen),
        **{
            option: entry.options.get(option)
            for option in (CONF_CONTROLS, CONF_INTERVAL, CONF_DETAIL, CONF_WRITES)
        },
    }


def describe_gateway(gateway: Gateway) -> dict[str, Any]:
    """Return the calls of the last day, the last refusals and failures, and the learned limits."""
    outcomes = gateway.call_outcomes
    limits = gateway.learned_limits.dump(gateway.clock.monotonic())
    return {
        "calls": gateway.calls_last_day,
        "refusals": gateway.refusals_last_day,
        "failures": gateway.failures_last_day,
        "spacing": gateway.connection.spacing,
        "status": gateway.status.value,
        "wrong_server": gateway.connection.wrong_server,
        # These begin anew when Home Assistant starts.
        "counted_since": outcomes.since.isoformat(),
        "endpoints": outcomes.totals(),
        "last_refusals": _describe_calls(outcomes.refusals),
        "last_failures": _describe_calls(outcomes.failures),
        "learned_limits": {
            path: {"interval": interval, "tried_again_in": round(try_in)}
            for path, (interval, try_in) in limits.items()
        },
    }


def _describe_calls(calls: Iterable[FailedCall]) -> list[dict[str, Any]]:
    return [{**asdict(call), "at": call.at.isoformat()} for call in calls]


def count_unexpected_errors(runtime: RuntimeData) -> Counter[str]:
    """Return how often a round of a coordinator ended with an error that nothing expects, by its kind."""
    coordinators = (runtime.inventory, *runtime.pollers, runtime.alarms)
    return sum(
        (coordinator.unexpected_errors for coordinator in coordinators), Counter[str]()
    )
