"""The endpoints: method, how often the same request may be made, and what answers it."""

from .handlers import (
    devices as equipment,
    histories,
    installer,
    plants,
    readings,
    settings as sets,
    users,
)
from .newer_devices import NEWER_FAMILIES, meters
from .route import FIVE_MINUTES, NO_LIMIT, TEN_SECONDS, Route

ROUTES: dict[str, Route] = {
    "user/user_register": Route("POST", NO_LIMIT, None, users.user_register, True),
    "user/check_user": Route("POST", FIVE_MINUTES, None, users.check_user, True),
    "user/modify": Route("POST", NO_LIMIT, None, users.user_modify, True),
    "user/c_user_list": Route("GET", FIVE_MINUTES, 10, users.user_list, True),
    "plant/add": Route("POST", FIVE_MINUTES, None, installer.plant_add, True),
    "plant/modify": Route("POST", NO_LIMIT, 10, installer.plant_modify, True),
    "plant/delete": Route("POST", NO_LIMIT, None, installer.plant_delete, True),
    "plant/user_plant_list": Route(
        "POST", FIVE_MINUTES, 10, installer.user_plant_list, True
    ),
    "plant/list": Route("GET", FIVE_MINUTES, 10, plants.plant_list),
    "plant/details": Route("GET", FIVE_MINUTES, None, plants.plant_details),
    "plant/data": Route("GET", FIVE_MINUTES, None, plants.plant_data),
    "plant/energy": Route("GET", FIVE_MINUTES, 10, plants.plant_energy),
    "plant/sn_plant": Route("POST", FIVE_MINUTES, None, plants.sn_plant),
    "plant/power": Route("GET", FIVE_MINUTES, None, plants.plant_power),
    "device/datalogger/list": Route(
        "GET", FIVE_MINUTES, None, equipment.datalogger_list
    ),
    "device/datalogger/add": Route(
        "POST", FIVE_MINUTES, None, installer.datalogger_add, True
    ),
    "device/datalogger/delete": Route(
        "POST", FIVE_MINUTES, None, installer.datalogger_delete, True
    ),
    "device/datalogger/validate": Route(
        "POST", NO_LIMIT, None, installer.datalogger_validate
    ),
    "device/list": Route("GET", FIVE_MINUTES, None, equipment.device_list),
    "device/inverter/last_new_data": Route(
        "GET", FIVE_MINUTES, None, readings.inverter_last
    ),
    "device/inverter/invs_data": Route(
        "POST", FIVE_MINUTES, None, readings.inverter_batch
    ),
    "device/inverter/inv_data_info": Route(
        "GET", FIVE_MINUTES, None, readings.inverter_info
    ),
    "device/inverter/data": Route(
        "GET", FIVE_MINUTES, None, histories.inverter_history
    ),
    "device/inverter/alarm": Route(
        "GET", FIVE_MINUTES, None, histories.inverter_alarms
    ),
    "device/storage/storage_data": Route(
        "POST", TEN_SECONDS, None, histories.storage_history
    ),
    "device/storage/alarm_data": Route(
        "POST", TEN_SECONDS, None, histories.storage_alarms
    ),
    "device/storage/storage_data_info": Route(
        "GET", TEN_SECONDS, None, readings.storage_info
    ),
    "device/storage/storage_last_data": Route(
        "POST", TEN_SECONDS, None, readings.storage_last
    ),
    "inverterSet": Route("POST", NO_LIMIT, None, sets.inverter_set),
    "storageSet": Route("POST", NO_LIMIT, None, sets.storage_set),
    "readInverterParam": Route("POST", FIVE_MINUTES, None, sets.read_inverter),
    "readStorageParam": Route("POST", FIVE_MINUTES, None, sets.read_storage),
}

for _family in NEWER_FAMILIES:
    ROUTES.update(_family.routes())
ROUTES.update(meters.routes())
