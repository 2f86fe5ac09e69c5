"""How much of the past is imported."""

from homeassistant.config_entries import ConfigEntry

from ..const import CONF_HISTORY_DAYS
from ..detail_level import DetailLevel, detail_level

DEFAULT_DAYS = 30
# More than the oldest plants have.
LONGEST_DAYS = 7300


def history_days(entry: ConfigEntry) -> int:
    """Return how many days of the past are imported when an entry is set up: none of a fleet's, unless its owner wants them."""
    is_fleet = detail_level(entry) is DetailLevel.ESSENTIAL
    return int(entry.options.get(CONF_HISTORY_DAYS, 0 if is_fleet else DEFAULT_DAYS))


def is_history_wanted(entry: ConfigEntry) -> bool:
    """Return whether statistics are written at all: not for a fleet without days of the past."""
    return detail_level(entry) is not DetailLevel.ESSENTIAL or history_days(entry) > 0
