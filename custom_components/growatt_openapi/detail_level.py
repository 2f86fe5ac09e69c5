"""How much is registered for each device: everything, or what a fleet needs.

Home Assistant takes 10,000 enabled entities of an entry, and registered ones cost memory even when they are disabled.
"""

from enum import StrEnum

from homeassistant.config_entries import ConfigEntry

from .const import CONF_DETAIL

# From here on a new entry begins with what is essential.
ESSENTIAL_FROM = 100
# The keys of a plant's entities at the essential level.
PLANT_ESSENTIALS = frozenset({"power", "energy_today", "energy_total", "last_update"})


class DetailLevel(StrEnum):
    """The choices."""

    STANDARD = "standard"
    ESSENTIAL = "essential"


def detail_level(entry: ConfigEntry) -> DetailLevel:
    """Return an entry's choice."""
    return DetailLevel(entry.options.get(CONF_DETAIL, DetailLevel.STANDARD))


def default_detail_level(devices: int) -> DetailLevel:
    """Return what an account with so many devices begins with."""
    return DetailLevel.ESSENTIAL if devices > ESSENTIAL_FROM else DetailLevel.STANDARD
