"""Whatever an action or a form is given: it succeeds, or raises an error that the user can read."""

import contextlib
from datetime import datetime
from typing import Any

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import HomeAssistantError
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.growatt_openapi.api import (
    CloudDownCause,
    CloudDownError,
    Transport,
)
from custom_components.growatt_openapi.api.transport import Envelope
from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.controls.write_limit import WriteLimit
from custom_components.growatt_openapi.services import ACTIONS, Action
from simulator.physics.plant import Plant
from simulator.scenarios import TOKEN, home
from simulator.scenarios.newer import hybrid_home, min_home, spa_home
from tests.helpers import INVERTER, JSON, PLANT, STORAGE, VirtualClock

MIN, SPH = "MNK6D09077", "SPN4F11025"


def scenario(now: datetime) -> list[Plant]:
    """A cloud with a device of every family that has settings of its own."""
    return [*home(now), *min_home(now), *hybrid_home(now), *spa_home(now)]


SCENARIO = scenario

# Numbers that are none, too great for a float, or too great for any setting; times and dates at their ends; texts of all kinds.
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(float("nan"), float("inf"), float("-inf"), 10**400, -(10**400), 1e308, -0.0),
        *("nan", "inf", "-inf", "1e999", "1" + "0" * 400, "٣", "\x00", " ", "{}"),
        *("24:00", "00:00", "23:59:59.999999", "02:30", "0001-01-01", "9999-12-31"),
        *("2026-06-20", "month", "year", "battery_first", "residential", "all"),
        *(0, 1, 3, 10, 50, 380.5, 0.8, 65535, True, None),
        *(STORAGE, PLANT, f"plant_{PLANT}"),
    ]
)
ANYTHING = ODD | JSON
PERIODS = st.lists(
    st.fixed_dictionaries(
        {"start": ANYTHING, "end": ANYTHING},
        optional={"enabled": ANYTHING, "mode": ANYTHING},
    ),
    max_size=3,
)


def calls_of(action: Action, ids: dict[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for the data of calls of an action; most of their devices exist."""
    device = st.sampled_from(
        [ids[one] for one in (INVERTER, STORAGE, MIN, SPH, f"plant_{PLANT}")]
    )
    values = {
        "device_id": device | st.lists(device, min_size=1, max_size=2) | ANYTHING,
        "periods": PERIODS | ANYTHING,
        "segments": PERIODS | ANYTHING,
    }
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for field in action.fields:
        fields = required if isinstance(field, vol.Required) else optional
        fields[str(field)] = values.get(str(field), ANYTHING)
    # Without an account most calls get further.
    optional.pop("config_entry_id", None)
    return st.fixed_dictionaries(required, optional=optional)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_any_data_of_an_action_succeeds_or_is_explained(
    hass: HomeAssistant,
    ids: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    action: Action,
    data: st.DataObject,
) -> None:
    monkeypatch.setattr(WriteLimit, "allowed_at", lambda *_: None)
    raised: Exception | None = None
    try:
        await hass.services.async_call(
            DOMAIN,
            action.name,
            data.draw(calls_of(action, ids)),
            blocking=True,
            return_response=action.response.value != "none",
        )
    except (HomeAssistantError, vol.Invalid) as err:
        raised = err
    assert not isinstance(raised, HomeAssistantError) or raised.translation_key
    # A changed plant has its lists read.
    await hass.async_block_till_done(wait_background_tasks=True)


ANSWERS = ANYTHING | st.sampled_from(
    [
        *(TOKEN, "auto", "custom", "europe", "essential", [], [PLANT], False),
        *("http://[::1", "http://[fe80::1%25eth0]", "http://[->{]~@", "http://xn--"),
        *("http://127.0.0.1:1", "https://example.com:99999", "//", "http://a@b"),
    ]
)


@pytest.mark.parametrize(
    "source", [SOURCE_USER, SOURCE_REAUTH, SOURCE_RECONFIGURE, "options"]
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_any_answer_to_a_form_is_accepted_or_explained(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    data: st.DataObject,
) -> None:
    async def break_down(*_: object) -> Envelope:
        raise CloudDownError(CloudDownCause.CONNECTION, reached=False)

    monkeypatch.setattr(Transport, "exchange", break_down)
    # Flow ids are made of the time and of random numbers, and these are the same for every example.
    clock.advance(1)
    if source == "options":
        flows: Any = hass.config_entries.options
        shown = await flows.async_init(loaded.entry_id)
    else:
        flows = hass.config_entries.flow
        context = {"source": source, "entry_id": loaded.entry_id}
        given_data = loaded.data if source == SOURCE_REAUTH else None
        shown = await flows.async_init(DOMAIN, context=context, data=given_data)
    for _ in range(3):
        if shown["type"] is not FlowResultType.FORM:
            break
        fields = {str(field): ANSWERS for field in shown["data_schema"].schema}
        answer = data.draw(st.fixed_dictionaries(fields))
        with contextlib.suppress(InvalidData):
            shown = await flows.async_configure(shown["flow_id"], answer)
    if shown["type"] is FlowResultType.FORM:
        flows.async_abort(shown["flow_id"])
    await hass.async_block_till_done()
