"""Tests of the endpoints, against the vendor's pages."""

from datetime import timedelta
from typing import Any

import pytest

from simulator.cloud import Cloud
from simulator.router import Router
from simulator.scenarios import TOKEN
from tests.helpers import Ask, VirtualClock

PLANT = {"plant_id": "700101"}
INVERTER, STORAGE = "TPJ4A18033", "KHB2C21054"


def test_replies_have_the_keys_of_the_pages(ask: Ask) -> None:
    assert set(ask("GET", "plant/list")["data"]) == {"count", "plants"}
    assert set(ask("GET", "device/list", PLANT)["data"]) == {"count", "devices"}
    assert set(ask("GET", "device/datalogger/list", PLANT)["data"]) == {
        "count",
        "dataloggers",
        "peak_power_actual",  # in newer replies: the whole plant
    }
    power = ask("GET", "plant/power", PLANT | {"date": "2026-06-20"})["data"]
    assert set(power) == {"count", "powers"}


def test_inverter_reading_has_serials_beside_its_data(ask: Ask) -> None:
    reply = ask("GET", "device/inverter/last_new_data", {"device_sn": INVERTER})
    assert (reply["device_sn"], reply["dataloggerSn"]) == (INVERTER, "XGD1A00117")
    assert reply["data"]["inverterId"] == INVERTER


def test_batch_reply_is_keyed_twice_and_repeats_the_request(ask: Ask) -> None:
    reply = ask(
        "POST",
        "device/inverter/invs_data",
        {"inverters": f"{INVERTER},X,{INVERTER}", "pageNum": "1"},
    )
    assert reply["inverters"] == [INVERTER, "X", INVERTER]
    assert set(reply["data"]) == {INVERTER}
    assert set(reply["data"][INVERTER]) == {INVERTER, "dataloggerSn"}


def test_power_curve_has_288_unordered_rows_with_null_for_the_future(ask: Ask) -> None:
    rows = ask("GET", "plant/power", PLANT | {"date": "2026-06-20"})["data"]["powers"]
    assert len(rows) == 288
    times = [row["time"] for row in rows]
    assert times != sorted(times)
    known = {row["time"] for row in rows if row["power"] is not None}
    assert max(known) == "2026-06-20 12:00"
    assert len(known) == 145


def test_numbers_and_dates_have_the_formats_of_the_cloud(ask: Ask) -> None:
    overview = ask("GET", "plant/data", PLANT)["data"]
    assert isinstance(overview["today_energy"], str)
    assert isinstance(overview["current_power"], float | int)
    fields = ask("GET", "device/inverter/last_new_data", {"device_sn": INVERTER})[
        "data"
    ]
    assert str(fields["fac"]) == "50.0099983215332"
    assert fields["timeCalendar"]["time"]["year"] == 126
    storage = ask("POST", "device/storage/storage_last_data", {"storage_sn": STORAGE})[
        "data"
    ]
    assert storage["capacityText"] == f"{storage['capacity']} %"


def test_unknown_token_is_denied_and_not_recorded(cloud: Cloud, router: Router) -> None:
    assert router.dispatch("x" * 32, "GET", "plant/list", {})["error_code"] == 10011
    assert TOKEN not in str(cloud.journal)


def test_old_host_answers_minus_one(cloud: Cloud, ask: Ask) -> None:
    cloud.old_host = True
    assert ask("GET", "plant/list")["error_code"] == -1


@pytest.mark.parametrize(
    ("method", "path", "parameters", "code"),
    [
        ("GET", "plant/details", {"plant_id": "1"}, 10002),
        ("GET", "plant/details", {}, 10003),
        ("GET", "plant/data", {"plant_id": "1"}, 10002),
        ("GET", "plant/power", PLANT | {"date": "soon"}, 10003),
        # both lists of a plant swap these two codes
        ("GET", "device/list", {"plant_id": "1"}, 10003),
        ("GET", "device/list", {}, 10002),
        ("GET", "device/datalogger/list", {"plant_id": "1"}, 10003),
        ("GET", "plant/list", {"perpage": "101"}, 10013),
        ("GET", "plant/list", {"page": "251"}, 10014),
        ("GET", "plant/list", {"page": "x"}, 10001),
        ("GET", "device/inverter/last_new_data", {"device_sn": "X"}, 10002),
        ("GET", "device/inverter/last_new_data", {}, 10003),
        ("POST", "device/storage/storage_last_data", {"storage_sn": "X"}, 10002),
        ("POST", "inverterSet", {}, 10004),
        ("POST", "inverterSet", {"device_sn": "X"}, 10003),
        ("POST", "storageSet", {}, 10004),
        ("POST", "storageSet", {"storage_sn": "X"}, 10012),
        ("POST", "plant/list", {}, 10011),
        ("GET", "no/such/thing", {}, 10011),
    ],
)
def test_invalid_request_gets_the_error_code_of_its_endpoint(
    ask: Ask, method: str, path: str, parameters: dict[str, str], code: int
) -> None:
    reply = ask(method, path, parameters)
    assert reply["error_code"] == code
    assert reply["data"] == ""


SETS: list[tuple[str, str, list[str], int | str]] = [
    # protocol of 2016, 4.3.7
    ("inverter", "pv_on_off", ["0000"], "0"),
    ("inverter", "pv_on_off", ["0101"], "0"),
    ("inverter", "pv_on_off", ["2"], 10008),
    ("inverter", "pv_on_off", [""], 10007),
    ("inverter", "pv_pf_cmd_memory_state", ["1"], "0"),
    ("inverter", "pv_active_p_rate", ["0"], "0"),
    ("inverter", "pv_active_p_rate", ["100"], "0"),
    ("inverter", "pv_active_p_rate", ["101"], 10008),
    ("inverter", "pv_active_p_rate", ["much"], 10008),
    ("inverter", "pv_active_p_rate", [""], 10007),
    ("inverter", "pv_reactive_p_rate", ["20", "over"], "0"),
    ("inverter", "pv_reactive_p_rate", ["20", "Under"], "0"),
    ("inverter", "pv_reactive_p_rate", ["20", "sideways"], 10008),
    ("inverter", "pv_power_factor", ["-0.9"], "0"),
    ("inverter", "pv_power_factor", ["0.5"], 10008),
    ("inverter", "pf_sys_year", ["2016-01-03 12:00:00"], "0"),
    ("inverter", "pf_sys_year", ["noon"], 10009),
    ("inverter", "pf_sys_year", [""], 10007),
    ("inverter", "pv_grid_voltage_high", ["240.7"], "0"),
    ("inverter", "pv_grid_voltage_high", ["12"], 10008),
    ("inverter", "set_any_reg", ["0", "257"], "0"),
    ("inverter", "set_any_reg", ["0", "5"], 10008),
    ("inverter", "set_any_reg", ["3", "50"], "0"),
    ("inverter", "set_any_reg", ["19", "2215"], "0"),
    ("inverter", "set_any_reg", ["22", "5015"], "0"),
    ("inverter", "set_any_reg", ["22", "50"], 10008),
    ("inverter", "set_any_reg", ["4000", "1"], "0"),
    ("inverter", "no_such_thing", ["1"], 10006),
    # 4.3.12
    ("storage", "storage_cmd_on_off", ["0101"], "0"),
    ("storage", "storage_cmd_mode", ["1"], "0"),
    ("storage", "storage_cmd_forced_discharge_enable", ["0"], "0"),
    ("storage", "storage_cmd_forced_discharge_enable", ["2"], 10008),
    ("storage", "storage_lithium_battery", ["10"], "0"),
    ("storage", "storage_lithium_battery", ["11"], 10008),
    ("storage", "storage_fdt_open_voltage", ["400", "0.8"], "0"),
    ("storage", "storage_fdt_open_voltage", ["400", "0.95"], 10008),
    ("storage", "storage_cmd_forced_discharge_time1", ["18", "0", "22", "30"], "0"),
    ("storage", "storage_cmd_forced_discharge_time1", ["22", "0", "6", "0"], 10013),
    ("storage", "storage_cmd_forced_discharge_time1", ["0", "0", "24", "0"], "0"),
    ("storage", "storage_cmd_forced_discharge_time1", ["24", "0", "24", "0"], "0"),
    ("storage", "storage_cmd_forced_discharge_time1", ["0", "0", "24", "1"], 10008),
    ("storage", "storage_cmd_forced_discharge_time1", ["0", "60", "24", "0"], 10008),
    ("storage", "storage_cmd_forced_discharge_time1", ["0", "0", "", ""], 10007),
    ("storage", "storage_cmd_sys_year", ["2016-01-03 12:00"], "0"),
    ("storage", "storage_cmd_sys_year", ["2016-01-03"], 10009),
    ("storage", "storage_ac_charge_enable_disable", ["1"], "0"),
    ("storage", "storage_ac_charge_enable_disenable", ["0"], "0"),
    ("storage", "storage_ac_charge_hour_start", ["1", "0", "5", "59"], "0"),
    ("storage", "storage_ac_charge_soc_limit", ["10"], "0"),
    ("storage", "storage_ac_charge_soc_limit", ["81"], 10008),
    ("storage", "no_such_thing", ["1"], 10006),
]


@pytest.mark.parametrize(("kind", "parameter", "commands", "code"), SETS)
def test_set_is_accepted_or_gets_the_error_code_of_the_pages(
    ask: Ask, kind: str, parameter: str, commands: list[str], code: int | str
) -> None:
    if kind == "inverter":
        names, path = ("device_sn", "paramId", "command_"), "inverterSet"
        serial = INVERTER
    else:
        names, path = ("storage_sn", "type", "param"), "storageSet"
        serial = STORAGE
    parameters = {names[0]: serial, names[1]: parameter}
    parameters |= {
        f"{names[2]}{index}": value for index, value in enumerate(commands, 1)
    }
    reply = ask("POST", path, parameters)
    assert reply["error_code"] == code
    if code == "0":
        assert reply["data"] == {"": ""}


def test_storage_set_accepts_the_parameter_name_of_the_2016_example(ask: Ask) -> None:
    reply = ask(
        "POST",
        "storageSet",
        {"storage_sn": STORAGE, "paramId": "storage_cmd_mode", "param1": "1"},
    )
    assert reply["error_code"] == "0"


def test_sleeping_inverter_is_lost_and_refuses_settings(
    ask: Ask, clock: VirtualClock
) -> None:
    clock.advance(12 * 3600)
    reply = ask(
        "POST",
        "inverterSet",
        {"device_sn": INVERTER, "paramId": "pv_active_p_rate", "command_1": "50"},
    )
    assert reply["error_code"] == 10003
    rows = ask("GET", "device/list", PLANT)["data"]["devices"]
    assert (rows[0]["lost"], rows[0]["status"]) == (True, 0)
    assert rows[1]["lost"] is False
    reading: dict[str, Any] = ask(
        "GET", "device/inverter/last_new_data", {"device_sn": INVERTER}
    )["data"]
    # The last reading at dusk stays: a few watts.
    assert 0 < reading["pac"] < 300
    info = ask("GET", "device/inverter/inv_data_info", {"device_sn": INVERTER})["data"]
    assert (info["lost"], info["status"]) == (True, -1)


def test_offline_datalogger_is_lost_and_refuses_settings(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    cloud.plants[0].datalogger.period = 10**9
    clock.advance(3600)
    reply = ask(
        "POST",
        "storageSet",
        {"storage_sn": STORAGE, "type": "storage_cmd_mode", "param1": "1"},
    )
    assert reply["error_code"] == 10005
    assert ask("GET", "device/datalogger/list", PLANT)["data"]["dataloggers"][0]["lost"]


def test_device_without_uploads_has_no_reading(cloud: Cloud, ask: Ask) -> None:
    plant = cloud.plants[0]
    for device in plant.devices:
        device.uploads.clear()
    plant.load_at_uploads.clear()
    plant.datalogger.period = 10**9
    code = ask("GET", "device/inverter/last_new_data", {"device_sn": INVERTER})
    assert code["error_code"] == 10001
    assert ask("GET", "plant/data", PLANT)["data"]["total_energy"] == "0.0"
    assert plant.get_visible_load(cloud.clock.now()) is None


def test_clock_refuses_to_go_back(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match="go back"):
        cloud.clock.advance(-1)
    cloud.clock.advance(1)
    assert cloud.clock.offset == timedelta(seconds=1)
