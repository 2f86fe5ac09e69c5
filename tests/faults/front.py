"""A front before the simulated cloud: passes bytes on, or breaks the connection in ways that a web server cannot."""

import asyncio
from collections.abc import Iterator
import contextlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
import socket
import ssl
from tempfile import TemporaryDirectory
from typing import Any, override

from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .catalog import Wire

# Names that end in .test are nobody's.
HOST = "growatt.test"
_VALID = (datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=20_000))


class FrontResolver(AbstractResolver):
    """Resolves every name to this machine, or none."""

    def __init__(self) -> None:
        self.knows_names = True

    @override
    async def resolve(
        self, host: str, port: int = 0, family: Any = socket.AF_INET
    ) -> list[ResolveResult]:
        if not self.knows_names:
            raise OSError(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    @override
    async def close(self) -> None:
        pass

    async def real_close(self) -> None:
        """Close, as Home Assistant's own resolver calls it."""


class Front:
    """A TCP server that hands connections on to the simulated cloud."""

    def __init__(self, target: int, resolver: FrontResolver, *, tls: bool) -> None:
        """Initialize; ``target`` is the port of the simulated cloud."""
        self._target = target
        self._resolver = resolver
        self._tls = make_context(trusted=True) if tls else None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_broken = False
        self.port = 0

    @property
    def url(self) -> str:
        """The base URL of the OpenAPI behind the front."""
        return f"{'https' if self._tls else 'http'}://{HOST}:{self.port}/v1/"

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        """Listen, on the same port each time."""
        self._server = await asyncio.start_server(
            self._connect, "127.0.0.1", self.port, ssl=context or self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        for task in tuple(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def begin(self, wire: Wire) -> None:
        """Begin a fault."""
        self._is_broken = True
        await self.stop()
        match wire:
            case Wire.NO_NAME:
                self._resolver.knows_names = False
            case Wire.BAD_CERTIFICATE:
                await self.start(make_context(trusted=False))
            case Wire.NO_TLS:
                self._tls, tls = None, self._tls
                await self.start()
                self._tls = tls

    async def end(self) -> None:
        """End a fault."""
        if not self._is_broken:
            return
        self._is_broken = False
        await self.stop()
        self._resolver.knows_names = True
        await self.start()

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            source, sink = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(sink)
            await asyncio.gather(_pass_on(reader, sink), _pass_on(source, writer))
        except OSError:
            pass  # cut by either side
        finally:
            self._tasks.discard(task)
            for one in (writer, *self._writers - {writer}):
                if one.transport.is_closing():
                    self._writers.discard(one)
            writer.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.close()


_KEY = ec.generate_private_key(ec.SECP256R1())


def _make_certificate(*, trusted: bool) -> bytes:
    """Return a certificate of the front's name that signs itself; Home Assistant is to trust one of the two."""
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, HOST if trusted else f"not {HOST}")]
    )
    start, length = _VALID
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_KEY.public_key())
        .serial_number(1 + trusted)
        .not_valid_before(start)
        .not_valid_after(start + length)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(_KEY, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


# Made before any test freezes the time, which cryptography does not accept.
CERTIFICATES = {
    trusted: _make_certificate(trusted=trusted) for trusted in (True, False)
}


@cache
def make_context(*, trusted: bool) -> ssl.SSLContext:
    """Return the TLS context of the front."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    key = _KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with _written(key + CERTIFICATES[trusted]) as path:
        context.load_cert_chain(path)
    return context


@contextlib.contextmanager
def _written(data: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "chain.pem"
        path.write_bytes(data)
        yield path
