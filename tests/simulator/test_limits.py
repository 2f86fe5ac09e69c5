"""The vendor's limits: 5 minutes, 10 seconds, ten a day."""

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
def test_the_same_request_too_early(
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
    # Exactly one interval later: a refused request has not renewed it.
    assert code(ask(method, path, parameters)) == 0


def test_refusals_that_renew(cloud: Cloud, ask: Ask, clock: VirtualClock) -> None:
    cloud.limits.refusals_renew = True
    ask("GET", "plant/data", PLANT)
    clock.advance(200)
    assert code(ask("GET", "plant/data", PLANT)) == 10012
    clock.advance(200)
    assert code(ask("GET", "plant/data", PLANT)) == 10012
    clock.advance(300)
    assert code(ask("GET", "plant/data", PLANT)) == 0


def test_defaults_left_empty_are_the_same_request(ask: Ask) -> None:
    assert code(ask("GET", "plant/list", {"page": "", "perpage": ""})) == 0
    assert code(ask("GET", "plant/list", {"page": "1", "perpage": "20"})) == 10012
    assert code(ask("GET", "plant/list", {"page": "1", "perpage": "100"})) == 0


def test_another_request_passes(ask: Ask) -> None:
    assert code(ask("GET", "plant/data", PLANT)) == 0
    assert code(ask("GET", "plant/details", PLANT)) == 0


def test_ten_in_any_24_hours(ask: Ask, clock: VirtualClock) -> None:
    answers = []
    for _ in range(11):
        answers.append(code(ask("GET", "plant/list")))
        clock.advance(3600)
    assert answers == [0] * 10 + [10012]
    clock.advance(13 * 3600 - 1)
    assert code(ask("GET", "plant/list")) == 10012
    clock.advance(1)
    assert code(ask("GET", "plant/list")) == 0
    clock.advance(301)
    assert code(ask("GET", "plant/list")) == 10012


def test_sets_have_no_limit(ask: Ask) -> None:
    for _ in range(3):
        reply = ask(
            "POST",
            "storageSet",
            STORAGE | {"type": "storage_cmd_mode", "param1": "1"},
        )
        assert code(reply) == "0"


def test_limits_can_be_lifted_and_forgotten(cloud: Cloud, ask: Ask) -> None:
    ask("GET", "plant/data", PLANT)
    cloud.limits.enforced = False
    assert code(ask("GET", "plant/data", PLANT)) == 0
    cloud.limits.enforced = True
    assert code(ask("GET", "plant/data", PLANT)) == 10012
    cloud.limits.clear()
    assert code(ask("GET", "plant/data", PLANT)) == 0
