"""Constants shared by several modules."""

import logging

DOMAIN = "growatt_openapi"
LOGGER = logging.getLogger(__package__)
MANUFACTURER = "Growatt"
# That of the manifest; the titles of the page it shows are anchors.
DOCUMENTATION_URL = "https://github.com/growatt-openapi/ha-growatt-openapi"

CONF_CONTROLS = "controls"
CONF_DETAIL = "detail"
CONF_HISTORY_DAYS = "history_days"
CONF_INTERVAL = "interval"
CONF_PLANTS = "plants"
CONF_WRITES = "writes"

# The binary sensor that shows a timed override: a control, although it is none of the platforms of settings.
OVERRIDE_KEY = "override"
