"""The parts of a period in a block: start, end, and whether it is on."""

from typing import Any

from .settings import Part, SwitchSetting, TimeSetting


def numbered(number: int, *, enabled: bool = False) -> dict[str, Any]:
    """Return the arguments shared by the parts of a numbered period."""
    return {
        "entity_registry_enabled_default": enabled,
        "placeholders": {"number": str(number)},
    }


def period_parts(
    number: int,
    *,
    name: str,
    field_keys: tuple[str, str, str],
    position: int | None = None,
    enabled: bool = False,
) -> tuple[tuple[str, Part], ...]:
    """Return start, end and switch, in the order of a set.

    name: prefix of the entities' keys, which end in the period's number, and of their translation keys. field_keys: the fields
    of the settings endpoint with the present values. position: the period's number within the block, where it differs.
    """
    common = numbered(number, enabled=enabled)
    start, end, on = field_keys
    index = number if position is None else position
    return (
        (
            f"start_{index}",
            TimeSetting(
                key=f"{name}_{number}_start",
                translation_key=f"{name}_start",
                field_keys=(start,),
                **common,
            ),
        ),
        (
            f"end_{index}",
            TimeSetting(
                key=f"{name}_{number}_end",
                translation_key=f"{name}_end",
                field_keys=(end,),
                **common,
            ),
        ),
        (
            f"enabled_{index}",
            SwitchSetting(
                key=f"{name}_{number}",
                translation_key=name,
                field_keys=(on,),
                on="1",
                off="0",
                **common,
            ),
        ),
    )


def periods_of_block(
    count: int,
    name: str,
    field_keys: tuple[str, str, str],
    *,
    first_enabled: bool = False,
) -> tuple[tuple[str, Part], ...]:
    """Return the parts of several periods.

    field_keys: the fields of their present values, without the number. first_enabled: whether the first is enabled by default;
    the others, and where one can charge now, all of them, are for those who want them.
    """
    start, end, on = field_keys
    return tuple(
        part
        for number in range(1, count + 1)
        for part in period_parts(
            number,
            name=name,
            field_keys=(f"{start}{number}", f"{end}{number}", f"{on}{number}"),
            enabled=first_enabled and number == 1,
        )
    )
