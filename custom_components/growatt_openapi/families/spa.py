"""SPA, device type 6: a battery on the AC side that also measures other inverters (the vendor's later pages).

Enabled by default is the same as for a storage. Power and energy of the inverters that it measures are the plant's.
"""

from ..api.endpoints import spa as endpoints
from ..domain.energy_balance import EnergyChannels
from ..domain.freshness import ValueKind
from ..domain.power_flow import PowerChannels
from . import hybrid, shared_settings as grid
from .base import Family, Presence, ReadingDescription
from .descriptions import energy, power
from .overrides import PeriodOverride
from .period_parts import periods_of_block
from .settings import BlockSetting, Setting, SwitchSetting
from .shared_settings import percentage

PERIODS = 3
_USED = Presence.WHEN_USED

READINGS: tuple[ReadingDescription, ...] = (
    hybrid.status(),
    *hybrid.BATTERY,
    *hybrid.GRID,
    # Of other inverters in the house:
    power("pv_power", "ppvInverter", presence=_USED),
    energy("pv_energy_today", "epvInverterToday", presence=_USED),
    energy(
        "pv_energy_total",
        "epvInverterTotal",
        ValueKind.LIFETIME,
        bounds=hybrid.LIFETIME,
        presence=_USED,
    ),
    *hybrid.BACKUP,
    *hybrid.INSIDE,
)


SETTINGS: tuple[Setting, ...] = (
    # Another, older client omits ac_charge, so only an action sets the block. How to set the discharge is not documented.
    BlockSetting(
        key="charge_periods",
        parameter="spa_ac_charge_time_period",
        schedule="charge_periods",
        periods=PERIODS,
        are_entities=False,
        all_parts=(
            ("power", percentage("charge_power_rate", "chargePowerCommand")),
            (
                "stop_level",
                percentage(
                    "charge_stop_level", "wchargeSOCLowLimit2", "wchargeSOCLowLimit"
                ),
            ),
            (
                "ac_charge",
                SwitchSetting(
                    key="ac_charge",
                    translation_key="ac_charge",
                    field_keys=("acChargeEnable",),
                    on="1",
                    off="0",
                ),
            ),
            *periods_of_block(
                PERIODS,
                "charge_period",
                ("forcedChargeTimeStart", "forcedChargeTimeStop", "batFirstSwitch"),
            ),
        ),
    ),
    BlockSetting(
        key="load_first_periods",
        parameter="spa_load_flast",
        schedule="load_first_periods",
        periods=PERIODS,
        all_parts=periods_of_block(
            PERIODS,
            "load_first_period",
            ("loadFirstStartTime", "loadFirstStopTime", "loadFirstSwitch"),
            # Its only schedule that is not by action.
            first_enabled=True,
        ),
    ),
    # Reading by id is documented for on_off only.
    grid.active_power("activePRate", "activeRate", readable=False),
    grid.on_off("pv_on_off"),
    grid.reactive_power(),
    grid.power_factor(),
    grid.power_factor_memory(),
    *grid.voltages(),
    grid.clock(),
    *grid.backup("spa"),
    grid.register(),
)

SPA = Family(
    key="spa",
    device_type=6,
    name="SPA",
    sleeps=False,
    power_key="battery_power",
    fault_codes=("fault_code", "bms_fault_code"),
    warning_codes=("warning_code", "bms_warning_code"),
    readings=READINGS,
    essentials=frozenset(
        {"charge_level", "battery_power", "status", "online", "fault", "alarm"}
    ),
    endpoints=endpoints.SPA,
    settings=SETTINGS,
    energy_channels=EnergyChannels(
        observed_solar="pv_energy",
        imported="import_energy",
        exported="export_energy",
        load="load_energy",
        charge="charge_energy",
        discharge="discharge_energy",
        ac_output="discharge_energy",
        ac_input="charge_energy",
    ),
    power_channels=PowerChannels(
        observed_solar="pv_power",
        grid="grid_power",
        load="load_power",
        battery="battery_power",
        ac_power="battery_power",
        charge_level="charge_level",
    ),
    overrides={
        "charge": PeriodOverride(
            block="charge_periods", others=("load_first_periods",), charges=True
        ),
    },
)
