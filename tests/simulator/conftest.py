"""Fixtures: requests to the simulated cloud without a network."""

from typing import Any

import pytest

from simulator.cloud import Cloud
from simulator.scenarios import TOKEN
from tests.helpers import Ask


@pytest.fixture
def ask(cloud: Cloud) -> Ask:
    """A function that sends a request with the right token."""

    def ask(
        method: str, path: str, parameters: dict[str, str] | None = None
    ) -> dict[str, Any]:
        return cloud.answer(TOKEN, method, path, parameters or {})

    return ask
