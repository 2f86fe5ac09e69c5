"""MAX, device type 4: large inverters (the vendor's later pages)."""

from .newer_devices import newer_device

MAX = newer_device("max", write="maxSet", write_values=19, read_setting="readMaxParam")
