"""The client growatt_public_api, written by others from other documents of the vendor, reads the simulated cloud."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from simulator.cloud import Cloud
from simulator.physics.power_models import Storage
from simulator.scenarios import TOKEN
from simulator.server import Server

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-peers/bin/python"
WALK = Path(__file__).with_name("walk_growatt_public_api.py")


@pytest.fixture
async def found(server: Server, cloud: Cloud) -> dict[str, Any]:
    """Every reply as the client has parsed it."""
    if not PYTHON.exists():
        pytest.skip("script/test makes the peers' environment")
    device = cloud.plants[0].find_device("TPJ4A18033")
    assert device is not None
    device.raise_alarm(
        "201", "No utility", device.uploads[-2].measured, severity="none"
    )
    process = await asyncio.create_subprocess_exec(
        str(PYTHON),
        str(WALK),
        str(URL(server.url).origin()),
        TOKEN,
        "2026-06-20",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    result: dict[str, Any] = json.loads(output)
    return result


async def test_every_reply_is_parsed(found: dict[str, Any], cloud: Cloud) -> None:
    expected_code = {"validate": 10002}
    for name, reply in found.items():
        assert reply["error_code"] == expected_code.get(name, 0), name
    # At the end the datalogger and its devices are in no plant.
    _, (inverter, storage) = cloud.spare_dataloggers.dataloggers["XGD1A00117"]
    upload = inverter.get_newest_upload(cloud.clock.now())
    assert upload is not None
    assert isinstance(storage.model, Storage)
    data = {name: reply["data"] for name, reply in found.items()}
    assert data["plants"]["plants"][0]["name"] == "Sunny Cottage"
    assert data["inverter"]["pac"] == pytest.approx(upload.values["power"])
    assert data["inverter"]["power_today"] == pytest.approx(upload.values["today"])
    assert data["storage"]["capacity"] == int(storage.model.level * 100)
    assert len(data["inverter history"]["datas"]) == 50
    assert len(data["storage history"]["datas"]) == 50
    (alarm,) = data["inverter alarms"]["alarms"]
    assert (str(alarm["alarm_code"]), alarm["alarm_message"]) == ("201", "No utility")
    assert storage.model.ac_charge_window.start.hour == 2
    assert str(data["inverter read"]) == "60"
    assert str(data["storage read"]) == "80"
