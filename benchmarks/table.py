"""The rows: what is measured, against what, and what is to be reached."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Any

from .ages import PHASES
from .harness import EQUINOX, SUMMER, WINTER

START = EQUINOX.isoformat()
# A cloud that refuses every request repeated sooner, seconds, whatever the vendor's pages allow.
STRICT_INTERVAL = 290.0
# What polls plant/data, plant/power and last_new_data every five minutes makes in a day.
NAIVE_CALLS = 3 * 288

type Job = tuple[str, str, tuple[Any, ...]]
type Results = Mapping[Job, dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """A line of the table. goal: of the ratio where it says so, else of our figure."""

    name: str
    ours: float
    core: float | None
    goal: str
    limit: float
    of_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        """Ours as part of core's."""
        return round(self.ours / self.core, 3) if self.core else None

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        figure = self.ratio if self.of_ratio else self.ours
        return figure is not None and figure <= self.limit

    def as_json(self) -> dict[str, Any]:
        """Return the row for a machine."""
        return {
            "name": self.name,
            "ours": self.ours,
            "core": self.core,
            "ratio": self.ratio,
            "goal": self.goal,
            "met": self.met,
        }


def _ages(scenario: str, start: str = START, *, batches: bool = True) -> list[Job]:
    return [("ages", "ours", (scenario, start, phase, batches)) for phase in PHASES]


def _strict_ages() -> list[Job]:
    return [
        ("ages", "ours", ("home", START, phase, True, 1, STRICT_INTERVAL))
        for phase in PHASES
    ]


def _core_ages(scenario: str = "min", start: str = START) -> list[Job]:
    return [("ages", "core", (scenario, start, phase)) for phase in PHASES]


_SEASONS = {"June": SUMMER.isoformat(), "December": WINTER.isoformat()}
# What Home Assistant's own knows too, with a token.
MODERN = ("min", "sph")
_RESTARTS: Job = ("troubles", "restarts", ("home", START))
_MODERN_RESTARTS: dict[str, Job] = {
    scenario: ("troubles", "restarts", (scenario, START, 7, 14)) for scenario in MODERN
}
_PACE: Job = ("fleets", "pace", (START,))
_STEPS: Job = ("fleets", "steps", (START,))
_HUNDRED: Job = ("fleets", "begin", (START, 5))
_THOUSAND: Job = ("fleets", "begin", (START, 50))


def _of(who: str, what: str, scenario: str) -> Job:
    return ("troubles", what, (who, scenario, START))


def _core_restart(scenario: str) -> Job:
    return ("troubles", "core_restart", (scenario, START))


def jobs() -> list[Job]:
    """Return all measurements, the longest first."""
    found = [
        _RESTARTS,
        *_MODERN_RESTARTS.values(),
        _PACE,
        _STEPS,
        _THOUSAND,
        _HUNDRED,
        *(
            _of(who, what, scenario)
            for scenario in MODERN
            for what in ("reloads", "faults")
            for who in ("ours", "core")
        ),
        _of("ours", "reloads", "home"),
        _of("ours", "faults", "home"),
        *_ages("home"),
        *_strict_ages(),
        *_ages("roof"),
        *_ages("min"),
        *_ages("min", batches=False),
        *_ages("sph"),
        *_ages("min without a battery"),
        *_core_ages("min"),
        *_core_ages("sph"),
        *_core_ages("min without a battery")[2:3],
        *(_core_restart(scenario) for scenario in MODERN),
    ]
    for start in _SEASONS.values():
        found += [*_ages("home", start)[2:3], *_ages("roof", start)[2:3]]
        found += _core_ages("min without a battery", start)[2:3]
    return found


def rows(results: Results) -> list[Row]:
    """Return the table."""

    def age(found: list[Job], kind: str) -> float:
        return round(float(mean(results[job]["ages"][kind] for job in found)), 1)

    def calls(found: list[Job]) -> float:
        return round(float(mean(results[job]["calls"] for job in found)))

    core_age, core_calls = age(_core_ages(), "min"), calls(_core_ages())
    ours_reloads = results[_of("ours", "reloads", "home")]
    ours_faults = results[_of("ours", "faults", "home")]
    pace, steps = results[_PACE], results[_STEPS]
    slope = (results[_THOUSAND]["resident_kb"] - results[_HUNDRED]["resident_kb"]) / 900
    found = [
        *(row for scenario in MODERN for row in _modern(results, scenario, age, calls)),
        Row(
            "MIN without a battery: calls a day",
            calls(_ages("min without a battery")),
            calls(_core_ages("min without a battery")[2:3]),
            "≤ 0.6 ×",
            0.6,
            of_ratio=True,
        ),
        Row(
            "MIN, batches refused: age of its power, s",
            age(_ages("min", batches=False), "min"),
            core_age,
            "≤ 0.65 ×",
            0.65,
            of_ratio=True,
        ),
        Row(
            "age of an inverter's power, s (single and batch in turn; core: MIN)",
            age(_ages("home"), "inverter"),
            core_age,
            "≤ 0.60 ×",
            0.60,
            of_ratio=True,
        ),
        Row(
            "age of a storage's power, s (core: MIN)",
            age(_ages("home"), "storage"),
            core_age,
            "≤ 0.65 ×",
            0.65,
            of_ratio=True,
        ),
        *(
            Row(
                f"strict cloud: age of {words}'s power, s (beside it: ours on a cloud that keeps to the pages)",
                age(_strict_ages(), kind),
                age(_ages("home"), kind),
                "≤ 1.05 ×",
                1.05,
                of_ratio=True,
            )
            for kind, words in (("inverter", "an inverter"), ("storage", "a storage"))
        ),
        Row(
            "strict cloud: refusals in a day, inverter and storage",
            max(results[job]["refusals"] for job in _strict_ages()),
            None,
            "≤ 6",
            6,
        ),
        Row(
            "calls a day, one PV inverter, against three every 5 min",
            calls(_ages("roof")),
            NAIVE_CALLS,
            "≤ 0.6 ×",
            0.6,
            of_ratio=True,
        ),
        Row(
            "calls a day, inverter and storage (core: MIN)",
            calls(_ages("home")),
            core_calls,
            "≤ 0.8 ×",
            0.8,
            of_ratio=True,
        ),
        Row(
            "refusals in 30 days with 60 restarts and jitter",
            results[_RESTARTS]["refusals"],
            None,
            "0",
            0,
        ),
        Row(
            "refusals, reloaded every hour of a day",
            ours_reloads["refusals"],
            None,
            "0",
            0,
        ),
        Row(
            "minutes unavailable, reloaded every hour of a day",
            ours_reloads["unavailable"],
            None,
            "0",
            0,
        ),
        *(
            Row(
                f"{name}, 20 refusals and 5 outages in a day",
                ours_faults[key],
                None,
                "0",
                0,
            )
            for key, name in (
                ("unavailable", "minutes unavailable"),
                ("unknown", "minutes unknown"),
                ("too_old", "minutes with a value older than the stale limit"),
            )
        ),
        Row("1,000 inverters: calls in 5 minutes", pace["calls"], None, "≤ 130", 130),
        Row(
            "1,000 inverters: age of 99 % of readings, s",
            pace["age_99"],
            None,
            "≤ 600",
            600,
        ),
        Row("1,000 inverters: greatest age, s", pace["age_max"], None, "≤ 660", 660),
        Row(
            "1,000 inverters: a round without news as part of one with",
            steps["ratio"],
            None,
            "≤ 0.10",
            0.10,
        ),
        Row(
            "1,000 inverters: longest step of the event loop, ms",
            max(steps["longest_ms"], steps["look_longest_ms"]),
            None,
            "≤ 50",
            50,
        ),
        Row(
            "1,000 inverters: set-up until all are read, s",
            results[_THOUSAND]["complete_s"],
            None,
            "≤ 45",
            45,
        ),
        Row("resident memory per inverter, kB", round(slope, 1), None, "≤ 150", 150),
    ]
    for season, start in _SEASONS.items():
        ours, core = (
            _ages("home", start)[2:3],
            _core_ages("min without a battery", start)[2:3],
        )
        found += [
            Row(
                f"{season}: age of an inverter's power, s (one phase)",
                age(ours, "inverter"),
                age(core, "min"),
                "reported",
                float("inf"),
            ),
            Row(
                f"{season}: calls a day, one PV inverter",
                calls(_ages("roof", start)[2:3]),
                NAIVE_CALLS,
                "reported",
                float("inf"),
            ),
        ]
    return found


def _modern(
    results: Results,
    scenario: str,
    age: Callable[[list[Job], str], float],
    calls: Callable[[list[Job]], float],
) -> Iterator[Row]:
    """Give the rows of a device that both know, in the same plant."""
    name = scenario.upper()
    yield Row(
        f"{name}: age of its power, s",
        age(_ages(scenario), scenario),
        age(_core_ages(scenario), scenario),
        "≤ 0.60 ×",
        0.60,
        of_ratio=True,
    )
    yield Row(
        f"{name}, awake at night: calls a day",
        calls(_ages(scenario)),
        calls(_core_ages(scenario)),
        "≤ 0.8 ×",
        0.8,
        of_ratio=True,
    )
    restarts = results[_MODERN_RESTARTS[scenario]]
    yield Row(
        f"{name}: refusals in 7 days with 14 restarts and jitter",
        restarts["refusals"],
        None,
        "0",
        0,
    )
    yield Row(
        f"{name}: calls made again after a restart (14; core: 1)",
        restarts["at_once"],
        results[_core_restart(scenario)]["at_once"],
        "0",
        0,
    )
    for what, key, words in (
        ("reloads", "refusals", "refusals, reloaded every hour of a day"),
        ("reloads", "unavailable", "minutes unavailable, reloaded every hour of a day"),
        (
            "faults",
            "unavailable",
            "minutes unavailable, 20 refusals and 5 outages in a day",
        ),
    ):
        ours, core = (
            results[_of(who, what, scenario)][key] for who in ("ours", "core")
        )
        yield Row(f"{name}: {words}", ours, core, "0", 0)


def as_markdown(table: list[Row]) -> str:
    """Return the table for people."""
    lines = [
        "| what | ours | core | ratio | goal | met |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.name} | {row.ours:g} | {'–' if row.core is None else f'{row.core:g}'} |"
        f" {'–' if row.ratio is None else f'{row.ratio:.3f}'} | {row.goal} |"
        f" {'–' if row.goal == 'reported' else 'yes' if row.met else '**no**'} |"
        for row in table
    ]
    return "\n".join(lines)
