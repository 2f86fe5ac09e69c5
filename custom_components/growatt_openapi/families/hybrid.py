"""The readings that SPH and SPA share: battery, grid connection, backup supply (the vendor's later pages).

The pages and the cloud spell some keys in several ways.
"""

from homeassistant.const import (
    EntityCategory,
    UnitOfElectricPotential,
    UnitOfTime,
)

from ..domain.freshness import ValueKind
from .base import OTHER, Presence, ReadingDescription, difference
from .descriptions import (
    ac_energy,
    apparent_power,
    charge_level,
    code,
    current,
    cycles,
    energy,
    frequency,
    operating_time,
    power,
    share,
    state,
    temperature,
    voltage,
)

# Eleven years of 10 kW around the clock.
LIFETIME = (0, 1_000_000)
_USED = Presence.WHEN_USED
CELLS = 16


def counters(
    key: str,
    today: str | tuple[str, ...],
    total: str | tuple[str, ...],
) -> tuple[ReadingDescription, ...]:
    """Return the counters of today and of the lifetime."""
    return (
        energy(f"{key}_today", today),
        energy(
            f"{key}_total",
            total,
            ValueKind.LIFETIME,
            bounds=LIFETIME,
        ),
    )


def status(*, enabled: bool = True) -> ReadingDescription:
    """Return the operating state.

    The pages on readings document 0 to 2. The states 5 ("PV Bat Online") and 6 ("Bat Online") were seen; the pages on lists of
    devices document 5 to 8 as normal, 3 as a failure and 4 as an upgrade.
    """
    return state(
        "status",
        "status",
        {
            0: "waiting",
            1: "normal",
            2: "fault",
            3: "fault",
            4: "upgrading",
            **dict.fromkeys(range(5, 9), "normal"),
        },
        (OTHER,),
        translation_key="hybrid_status",
        enabled=enabled,
    )


BATTERY: tuple[ReadingDescription, ...] = (
    charge_level("charge_level", ("soc", "bmsSOC")),
    power(
        "battery_power",
        compute=difference(("pdischarge1",), ("pcharge1",)),
        enabled=True,
    ),
    power("charge_power", "pcharge1"),
    power("discharge_power", "pdischarge1"),
    power("ac_charge_power", "acChargePower"),
    *counters("charge_energy", "echarge1Today", "echarge1Total"),
    *counters(
        "discharge_energy",
        ("edischarge1Today", "edischargeToday"),
        ("edischarge1Total", "edischargeTotal"),
    ),
    *counters("ac_charge_energy", "acChargeEnergyToday", "acChargeEnergyTotal"),
    voltage("battery_voltage", "vbat"),
    voltage("bms_voltage", "bmsBatteryVolt", presence=_USED),
    current("battery_current", "bmsBatteryCurr", bounds=(-1000, 1000), presence=_USED),
    temperature(
        "battery_temperature", ("bmsBatteryTemp", "batteryTemperature"), presence=_USED
    ),
    share("battery_health", "bmsSOH", presence=_USED),
    cycles("battery_cycles", "bmsCycleCnt", presence=_USED),
    *(
        voltage(
            f"cell_{index}_voltage",
            f"bmsCell{index}Volt",
            translation_key="cell_voltage",
            placeholders={"number": str(index)},
            presence=_USED,
            precision=3,
        )
        for index in range(1, CELLS + 1)
    ),
    voltage(
        "cell_voltage_difference",
        "bmsDeltaVolt",
        unit=UnitOfElectricPotential.MILLIVOLT,
        presence=_USED,
        precision=0,
    ),
)

GRID: tuple[ReadingDescription, ...] = (
    power("output_power", "pac"),
    voltage("grid_voltage_l1", "vac1"),
    frequency("grid_frequency", "fac"),
    power(
        "grid_power",
        compute=difference(("pacToUserTotal",), ("pacToGridTotal",)),
    ),
    power("import_power", ("pacToUserTotal", "pacToUserR")),
    power("export_power", ("pacToGridTotal", "pacToGridR")),
    power("load_power", ("plocalLoadTotal", "plocalLoadR")),
    *ac_energy("eacToday", "eacTotal", bounds=LIFETIME),
    *counters("import_energy", "etoUserToday", "etoUserTotal"),
    # The key of today has a capital G, that of the total has not.
    *counters(
        "export_energy",
        "etoGridToday",
        ("etogridTotal", "etoGridTotal"),
    ),
    *counters("load_energy", "elocalLoadToday", "elocalLoadTotal"),
)

BACKUP: tuple[ReadingDescription, ...] = (
    apparent_power("backup_apparent_power_l1", "upsPac1", presence=_USED),
    voltage("backup_voltage_l1", ("upsVac1", "epsVac1"), presence=_USED),
    frequency("backup_frequency", "upsFac", presence=_USED),
    share("backup_load", "upsLoadpercent", presence=_USED),
)

INSIDE: tuple[ReadingDescription, ...] = (
    temperature("temperature", "temp1"),
    *(
        temperature(
            f"temperature_{index}",
            f"temp{index}",
            translation_key="temperature_n",
            placeholders={"number": str(index)},
            presence=_USED,
        )
        for index in (2, 3)
    ),
    *(
        voltage(
            f"bus_{index}_voltage",
            f"vBus{index}",
            translation_key="bus_voltage",
            placeholders={"number": str(index)},
            presence=_USED,
        )
        for index in (1, 2)
    ),
    operating_time("operating_time", "timeTotal", unit=UnitOfTime.SECONDS),
    state(
        "priority",
        "priorityChoose",
        {0: "load_first", 1: "battery_first", 2: "grid_first"},
        (OTHER,),
        enabled=False,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    code("fault_code", "faultCode"),
    code("fault_bit_code", "faultBitCode"),
    code("error_code", "errorCode"),
    code("warning_code", "warnCode"),
    code("bms_fault_code", "bmsError"),
    code("bms_warning_code", "bmsWarnInfo"),
    code("bms_status_code", "bmsStatus"),
    code("work_mode_code", "uwSysWorkMode"),
    *(
        code(
            f"system_fault_code_{index}",
            f"sysFaultWord{index or ''}",
            translation_key="system_fault_code",
            placeholders={"number": str(index)},
            presence=_USED,
        )
        for index in range(8)
    ),
)
