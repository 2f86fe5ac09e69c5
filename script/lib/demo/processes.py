"""Child processes that end when the demo does."""

import asyncio
import contextlib
from pathlib import Path
import signal

from .faketime import FastClock


class Child:
    """A process of ours, with its output in a file."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        cwd: Path,
        clock: FastClock | None = None,
    ) -> None:
        self.name = name
        self._clock = clock
        self.log = log
        self._command = command
        self._cwd = cwd
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, in a group of its own: Ctrl-C is for us to pass on."""
        with self.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(self._clock.prefix() if self._clock else ()),
                *self._command,
                cwd=self._cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process is None or self._process.returncode is not None

    def tail(self) -> str:
        """Return the last lines it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])

    async def stop(self) -> None:
        """Ask it to end, and insist after a while."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        for name, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(name)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await process.wait()
                return
