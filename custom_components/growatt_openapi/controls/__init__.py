"""Writing settings: check, send, confirm, remember."""

from .controls import Controls, controls_shelf
from .known import Known
from .runs import Run, Runs

__all__ = ["Controls", "Known", "Run", "Runs", "controls_shelf"]
