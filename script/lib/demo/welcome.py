"""What the demo says when it is ready: where it is, what it shows, and what to try."""

from datetime import date
from typing import Any

from .dashboard import Device
from .home_assistant import PASSWORD, USER

_DAYS_PER_YEAR = 365.25


def describe_plants(plants: list[dict[str, Any]]) -> str:
    """Return what the plants are, in a sentence."""
    first = plants[0]
    if len(plants) > 1:
        peak = sum(plant["peak_power"] for plant in plants)
        names = ", ".join(plant["name"] for plant in plants[:4])
        more = ", …" if len(plants) > 4 else ""
        return f"{len(plants)} plants with {peak:,.1f} kWp together: {names}{more}."
    created = date.fromisoformat(first["created"])
    today = date.fromisoformat(first["local"][:10])
    days = max((today - created).days, 1)
    battery = first["storage"]
    parts = [f"{first['peak_power']:g} kWp of panels"]
    if battery is not None:
        parts.append(f"a battery of {battery['capacity']:g} kWh")
    used = first["load"]["energy"]["total"] / days
    who = "a family" if used < 30 else "a business"
    return (
        f"{first['name']} in {first['city']}: {' and '.join(parts)}, built on {created.day} {created:%B %Y}; "
        f"{who} that uses {used:.0f} kWh a day."
    )


def compose(
    *,
    address: str,
    home_assistant: str,
    simulator: str,
    token: str,
    plants: list[dict[str, Any]],
    devices: dict[str, Device],
) -> str:
    """Return the lines to print."""
    by_identifier = {
        device.identifier: registry_id for registry_id, device in devices.items()
    }
    storages = [
        registry_id
        for registry_id, device in devices.items()
        if "charge_now" in device.entities
    ]
    page = by_identifier.get(f"plant_{plants[0]['plant_id']}")
    lines = [
        f"Ready: {describe_plants(plants)}",
        f"Open       {address} (user {USER}, password {PASSWORD}): sun, battery, grid and house, now and today.",
    ]
    if page:
        lines.append(
            f"Plant      {home_assistant}/config/devices/device/{page} has everything that is known of it."
        )
    if storages:
        lines.append(
            "Charge     Press “Charge now” on the dashboard and watch battery and grid; the schedule comes back when the time is over."
        )
    lines += [
        f"""Break it   curl -d '{{"kind": "html", "seconds": 900}}' {simulator}/_sim/faults""",
        f"           makes the cloud answer with its login page for 15 minutes; curl -X DELETE {simulator}/_sim/faults ends that.",
        f"Cloud      {simulator} is simulated and takes the token {token}.",
        "Stop       Ctrl-C stops both and keeps nothing.",
    ]
    return "\n".join(f"  {line}" for line in lines)
