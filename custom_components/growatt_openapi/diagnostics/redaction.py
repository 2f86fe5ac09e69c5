"""Redaction: the cloud's fields that diagnostics show. Allow-lists, since the cloud may add fields with personal data.

No token, serial, alias, plant name, location or contact.
"""

import re
from typing import Any

from ..api.models import Fields

REDACTED = "**REDACTED**"
# Technical fields of the details of plants and inverters, without people and locations. All other fields are redacted.
_TECHNICAL_FIELDS = frozenset(
    {
        *("arrays", "dataloggers", "inverters", "fixed_azimuth", "fixed_tilt"),
        *("grid_type", "installed_ac_capacity", "installed_dc_capacity"),
        *("installed_panel_area", "irradiationsensor_type", "peak_power", "plant_type"),
        *("status", "timezone", "tracker_type", "weather_type", "weathersensor_man"),
        *("weathersensor_md", "weathersensor_num", "currency"),
        # In the rows of arrays, inverters and dataloggers: how many, model, manufacturer.
        *("num_modules", "module_md", "module_man", "inverter_num", "inverter_md"),
        *("inverter_man", "datalogger_num", "datalogger_md", "datalogger_man"),
        *("deviceType", "eToday", "eTotal", "fwVersion", "innerVersion", "lost"),
        *("lastUpdateTimeText", "model", "modelText", "nominalPower", "power"),
        # In a row of the device list.
        *("type", "manufacturer", "last_update_time"),
    }
)

# The form of the vendor's names, as "eDischargeToday 2". Other keys can be serials or ids, as in replies for several devices.
_FIELD_NAME = re.compile(r"[a-z]\w*(?: \d)?", re.ASCII)
# The words of the vendor's names, as in "dataLogSn", "plant_id", "epv1Today".
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", re.ASCII)
# Fields whose name has one of these words are redacted, even if their value is a number.
_PRIVATE_WORDS = frozenset(
    {
        *("account", "address", "alias", "barcode", "city", "country", "email", "id"),
        *(
            "installer",
            "ip",
            "lat",
            "latitude",
            "lng",
            "lon",
            "longitude",
            "mac",
            "mail",
        ),
        *("mobile", "name", "password", "phone", "pwd", "sn", "serial", "tel", "token"),
        "zip",
    }
)
# A number in text as readings have it. With more digits, or with zeros before them, it can be a serial or a phone number.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,7})(?:\.\d*)?", re.ASCII)
_LARGEST = 1e8


def redact_fields(fields: Fields) -> dict[str, Any]:
    """Return fields without an entity: technical and empty ones as they are, all others redacted, at every depth."""
    return {
        key if _FIELD_NAME.fullmatch(key) else REDACTED: _redact_value(key, value)
        for key, value in fields.items()
    }


def _redact_value(key: str, value: object) -> object:
    if value in ("", None):
        return value
    if key not in _TECHNICAL_FIELDS:
        return REDACTED
    if isinstance(value, dict):
        return redact_fields(value)
    if isinstance(value, list):
        # What has no name of its own may be a serial.
        return [
            redact_fields(item) if isinstance(item, dict) else REDACTED
            for item in value
        ]
    return value


def select_numbers(fields: Fields) -> dict[str, Any]:
    """Return the fields that are numbers as the cloud wrote them, and all others redacted; not the empty and nested ones."""
    return {
        key if _FIELD_NAME.fullmatch(key) else REDACTED: (
            value if _is_number(value) and not _is_private(key) else REDACTED
        )
        for key, value in fields.items()
        if value not in ("", None) and not isinstance(value, dict | list)
    }


def _is_private(key: str) -> bool:
    """Return whether a field is that of a person, place or identity, or its name might be one itself."""
    words = {word.casefold() for word in _WORD.findall(key)}
    return not _FIELD_NAME.fullmatch(key) or not words.isdisjoint(_PRIVATE_WORDS)


def _is_number(value: object) -> bool:
    match value:
        case str():
            return _NUMBER.fullmatch(value.strip()) is not None
        case bool():
            return True
        case int() | float():
            return abs(value) < _LARGEST
    return False
