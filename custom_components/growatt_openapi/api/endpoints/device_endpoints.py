"""The set of endpoints that the cloud offers for one type of device."""

from dataclasses import dataclass

from .endpoint import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEndpoints:
    """The endpoints for devices of one type, and the names of their parameters.

    serial: the parameter with a device's serial, in readings, history, alarms and sets; ``device_sn`` elsewhere.
    addressed: a device is identified by its datalogger's serial (in ``serial``) and its address there.
    batch_serials: the parameter with many serials. rows: the key of a history's rows.
    settings: the settings endpoints, the best first, each with the key in its data ("": the data itself).
    write_type, write_value, write_values: a set's parameter for the setting's id, the prefix of its values, and their number.
    """

    serial: str
    last_data: Endpoint
    history: Endpoint
    addressed: bool = False
    rows: str = "datas"
    batch: Endpoint | None = None
    batch_serials: str = ""
    info: Endpoint | None = None
    settings: tuple[tuple[Endpoint, str], ...] = ()
    alarms: Endpoint | None = None
    write: Endpoint | None = None
    write_type: str = "type"
    write_value: str = "param"
    write_values: int = 0
    read_setting: Endpoint | None = None
