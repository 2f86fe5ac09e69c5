"""Plants: list, details, overview, power curve (pages 2.5, 2.6, 2.7 and 2.9)."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from .. import wire
from ..envelope import ApiError, Envelope, Parameters, ok, page_of
from ..physics.unit import count
from .figures import newest_upload, peak, production

if TYPE_CHECKING:
    from ..cloud import Cloud


def plant_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return the plants of a token: page 2.5; power is W, as text."""
    moment = cloud.clock.now()
    keyword = parameters.get("search_keyword", "")
    sites = [site for site in cloud.sites if keyword in site.name]
    rows = [
        {
            "status": 1,
            "locale": "en-US",
            "total_energy": wire.noisy(round(produced.total, 1)),
            "operator": "0",
            "country": site.country,
            "city": site.city,
            "current_power": f"{produced.power:.1f}",
            "create_date": "2021-05-04",
            "image_url": None,
            "plant_id": site.plant_id,
            "name": site.name,
            "installer": "0",
            "user_id": 31,
            "longitude": str(site.longitude),
            "latitude": str(site.latitude),
            "peak_power": wire.noisy(peak(site)),
            "latitude_d": None,
            "latitude_f": None,
        }
        for site in sites
        for produced in (production(site, moment),)
    ]
    return ok({"count": len(rows), "plants": page_of(rows, parameters)})


def plant_details(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return where a plant is: page 2.6; most fields are empty text."""
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
    return ok(
        {
            **empty,
            "city": site.city,
            "country": site.country,
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
