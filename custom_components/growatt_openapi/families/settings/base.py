"""What all settings have in common."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...api import values
from ...api.models import Fields


@dataclass(frozen=True, slots=True)
class ValidationIssue:
    """Why a value is not sent: a translation key, and what goes into its text."""

    key: str
    placeholders: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Writable[ValueT]:
    """The base of all settings.

    parameter: the vendor's id. readable: whether it is one value that can be read back by this id, where the cloud reads
    back at all. remembered: whether what was written says anything later on. page: the keys that it may have on a page of
    all settings, the best one first. needs: a reading that is in use where the setting means anything: nobody without a
    battery wants its limits. placeholders: what goes into its name.
    """

    parameter: str = ""
    readable: bool = True
    remembered: bool = True
    field_keys: tuple[str, ...] = ()
    needs: str | None = None
    placeholders: Mapping[str, str] | None = None

    @abstractmethod
    def commands(self, value: ValueT) -> tuple[str, ...]:
        """Return the values to send."""

    def validate(self, value: ValueT) -> ValidationIssue | None:
        """Return why a value is not to be sent, if so."""
        return None

    def decode(self, text: str | None) -> ValueT | None:
        """Return the value that the cloud gives for the device's; None where it cannot be understood."""
        return None

    def read_fields(self, fields: Fields) -> ValueT | None:
        """Return the value that a page of all settings gives; None where it does not, or cannot be understood."""
        found = (self.decode(values.text(fields.get(key))) for key in self.field_keys)
        return next((value for value in found if value is not None), None)

    @property
    def is_in_settings(self) -> bool:
        """Whether a page of all settings may have it."""
        return bool(self.field_keys)

    def matches(self, wanted: ValueT, read: ValueT) -> bool:
        """Tell whether what was read is what was wanted."""
        return wanted == read

    def merge(self, known: ValueT | None, read: ValueT) -> ValueT:
        """Return what is known after something was read that may not be all of it."""
        return read

    @abstractmethod
    def load(self, saved: Any) -> ValueT:
        """Return a value that was remembered; raise ValueError or TypeError for what is none."""


def check_range(
    value: float, low: float, high: float, step: float
) -> ValidationIssue | None:
    """Return the refusal of a number that is out of its range, or has more digits than the step."""
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
