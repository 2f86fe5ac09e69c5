"""Tests of the server list and of the normalization of typed addresses."""

from hypothesis import given, strategies as st
import pytest
from yarl import URL

from custom_components.growatt_openapi.api.regions import (
    REGIONS,
    InvalidServerUrlError,
    normalize_server_url,
)


def test_official_servers_use_https() -> None:
    official = {name for name, region in REGIONS.items() if region.official}
    assert official == {"europe", "north_america", "china", "australia_new_zealand"}
    for name in official:
        assert REGIONS[name].url.startswith("https://openapi")


def test_every_url_ends_in_the_version() -> None:
    assert all(region.url.endswith("/v1/") for region in REGIONS.values())


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("openapi.example.com", "https://openapi.example.com/v1/"),
        ("http://127.0.0.1:8790", "http://127.0.0.1:8790/v1/"),
        ("http://127.0.0.1:8790/v1", "http://127.0.0.1:8790/v1/"),
        (" https://example.com/v1/ ", "https://example.com/v1/"),
        ("https://example.com/growatt/", "https://example.com/growatt/v1/"),
        ("http://[::1]:8790/", "http://[::1]:8790/v1/"),
    ],
)
def test_typed_address_is_normalized(typed: str, url: str) -> None:
    assert normalize_server_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "ftp://example.com",
        "http://",
        "https://user:secret@example.com",
        "https://example.com/?a=b",
        "https://example.com/#here",
        "http://exa mple.com",
        "http://example.com:port",
        "http://example.com:99999",
        "http://[::1",
        "http://[fe80::1%25eth0]",
        "http://[fe80::1%25eth0]:8790",
        "http://[nn::1]",
        "http://[->{]~@",
        "http://xn--",
        "http://xn--a",
        "http://256.1.1.1",
        "http://1.2.3",
        "http://a..b",
        "http://%00",
        f"http://{'a' * 64}.com",
        f"http://{'a.' * 127}com",
    ],
)
def test_invalid_address_raises(typed: str) -> None:
    with pytest.raises(InvalidServerUrlError):
        normalize_server_url(typed)


_PIECES = ("http://", "[", "]", "%25eth0", "::1", "xn--", "@", ":80", "1.2.3.4", "/v1")


@given(
    st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=6).map("".join)
)
def test_any_text_is_a_server_or_invalid(typed: str) -> None:
    try:
        url = normalize_server_url(typed)
    except InvalidServerUrlError:
        return
    assert normalize_server_url(url) == url
    assert URL(url).host
