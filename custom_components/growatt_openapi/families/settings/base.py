"""The base of all settings."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...api import values
from ...api.models import Fields


@dataclass(frozen=True, slots=True)
class ValidationIssue:
    """The reason why a value is invalid: a translation key and its placeholders."""

    key: str
    placeholders: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Writable[ValueT]:
    """The base of all settings.

    parameter: the vendor's id. readable: whether the cloud can read the value by this id, where it supports reading at all.
    is_lasting: whether a written value is still valid later. field_keys: its keys in the reply of a settings endpoint, the
    best one first. needs: a reading that is not 0 where the setting applies: limits of a battery need one.
    placeholders: filled into the entity's name.
    """

    parameter: str = ""
    readable: bool = True
    is_lasting: bool = True
    field_keys: tuple[str, ...] = ()
    needs: str | None = None
    placeholders: Mapping[str, str] | None = None

    @abstractmethod
    def commands(self, value: ValueT) -> tuple[str, ...]:
        """Return the parameters that set this value."""

    def validate(self, value: ValueT) -> ValidationIssue | None:
        """Return why a value is invalid; None for a valid one."""
        return None

    def decode(self, text: str | None) -> ValueT | None:
        """Return the value of the cloud's text; None where it cannot be decoded."""
        return None

    def read_fields(self, fields: Fields) -> ValueT | None:
        """Return the value in a settings endpoint's reply; None where it is absent or cannot be decoded."""
        found = (self.decode(values.text(fields.get(key))) for key in self.field_keys)
        return next((value for value in found if value is not None), None)

    @property
    def is_in_settings(self) -> bool:
        """True if a settings endpoint may give the value."""
        return bool(self.field_keys)

    def matches(self, wanted: ValueT, read: ValueT) -> bool:
        """Return whether the value read is the one written."""
        return wanted == read

    def merge(self, known: ValueT | None, read: ValueT) -> ValueT:
        """Return the known value, updated with one that was read and may be incomplete."""
        return read

    @abstractmethod
    def load(self, saved: Any) -> ValueT:
        """Return the value of stored data; raise ValueError or TypeError for invalid data."""


def check_range(
    value: float, low: float, high: float, step: float
) -> ValidationIssue | None:
    """Return the issue of a number that is out of range or between two steps; None for a valid one."""
    steps = (value - low) / step
    if low <= value <= high and abs(steps - round(steps)) < 1e-6:
        return None
    return ValidationIssue(
        "not_in_range",
        {
            "value": f"{value:g}",
            "minimum": f"{low:g}",
            "maximum": f"{high:g}",
            "step": f"{step:g}",
        },
    )
