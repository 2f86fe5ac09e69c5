"""One measurement, in a process of its own."""

import importlib
import logging
from typing import Any

from .table import Job


def measure(job: Job) -> dict[str, Any]:
    """Run it and return what was found."""
    module, name, arguments = job
    logging.disable(logging.CRITICAL)
    found = getattr(importlib.import_module(f"benchmarks.{module}"), name)(*arguments)
    assert isinstance(found, dict)
    return found
