"""The control interface under /_sim/, for requests from the loopback interface only.

GET    /_sim/journal?since=N   calls after number N
GET    /_sim/clock             the current time
POST   /_sim/clock             {"advance": seconds} moves the clock forward
GET    /_sim/faults            active faults
POST   /_sim/faults            {"kind", "path", "exact", "count", "seconds", "code", "message"} adds a fault (``faults.py`` lists the kinds)
DELETE /_sim/faults            removes all faults
POST   /_sim/limits            {"enforced": bool, "refusals_renew": bool, "least_interval": seconds}
POST   /_sim/alarms            {"serial", "code", "message", "severity": "fault", "warning" or "none"} raises an alarm
DELETE /_sim/alarms            {"serial"} ends the alarms of a device
GET    /_sim/truth             the simulated state of all plants, not what their devices report: powers, energies, settings
"""

from dataclasses import asdict
from ipaddress import ip_address
from typing import Any

from aiohttp import web

from .cloud import Cloud
from .faults import Fault, FaultKind
from .handlers.production import get_peak_power
from .physics.device import Device
from .physics.plant import Plant

CLOUD = web.AppKey("cloud", Cloud)


def add_routes(app: web.Application) -> None:
    """Add the routes to an application that holds a cloud."""
    app.middlewares.append(_require_loopback)
    app.router.add_get("/_sim/journal", _get_journal)
    app.router.add_get("/_sim/clock", _get_clock)
    app.router.add_post("/_sim/clock", _advance_clock)
    app.router.add_get("/_sim/faults", _get_faults)
    app.router.add_post("/_sim/faults", _add_fault)
    app.router.add_delete("/_sim/faults", _remove_faults)
    app.router.add_post("/_sim/limits", _set_limits)
    app.router.add_post("/_sim/alarms", _raise_alarm)
    app.router.add_delete("/_sim/alarms", _end_alarms)
    app.router.add_get("/_sim/truth", _get_truth)


@web.middleware
async def _require_loopback(request: web.Request, handler: Any) -> web.StreamResponse:
    if request.path.startswith("/_sim/") and not (
        request.remote and ip_address(request.remote).is_loopback
    ):
        raise web.HTTPForbidden
    response: web.StreamResponse = await handler(request)
    return response


async def _parse_object(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as err:
        raise web.HTTPBadRequest(text="not JSON") from err
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="not an object")
    return body


async def _get_journal(request: web.Request) -> web.Response:
    since = int(request.query.get("since", "0"))
    return web.json_response(
        [
            {**asdict(call), "time": call.time.isoformat()}
            for call in request.app[CLOUD].journal[since:]
        ]
    )


async def _get_clock(request: web.Request) -> web.Response:
    return web.json_response({"now": request.app[CLOUD].clock.now().isoformat()})


async def _advance_clock(request: web.Request) -> web.Response:
    body = await _parse_object(request)
    try:
        request.app[CLOUD].clock.advance(float(body["advance"]))
    except (KeyError, TypeError, ValueError) as err:
        raise web.HTTPBadRequest(text='needs {"advance": seconds >= 0}') from err
    return await _get_clock(request)


async def _get_faults(request: web.Request) -> web.Response:
    return web.json_response([asdict(fault) for fault in request.app[CLOUD].faults])


async def _add_fault(request: web.Request) -> web.Response:
    cloud = request.app[CLOUD]
    body = await _parse_object(request)
    try:
        seconds = body.get("seconds")
        fault = Fault(
            kind=FaultKind(body["kind"]),
            path=str(body.get("path", "")),
            count=None if body.get("count") is None else int(body["count"]),
            until=None if seconds is None else cloud.now() + float(seconds),
            code=int(body.get("code", 10001)),
            message=str(body.get("message", "")),
            is_exact=bool(body.get("exact", False)),
        )
    except (KeyError, TypeError, ValueError) as err:
        raise web.HTTPBadRequest(text=f"no such fault: {err}") from err
    cloud.faults.append(fault)
    return await _get_faults(request)


async def _remove_faults(request: web.Request) -> web.Response:
    request.app[CLOUD].faults.clear()
    return await _get_faults(request)


async def _set_limits(request: web.Request) -> web.Response:
    limits = request.app[CLOUD].limits
    body = await _parse_object(request)
    limits.enforced = bool(body.get("enforced", limits.enforced))
    limits.refusals_renew = bool(body.get("refusals_renew", limits.refusals_renew))
    limits.least_interval = float(body.get("least_interval", limits.least_interval))
    return web.json_response(
        {
            "enforced": limits.enforced,
            "refusals_renew": limits.refusals_renew,
            "least_interval": limits.least_interval,
        }
    )


async def _require_device(request: web.Request) -> tuple[Cloud, Device, dict[str, Any]]:
    cloud = request.app[CLOUD]
    cloud.advance_plants()
    body = await _parse_object(request)
    for plant in cloud.plants:
        if (device := plant.find_device(str(body.get("serial")))) is not None:
            return cloud, device, body
    raise web.HTTPBadRequest(text="no such serial")


async def _raise_alarm(request: web.Request) -> web.Response:
    cloud, device, body = await _require_device(request)
    severity = body.get("severity", "fault")
    if severity not in ("fault", "warning", "none"):
        raise web.HTTPBadRequest(text="severity: fault, warning or none")
    device.raise_alarm(
        str(body.get("code", "201")),
        str(body.get("message", "No utility")),
        cloud.clock.now(),
        severity=severity,
    )
    return web.json_response([str(alarm) for alarm in device.alarms])


async def _end_alarms(request: web.Request) -> web.Response:
    cloud, device, _ = await _require_device(request)
    device.end_alarms(cloud.clock.now())
    return web.json_response([str(alarm) for alarm in device.alarms])


async def _get_truth(request: web.Request) -> web.Response:
    cloud = request.app[CLOUD]
    cloud.advance_plants()
    return web.json_response([describe_plant(cloud, plant) for plant in cloud.plants])


def describe_plant(cloud: Cloud, plant: Plant) -> dict[str, Any]:
    """Return the simulated state of a plant: W, kWh, its peak power in kWp, the battery's level from 0 to 1."""
    inverter = next((inverter for _, inverter in plant.iterate_inverters()), None)
    storage = plant.storage
    return {
        "plant_id": plant.plant_id,
        "name": plant.name,
        "city": plant.city,
        "created": plant.created.isoformat(),
        "peak_power": get_peak_power(plant),
        "now": plant.now.isoformat(),
        "local": plant.get_local_time(plant.now).isoformat(),
        "inverter": None
        if inverter is None
        else {
            "power": inverter.power,
            "awake": inverter.awake,
            "on": inverter.on,
            "active_rate": inverter.active_rate,
            "energy": asdict(inverter.energy),
            "settings": inverter.settings,
        },
        "power": sum(inverter.power for _, inverter in plant.iterate_inverters()),
        "storage": None
        if storage is None
        else {
            "capacity": storage.capacity,
            "level": storage.level,
            "charge_power": storage.charge_power,
            "discharge_power": storage.discharge_power,
            "import_power": storage.import_power,
            "export_power": storage.export_power,
            "ac_charge": storage.ac_charge,
            "ac_charge_limit": storage.ac_charge_limit,
            "forced_discharge": storage.forced_discharge,
            "ac_charge_window": str(storage.ac_charge_window),
            "forced_discharge_window": str(storage.forced_discharge_window),
            "periods": {
                name: [str(period) for period in periods]
                for name, periods in storage.periods.items()
            },
            "settings": storage.settings,
        },
        "load": {
            "power": plant.load_power,
            "energy": asdict(plant.load),
            # The house's energy at the time of the upload that the cloud shows now.
            "energy_at_upload": plant.get_visible_load(cloud.clock.now()),
        },
    }
