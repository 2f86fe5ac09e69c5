"""Run the demo. See script/demo for how it is called."""

import argparse
import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path
import signal
import socket
import sys
from typing import Any

import aiohttp

from . import configuration, dashboard, energy_dashboard, welcome
from .check import CheckError, check
from .faketime import FastClock, begin_at
from .first_settings import make_settings_known
from .home_assistant import PASSWORD, USER, HomeAssistant, HomeAssistantError
from .processes import Child

ROOT = Path(__file__).resolve().parents[3]
DIRECTORY = ROOT / ".demo"
DOMAIN = "growatt_openapi"
TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 - the simulator's

_SIMULATOR_PATIENCE = 120  # s
_IMPORT_PATIENCE = 1200  # s
# Days of simulated history; a fleet's would take long to simulate.
_PAST_DAYS = 14
_WITHOUT_PAST = ("installer", "fleet")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/demo",
        description="Real Home Assistant with this integration, over a simulated Growatt cloud.",
    )
    parser.add_argument("--port", type=int, default=8123, help="Home Assistant's port")
    parser.add_argument(
        "--simulator-port", type=int, default=8790, help="the simulated cloud's port"
    )
    parser.add_argument(
        "--scenario",
        choices=(
            "home",
            "min",
            "hybrid",
            "commercial",
            "everything",
            "installer",
            "fleet",
        ),
        default="home",
        help="one house with inverter and storage; with a MIN and its battery; with an SPH; a warehouse with MAX, meter and sensor; one plant"
        " of each kind; an installer's three plants; 50 plants of 20 inverters",
    )
    parser.add_argument(
        "--at",
        choices=("dusk", "midnight", "noon"),
        help="begin there instead of now (needs libfaketime)",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        help="let time run faster, up to 120 times (needs libfaketime)",
    )
    parser.add_argument(
        "--past-days",
        type=int,
        help="days of the simulated cloud's history, from which the Energy dashboard is filled (14; installer and fleet: 0)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="look whether it works and whether the dashboard is complete, then stop",
    )
    parser.add_argument(
        "--empty",
        action="store_true",
        help="leave the integration for you to set up",
    )
    return parser.parse_args()


def _speed(text: str) -> float:
    speed = float(text)
    if not 1 <= speed <= 120:
        raise argparse.ArgumentTypeError("from 1 to 120")
    return speed


def _past_days(arguments: argparse.Namespace) -> int:
    if arguments.past_days is not None:
        return int(arguments.past_days)
    # A check does not wait for an import.
    if arguments.check or arguments.scenario in _WITHOUT_PAST:
        return 0
    return _PAST_DAYS


def _port(wanted: int, *, any_free: bool) -> int:
    """Return a port to listen on: a check takes any where the wanted one is taken."""
    for port in (wanted, 0) if any_free else (wanted,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    sys.exit(
        f"error: port {wanted} is taken. Choose another with --port or --simulator-port."
    )


async def _run(arguments: argparse.Namespace) -> int:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    port = _port(arguments.port, any_free=arguments.check)
    simulator_port = _port(arguments.simulator_port, any_free=arguments.check)
    simulator_url = f"http://127.0.0.1:{simulator_port}"
    clock = None
    if arguments.at or arguments.speed != 1:
        clock = FastClock(begin_at(arguments.at, datetime.now(UTC)), arguments.speed)
    config = DIRECTORY / "config"
    configuration.prepare(config, ROOT / "custom_components" / DOMAIN, port)
    children = [
        Child(
            "simulator",
            [
                *(sys.executable, "-m", "simulator", "--port", str(simulator_port)),
                *("--scenario", arguments.scenario),
                *("--past-days", str(_past_days(arguments))),
            ],
            DIRECTORY / "simulator.log",
            ROOT,
            clock,
        ),
        Child(
            "Home Assistant",
            [
                str(Path(sys.executable).parent / "hass"),
                "--config",
                str(config),
                "--skip-pip",
                "--log-no-color",
            ],
            DIRECTORY / "home-assistant.log",
            DIRECTORY,
            clock,
        ),
    ]
    try:
        for child in children:
            await child.start()
        async with aiohttp.ClientSession() as session:
            home_assistant = HomeAssistant(f"http://127.0.0.1:{port}", session)
            work = asyncio.create_task(
                _present(arguments, home_assistant, simulator_url)
            )
            stopped = asyncio.create_task(stop.wait())
            ended = asyncio.create_task(_first_to_end(children))
            await asyncio.wait(
                {work, stopped, ended}, return_when=asyncio.FIRST_COMPLETED
            )
            if work.done() and not work.exception() and not arguments.check:
                await asyncio.wait(
                    {stopped, ended}, return_when=asyncio.FIRST_COMPLETED
                )
            if ended.done():
                print(f"error: {ended.result().name} ended by itself:", file=sys.stderr)
                print(ended.result().tail(), file=sys.stderr)
                return 1
            for task in (stopped, ended):
                task.cancel()
            if not work.done():
                work.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await work
                return 130
            return _outcome(work, children)
    finally:
        for child in reversed(children):
            await child.stop()


def _outcome(work: asyncio.Task[None], children: list[Child]) -> int:
    """Return the exit status, and say what went wrong."""
    try:
        work.result()
    except (CheckError, HomeAssistantError, aiohttp.ClientError, TimeoutError) as err:
        print(f"error: {err or type(err).__name__}", file=sys.stderr)
        for child in children:
            print(f"--- {child.name} ({child.log}):\n{child.tail()}", file=sys.stderr)
        return 1
    return 0


async def _first_to_end(children: list[Child]) -> Child:
    while True:
        for child in children:
            if child.ended:
                return child
        await asyncio.sleep(0.5)


async def _get_plants(simulator_url: str) -> list[dict[str, Any]]:
    """Return the simulated state of all plants; wait until the simulator has lived through their past."""
    async with asyncio.timeout(_SIMULATOR_PATIENCE), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{simulator_url}/_sim/truth") as reply:
                    plants: list[dict[str, Any]] = await reply.json()
                    return plants
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.3)


async def _present(
    arguments: argparse.Namespace, home_assistant: HomeAssistant, simulator_url: str
) -> None:
    print("Starting Home Assistant …", flush=True)
    await home_assistant.wait_until_up(180)
    await home_assistant.create_user()
    await home_assistant.use_24_hours()
    if arguments.empty:
        print(f"\n  Open   {home_assistant.url} (user {USER}, password {PASSWORD})")
        print(
            "  Then   Settings → Devices & services → Add integration → Growatt OpenAPI; region “Another server”,"
            f"\n         address {simulator_url}, token {TOKEN}.\n  Stop   Ctrl-C stops both.\n",
            flush=True,
        )
        return
    print("Setting the integration up through its config flow …", flush=True)
    plants = await _get_plants(simulator_url)
    await home_assistant.configure(
        DOMAIN,
        [
            {"token": TOKEN, "region": "custom"},
            {"url": simulator_url},
            {
                "plants": [str(plant["plant_id"]) for plant in plants],
                "controls": True,
            },
        ],
    )
    devices = await dashboard.find_devices(home_assistant)
    await make_settings_known(home_assistant, devices)
    address = await dashboard.make(home_assistant, devices)
    if arguments.check:
        print("\n".join(await check(home_assistant, simulator_url)))
        print("The demo works.")
        return
    text = welcome.compose(
        address=address,
        home_assistant=home_assistant.url,
        simulator=simulator_url,
        token=TOKEN,
        plants=await _get_plants(simulator_url),
        devices=devices,
    )
    print(f"\n{text}\n", flush=True)
    if _past_days(arguments):
        await energy_dashboard.fill(home_assistant, plants[0]["name"], _IMPORT_PATIENCE)
        print(
            f"Energy     {home_assistant.url}/energy has the last {_past_days(arguments)} days.\n",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(asyncio.run(_run(_arguments())))
