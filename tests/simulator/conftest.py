"""Fixtures for tests of the simulated cloud without a network."""

from typing import Any

import pytest

from simulator.router import Router
from simulator.scenarios import TOKEN
from tests.helpers import Ask


@pytest.fixture
def ask(router: Router) -> Ask:
    """Return a function that makes a request with a valid token."""

    def ask(
        method: str, path: str, parameters: dict[str, str] | None = None
    ) -> dict[str, Any]:
        return router.dispatch(TOKEN, method, path, parameters or {})

    return ask
