"""The cases of the campaign: fault × endpoint × phase, all of them or a selection."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
import zlib

from simulator.physics.plant import Plant
from simulator.routes import ROUTES
from simulator.scenarios import home, newer

from .catalog import FAULTS, FaultCase, Scope, Seen

# All endpoints at once.
EVERYTHING = ""

type Scenario = Callable[[datetime], list[Plant]]


class Phase(StrEnum):
    """What is going on when the fault begins."""

    CONFIG_FLOW = "config_flow"
    SET_UP = "set_up"
    RUNNING = "running"
    RESTART = "restart"
    WRITE = "write"
    ACTION = "action"


# The endpoints that a house with an inverter and a storage calls by itself: those that most depends on …
CORE = (
    "plant/list",
    "plant/data",
    "device/list",
    "device/inverter/last_new_data",
    "device/storage/storage_last_data",
)
# … all others …
SIDE = (
    "plant/details",
    "plant/power",
    "device/datalogger/list",
    "device/ammeter/meter_list",
    "device/inverter/invs_data",
    "device/inverter/inv_data_info",
    "device/inverter/alarm",
    "device/storage/storage_data_info",
    "device/storage/alarm_data",
)
HOME = (*CORE, *SIDE)
# … and those of newer devices, by the scenario that has them.
NEWER: dict[str, Scenario] = {
    "device/tlx/tlx_last_data": newer.min_home,
    "device/tlx/tlxs_data": newer.min_home,
    "device/tlx/tlx_data_info": newer.min_home,
    "device/tlx/tlx_set_info": newer.min_home,
    "device/tlx/alarm_data": newer.min_home,
    "device/mix/mix_last_data": newer.hybrid_home,
    "device/mix/mixs_data": newer.hybrid_home,
    "device/mix/mix_data_info": newer.hybrid_home,
    "device/mix/alarm_data": newer.hybrid_home,
    "device/spa/spa_last_data": newer.spa_home,
    "device/spa/spas_data": newer.spa_home,
    "device/spa/spa_data_info": newer.spa_home,
    "device/spa/alarm_data": newer.spa_home,
    "device/max/max_last_data": newer.commercial,
    "device/max/maxs_data": newer.commercial,
    "device/max/max_data_info": newer.commercial,
    "device/max/alarm_data": newer.commercial,
    "device/ammeter/meter_last_data": newer.commercial,
    "device/env/env_list": newer.commercial,
    "device/env/env_last_data": newer.commercial,
}
WRITES = ("inverterSet", "storageSet", "tlxSet", "mixSet", "spaSet", "maxSet")
READ_BACKS = ("readInverterParam", "readStorageParam", "readMaxParam")
# Asked by actions only.
ACTIONS = (
    "plant/energy",
    "plant/sn_plant",
    "plant/add",
    "plant/modify",
    "plant/delete",
    "plant/user_plant_list",
    "user/user_register",
    "user/check_user",
    "user/modify",
    "user/c_user_list",
    "device/datalogger/add",
    "device/datalogger/delete",
    "device/datalogger/validate",
    "device/inverter/data",
    "device/storage/storage_data",
    "device/tlx/tlx_data",
    "device/mix/mix_data",
    "device/spa/spa_data",
    "device/max/max_data",
    "device/ammeter/meter_data",
    "device/env/env_data",
)
# Also asked by actions.
SHARED_WITH_ACTIONS = (
    "plant/list",
    "plant/power",
    "device/inverter/alarm",
    "device/storage/alarm_data",
)
# Never asked: the settings of these come with their details.
UNUSED = ("readMinParam", "readMixParam", "readSpaParam")

_LISTS = frozenset(
    path
    for path in ROUTES
    if path.endswith(("list", "alarm", "_data", "/data", "energy"))
    and not path.endswith(("last_data", "new_data", "s_data", "plant/data"))
)
_DEVICES = frozenset(
    path
    for path in (*HOME, *NEWER)
    if "last" in path or path.endswith(("s_data", "_info"))
) | {"device/list"}
_NO_CONTENT = frozenset((*WRITES, *READ_BACKS))


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the campaign. ``path``: the endpoint with the fault, or EVERYTHING."""

    phase: Phase
    path: str
    fault: FaultCase

    @property
    def name(self) -> str:
        """The name that reports show."""
        return f"{self.phase}-{self.path or 'all endpoints'}-{self.fault.name}"

    @property
    def scenario(self) -> Scenario:
        """The houses that the case needs."""
        return scenario_of(self.path)


def scenario_of(path: str) -> Scenario:
    """Return the scenario in which an endpoint is called."""
    families = {
        "tlx": newer.min_home,
        "mix": newer.hybrid_home,
        "spa": newer.spa_home,
        "max": newer.commercial,
        "amm": newer.commercial,
        "env": newer.commercial,
    }
    if path in HOME:
        return home
    if path == "readMaxParam":
        return newer.commercial
    return NEWER.get(path, families.get(path.removeprefix("device/")[:3], home))


def makes_sense(fault: FaultCase, path: str) -> bool:
    """Return whether an endpoint can have a fault."""
    match fault.scope:
        case Scope.WIRE:
            return path == EVERYTHING
        case Scope.CONTENT:
            return path not in _NO_CONTENT
        case Scope.LISTS:
            return path in _LISTS or path == EVERYTHING
        case Scope.DEVICES:
            return path in _DEVICES or path == EVERYTHING
        case Scope.DEVICE_LIST:
            return path == "device/list"
    return True


def _pairs(paths: Iterable[str]) -> list[tuple[str, FaultCase]]:
    return [
        (path, fault) for path in paths for fault in FAULTS if makes_sense(fault, path)
    ]


def _number_of(path: str, fault: FaultCase) -> int:
    """Return a number that is the same in every run, and spread evenly."""
    return zlib.crc32(f"{path} {fault.name}".encode())


_LASTING = (Phase.SET_UP, Phase.RUNNING, Phase.RESTART)


@cache
def all_cases() -> list[Case]:
    """Return all cases.

    Of the phases that last, each fault of the most important endpoints is in all three, each fault of another in one.
    """
    cases = [
        Case(phase, path, fault)
        for phase in _LASTING
        for path, fault in _pairs((EVERYTHING, *CORE))
    ]
    cases += (
        Case(_LASTING[_number_of(path, fault) % 3], path, fault)
        for path, fault in _pairs((*SIDE, *NEWER))
    )
    by_call = {
        Phase.CONFIG_FLOW: ("plant/list", EVERYTHING),
        Phase.WRITE: (*WRITES, *READ_BACKS, EVERYTHING),
        Phase.ACTION: (*ACTIONS, *SHARED_WITH_ACTIONS, EVERYTHING),
    }
    for phase, paths in by_call.items():
        cases += (Case(phase, path, fault) for path, fault in _pairs(paths))
    return cases


@cache
def fast_cases() -> list[Case]:
    """Return a small selection that has every fault, every endpoint and every phase, always the same.

    Each case adds as many pairs of class and phase, class and endpoint, and single values as possible that no earlier one has.
    """
    cases = sorted(
        all_cases(), key=lambda case: _number_of(case.phase + case.path, case.fault)
    )
    wanted = {value for case in cases for value in _values_of(case)}
    chosen: list[Case] = []
    while wanted:
        best = max(cases, key=lambda case: len(wanted & _values_of(case)))
        wanted -= _values_of(best)
        chosen.append(best)
    return chosen


def _values_of(case: Case) -> frozenset[tuple[str, ...]]:
    seen: Seen = case.fault.seen
    return frozenset(
        {
            ("fault", case.fault.name),
            ("endpoint", case.path),
            ("phase", case.phase),
            ("class and phase", seen.name, case.phase),
        }
    )
