"""Plants: list, details, overview, energy, power curve, plant of a device (pages 2.5 to 2.10)."""

from datetime import date, datetime, timedelta
from typing import Any

from .. import encoding
from ..cloud import Cloud
from ..envelope import ApiError, Envelope, Parameters, ok, select_page
from ..physics.device import round_counter
from ..physics.plant import Plant
from .production import compute_production, find_newest_upload_time, get_peak_power


def encode_plant_row(cloud: Cloud, plant: Plant, *, watts: float = 1) -> dict[str, Any]:
    """Encode a plant's row in a list. ``watts``: the unit of its power, in W."""
    produced = compute_production(plant, cloud.clock.now())
    return {
        "status": 1,
        "locale": "en-US",
        "total_energy": encoding.as_float32(round(produced.total, 1)),
        "operator": "0",
        "country": plant.country,
        "city": plant.city,
        "current_power": f"{produced.power / watts:.4g}"
        if watts > 1
        else f"{produced.power:.1f}",
        "create_date": plant.created.isoformat(),
        "image_url": None,
        "plant_id": plant.plant_id,
        "name": plant.name,
        "installer": "0",
        "user_id": plant.user_id,
        "longitude": str(plant.longitude),
        "latitude": str(plant.latitude),
        "peak_power": encoding.as_float32(get_peak_power(plant)),
        "latitude_d": None,
        "latitude_f": None,
    }


def list_plants(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return the plants of a token: page 2.5. Power is in W, as text."""
    keyword = parameters.get("search_keyword", "")
    rows = [
        encode_plant_row(cloud, plant)
        for plant in cloud.plants
        if keyword in plant.name
    ]
    return ok({"count": len(rows), "plants": select_page(rows, parameters)})


def find_plant_of_device(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return the plant of a device: page 2.10. Its power is empty text."""
    serial = parameters.get("device_sn", "")
    if not serial:
        raise ApiError(10003)
    for plant in cloud.plants:
        if plant.find_device(serial) is not None:
            return ok(
                {"plant": {**encode_plant_row(cloud, plant), "current_power": ""}}
            )
    raise ApiError(10005)


def get_plant_energy(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's energy by day, month or year: page 2.8. Energies are text."""
    plant = cloud.require_plant(parameters, unknown=10002, empty=10003)
    time_unit = parameters.get("time_unit") or "day"
    try:
        start = date.fromisoformat(parameters.get("start_date", ""))
        end = date.fromisoformat(parameters.get("end_date", ""))
        length, too_long = {
            "day": (10, end - start > timedelta(days=7)),
            "month": (7, end.year - start.year > 1),
            "year": (4, end.year - start.year >= 20),
        }[time_unit]
    except (ValueError, KeyError) as err:
        raise ApiError(10004) from err
    if too_long or end < start:
        raise ApiError(10004)
    today = plant.get_local_time(cloud.clock.now()).date()
    sums: dict[str, float] = {}
    day = start if time_unit == "day" else start.replace(day=1)
    if time_unit == "year":
        day = day.replace(month=1)
    while day.isoformat()[:length] <= end.isoformat()[:length]:
        key = day.isoformat()[:length]
        produced = plant.daily_energy.get(day, 0.0) if day <= today else 0.0
        sums[key] = sums.get(key, 0.0) + produced
        day += timedelta(days=1)
    rows = [
        {"date": period, "energy": f"{round_counter(energy):g}"}
        for period, energy in sums.items()
    ]
    return ok(
        {
            "count": len(rows),
            "time_unit": time_unit,
            "energys": select_page(rows, parameters),
        }
    )


def get_plant_details(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's details: page 2.6. Most fields are empty text."""
    plant = cloud.require_plant(parameters, unknown=10002, empty=10003)
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
            "city": plant.city,
            "country": plant.country,
            "timezone": plant.zone_text,
            "create_date": plant.created.isoformat(),
            "image_url": "2.png",
            "longitude": str(plant.longitude),
            "latitude": str(plant.latitude),
            "plant_type": "0",
            "locale": "en_US",
            "currency": "EUR",
            "name": plant.name,
            "user_id": plant.user_id,
            "peak_power": encoding.as_float32(get_peak_power(plant)),
            "inverters": [
                {"inverter_md": "", "inverter_num": 1, "inverter_man": "Growatt"}
            ],
            "dataloggers": [
                {"datalogger_num": 1, "datalogger_man": "Growatt", "datalogger_md": ""}
            ],
            "arrays": [{"num_modules": 0, "module_md": "", "module_man": "Growatt"}],
        }
    )


def get_plant_overview(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's overview: page 2.7. Power is in kW, energies are text."""
    plant = cloud.require_plant(parameters, unknown=10002, empty=10003)
    moment = cloud.clock.now()
    produced = compute_production(plant, moment)
    month, year = plant.get_visible_sums(moment)
    return ok(
        {
            "peak_power_actual": encoding.as_float32(get_peak_power(plant)),
            "monthly_energy": f"{round_counter(month):.1f}",
            "yearly_energy": f"{round_counter(year):.1f}",
            "today_energy": f"{produced.today:g}",
            "total_energy": f"{produced.total:.1f}",
            "last_update_time": encoding.format_time(
                plant.get_local_time(find_newest_upload_time(plant, moment))
            ),
            "current_power": encoding.as_float32(round(produced.power / 1000, 4)),
            "timezone": plant.zone_text,
            "carbon_offset": f"{produced.total * 0.6:.1f}",
            "efficiency": "",
        }
    )


def get_power_curve(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a day's power curve: page 2.9. It has 288 unordered rows, with null for the future."""
    plant = cloud.require_plant(parameters, unknown=10002, empty=10003)
    try:
        day = date.fromisoformat(parameters.get("date", ""))
    except ValueError as err:
        raise ApiError(10003) from err
    moment = cloud.clock.now()
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock
    rows = []
    for wall in (start + timedelta(minutes=5 * index) for index in range(288)):
        visible, power = plant.power_curve.get(wall, (None, None))
        known = visible is not None and visible <= moment
        rows.append(
            {
                "time": wall.strftime("%Y-%m-%d %H:%M"),
                "power": encoding.as_float32(power)
                if known and power is not None
                else None,
            }
        )
    return ok({"count": len(rows), "powers": encoding.scramble_rows(rows)})
