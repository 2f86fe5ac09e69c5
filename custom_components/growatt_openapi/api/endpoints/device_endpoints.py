"""The endpoints of one type of device: later pages repeat the same few for each."""

from dataclasses import dataclass

from .endpoint import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEndpoints:
    """What the cloud offers for devices of one type.

    serial: the parameter that names a device, in readings, history, alarms and sets; ``device_sn`` elsewhere.
    addressed: a device is named by its datalogger's serial (``serial``) and its address behind that.
    batch_serials: the parameter that names many. rows: the key of a history's rows.
    settings: where all settings stand, the best place first: an endpoint, and the key in its data ("": the data itself).
    write_type, write_value, write_values: the parameters of a set: what is set, the prefix of the values, how many are wanted.
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
