"""Writing settings: check, send, confirm, remember."""

from .controls import Controls, controls_shelf
from .store import Known
from .timed_override import Run, Runs

__all__ = ["Controls", "Known", "Run", "Runs", "controls_shelf"]
