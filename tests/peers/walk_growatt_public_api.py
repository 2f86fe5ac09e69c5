"""Call every method of growatt_public_api; run in the peers' environment with the server's address, a token and a date.

Prints the parsed replies as JSON. A reply that the models of the library do not accept raises an exception.
"""

from collections.abc import Callable
from datetime import date
import json
import sys
from typing import Any

from growatt_public_api.growatt_api import GrowattApi

PLANT, INVERTER, STORAGE = 700101, "TPJ4A18033", "KHB2C21054"
DATALOGGER = "XGD1A00117"


def walk(url: str, token: str, day: date) -> dict[str, Any]:
    """Return the parsed reply of each call, by its name."""
    api = GrowattApi(token=token, server_url=url, use_cache=False)
    # The library calls /v4; the simulated cloud has the same methods in /v1.
    api.session.api_url = f"{url}/v1"
    calls: dict[str, Callable[[], Any]] = {
        "plants": lambda: api.plant.list(limit=100),
        "details": lambda: api.plant.details(PLANT),
        "overview": lambda: api.plant.energy_overview(PLANT),
        "energy": lambda: api.plant.energy_history(PLANT, day, day),
        "power": lambda: api.plant.power(PLANT, day),
        "dataloggers": lambda: api.plant.list_dataloggers(PLANT),
        "devices": lambda: api.plant.list_devices(PLANT),
        "plant of device": lambda: api.device.get_plant(INVERTER),
        "inverter": lambda: api.inverter.energy(INVERTER),
        "inverters": lambda: api.inverter.energy_multiple([INVERTER]),
        "inverter details": lambda: api.inverter.details(INVERTER),
        "inverter history": lambda: api.inverter.energy_history(
            INVERTER, day, day, limit=50
        ),
        "inverter alarms": lambda: api.inverter.alarms(INVERTER, day),
        "inverter set": lambda: api.inverter.setting_write(
            "pv_active_p_rate", "60", "", INVERTER
        ),
        "inverter read": lambda: api.inverter.setting_read(
            INVERTER, "pv_active_p_rate"
        ),
        "storage": lambda: api.storage.energy(STORAGE),
        "storage history": lambda: api.storage.energy_history(
            STORAGE, day, day, limit=50
        ),
        "storage alarms": lambda: api.storage.alarms(STORAGE, day),
        "storage set": lambda: api.storage.setting_write(
            "storage_ac_charge_hour_start", "2", "0", "5", "30", STORAGE
        ),
        "storage read": lambda: api.storage.setting_read(
            STORAGE, "storage_ac_charge_soc_limit"
        ),
        "users": api.user.list,
        "user name": lambda: api.user.check_username("nobody"),
        "register": lambda: api.user.register(
            "ann", "secret", "ann@example.com", "Other"
        ),
        "modify user": lambda: api.user.modify(31, "0151"),
        "plants of user": lambda: api.plant.list_by_user("cottage"),
        "add plant": lambda: api.plant.add(31, "Barn", 9.9, plant_type=1),
        "modify plant": lambda: api.plant.modify(31, 700102, "New barn"),
        "validate": lambda: api.datalogger.validate("XGD9Z00042", "ZZZZZ"),
        "remove datalogger": lambda: api.plant.remove_datalogger(PLANT, DATALOGGER),
        "add datalogger": lambda: api.plant.add_datalogger(31, 700102, DATALOGGER),
        "delete plant": lambda: api.plant.delete(700102),
    }
    return {name: call().model_dump(mode="json") for name, call in calls.items()}


if __name__ == "__main__":
    print(json.dumps(walk(sys.argv[1], sys.argv[2], date.fromisoformat(sys.argv[3]))))
