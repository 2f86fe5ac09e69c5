"""Fixtures for tests of the simulated cloud without a network."""

from collections.abc import Callable
from typing import Any

import pytest

from simulator.router import Router
from simulator.scenarios import TOKEN

type Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(router: Router) -> Ask:
    """Return a function that makes a request with a valid token."""

    def ask(
        method: str, path: str, parameters: dict[str, str] | None = None
    ) -> dict[str, Any]:
        return router.dispatch(TOKEN, method, path, parameters or {})

    return ask
