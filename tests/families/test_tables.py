"""The families' tables against the vendor's lists of fields."""

from datetime import datetime
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.components.sensor.const import (
    DEVICE_CLASS_STATE_CLASSES,
    DEVICE_CLASS_UNITS,
)
from hypothesis import given
import pytest

from custom_components.growatt_openapi.domain.freshness import ValueKind
from custom_components.growatt_openapi.families import FAMILIES, Family
from custom_components.growatt_openapi.families.base import OTHER, Presence
from custom_components.growatt_openapi.families.inverter import INVERTER
from custom_components.growatt_openapi.families.settings import (
    ClockSetting,
    NumberSetting,
    SelectSetting,
    SwitchSetting,
    TimeSetting,
    iter_slots,
)
from custom_components.growatt_openapi.families.storage import STORAGE
from simulator.newer_devices import NEWER_FAMILIES, DeviceFamily
from simulator.physics.datalogger import Datalogger
from simulator.physics.device import Device, take_snapshot
from simulator.physics.power_models import (
    AnyModel,
    Hybrid,
    Inverter,
    PvString,
    Storage,
)
from tests.helpers import JSON

# Protocol of 2016, 4.3.8, without the envelope.
INVERTER_FIELDS = """
device_sn inverterId dataloggerSn status ipv1 ipv2 vpv1 vpv2 ppv1 ppv2 iacr iacs iact vacr vacs vact pacr pacs pact ppv
pac powerToday powerTotal temperature fac pf time faultType timeTotal ipmTemperature epv1Today epv1Total epv2Today
epv2Total epvTotal eRacToday eRacTotal pBusVoltage nBusVoltage dwStringWarningValue1 wStringStatusValue wPIDFaultValue
vPidPvape iPidPvape pidStatus vPidPvbpe iPidPvbpe strFault vString1 vString2 vString3 vString4 vString5 vString6 vString7
vString8 currentString1 currentString2 currentString3 currentString4 currentString5 currentString6 currentString7
currentString8 warnCode
"""
# 4.3.13
STORAGE_FIELDS = """
storage_sn dataloggerSn status deviceType pCharge pDischarge vpv ipv iCharge iDischarge ppv vBuck vac iacToUser pacToUser
iacToGrid pacToGrid vBat capacity ipmTemperature epvToday epvTotal temperature eChargeToday eChargeTotal time
eDischargeToday eDischargeTotal eToUserToday eToUserTotal eToGridToday eToGridTotal faultCode vpv2 ppv2 pCharge2
pDischarge2 vBuck2 epvToday2 epvTotal2 eChargeToday2 eChargeTotal2 eDischargeToday2 eDischargeTotal2 normalPower
errorCode warnCode
"""
# A device's name is in the device registry, and the time of its reading in the sensor "last update".
NOT_A_READING = {"device_sn", "inverterId", "storage_sn", "dataloggerSn", "time"}

PLATFORMS: dict[type, str] = {
    NumberSetting: "number",
    SwitchSetting: "switch",
    SelectSetting: "select",
    TimeSetting: "time",
    ClockSetting: "button",
}

TRANSLATIONS = json.loads(
    (
        Path(__file__).parents[2]
        / "custom_components/growatt_openapi/translations/en.json"
    ).read_text()
)


@pytest.mark.parametrize(
    ("family", "fields"), [(INVERTER, INVERTER_FIELDS), (STORAGE, STORAGE_FIELDS)]
)
def test_every_documented_field_is_a_sensor(family: Family, fields: str) -> None:
    sources = [key for reading in family.readings for key in reading.source]
    assert len(sources) == len(set(sources))
    assert set(fields.split()) - NOT_A_READING <= set(sources)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
def test_descriptions_are_valid_in_home_assistant(family: Family) -> None:
    keys = [reading.key for reading in family.readings]
    keys += [setting.key for setting in family.settings]
    assert len(keys) == len(set(keys))
    for reading in family.readings:
        if reading.device_class is None:
            # A number without a unit, or with a unit that no device class has.
            unit = reading.native_unit_of_measurement
            is_count = reading.state_class is SensorStateClass.TOTAL_INCREASING
            assert unit in ("%", "kΩ") or is_count or reading.kind is ValueKind.CODE
            continue
        assert reading.native_unit_of_measurement in DEVICE_CLASS_UNITS.get(
            reading.device_class, {None}
        )
        if reading.state_class is not None:
            assert (
                reading.state_class in DEVICE_CLASS_STATE_CLASSES[reading.device_class]
            )
        if reading.device_class is SensorDeviceClass.ENUM:
            assert reading.options
            assert OTHER in reading.options


@pytest.mark.parametrize("family", [INVERTER, STORAGE], ids=lambda family: family.key)
def test_units_follow_the_examples_where_the_pages_are_wrong(family: Family) -> None:
    units = {
        key: reading.native_unit_of_measurement
        for reading in family.readings
        for key in reading.source
    }
    right = {
        "vBuck": "V",
        "vBuck2": "V",
        "pacToUser": "W",
        "capacity": "%",
        "powerToday": "kWh",
        "powerTotal": "kWh",
        "eRacToday": "kvarh",
        "eRacTotal": "kvarh",
        "timeTotal": "h",
    }
    for key, unit in right.items():
        assert units.get(key, unit) == unit


def test_counters_are_total_increasing() -> None:
    for family in FAMILIES.values():
        for reading in family.readings:
            if reading.kind in (ValueKind.TODAY, ValueKind.LIFETIME):
                assert reading.state_class is SensorStateClass.TOTAL_INCREASING


@pytest.mark.parametrize(("family", "limit"), [(INVERTER, 10), (STORAGE, 12)])
def test_entities_enabled_by_default(family: Family, limit: int) -> None:
    enabled = [
        reading
        for reading in family.readings
        if reading.entity_registry_enabled_default
        and reading.presence is Presence.ALWAYS
    ]
    # and online, and fault
    assert len(enabled) + 2 <= limit


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
@given(raw=JSON)
def test_no_raw_value_raises(family: Family, raw: object) -> None:
    fields = {key: raw for reading in family.readings for key in reading.source}
    decoded = family.decode(fields).values
    for reading in family.readings:
        value = decoded[reading.key]
        if reading.options is not None:
            assert value is None or value in reading.options
        elif value is not None:
            assert isinstance(value, float | int)
    assert family.is_fault(decoded) in (None, True, False)


def test_implausible_values_are_unknown() -> None:
    reading = STORAGE.decode(
        {
            "eToUserTotal": 24137119.8,  # seen live
            "eChargeToday": -0.1,  # "not fitted"
            "pCharge": -1,
            "capacity": 255,
            "vBat": "11:187",
            "pDischarge": "",
            "temperature": None,
            "eToGridTotal": "12.5",
        }
    )
    decoded = reading.values
    for key in (
        "import_energy_total",
        "charge_energy_today",
        "charge_power",
        "charge_level",
        "battery_voltage",
        "discharge_power",
        "temperature",
        "battery_power",
    ):
        assert decoded[key] is None
    assert decoded["export_energy_total"] == 12.5
    # An absent field is not unreadable.
    assert set(reading.unreadable) == {
        "import_energy_total",
        "charge_energy_today",
        "charge_power",
        "charge_level",
        "battery_voltage",
    }


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
def test_every_measured_value_is_bounded(family: Family) -> None:
    fields = {key: 1e14 for reading in family.readings for key in reading.source}
    decoded = family.decode(fields).values
    assert {
        key for key, value in decoded.items() if isinstance(value, float | int)
    } <= {reading.key for reading in family.readings if reading.kind is ValueKind.CODE}


def test_apparent_and_reactive_power_have_bounds() -> None:
    reading = FAMILIES["min"].decode({"pac1": 40_000_000, "pac2": "4800.5", "pac3": -1})
    assert reading.values["apparent_power_l1"] is None
    assert reading.values["apparent_power_l2"] == 4800.5
    assert reading.values["apparent_power_l3"] is None


def test_signs_are_those_of_the_energy_dashboard() -> None:
    decoded = STORAGE.decode(
        {"pCharge": 100, "pDischarge": 0, "pacToUser": 0, "pacToGrid": 250}
    ).values
    assert decoded["battery_power"] == -100  # charging
    assert decoded["grid_power"] == -250  # exporting
    decoded = STORAGE.decode(
        {
            "pCharge": 0,
            "pDischarge": 300,
            "pDischarge2": 200,
            "pCharge2": 0,
            "ppv": 400,
            "ppv2": 991.7,
        }
    ).values
    assert decoded["battery_power"] == 500
    assert decoded["pv_power"] == 1391.7
    assert decoded["grid_power"] is None


def test_a_documented_key_with_a_blank_is_read() -> None:
    decoded = STORAGE.decode({"eDischargeToday 2": "1.5"}).values
    assert decoded["discharge_energy_today_2"] == 1.5


@pytest.mark.parametrize(
    ("family", "fields", "fault"),
    [
        (INVERTER, {"status": 3, "faultType": 0}, True),
        (INVERTER, {"status": 1, "faultType": 24}, True),
        (INVERTER, {"status": 1, "faultType": 0}, False),
        (INVERTER, {"status": 1}, False),
        (INVERTER, {}, None),
        (STORAGE, {"status": 0, "faultCode": 0}, False),
        (STORAGE, {"faultCode": 0}, False),
        (STORAGE, {"status": 3}, True),
    ],
)
def test_fault(family: Family, fields: dict[str, object], fault: bool | None) -> None:
    decoded = family.decode(fields).values
    assert family.is_fault(decoded) is fault


def test_undocumented_states_are_other_with_their_number() -> None:
    reading = INVERTER.decode({"status": 7})
    assert reading.values["status"] == OTHER
    assert reading.undocumented == {"status": 7}
    reading = STORAGE.decode({"status": "5", "deviceType": 9})
    assert reading.values["status"] == reading.values["device_type"] == OTHER
    assert reading.undocumented == {"status": 5, "device_type": 9}
    assert STORAGE.decode({"status": 1}).undocumented == {}


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
def test_every_name_is_translated(family: Family) -> None:
    names = TRANSLATIONS["entity"]
    for reading in family.readings:
        entry = names["sensor"][reading.translation_key]
        assert set(entry.get("state", {})) == set(reading.options or ())
        given = reading.placeholders or {}
        assert set(re.findall(r"{(\w+)}", entry["name"])) == set(given)
    for kind, platform in PLATFORMS.items():
        for place in iter_slots(family.settings, kind):
            entry = names[platform][place.description.translation_key]
            given = place.description.placeholders or {}
            assert set(re.findall(r"{(\w+)}", entry["name"])) == set(given)
            if isinstance(place.description, SelectSetting):
                assert set(entry["state"]) == set(place.description.option_codes)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
@pytest.mark.parametrize("other", NEWER_FAMILIES, ids=lambda other: other.prefix)
def test_a_reply_with_fields_of_another_family(
    family: Family, other: DeviceFamily
) -> None:
    """Common fields are read, the rest is unknown, and nothing raises."""
    hybrid = Hybrid(Inverter(5000, (PvString(3000, 30, 0),)), Storage())
    models: dict[str, AnyModel] = {"spa": hybrid.battery, "max": hybrid.pv}
    model = models.get(other.prefix, hybrid)
    device = Device("X", other.kind, model, Datalogger("L"))
    fields = other.encode_reading(
        device, datetime(2026, 6, 20, 12), take_snapshot(model)
    )
    decoded = family.decode(fields)
    known = {key for reading in family.readings for key in reading.source}
    for reading in family.readings:
        if reading.source and not any(key in fields for key in reading.source):
            assert decoded.values[reading.key] is None
    assert known - fields.keys() or family.key == other.prefix
    assert family.is_fault(decoded.values) in (None, False)
    # A settings endpoint of another family gives no wrong value.
    for setting in family.settings:
        value: Any = setting.read_fields(fields)
        assert value is None or not setting.validate(value)
