"""The cloud: tokens, limits, faults, and what each endpoint answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
import hashlib
from typing import Any

from . import wire
from .clock import SimulatorClock
from .faults import Fault
from .limits import Limits
from .physics.site import Site
from .settings import SetError, set_inverter, set_storage

FIVE_MINUTES = 300.0
TEN_SECONDS = 10.0

type Parameters = Mapping[str, str]
type Envelope = dict[str, Any]

MESSAGES = {
    10001: "error_system_error",
    10011: "error_permission_denied",
    10012: "error_frequently_access",
}


class ApiError(Exception):
    """An error code as the reply."""

    def __init__(self, code: int, message: str = "") -> None:
        """Keep code and message."""
        super().__init__(str(code))
        self.code = code
        self.message = message or MESSAGES.get(code, f"error_{code}")


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint of the pages: its method, how often, and what answers it."""

    method: str
    interval: float
    per_day: int | None
    answer: Callable[[Cloud, Parameters], Envelope]


@dataclass(slots=True)
class Call:
    """A line of the journal."""

    number: int
    time: datetime
    token: str  # a hash
    method: str
    path: str
    parameters: dict[str, str]
    code: int | str


@dataclass(slots=True)
class Cloud:
    """Growatt's cloud as far as the pages describe it, with a world behind it.

    A token that is valid but not in ``owners`` sees no plant.
    """

    sites: list[Site]
    clock: SimulatorClock
    tokens: set[str]
    limits: Limits = field(default_factory=Limits)
    faults: list[Fault] = field(default_factory=list)
    journal: list[Call] = field(default_factory=list)
    old_host: bool = False

    def now(self) -> float:
        """Return the clock's time in seconds."""
        return self.clock.now().timestamp()

    def fault(self, path: str) -> Fault | None:
        """Return the fault that hits this request, if any."""
        now = self.now()
        self.faults = [fault for fault in self.faults if not fault.spent(now)]
        for fault in self.faults:
            if fault.applies(path, now):
                return fault
        return None

    def answer(
        self, token: str, method: str, path: str, parameters: Parameters
    ) -> Envelope:
        """Return the envelope that answers a request, an error's too."""
        try:
            envelope = self._answer(token, method, path, parameters)
        except ApiError as err:
            envelope = error_envelope(err.code, err.message)
        self.record(token, method, path, parameters, envelope["error_code"])
        return envelope

    def record(
        self,
        token: str,
        method: str,
        path: str,
        parameters: Parameters,
        code: int | str,
    ) -> None:
        """Write a line of the journal. The token is kept as a hash only."""
        self.journal.append(
            Call(
                len(self.journal) + 1,
                self.clock.now(),
                hashlib.sha256(token.encode()).hexdigest()[:8],
                method,
                path,
                dict(parameters),
                code,
            )
        )

    def _answer(
        self, token: str, method: str, path: str, parameters: Parameters
    ) -> Envelope:
        if self.old_host:
            raise ApiError(-1, "Please use the new domain name to access")
        if token not in self.tokens:
            raise ApiError(10011)
        route = ROUTES.get(path)
        if route is None or route.method != method:
            raise ApiError(10011)
        now = self.now()
        key = self.limits.key(token, path, parameters)
        if route.interval and self.limits.refuses(
            key, now, route.interval, route.per_day
        ):
            raise ApiError(10012)
        if route.interval:
            self.limits.answered(key, now)
        self.advance()
        return route.answer(self, parameters)

    def advance(self) -> None:
        """Let the world catch up with the clock."""
        moment = self.clock.now()
        for site in self.sites:
            site.advance_to(moment)

    def site(self, parameters: Parameters, *, unknown: int, empty: int) -> Site:
        """Return the plant asked for, or raise this endpoint's codes."""
        plant_id = parameters.get("plant_id", "")
        if not plant_id:
            raise ApiError(empty)
        for site in self.sites:
            if str(site.plant_id) == plant_id:
                return site
        raise ApiError(unknown)


def error_envelope(code: int, message: str) -> Envelope:
    """Return an error's envelope: ``data`` is empty text, and missing where a request came too early."""
    envelope: Envelope = {"error_code": code, "error_msg": message}
    return envelope if code == 10012 else {"data": "", **envelope}


def _ok(data: Any, **siblings: Any) -> Envelope:
    return {**siblings, "data": data, "error_code": 0, "error_msg": ""}


def _page(rows: list[Any], parameters: Parameters) -> list[Any]:
    page = _whole(parameters.get("page") or "1")
    per_page = _whole(parameters.get("perpage") or "20")
    if per_page > 100:
        raise ApiError(10013)
    if page > 250:
        raise ApiError(10014)
    return rows[(page - 1) * per_page : page * per_page]


def _whole(text: str) -> int:
    try:
        return max(1, int(text))
    except ValueError as err:
        raise ApiError(10001) from err


def _plant_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    moment = cloud.clock.now()
    keyword = parameters.get("search_keyword", "")
    sites = [site for site in cloud.sites if keyword in site.name]
    rows = [
        {
            "status": 1,
            "locale": "en-US",
            "total_energy": wire.noisy(_inverter(site, moment)["total"]),
            "operator": "0",
            "country": "Germany",
            "city": "Munich",
            "current_power": f"{_inverter(site, moment)['power']:.1f}",
            "create_date": "2021-05-04",
            "image_url": None,
            "plant_id": site.plant_id,
            "name": site.name,
            "installer": "0",
            "user_id": 31,
            "longitude": str(site.longitude),
            "latitude": str(site.latitude),
            "peak_power": wire.noisy(_peak(site)),
            "latitude_d": None,
            "latitude_f": None,
        }
        for site in sites
    ]
    return _ok({"count": len(rows), "plants": _page(rows, parameters)})


def _peak(site: Site) -> float:
    return sum(string.peak for string in site.inverter.strings) / 1000


def _inverter(site: Site, moment: datetime) -> dict[str, Any]:
    """Return the newest visible values of a plant's inverter; nothing is produced while it is lost."""
    upload = site.newest(site.inverter_serial, moment)
    if upload is None:
        return dict.fromkeys(("power", "today", "total", "month", "year"), 0.0)
    if _lost(site, site.inverter_serial, moment):
        return {**upload.values, "power": 0.0}
    return upload.values


def _lost(site: Site, serial: str, moment: datetime) -> bool:
    upload = site.newest(serial, moment)
    return upload is None or moment - upload.measured > timedelta(minutes=20)


def _plant_details(cloud: Cloud, parameters: Parameters) -> Envelope:
    site = cloud.site(parameters, unknown=10002, empty=10003)
    empty = dict.fromkeys(
        (
            "address1",
            "address2",
            "description",
            "elevation",
            "fixed_azimuth",
            "fixed_tilt",
            "grid_type",
            "installed_ac_capacity",
            "installed_dc_capacity",
            "notes",
            "ownercontact",
            "postal",
            "state",
            "status",
        ),
        "",
    )
    return _ok(
        {
            **empty,
            "city": "Munich",
            "country": "Germany",
            "timezone": site.zone_text,
            "create_date": "2021-05-04",
            "image_url": "2.png",
            "longitude": str(site.longitude),
            "latitude": str(site.latitude),
            "plant_type": "0",
            "locale": "en_US",
            "currency": "EUR",
            "name": site.name,
            "user_id": 31,
            "peak_power": wire.noisy(_peak(site)),
            "inverters": [
                {"inverter_md": "", "inverter_num": 1, "inverter_man": "Growatt"}
            ],
            "dataloggers": [
                {"datalogger_num": 1, "datalogger_man": "Growatt", "datalogger_md": ""}
            ],
            "arrays": [{"num_modules": 0, "module_md": "", "module_man": "Growatt"}],
        }
    )


def _plant_data(cloud: Cloud, parameters: Parameters) -> Envelope:
    site = cloud.site(parameters, unknown=10002, empty=10003)
    moment = cloud.clock.now()
    upload = site.newest(site.inverter_serial, moment)
    storage = site.newest(site.storage_serial, moment)
    inverter = _inverter(site, moment)
    newest = max(
        (entry.measured for entry in (upload, storage) if entry), default=moment
    )
    # The cloud adds up what was sent on this day: nothing, before the inverter's first upload.
    sent_today = upload is not None and (
        site.local(upload.measured).date() == site.local(moment).date()
    )
    return _ok(
        {
            "peak_power_actual": wire.noisy(_peak(site)),
            "monthly_energy": f"{inverter['month']:.1f}",
            "yearly_energy": f"{inverter['year']:.1f}",
            "today_energy": f"{inverter['today'] if sent_today else 0:g}",
            "total_energy": f"{inverter['total']:.1f}",
            "last_update_time": wire.written(site.local(newest)),
            "current_power": wire.noisy(round(inverter["power"] / 1000, 4)),
            "timezone": site.zone_text,
            "carbon_offset": f"{inverter['total'] * 0.6:.1f}",
            "efficiency": "",
        }
    )


def _plant_power(cloud: Cloud, parameters: Parameters) -> Envelope:
    site = cloud.site(parameters, unknown=10002, empty=10003)
    try:
        day = date.fromisoformat(parameters.get("date", ""))
    except ValueError as err:
        raise ApiError(10003) from err
    moment = cloud.clock.now()
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock
    rows = []
    for slot in (start + timedelta(minutes=5 * index) for index in range(288)):
        visible, power = site.curve.get(slot, (None, None))
        known = visible is not None and visible <= moment
        rows.append(
            {
                "time": slot.strftime("%Y-%m-%d %H:%M"),
                "power": wire.noisy(power) if known and power is not None else None,
            }
        )
    return _ok({"count": len(rows), "powers": wire.scrambled(rows)})


def _datalogger_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    # The two lists of a plant number these codes the other way round.
    site = cloud.site(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    upload = site.newest(site.storage_serial, moment)
    rows = [
        {
            "sn": site.logger.serial,
            "type": 2,
            "manufacturer": "Growatt",
            "model": "ShineWiFi-X",
            "netmode": "wifi",
            "lost": _lost(site, site.storage_serial, moment),
            "last_update_time": wire.instant(upload.measured if upload else moment),
        }
    ]
    return _ok({"count": len(rows), "dataloggers": _page(rows, parameters)})


def _device_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    site = cloud.site(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    inverter = site.newest(site.inverter_serial, moment)
    storage = site.newest(site.storage_serial, moment)
    inverter_lost = _lost(site, site.inverter_serial, moment)
    storage_lost = _lost(site, site.storage_serial, moment)
    storage_status = 0
    if storage and not storage_lost:
        if storage.values["charge_power"] > 0:
            storage_status = 1
        elif storage.values["discharge_power"] > 0:
            storage_status = 2

    def updated(upload: Any) -> str:
        return wire.written(site.local(upload.measured)) if upload else ""

    rows: list[dict[str, Any]] = [
        {
            "device_id": 116,
            "datalogger_sn": site.logger.serial,
            "device_sn": site.inverter_serial,
            "type": 1,
            "manufacturer": "Growatt",
            "model": "A0B0D0T0PFU1M3S4",
            "last_update_time": updated(inverter),
            "lost": inverter_lost,
            "status": 0 if inverter_lost else 1,
        },
        {
            "device_id": 117,
            "datalogger_sn": site.logger.serial,
            "device_sn": site.storage_serial,
            "type": 2,
            "manufacturer": "Growatt",
            "model": "A0B0D1T2P3U0M0S0",
            "last_update_time": updated(storage),
            "lost": storage_lost,
            "status": storage_status,
        },
        {
            "device_id": "",
            "datalogger_sn": site.logger.serial,
            "device_sn": "AMMETER",
            "type": 3,
            "manufacturer": "Growatt",
            "model": "",
            "last_update_time": updated(storage),
        },
    ]
    return _ok({"count": len(rows), "devices": _page(rows, parameters)})


def _reading(
    cloud: Cloud,
    serial: str,
    kind: str,
    fields: Callable[[str, datetime, dict[str, Any]], dict[str, Any]],
) -> tuple[Site, dict[str, Any]]:
    moment = cloud.clock.now()
    for site in cloud.sites:
        if serial and getattr(site, f"{kind}_serial") == serial:
            upload = site.newest(serial, moment)
            if upload is None:
                raise ApiError(10001)
            return site, fields(serial, site.local(upload.measured), upload.values)
    raise ApiError(10002 if serial else 10003)


def _inverter_last(cloud: Cloud, parameters: Parameters) -> Envelope:
    serial = parameters.get("device_sn", "")
    site, fields = _reading(cloud, serial, "inverter", wire.inverter_fields)
    return _ok(fields, dataloggerSn=site.logger.serial, device_sn=serial)


def _inverter_batch(cloud: Cloud, parameters: Parameters) -> Envelope:
    serials = parameters.get("inverters", "").split(",")
    if len(serials) > 100:
        raise ApiError(10001)
    data = {}
    for serial in serials:
        try:
            site, fields = _reading(cloud, serial, "inverter", wire.inverter_fields)
        except ApiError:
            continue  # unknown serials are silently missing
        data[serial] = {"dataloggerSn": site.logger.serial, serial: fields}
    return _ok(data, inverters=serials, pageNum=parameters.get("pageNum", "1"))


def _inverter_info(cloud: Cloud, parameters: Parameters) -> Envelope:
    serial = parameters.get("device_sn", "")
    site, fields = _reading(cloud, serial, "inverter", wire.inverter_fields)
    moment = cloud.clock.now()
    upload = site.newest(serial, moment)
    wall = site.local(upload.measured if upload else moment)
    lost = _lost(site, serial, moment)
    return _ok(
        {
            "serialNum": serial,
            "dataLogSn": site.logger.serial,
            "status": -1 if lost else fields["status"],
            "lost": lost,
            "alias": "South roof",
            "location": "",
            "nominalPower": int(site.inverter.nominal_power),
            "power": fields["pac"],
            "eToday": fields["powerToday"],
            "eTotal": fields["powerTotal"],
            "lastUpdateTime": wire.java_date(wall),
            "lastUpdateTimeText": wire.written(wall),
            "tcpServerIp": "127.0.0.1",
            "fwVersion": "GH1.0",
            "innerVersion": "ghaa1816",
            "model": 1191936,
            "modelText": "A0B0D0T0PFU1M3S4",
        },
        dataloggerSn=site.logger.serial,
        device_sn=serial,
    )


def _storage_last(cloud: Cloud, parameters: Parameters) -> Envelope:
    serial = parameters.get("storage_sn", "")
    site, fields = _reading(cloud, serial, "storage", wire.storage_fields)
    return _ok(fields, dataloggerSn=site.logger.serial, device_sn=serial)


def _set_answer() -> Envelope:
    return {"data": {"": ""}, "error_code": "0", "error_msg": ""}


def _inverter_set(cloud: Cloud, parameters: Parameters) -> Envelope:
    serial = parameters.get("device_sn", "")
    for site in cloud.sites:
        if serial and site.inverter_serial == serial:
            if _lost(site, serial, cloud.clock.now()):
                raise ApiError(10003)
            try:
                set_inverter(
                    site.inverter,
                    parameters.get("paramId", ""),
                    [parameters.get(f"command_{index}", "") for index in (1, 2)],
                )
            except SetError as err:
                raise ApiError(err.code) from err
            return _set_answer()
    raise ApiError(10003 if serial else 10004)


def _storage_set(cloud: Cloud, parameters: Parameters) -> Envelope:
    serial = parameters.get("storage_sn", "")
    if not serial:
        raise ApiError(10004)
    for site in cloud.sites:
        if site.storage_serial == serial:
            if _lost(site, serial, cloud.clock.now()):
                raise ApiError(10003)
            try:
                set_storage(
                    site.storage,
                    # The example document of 2016 calls it paramId.
                    parameters.get("type") or parameters.get("paramId", ""),
                    [parameters.get(f"param{index}", "") for index in range(1, 5)],
                )
            except SetError as err:
                raise ApiError(err.code) from err
            return _set_answer()
    raise ApiError(10012, "error_storage_not_exist")


ROUTES: dict[str, Route] = {
    "plant/list": Route("GET", FIVE_MINUTES, 10, _plant_list),
    "plant/details": Route("GET", FIVE_MINUTES, None, _plant_details),
    "plant/data": Route("GET", FIVE_MINUTES, None, _plant_data),
    "plant/power": Route("GET", FIVE_MINUTES, None, _plant_power),
    "device/datalogger/list": Route("GET", FIVE_MINUTES, None, _datalogger_list),
    "device/list": Route("GET", FIVE_MINUTES, None, _device_list),
    "device/inverter/last_new_data": Route("GET", FIVE_MINUTES, None, _inverter_last),
    "device/inverter/invs_data": Route("POST", FIVE_MINUTES, None, _inverter_batch),
    "device/inverter/inv_data_info": Route("GET", FIVE_MINUTES, None, _inverter_info),
    "device/storage/storage_last_data": Route("POST", TEN_SECONDS, None, _storage_last),
    "inverterSet": Route("POST", 0.0, None, _inverter_set),
    "storageSet": Route("POST", 0.0, None, _storage_set),
}
