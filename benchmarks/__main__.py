"""Run all measurements, each in a process of its own, and print the table. See script/bench for how it is called."""

import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed
import json
import multiprocessing
import os
from pathlib import Path
import sys
from typing import Any

from .measuring import measure
from .table import Job, as_markdown, jobs, rows

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = """# Beside Home Assistant's own integration

Made by `script/bench --write`: this integration and core's `growatt_server` (token mode, growattServer 2.2.0, Home Assistant
2026.10.4), each in its own Home Assistant test instance over the same simulated cloud, one run, virtual time. Nothing here was
timed on a real cloud.

- MIN, SPH: both run on the same house, with panels, battery and meter in one device, awake at night. "Without a battery" it sleeps.
- Core knows no other devices with a token: beside its MIN stands ours on the same roof with an inverter (type 1) and, where it says so,
  a storage.
- Age: now − the instant at which the power shown was measured, sampled every 10 s while the device is awake, over one day at the
  equinox from midnight, so that learning is part of it; mean of five phases of uploads against polls. Uploads every 300 s, visible
  20 s later; no way can be under 170 s. What is shown before the first reading of a morning counts from the device's waking.
- Calls made again after a restart: those inside the interval that the cloud wants between two of the same, at the instants of starting.
- Calls: all, lists and details too, of that day. Reloads, refusals and outages: sampled every minute over the enabled sensors of
  awake devices, those that have had a value. Restarts: at random instants, every second one a kill.
- Strict cloud: it refuses what is asked twice within 290 s, also where the vendor's pages allow ten seconds.
- 1,000 inverters in 50 plants, detail "essential"; memory holds the simulated cloud's share too.

"""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the rows there"
    )
    parser.add_argument(
        "--write", action="store_true", help=f"keep the table in {RESULTS.name}"
    )
    return parser.parse_args()


def main() -> int:
    """Measure everything."""
    arguments = _arguments()
    results: dict[Job, dict[str, Any]] = {}
    # Two at a time at most: what is timed must not stand in line for a processor.
    workers = min(2, os.cpu_count() or 1)
    with ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        max_tasks_per_child=1,
    ) as pool:
        waiting = {pool.submit(measure, job): job for job in jobs()}
        for done in as_completed(waiting):
            results[waiting[done]] = done.result()
            print(f"{len(results)}/{len(waiting)} {waiting[done]}", file=sys.stderr)
    table = rows(results)
    print(as_markdown(table))
    if arguments.json:
        arguments.json.write_text(
            json.dumps(
                {
                    "rows": [row.as_json() for row in table],
                    "details": [
                        {"measurement": [*job[:2], *job[2]], **result}
                        for job, result in results.items()
                    ],
                },
                indent=2,
                ensure_ascii=False,
            )
        )
    if arguments.write:
        RESULTS.write_text(f"{HEAD}{as_markdown(table)}\n")
    return 0 if all(row.met for row in table) else 1


if __name__ == "__main__":
    sys.exit(main())
