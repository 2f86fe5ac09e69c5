"""A configuration directory for Home Assistant, ready but for its user."""

import json
from pathlib import Path
import shutil
from typing import Any

CONFIGURATION = """\
homeassistant:
  name: Demo
  latitude: 48.2
  longitude: 11.6
  elevation: 520
  unit_system: metric
  time_zone: Europe/Berlin
  country: DE
  currency: EUR
frontend:
config:
history:
logbook:
energy:
system_health:
logger:
  default: warning
  logs:
    custom_components.growatt_openapi: info
"""


def prepare(directory: Path, component: Path, port: int) -> None:
    """Make the directory anew: this integration in it, served on a loopback port, onboarded but for the user.

    The port goes into the storage and not into YAML, where Home Assistant takes it over as a change to be confirmed; the
    onboarding's own steps would add integrations that need the internet.
    """
    shutil.rmtree(directory, ignore_errors=True)
    storage = directory / ".storage"
    storage.mkdir(parents=True)
    (directory / "configuration.yaml").write_text(CONFIGURATION)
    (directory / "custom_components").mkdir()
    (directory / "custom_components" / component.name).symlink_to(component)
    _store(
        storage,
        "onboarding",
        4,
        {"done": ["core_config", "analytics", "integration"]},
    )
    _store(
        storage,
        "http",
        3,
        {
            "stable": {
                "server_port": port,
                "server_host": ["127.0.0.1"],
                "cors_allowed_origins": ["https://cast.home-assistant.io"],
                "login_attempts_threshold": -1,
                "ip_ban_enabled": True,
                "ssl_profile": "intermediate_v6",
                "use_x_frame_options": True,
                "created_at": "2026-01-01T00:00:00+00:00",
                "error": None,
                "error_message": None,
            },
            "pending": None,
            "yaml_migration_done": True,
        },
    )


def _store(storage: Path, key: str, version: int, data: dict[str, Any]) -> None:
    (storage / key).write_text(
        json.dumps({"version": version, "minor_version": 1, "key": key, "data": data})
    )
