"""The detail level: whether all entities of each device are registered, or those that a fleet needs.

Home Assistant takes 10,000 enabled entities of an entry, and registered ones cost memory even when they are disabled.
"""

from enum import StrEnum

from homeassistant.config_entries import ConfigEntry

from .const import CONF_DETAIL

# A new entry with more devices than this starts with the essential level.
ESSENTIAL_FROM = 100
# The keys of a plant's entities at the essential level.
PLANT_ESSENTIALS = frozenset({"power", "energy_today", "energy_total", "last_update"})


class DetailLevel(StrEnum):
    """The levels, as stored in the options."""

    STANDARD = "standard"
    ESSENTIAL = "essential"


def detail_level(entry: ConfigEntry) -> DetailLevel:
    """Return an entry's detail level."""
    return DetailLevel(entry.options.get(CONF_DETAIL, DetailLevel.STANDARD))


def default_detail_level(devices: int) -> DetailLevel:
    """Return the detail level of a new entry with so many devices."""
    return DetailLevel.ESSENTIAL if devices > ESSENTIAL_FROM else DetailLevel.STANDARD
