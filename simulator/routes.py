"""The endpoints: method, how often the same request may be made, and what answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answers import equipment, plants, readings, sets
from .envelope import Envelope, Parameters

if TYPE_CHECKING:
    from .cloud import Cloud

FIVE_MINUTES = 300.0
TEN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint of the pages: its method, how often, and what answers it."""

    method: str
    interval: float
    per_day: int | None
    answer: Callable[[Cloud, Parameters], Envelope]


ROUTES: dict[str, Route] = {
    "plant/list": Route("GET", FIVE_MINUTES, 10, plants.plant_list),
    "plant/details": Route("GET", FIVE_MINUTES, None, plants.plant_details),
    "plant/data": Route("GET", FIVE_MINUTES, None, plants.plant_data),
    "plant/power": Route("GET", FIVE_MINUTES, None, plants.plant_power),
    "device/datalogger/list": Route(
        "GET", FIVE_MINUTES, None, equipment.datalogger_list
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
    "device/storage/storage_last_data": Route(
        "POST", TEN_SECONDS, None, readings.storage_last
    ),
    "device/tlx/tlx_last_data": Route("POST", FIVE_MINUTES, None, readings.min_last),
    "device/tlx/tlx_data_info": Route("GET", FIVE_MINUTES, None, readings.min_info),
    "device/tlx/tlx_set_info": Route("GET", FIVE_MINUTES, None, readings.min_settings),
    "inverterSet": Route("POST", 0.0, None, sets.inverter_set),
    "storageSet": Route("POST", 0.0, None, sets.storage_set),
}
