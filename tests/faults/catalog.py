"""The table of faults: how each is made, where and when it can happen, and what the user sees.

The cases of the campaign (``cases.py``) and ``docs/reliability.md`` are made from it.
"""

from dataclasses import dataclass
from enum import StrEnum
import json
from typing import Any

from simulator.faults import Fault, FaultKind


class Seen(StrEnum):
    """What the user sees of a fault, by its heading in docs/reliability.md."""

    SLOWED = "The cloud says that it was asked too often"
    DOWN = "The cloud does not answer, or answers with something else"
    CLOSED = "The cloud says that the token may not do this"
    MOVED = "The cloud says that the account is on another server"
    REJECTED = "The cloud rejects a request with an error code"
    UNREADABLE = "The cloud answers with values that cannot be true"
    CONFUSED = "The cloud's lists contradict themselves"
    ODD_TEXT = "Names and serial numbers are odd"


class Scope(StrEnum):
    """The endpoints that a fault makes sense for."""

    EVERY = "every endpoint"
    CONTENT = "endpoints that return an object"
    LISTS = "endpoints that return rows in pages"
    DEVICES = "the list of devices and what is read of one device"
    DEVICE_LIST = "the list of devices"
    WIRE = "the connection, and so all endpoints at once"


class Wire(StrEnum):
    """A fault of the connection, made by the front before the simulated cloud."""

    REFUSED = "refused"  # nobody listens on the port
    NO_NAME = "no_name"  # the name has no address
    BAD_CERTIFICATE = "bad_certificate"  # signed by nobody who is trusted
    NO_TLS = "no_tls"  # the port does not speak TLS


@dataclass(frozen=True, slots=True)
class FaultCase:
    """One fault. A fault of the cloud has a ``kind``, one of the connection a ``wire``.

    is_harmless: every value stays readable, so that nothing may become unavailable.
    """

    name: str
    seen: Seen
    scope: Scope
    kind: FaultKind | None = None
    wire: Wire | None = None
    code: int = 10001
    message: str = ""

    def make(self, path: str) -> Fault:
        """Return the fault for the simulated cloud; on all endpoints if ``path`` is empty."""
        assert self.kind is not None
        return Fault(
            self.kind,
            path,
            code=self.code,
            message=self.message,
            is_exact=bool(path),
        )

    def describe(self) -> dict[str, Any]:
        """Return what to post to /_sim/faults for this fault."""
        return {"kind": self.kind, "code": self.code, "message": self.message}


def _down(name: str, kind: FaultKind, code: int = 10001, text: str = "") -> FaultCase:
    return FaultCase(name, Seen.DOWN, Scope.EVERY, kind, code=code, message=text)


def _value(name: str, kind: FaultKind, code: int = 10001, text: str = "") -> FaultCase:
    return FaultCase(
        name, Seen.UNREADABLE, Scope.CONTENT, kind, code=code, message=text
    )


# Every code of the vendor's tables that has no meaning of its own everywhere.
_CODES = (10001, *range(10002, 10011), 10013, 10014, 10015, -2, 2**40)
_SEEN_OF_CODE = {-1: Seen.MOVED, 10011: Seen.CLOSED}

_REFUSALS = (
    FaultCase("refusal", Seen.SLOWED, Scope.EVERY, FaultKind.REFUSE),
    *(
        FaultCase(
            f"code {code}",
            _SEEN_OF_CODE.get(code, Seen.REJECTED),
            Scope.EVERY,
            FaultKind.CODE,
            code=code,
            message=f"error_{code}",
        )
        for code in (-1, 10011, *_CODES)
    ),
    # On a set 10012 without "frequently" means that the device does not exist.
    FaultCase(
        "code 10012, device",
        Seen.SLOWED,
        Scope.EVERY,
        FaultKind.CODE,
        code=10012,
        message="error_device_not_exist",
    ),
)

_OUTAGES = (
    *(
        _down(f"status {status}", FaultKind.STATUS, status)
        for status in (400, 401, 403, 404, 405, 429, 500, 502, 503, 504)
    ),
    _down("login page", FaultKind.HTML),
    _down("redirect", FaultKind.REDIRECT),
    _down("time-out", FaultKind.TIMEOUT),
    _down("reset", FaultKind.RESET),
    _down("slow drip", FaultKind.DRIP, 300),
    _down("cut body", FaultKind.CUT_BODY),
    _down("cut JSON", FaultKind.BROKEN_JSON),
    _down("empty body", FaultKind.EMPTY_BODY),
    _down("50 MB", FaultKind.HUGE_BODY),
    _down("gzip bomb", FaultKind.GZIP_BOMB),
    _down("not gzip", FaultKind.BAD_GZIP),
    _down("nested 900", FaultKind.DEEP, 900),
    _down("nested 100000", FaultKind.DEEP, 100_000),
    *(
        _down(f"body {body or 'blank'}", FaultKind.BODY, text=body)
        for body in (
            "[]",
            "null",
            "5",
            '"text"',
            "{}",
            '{"data": {}}',
            '{"data": {}, "error_code": null}',
            '{"data": {}, "error_code": "zero"}',
            '{"data": {}, "error_code": 1e300}',
            '{"error_code": 0}',
        )
    ),
    FaultCase("slow answer", Seen.UNREADABLE, Scope.EVERY, FaultKind.DRIP, code=20),
    FaultCase("bad charset", Seen.UNREADABLE, Scope.EVERY, FaultKind.BAD_CHARSET),
)

_WIRE = tuple(
    FaultCase(name, Seen.DOWN, Scope.WIRE, wire=wire)
    for name, wire in (
        ("connection refused", Wire.REFUSED),
        ("DNS failure", Wire.NO_NAME),
        ("TLS certificate", Wire.BAD_CERTIFICATE),
        ("TLS handshake", Wire.NO_TLS),
    )
)

# Numbers as they stand in the JSON.
_NUMBERS = (
    *("1" + "0" * 25, "1e300", "-1e6", str(2**70), "NaN", "Infinity", "-Infinity"),
    *("24137119.8", "-1", "-0.1", '"12:34"', "true"),
)

_VALUES = (
    *(
        _value(f"data {value or 'blank'}", FaultKind.DATA, text=value)
        for value in ("[]", '"text"', "5", "null", '""', "{}", "[[1]]", "true")
    ),
    *(_value(f"number {text[:12]}", FaultKind.NUMBERS, text=text) for text in _NUMBERS),
    *(_value(f"year {year}", FaultKind.TIMES, year) for year in (1, 1970, 2031, 9999)),
    _value("nulls", FaultKind.NULLS),
    _value("garbage", FaultKind.GARBAGE),
    _value("field nested 900", FaultKind.DEEP_FIELD, 900),
    _value("field nested 100000", FaultKind.DEEP_FIELD, 100_000),
    _value("totals dip", FaultKind.TOTAL_DIPS),
)

_LISTS = (
    FaultCase("rows twice", Seen.CONFUSED, Scope.LISTS, FaultKind.DUPLICATE_ROWS),
    FaultCase("page ignored", Seen.CONFUSED, Scope.LISTS, FaultKind.IGNORED_PAGE),
    *(
        FaultCase(
            f"count {count}", Seen.CONFUSED, Scope.LISTS, FaultKind.COUNT, code=count
        )
        for count in (0, -5, 1000, 2**70)
    ),
    FaultCase("no rows", Seen.CONFUSED, Scope.DEVICE_LIST, FaultKind.EMPTY_LIST),
    FaultCase("twin plant", Seen.CONFUSED, Scope.DEVICE_LIST, FaultKind.TWIN_PLANT),
    *(
        FaultCase(
            f"type {number}",
            Seen.CONFUSED,
            Scope.DEVICE_LIST,
            FaultKind.TYPES,
            code=number,
        )
        for number in (1, 2, 7, 99, -1)
    ),
)

_TEXTS = {
    "emoji": "☀️🔋👨‍👩‍👧",
    "200 characters": "x" * 200,
    "markup": "<script>alert(1)</script>",
    "template": "{{ states('sun.sun') }}",
    "translation": "{name} %s {0}",
    "lone surrogate": "roof \ud800",
    "control characters": "a\x00b\x1b[31m\u202e",
    "blank": "   ",
    "empty": "",
}
_SERIALS = {
    "empty": "",
    "blanks": "  \t ",
    "slashes": "../..//etc",
    "unicode": "Größe☀",
    "200 characters": "S" * 200,
    "datalogger's": "XGD1A00117",
    "plant's": "plant_700101",
    "comma": "A,B",
    "lone surrogate": "A\ud800",
}

_ODD = (
    *(
        FaultCase(
            f"name {name}", Seen.ODD_TEXT, Scope.CONTENT, FaultKind.NAMES, message=text
        )
        for name, text in _TEXTS.items()
    ),
    *(
        FaultCase(
            f"serial {name}",
            Seen.ODD_TEXT,
            Scope.DEVICES,
            FaultKind.SERIALS,
            message=text,
        )
        for name, text in _SERIALS.items()
    ),
)

FAULTS: tuple[FaultCase, ...] = (
    *_REFUSALS,
    *_OUTAGES,
    *_WIRE,
    *_VALUES,
    *_LISTS,
    *_ODD,
)
BY_NAME = {fault.name: fault for fault in FAULTS}


def as_json(fault: FaultCase) -> str:
    """Return the body of a request to /_sim/faults that starts a fault."""
    return json.dumps(fault.describe())
