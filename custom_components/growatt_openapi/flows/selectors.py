"""Selectors that several forms share."""

from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..api.models import Plant
from ..api.regions import REGIONS

AUTO = "auto"
CUSTOM = "custom"

TOKEN_SELECTOR = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
URL_SELECTOR = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
REGION_SELECTOR = SelectSelector(
    SelectSelectorConfig(
        options=[AUTO, *REGIONS, CUSTOM],
        translation_key="region",
        mode=SelectSelectorMode.DROPDOWN,
    )
)


def plants_selector(plants: list[Plant]) -> SelectSelector:
    """Return a selector of any number of plants, by name."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=plant.plant_id, label=plant.name)
                for plant in plants
            ],
            multiple=True,
            mode=SelectSelectorMode.LIST,
        )
    )
