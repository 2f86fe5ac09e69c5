"""Actions: requests that are no entity. ``ACTIONS`` is all of them, for registering and for the documentation."""

from .action import Action
from .at_once import AT_ONCE
from .figures import FIGURES
from .installer import INSTALLER
from .refreshing import REFRESHING
from .schedules import SCHEDULES
from .settings import SETTINGS

ACTIONS: tuple[Action, ...] = (
    *REFRESHING,
    *FIGURES,
    *SETTINGS,
    *SCHEDULES,
    *AT_ONCE,
    *INSTALLER,
)

__all__ = ["ACTIONS", "Action"]
