"""What an owner of a storage does once: read its settings, and set the windows, which cannot be read."""

from .dashboard import Device
from .home_assistant import HomeAssistant

DOMAIN = "growatt_openapi"
# Charged from the grid in the small hours, forced to discharge in the evening, if the owner switches that on.
CHARGE_WINDOW = ("01:00", "04:30")
DISCHARGE_WINDOW = ("18:00", "21:00")
# A fleet would take an hour.
_MOST_DEVICES = 3


async def make_settings_known(
    home_assistant: HomeAssistant, devices: dict[str, Device]
) -> None:
    """Make the settings of storages known. Inverters are left alone: they sleep at night."""
    storages = [
        device for device in devices.values() if "forced_discharge" in device.entities
    ]
    for device in storages[:_MOST_DEVICES]:
        await home_assistant.call(
            "button",
            "press",
            {"entity_id": device.entities["read_settings"]["entity_id"]},
        )
        for action, key, (start, end) in (
            ("set_charge_window", "ac_charge", CHARGE_WINDOW),
            (
                "set_forced_discharge_window",
                "forced_discharge",
                DISCHARGE_WINDOW,
            ),
        ):
            await home_assistant.call(
                DOMAIN,
                action,
                {
                    "device_id": device.entities[key]["device_id"],
                    "start": start,
                    "end": end,
                },
            )
