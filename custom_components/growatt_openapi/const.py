"""Constants shared by several modules."""

import logging

DOMAIN = "growatt_openapi"
LOGGER = logging.getLogger(__package__)
MANUFACTURER = "Growatt"

CONF_CONTROLS = "controls"
CONF_DETAIL = "detail"
CONF_INTERVAL = "interval"
CONF_PLANTS = "plants"
CONF_WRITES = "writes"
