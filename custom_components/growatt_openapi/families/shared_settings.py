"""Settings of several types of devices; the ids of some differ by a prefix."""

from collections.abc import Iterator

from homeassistant.components.number import NumberDeviceClass, NumberMode
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfElectricPotential

from . import registers
from .settings import (
    ActionSetting,
    ClockSetting,
    NumberSetting,
    SelectSetting,
    SwitchSetting,
)


def percentage(
    key: str,
    *field_keys: str,
    parameter: str = "",
    readable: bool = False,
    needs: str | None = None,
    enabled: bool = True,
) -> NumberSetting:
    """Return a limit of a battery's use, %; without a parameter, a part of a block. enabled: by default."""
    return NumberSetting(
        key=key,
        translation_key=key,
        parameter=parameter,
        field_keys=field_keys,
        readable=readable,
        needs=needs,
        entity_registry_enabled_default=enabled,
        native_min_value=0,
        native_max_value=100,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        mode=NumberMode.BOX,
    )


def on_off(parameter: str) -> SwitchSetting:
    """Return the switch that disconnects a device from the grid; the vendor's app sends 0101 where the pages say 0001."""
    return SwitchSetting(
        key="on_off",
        translation_key="on_off",
        parameter=parameter,
        field_keys=("onOff",),
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        on="0001",
        off="0000",
        on_aliases=("0101",),
    )


def active_power(
    *field_keys: str, store: tuple[str, ...] = (), readable: bool = True
) -> NumberSetting:
    """Return the limit of the output power; ``store``: parameters after the value that prevent its permanent storage."""
    return NumberSetting(
        key="active_power_rate",
        translation_key="active_power_rate",
        parameter="pv_active_p_rate",
        field_keys=field_keys,
        readable=readable,
        entity_category=EntityCategory.CONFIG,
        native_min_value=0,
        native_max_value=100,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        mode=NumberMode.BOX,
        encode=(lambda value: (f"{value:g}", *store)) if store else None,
    )


def power_factor() -> NumberSetting:
    """Return the target power factor."""
    return NumberSetting(
        key="power_factor_setting",
        translation_key="power_factor_setting",
        parameter="pv_power_factor",
        readable=False,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        device_class=NumberDeviceClass.POWER_FACTOR,
        native_min_value=-1,
        native_max_value=1,
        native_step=0.01,
        gap=(-0.8, 0.8),
        mode=NumberMode.BOX,
    )


def power_factor_memory() -> SwitchSetting:
    """Return the switch that keeps power factor and limits through a restart of the device."""
    return SwitchSetting(
        key="power_factor_memory",
        translation_key="power_factor_memory",
        parameter="pv_pf_cmd_memory_state",
        field_keys=("pvPfCmdMemoryState",),
        readable=False,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        on="1",
        off="0",
    )


def reactive_power() -> NumberSetting:
    """Return the reactive power as one signed number: capacitive ("over") is positive, inductive ("under") negative."""
    return NumberSetting(
        key="reactive_power_rate",
        translation_key="reactive_power_rate",
        parameter="pv_reactive_p_rate",
        readable=False,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_min_value=-100,
        native_max_value=100,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        mode=NumberMode.BOX,
        encode=lambda value: (f"{abs(value):g}", "under" if value < 0 else "over"),
    )


def voltages() -> Iterator[NumberSetting]:
    """Yield the grid voltages between which a device feeds in. Disabled by default: wrong values are dangerous."""
    for name in ("high", "low"):
        yield NumberSetting(
            key=f"grid_voltage_{name}",
            translation_key=f"grid_voltage_{name}",
            parameter=f"pv_grid_voltage_{name}",
            readable=False,
            entity_category=EntityCategory.CONFIG,
            entity_registry_enabled_default=False,
            # The range of the same settings' registers in an inverter of type 1.
            native_min_value=185,
            native_max_value=285,
            native_step=0.1,
            device_class=NumberDeviceClass.VOLTAGE,
            native_unit_of_measurement=UnitOfElectricPotential.VOLT,
            mode=NumberMode.BOX,
        )


def export_limitation(*field_keys: str, readable: bool = True) -> SelectSetting:
    """Return the limitation of the export, by what measures it."""
    return SelectSetting(
        key="export_limitation",
        translation_key="export_limitation",
        parameter="backflow_setting",
        field_keys=field_keys,
        readable=readable,
        options=["off", "meter", "current_transformer"],
        option_codes={"off": "0", "meter": "1", "current_transformer": "2"},
    )


def clock() -> ClockSetting:
    """Return the device's clock."""
    return ClockSetting(
        key="synchronise_clock",
        translation_key="synchronise_clock",
        parameter="pf_sys_year",
        entity_category=EntityCategory.CONFIG,
        form="%Y-%m-%d %H:%M:%S",
    )


def register() -> ActionSetting:
    """Return the action for registers, of which the vendor documents none for these devices."""
    return ActionSetting(
        key="register",
        parameter="set_any_reg",
        action="set_register",
        check=registers.validate_raw,
        encode=lambda value: tuple(f"{one:g}" for one in value),
    )


def backup(prefix: str) -> Iterator[SwitchSetting | SelectSetting]:
    """Yield the settings of the backup supply."""
    yield SwitchSetting(
        key="backup",
        translation_key="backup",
        parameter=f"{prefix}_off_grid_enable",
        field_keys=("epsFunEn",),
        readable=False,
        needs="charge_level",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        on="1",
        off="0",
    )
    for name, field, codes in (
        ("frequency", "epsFreqSet", {"50_hz": "0", "60_hz": "1"}),
        ("voltage", "epsVoltSet", {"230_v": "0", "208_v": "1", "240_v": "2"}),
    ):
        yield SelectSetting(
            key=f"backup_{name}_setting",
            translation_key=f"backup_{name}_setting",
            parameter=f"{prefix}_ac_discharge_{name}",
            field_keys=(field,),
            readable=False,
            needs="charge_level",
            entity_category=EntityCategory.CONFIG,
            entity_registry_enabled_default=False,
            options=list(codes),
            option_codes=codes,
        )
