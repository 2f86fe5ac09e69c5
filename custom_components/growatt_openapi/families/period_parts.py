"""The parts of a period in a block: when it begins and ends, and whether it is on."""

from typing import Any

from homeassistant.const import EntityCategory

from .settings import Part, SwitchSetting, TimeSetting


def config(number: int, *, enabled: bool) -> dict[str, Any]:
    """Return what the parts of one of several alike have in common: the first is enabled, the others can be."""
    return {
        "entity_category": EntityCategory.CONFIG,
        "entity_registry_enabled_default": enabled,
        "placeholders": {"number": str(number)},
    }


def period_parts(
    number: int,
    *,
    name: str,
    pages: tuple[str, str, str],
    place: int | None = None,
    enabled: bool = False,
) -> tuple[tuple[str, Part], ...]:
    """Return start, end and switch, in the order of a set.

    name: of the entities and their translations, followed by the period's number in their keys. pages: the names of the present
    values. place: its number in the block, where that is not the period's.
    """
    common = config(number, enabled=enabled)
    start, end, on = pages
    index = number if place is None else place
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
    count: int, name: str, pages: tuple[str, str, str]
) -> tuple[tuple[str, Part], ...]:
    """Return several periods; ``pages``: the names of their present values, before the number."""
    start, end, on = pages
    return tuple(
        part
        for number in range(1, count + 1)
        for part in period_parts(
            number,
            name=name,
            pages=(f"{start}{number}", f"{end}{number}", f"{on}{number}"),
            enabled=number == 1,
        )
    )
