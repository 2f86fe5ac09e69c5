"""SPH, device type 5, called mix by the cloud: panels and a battery in one, with a meter at the grid (later pages).

Enabled by default is the same as for a storage, with the power of the panels instead of the status.
"""

from ..api.endpoints import sph as endpoints
from ..domain.energy_balance import EnergyChannels
from ..domain.freshness import ValueKind
from ..domain.power_flow import PowerChannels
from . import hybrid, shared_settings as grid
from .base import Family, Presence, ReadingDescription, total
from .descriptions import apparent_power, energy, power, strings, voltage
from .overrides import PeriodOverride
from .period_parts import periods_of_block
from .settings import BlockSetting, Setting, SwitchSetting
from .shared_settings import percentage

_USED = Presence.WHEN_USED
PERIODS = 3

READINGS: tuple[ReadingDescription, ...] = (
    hybrid.status(enabled=False),
    power("pv_power", "ppv", enabled=True),
    *strings(1, 2, lifetime=hybrid.LIFETIME, currents=_USED),
    energy("pv_energy_today", compute=total(("epv1Today", "epv2Today"))),
    energy(
        "pv_energy_total",
        "epvTotal",
        ValueKind.LIFETIME,
        bounds=hybrid.LIFETIME,
    ),
    *hybrid.BATTERY,
    *hybrid.GRID,
    apparent_power("apparent_power_l1", "pac1", presence=_USED),
    apparent_power("apparent_power_l2", "pac2", presence=_USED),
    apparent_power("apparent_power_l3", "pac3", presence=_USED),
    voltage("grid_voltage_l2", "vac2", presence=_USED),
    voltage("grid_voltage_l3", "vac3", presence=_USED),
    # Not in the vendor's pages, but other clients read them:
    energy("self_consumption_energy_today", "eselfToday", presence=_USED),
    energy(
        "self_consumption_energy_total",
        "eselfTotal",
        ValueKind.LIFETIME,
        bounds=hybrid.LIFETIME,
        presence=_USED,
    ),
    energy("system_energy_today", ("esystemToday", "esystemtoday"), presence=_USED),
    energy("load_from_battery_energy_today", "echarge1", presence=_USED),
    energy("load_from_pv_energy_today", "eChargeToday", presence=_USED),
    *hybrid.BACKUP,
    apparent_power("backup_apparent_power_l2", "upsPac2", presence=_USED),
    apparent_power("backup_apparent_power_l3", "upsPac3", presence=_USED),
    voltage("backup_voltage_l2", "epsVac2", presence=_USED),
    voltage("backup_voltage_l3", "epsVac3", presence=_USED),
    *hybrid.INSIDE,
)


def _periods(name: str, field: str) -> BlockSetting:
    """Return the block of the three periods in which the battery is charged, or discharged, with their common limits."""
    charging = name == "charge"
    limit = "wchargeSOCLowLimit" if charging else "wdisChargeSOCLowLimit"
    command = "chargePowerCommand" if charging else "disChargePowerCommand"
    ac_charge = SwitchSetting(
        key="ac_charge",
        translation_key="ac_charge",
        field_keys=("acChargeEnable",),
        on="1",
        off="0",
    )
    return BlockSetting(
        key=f"{name}_periods",
        parameter=f"mix_ac_{name}_time_period",
        schedule=f"{name}_periods",
        periods=PERIODS,
        all_parts=(
            ("power", percentage(f"{name}_power_rate", command, enabled=False)),
            # The key ends in 2 for periods of battery or grid first, and in 1 for load first; one other client uses it without a number.
            ("stop_level", percentage(f"{name}_stop_level", f"{limit}2", limit)),
            *((("ac_charge", ac_charge),) if charging else ()),
            *periods_of_block(
                PERIODS,
                f"{name}_period",
                (
                    f"forced{field}TimeStart",
                    f"forced{field}TimeStop",
                    f"forced{field}StopSwitch",
                ),
            ),
        ),
    )


SETTINGS: tuple[Setting, ...] = (
    _periods("charge", "Charge"),
    _periods("discharge", "Discharge"),
    percentage(
        "load_first_stop_level",
        "wdisChargeSOCLowLimit1",
        parameter="mix_load_flast_value_multi",
    ),
    # Reading by id is documented for on_off only.
    grid.active_power("activeRate", readable=False),
    grid.export_limitation("exportLimit", "backflowSetting", readable=False),
    grid.on_off("pv_on_off"),
    grid.reactive_power(),
    grid.power_factor(),
    grid.power_factor_memory(),
    *grid.voltages(),
    grid.clock(),
    *grid.backup("mix"),
    grid.register(),
)

SPH = Family(
    key="sph",
    device_type=5,
    name="SPH",
    sleeps=False,
    power_key="pv_power",
    fault_codes=("fault_code", "bms_fault_code"),
    warning_codes=("warning_code", "bms_warning_code"),
    readings=READINGS,
    essentials=frozenset(
        {"charge_level", "battery_power", "pv_energy_total", "online", "fault", "alarm"}
    ),
    endpoints=endpoints.SPH,
    settings=SETTINGS,
    energy_channels=EnergyChannels(
        solar="pv_energy",
        imported="import_energy",
        exported="export_energy",
        load="load_energy",
        charge="charge_energy",
        discharge="discharge_energy",
        ac_output="energy",
        ac_input="ac_charge_energy",
    ),
    power_channels=PowerChannels(
        solar="pv_power",
        grid="grid_power",
        load="load_power",
        battery="battery_power",
        ac_power="output_power",
        ac_input="ac_charge_power",
        charge_level="charge_level",
    ),
    overrides={
        "charge": PeriodOverride(
            block="charge_periods", others=("discharge_periods",), charges=True
        ),
        "discharge": PeriodOverride(
            block="discharge_periods", others=("charge_periods",), charges=False
        ),
    },
)
