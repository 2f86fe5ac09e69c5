"""Real servers of the databases that the recorder supports beside SQLite, each in a temporary folder of its own.

A server listens on a Unix socket in its folder and on no port, so that several may run side by side, and it runs as an
unprivileged user where the tests run as root. It is tuned to be fast: what it holds ends with the tests.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
import contextlib
import os
from pathlib import Path
import shutil
import signal
import subprocess
import tempfile
import time
from typing import IO, Any, override

from pymysql import converters
from pytest_homeassistant_custom_component.patch_time import HAFakeDatetime
import sqlalchemy as sa

REQUIRED = os.environ.get("REQUIRE_DATABASES") == "1"
# A start from an empty folder takes about a second; a busy machine may take much longer.
START_TIMEOUT = 60.0
STOP_TIMEOUT = 30.0

# PyMySQL looks for the encoder of a value's exact type, and frozen times are of a type of their own.
converters.encoders[HAFakeDatetime] = converters.escape_datetime
converters.conversions[HAFakeDatetime] = converters.escape_datetime


class MissingDatabaseError(Exception):
    """The database is not installed."""


class DatabaseServer(ABC):
    """A server in a folder. It is started by ``run`` and stopped at the end of that context."""

    stop_signal = signal.SIGTERM
    charset = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    @abstractmethod
    def find_programs(self) -> tuple[Path, Path]:
        """Return the program that makes a data folder, and the server."""

    @abstractmethod
    def make_initialization(self, program: Path) -> list[str]:
        """Return the command that makes the data folder."""

    @abstractmethod
    def make_command(self, server: Path) -> list[str]:
        """Return the command that runs the server in the foreground."""

    @abstractmethod
    def get_url(self, database: str) -> str:
        """Return a database's URL for SQLAlchemy and the recorder."""

    @property
    @abstractmethod
    def administration(self) -> str:
        """The name of a database that is always there."""

    @contextlib.contextmanager
    def run(self) -> Iterator[None]:
        """Start the server, and stop it afterwards."""
        initialization, server = self.find_programs()
        with (self.folder / "log").open("w") as log:
            process = self._start(self.make_initialization(initialization), log)
            if process.wait(START_TIMEOUT):
                raise self._make_error()
            process = self._start(self.make_command(server), log)
            try:
                self._wait_for_start(process)
                yield
            finally:
                process.send_signal(self.stop_signal)
                try:
                    process.wait(STOP_TIMEOUT)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    @contextlib.contextmanager
    def make_database(self, name: str) -> Iterator[str]:
        """Create an empty database, return its URL, and drop it afterwards."""
        self._execute(f"CREATE DATABASE {name} {self.charset}")
        try:
            yield self.get_url(name)
        finally:
            self._execute(f"DROP DATABASE {name}")

    def _start(self, command: list[str], log: IO[str]) -> subprocess.Popen[Any]:
        """Start a program in the folder, as an unprivileged user if the tests run as root."""
        user = group = groups = None
        if os.geteuid() == 0:
            user, group, groups = "nobody", "nogroup", list[str]()
            shutil.chown(self.folder, user)
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=self.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=user,
            group=group,
            extra_groups=groups,
        )

    def _make_error(self) -> RuntimeError:
        return RuntimeError(
            f"{type(self).__name__}: {(self.folder / 'log').read_text()}"
        )

    def _wait_for_start(self, process: subprocess.Popen[Any]) -> None:
        # The time of the machine: that of the tests may be frozen.
        deadline = os.times().elapsed + START_TIMEOUT
        while True:
            try:
                self._execute("SELECT 1")
            except sa.exc.OperationalError:
                if process.poll() is not None or os.times().elapsed > deadline:
                    raise self._make_error() from None
                time.sleep(0.1)
            else:
                return

    def _execute(self, statement: str) -> None:
        engine = sa.create_engine(
            self.get_url(self.administration),
            isolation_level="AUTOCOMMIT",
            poolclass=sa.NullPool,
        )
        with engine.connect() as connection:
            connection.execute(sa.text(statement))


class MariaDbServer(DatabaseServer):
    """MariaDB of Debian's mariadb-server-core and mariadb-client-core, through PyMySQL, the one of the recorder's drivers that needs no compiler."""

    administration = "mysql"
    charset = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"

    @override
    def find_programs(self) -> tuple[Path, Path]:
        return _find_program("mariadb-install-db"), _find_program("mariadbd")

    @override
    def make_initialization(self, program: Path) -> list[str]:
        return [
            str(program),
            "--no-defaults",
            f"--datadir={self.data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]

    @override
    def make_command(self, server: Path) -> list[str]:
        return [
            str(server),
            "--no-defaults",
            f"--datadir={self.data}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            "--skip-networking",
            "--innodb-flush-log-at-trx-commit=0",
            "--skip-innodb-doublewrite",
            "--innodb-buffer-pool-size=64M",
        ]

    @override
    def get_url(self, database: str) -> str:
        socket = self.folder / "socket"
        return f"mysql+pymysql://root@localhost/{database}?unix_socket={socket}"


class PostgreSqlServer(DatabaseServer):
    """PostgreSQL of Debian's postgresql, through psycopg2."""

    administration = "postgres"
    charset = "ENCODING 'UTF8'"
    # A fast shutdown: SIGTERM would wait for clients.
    stop_signal = signal.SIGINT

    @override
    def find_programs(self) -> tuple[Path, Path]:
        # Debian keeps them out of the path, in a folder for each version.
        versions = Path("/usr/lib/postgresql").glob("*/bin")
        folders = sorted(versions, key=lambda path: path.parent.name)
        extra = str(folders[-1]) if folders else ""
        return _find_program("initdb", extra), _find_program("postgres", extra)

    @override
    def make_initialization(self, program: Path) -> list[str]:
        return [
            str(program),
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]

    @override
    def make_command(self, server: Path) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
        }
        options = [f"-c{name}={value}" for name, value in settings.items()]
        return [str(server), "-D", str(self.data), *options]

    @override
    def get_url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"


SERVERS: dict[str, type[DatabaseServer]] = {
    "mariadb": MariaDbServer,
    "postgresql": PostgreSqlServer,
}


@contextlib.contextmanager
def run_server(name: str) -> Iterator[DatabaseServer]:
    """Run a server of this name in a new folder. Raises MissingDatabaseError where it is not installed."""
    # A path of a Unix socket has at most 107 characters; pytest's folders may be longer.
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    try:
        server = SERVERS[name](folder)
        with server.run():
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_program(name: str, folder: str = "") -> Path:
    """Return a program's path. Servers are in folders that only an administrator has in the path."""
    path = os.pathsep.join((folder, os.environ.get("PATH", ""), "/usr/sbin"))
    found = shutil.which(name, path=path)
    if found is None:
        raise MissingDatabaseError(f"{name} is not installed")
    return Path(found)
