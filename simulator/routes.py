"""The table of endpoints: HTTP method, interval, calls per day, handler, and whether only installers may call it."""

from .handlers import (
    devices,
    histories,
    installer,
    plants,
    readings,
    settings,
    users,
)
from .newer_devices import NEWER_FAMILIES, meters
from .route import FIVE_MINUTES, NO_LIMIT, TEN_SECONDS, Route

ROUTES: dict[str, Route] = {
    "user/user_register": Route("POST", NO_LIMIT, None, users.register_user, True),
    "user/check_user": Route("POST", FIVE_MINUTES, None, users.check_user_name, True),
    "user/modify": Route("POST", NO_LIMIT, None, users.modify_user, True),
    "user/c_user_list": Route("GET", FIVE_MINUTES, 10, users.list_users, True),
    "plant/add": Route("POST", FIVE_MINUTES, None, installer.add_plant, True),
    "plant/modify": Route("POST", NO_LIMIT, 10, installer.modify_plant, True),
    "plant/delete": Route("POST", NO_LIMIT, None, installer.delete_plant, True),
    "plant/user_plant_list": Route(
        "POST", FIVE_MINUTES, 10, installer.list_user_plants, True
    ),
    "plant/list": Route("GET", FIVE_MINUTES, 10, plants.list_plants),
    "plant/details": Route("GET", FIVE_MINUTES, None, plants.get_plant_details),
    "plant/data": Route("GET", FIVE_MINUTES, None, plants.get_plant_overview),
    "plant/energy": Route("GET", FIVE_MINUTES, 10, plants.get_plant_energy),
    "plant/sn_plant": Route("POST", FIVE_MINUTES, None, plants.find_plant_of_device),
    "plant/power": Route("GET", FIVE_MINUTES, None, plants.get_power_curve),
    "device/datalogger/list": Route(
        "GET", FIVE_MINUTES, None, devices.list_dataloggers
    ),
    "device/datalogger/add": Route(
        "POST", FIVE_MINUTES, None, installer.add_datalogger, True
    ),
    "device/datalogger/delete": Route(
        "POST", FIVE_MINUTES, None, installer.delete_datalogger, True
    ),
    "device/datalogger/validate": Route(
        "POST", NO_LIMIT, None, installer.validate_datalogger
    ),
    "device/list": Route("GET", FIVE_MINUTES, None, devices.list_devices),
    "device/inverter/last_new_data": Route(
        "GET", FIVE_MINUTES, None, readings.get_inverter_reading
    ),
    "device/inverter/invs_data": Route(
        "POST", FIVE_MINUTES, None, readings.get_inverter_readings
    ),
    "device/inverter/inv_data_info": Route(
        "GET", FIVE_MINUTES, None, readings.get_inverter_details
    ),
    "device/inverter/data": Route(
        "GET", FIVE_MINUTES, None, histories.get_inverter_history
    ),
    "device/inverter/alarm": Route(
        "GET", FIVE_MINUTES, None, histories.get_inverter_alarms
    ),
    "device/storage/storage_data": Route(
        "POST", TEN_SECONDS, None, histories.get_storage_history
    ),
    "device/storage/alarm_data": Route(
        "POST", TEN_SECONDS, None, histories.get_storage_alarms
    ),
    "device/storage/storage_data_info": Route(
        "GET", TEN_SECONDS, None, readings.get_storage_details
    ),
    "device/storage/storage_last_data": Route(
        "POST", TEN_SECONDS, None, readings.get_storage_reading
    ),
    "inverterSet": Route("POST", NO_LIMIT, None, settings.write_inverter_setting),
    "storageSet": Route("POST", NO_LIMIT, None, settings.write_storage_setting),
    "readInverterParam": Route(
        "POST", FIVE_MINUTES, None, settings.read_inverter_setting
    ),
    "readStorageParam": Route(
        "POST", FIVE_MINUTES, None, settings.read_storage_setting
    ),
}

for _family in NEWER_FAMILIES:
    ROUTES.update(_family.iterate_routes())
ROUTES.update(meters.iterate_routes())
