"""The servers of Growatt's OpenAPI, and the normalization of typed addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
import ipaddress
import re
from types import MappingProxyType

from yarl import URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One of the vendor's servers.

    ``official`` marks the vendor's own four, the only ones that a token may be sent to without the user having chosen them.
    Source: the address tables of the vendor's pages of 2022; SMTEN from a public client.
    """

    url: str
    portal: str
    official: bool = False


REGIONS: Mapping[str, Region] = MappingProxyType(
    {
        "europe": Region(
            url="https://openapi.growatt.com/v1/",
            portal="https://server.growatt.com",
            official=True,
        ),
        "north_america": Region(
            url="https://openapi-us.growatt.com/v1/",
            portal="https://server-us.growatt.com",
            official=True,
        ),
        "china": Region(
            url="https://openapi-cn.growatt.com/v1/",
            portal="https://server-cn.growatt.com",
            official=True,
        ),
        "australia_new_zealand": Region(
            # The vendor writes http; the same host answers https, and a token does not travel in the clear.
            url="https://openapi-au.growatt.com/v1/",
            portal="https://oss-au.growatt.com",
            official=True,
        ),
        "atess": Region(
            url="http://ess-server.atesspower.com/v1/",
            portal="http://ess-server.atesspower.com",
        ),
        "smten": Region(
            url="https://openapi.smten.com/v1/", portal="https://openapi.smten.com"
        ),
        "test": Region(
            url="https://test.growatt.com/v1/", portal="https://test.growatt.com"
        ),
    }
)


# The parts and the length of a DNS name (RFC 1035); underscores are in use.
_LABEL = re.compile(r"[0-9A-Za-z_-]{1,63}")
_LONGEST_NAME = 253


class InvalidServerUrlError(ValueError):
    """The text is not the address of a server."""


def normalize_server_url(text: str) -> str:
    """Return the base URL of a server from a typed address: scheme, host, port, path up to ``/v1/``.

    A missing scheme means https; a missing ``/v1`` is added. Raises InvalidServerUrlError for anything that
    is not a plain http(s) address, such as one with a user name, query or fragment.
    """
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        url = URL(text)
        is_server = _is_server(url)
    except (ValueError, IndexError) as err:  # yarl raises IndexError for some brackets
        raise InvalidServerUrlError from err
    if not is_server or any(character.isspace() for character in text):
        raise InvalidServerUrlError
    path = url.path.rstrip("/")
    if not path.endswith("/v1"):
        path = f"{path}/v1"
    return str(url.with_path(f"{path}/"))


def _is_server(url: URL) -> bool:
    """Return whether a URL is that of an http(s) server and nothing more; raise ValueError if a part cannot be decoded."""
    return (
        url.scheme in ("http", "https")
        and bool(url.host and url.port)
        and _is_host(url.raw_host or "")
        and url.user is None
        and url.password is None
        and not url.query_string
        and not url.fragment
    )


def _is_host(host: str) -> bool:
    """Return whether this is an IP address, without the zone of a local one, or an encoded DNS name."""
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        return "%" not in host and ipaddress.ip_address(host) is not None
    return len(host) <= _LONGEST_NAME and all(map(_LABEL.fullmatch, labels))
