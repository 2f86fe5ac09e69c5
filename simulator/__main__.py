"""Run a simulation of Growatt's cloud on the loopback interface.

Example: python -m simulator --port 8790 --scenario home
"""

import argparse
import asyncio
import contextlib
import signal

from .clock import SimulatorClock
from .cloud import Cloud
from .scenarios import SCENARIOS, TOKEN
from .scenarios.long_past import with_past
from .server import Server


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="simulator",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", type=int, default=8790, help="the port (default: 8790)"
    )
    parser.add_argument(
        "--scenario",
        choices=sorted(SCENARIOS),
        default="home",
        help="the plants to simulate (default: home)",
    )
    parser.add_argument(
        "--past-days",
        type=int,
        default=0,
        help="days for which the plants have uploaded; the cloud shows 95 (default: since yesterday)",
    )
    parser.add_argument("--token", default=TOKEN, help="the token to accept")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    clock = SimulatorClock()
    scenario = SCENARIOS[arguments.scenario]
    if arguments.past_days > 0:
        scenario = with_past(scenario, arguments.past_days)
    cloud = Cloud(
        plants=scenario(clock.now()),
        clock=clock,
        tokens={arguments.token},
    )
    server = Server(cloud, arguments.port)
    await server.start()
    print(f"Simulated cloud: {server.url} (token {arguments.token})", flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
    await server.stop()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(_arguments()))
