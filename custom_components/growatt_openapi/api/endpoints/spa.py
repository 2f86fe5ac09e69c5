"""SPA, device type 6 (the vendor's later pages)."""

from .newer_devices import newer_device

SPA = newer_device(
    "spa",
    write="spaSet",
    write_values=18,
    read_setting="readSpaParam",
    fast=("spa_last_data", "spas_data", "spa_data", "alarm_data"),
)
