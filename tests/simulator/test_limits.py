"""Tests of the vendor's limits: 5 minutes, 10 seconds, ten calls a day."""

import pytest

from simulator.cloud import Cloud
from tests.helpers import Ask, VirtualClock

PLANT = {"plant_id": "700101"}
STORAGE = {"storage_sn": "KHB2C21054"}


def code(reply: dict[str, object]) -> object:
    return reply["error_code"]


@pytest.mark.parametrize(
    ("method", "path", "parameters", "interval"),
    [
        ("GET", "plant/data", PLANT, 300),
        ("POST", "device/storage/storage_last_data", STORAGE, 10),
    ],
)
def test_second_request_within_interval_is_refused(
    ask: Ask,
    clock: VirtualClock,
    method: str,
    path: str,
    parameters: dict[str, str],
    interval: float,
) -> None:
    assert code(ask(method, path, parameters)) == 0
    clock.advance(interval - 0.001)
    early = ask(method, path, parameters)
    assert early == {"error_code": 10012, "error_msg": "error_frequently_access"}
    clock.advance(0.001)
    # Exactly one interval later it is answered: the refusal did not restart the interval.
    assert code(ask(method, path, parameters)) == 0


def test_refusal_restarts_the_interval_if_set(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    cloud.limits.refusals_renew = True
    ask("GET", "plant/data", PLANT)
    clock.advance(200)
    assert code(ask("GET", "plant/data", PLANT)) == 10012
    clock.advance(200)
    assert code(ask("GET", "plant/data", PLANT)) == 10012
    clock.advance(300)
    assert code(ask("GET", "plant/data", PLANT)) == 0


def test_empty_parameter_counts_as_its_default(ask: Ask) -> None:
    assert code(ask("GET", "plant/list", {"page": "", "perpage": ""})) == 0
    assert code(ask("GET", "plant/list", {"page": "1", "perpage": "20"})) == 10012
    assert code(ask("GET", "plant/list", {"page": "1", "perpage": "100"})) == 0


def test_request_to_another_endpoint_is_answered(ask: Ask) -> None:
    assert code(ask("GET", "plant/data", PLANT)) == 0
    assert code(ask("GET", "plant/details", PLANT)) == 0


def test_eleventh_request_in_24_hours_is_refused(ask: Ask, clock: VirtualClock) -> None:
    codes = []
    for _ in range(11):
        codes.append(code(ask("GET", "plant/list")))
        clock.advance(3600)
    assert codes == [0] * 10 + [10012]
    clock.advance(13 * 3600 - 1)
    assert code(ask("GET", "plant/list")) == 10012
    clock.advance(1)
    assert code(ask("GET", "plant/list")) == 0
    clock.advance(301)
    assert code(ask("GET", "plant/list")) == 10012


def test_repeated_set_is_answered(ask: Ask) -> None:
    for _ in range(3):
        reply = ask(
            "POST",
            "storageSet",
            STORAGE | {"type": "storage_cmd_mode", "param1": "1"},
        )
        assert code(reply) == "0"


def test_limits_can_be_suspended_and_cleared(cloud: Cloud, ask: Ask) -> None:
    ask("GET", "plant/data", PLANT)
    cloud.limits.enforced = False
    assert code(ask("GET", "plant/data", PLANT)) == 0
    cloud.limits.enforced = True
    assert code(ask("GET", "plant/data", PLANT)) == 10012
    cloud.limits.clear()
    assert code(ask("GET", "plant/data", PLANT)) == 0
