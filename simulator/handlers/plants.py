"""Plants: list, details, overview, energy, power curve, the one of a device (pages 2.5 to 2.10)."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .. import encoding as wire
from ..envelope import ApiError, Envelope, Parameters, ok, page_of
from ..physics.device import count
from ..physics.past import energy_of_day
from ..physics.plant import Site
from .figures import newest_upload, peak, production

if TYPE_CHECKING:
    from ..cloud import Cloud


def plant_row(cloud: Cloud, site: Site, *, watts: float = 1) -> dict[str, Any]:
    """Return a plant's row; ``watts``: the unit of its power, which is text."""
    produced = production(site, cloud.clock.now())
    return {
        "status": 1,
        "locale": "en-US",
        "total_energy": wire.noisy(round(produced.total, 1)),
        "operator": "0",
        "country": site.country,
        "city": site.city,
        "current_power": f"{produced.power / watts:.4g}"
        if watts > 1
        else f"{produced.power:.1f}",
        "create_date": site.created.isoformat(),
        "image_url": None,
        "plant_id": site.plant_id,
        "name": site.name,
        "installer": "0",
        "user_id": site.user_id,
        "longitude": str(site.longitude),
        "latitude": str(site.latitude),
        "peak_power": wire.noisy(peak(site)),
        "latitude_d": None,
        "latitude_f": None,
    }


def plant_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return the plants of a token: page 2.5; power is W, as text."""
    keyword = parameters.get("search_keyword", "")
    rows = [plant_row(cloud, site) for site in cloud.sites if keyword in site.name]
    return ok({"count": len(rows), "plants": page_of(rows, parameters)})


def sn_plant(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return the plant of a device: page 2.10; its power is empty."""
    serial = parameters.get("device_sn", "")
    if not serial:
        raise ApiError(10003)
    for site in cloud.sites:
        if site.unit(serial) is not None:
            return ok({"plant": {**plant_row(cloud, site), "current_power": ""}})
    raise ApiError(10005)


def plant_energy(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what a plant made by day, month or year: page 2.8; energies are text."""
    site = cloud.site(parameters, unknown=10002, empty=10003)
    unit = parameters.get("time_unit") or "day"
    try:
        start = date.fromisoformat(parameters.get("start_date", ""))
        end = date.fromisoformat(parameters.get("end_date", ""))
        length, too_long = {
            "day": (10, end - start > timedelta(days=7)),
            "month": (7, end.year - start.year > 1),
            "year": (4, end.year - start.year >= 20),
        }[unit]
    except (ValueError, KeyError) as err:
        raise ApiError(10004) from err
    if too_long or end < start:
        raise ApiError(10004)
    today = site.local(cloud.clock.now()).date()
    sums: dict[str, float] = {}
    day = start if unit == "day" else start.replace(day=1)
    if unit == "year":
        day = day.replace(month=1)
    while day.isoformat()[:length] <= end.isoformat()[:length]:
        key = day.isoformat()[:length]
        sums[key] = sums.get(key, 0.0) + energy_of_day(site, day, today)
        day += timedelta(days=1)
    rows = [
        {"date": period, "energy": f"{count(energy):g}"}
        for period, energy in sums.items()
    ]
    return ok(
        {"count": len(rows), "time_unit": unit, "energys": page_of(rows, parameters)}
    )


def plant_details(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return where a plant is: page 2.6; most fields are empty text."""
    site = cloud.site(parameters, unknown=10002, empty=10003)
    empty = dict.fromkeys(
        (
            "address2",
            "description",
            "elevation",
            "fixed_azimuth",
            "fixed_tilt",
            "grid_type",
            "installed_ac_capacity",
            "installed_dc_capacity",
            "notes",
            "postal",
            "state",
            "status",
        ),
        "",
    )
    return ok(
        {
            **empty,
            "ownercontact": "owner@example.com",
            "installercontact": "installer@example.com",
            "installerorganization": "Example Solar",
            "address1": "1 Example Lane",
            "city": site.city,
            "country": site.country,
            "timezone": site.zone_text,
            "create_date": site.created.isoformat(),
            "image_url": "2.png",
            "longitude": str(site.longitude),
            "latitude": str(site.latitude),
            "plant_type": "0",
            "locale": "en_US",
            "currency": "EUR",
            "name": site.name,
            "user_id": site.user_id,
            "peak_power": wire.noisy(peak(site)),
            "inverters": [
                {"inverter_md": "", "inverter_num": 1, "inverter_man": "Growatt"}
            ],
            "dataloggers": [
                {"datalogger_num": 1, "datalogger_man": "Growatt", "datalogger_md": ""}
            ],
            "arrays": [{"num_modules": 0, "module_md": "", "module_man": "Growatt"}],
        }
    )


def plant_data(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's figures: page 2.7; power is kW, energies are text."""
    site = cloud.site(parameters, unknown=10002, empty=10003)
    moment = cloud.clock.now()
    produced = production(site, moment)
    month, year = site.sums_at(moment)
    return ok(
        {
            "peak_power_actual": wire.noisy(peak(site)),
            "monthly_energy": f"{count(month):.1f}",
            "yearly_energy": f"{count(year):.1f}",
            "today_energy": f"{produced.today:g}",
            "total_energy": f"{produced.total:.1f}",
            "last_update_time": wire.written(site.local(newest_upload(site, moment))),
            "current_power": wire.noisy(round(produced.power / 1000, 4)),
            "timezone": site.zone_text,
            "carbon_offset": f"{produced.total * 0.6:.1f}",
            "efficiency": "",
        }
    )


def plant_power(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a day's power curve: page 2.9; 288 rows out of order, null for what is to come."""
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
    return ok({"count": len(rows), "powers": wire.scrambled(rows)})
