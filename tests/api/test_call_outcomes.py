"""The outcomes of calls, counted by endpoint for diagnostics."""

import asyncio

import pytest

from custom_components.growatt_openapi.api import (
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from custom_components.growatt_openapi.api.call_outcomes import KEPT, CallOutcomes
from custom_components.growatt_openapi.api.endpoints.plants import (
    PLANT_DATA,
    PLANT_LIST,
)
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from tests.helpers import VirtualClock


def fail(outcomes: CallOutcomes, error: BaseException) -> None:
    with pytest.raises(type(error)), outcomes.recording(PLANT_DATA):
        raise error


@pytest.mark.parametrize(
    ("error", "kind", "cause", "code"),
    [
        (RefusedError(), "refusals", None, 10012),
        (NotPermittedError("of jane@example.com"), "errors", None, 10011),
        (TokenRefusedError(), "errors", None, 10011),
        (RequestError(ErrorCode.SYSTEM, 10001, "TPJ4A18033"), "errors", None, 10001),
        (WrongServerError(), "failures", "wrong_server", -1),
        (CloudDownError(CloudDownCause.TIMEOUT), "failures", "timeout", None),
    ],
)
def test_call_without_success_is_counted_and_kept_without_its_message(
    clock: VirtualClock,
    error: OpenApiError,
    kind: str,
    cause: str | None,
    code: int | None,
) -> None:
    outcomes = CallOutcomes(clock)
    fail(outcomes, error)
    (counts,) = outcomes.totals().values()
    assert {name: count for name, count in counts.items() if count} == {kind: 1}
    (kept,) = (*outcomes.refusals, *outcomes.failures)
    assert (kept.error, kept.cause, kept.code) == (type(error).__name__, cause, code)
    assert (kept.at, kept.path) == (clock.now(), "plant/data")
    assert "jane" not in repr(kept)
    assert "TPJ" not in repr(kept)


def test_counts_end_after_a_day_and_the_last_ones_are_kept(clock: VirtualClock) -> None:
    outcomes = CallOutcomes(clock)
    for hour in range(48):
        for _ in range(12):
            with outcomes.recording(PLANT_LIST):
                clock.advance(300)
        if hour == 0:
            for _ in range(KEPT + 5):
                fail(outcomes, RefusedError())
            fail(outcomes, CloudDownError(CloudDownCause.TIMEOUT))
    assert set(outcomes.totals()) == {"plant/list"}
    assert 276 <= outcomes.totals()["plant/list"]["successes"] <= 288
    # Refusals do not drive out the failures.
    assert (len(outcomes.refusals), len(outcomes.failures)) == (KEPT, 1)


def test_cancelled_call_has_no_outcome(clock: VirtualClock) -> None:
    outcomes = CallOutcomes(clock)
    fail(outcomes, asyncio.CancelledError())
    assert outcomes.totals() == {}
