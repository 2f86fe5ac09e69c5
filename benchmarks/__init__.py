"""This integration beside Home Assistant's own, on the same simulated days."""

# Before anything of Home Assistant: it patches what must not be loaded yet.
import pytest_homeassistant_custom_component.plugins  # noqa: F401
