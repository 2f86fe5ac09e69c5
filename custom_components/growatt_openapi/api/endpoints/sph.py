"""SPH, device type 5, called mix by the cloud (the vendor's later pages)."""

from .newer_devices import newer_device

SPH = newer_device(
    "mix",
    write="mixSet",
    write_values=18,
    read_setting="readMixParam",
    fast=("mix_last_data", "mixs_data", "alarm_data"),
)
