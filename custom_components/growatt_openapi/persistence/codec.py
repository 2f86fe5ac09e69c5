"""Translation of dataclasses to JSON and back, directed by the types of their fields.

A dataclass is stored as an object with its fields. ``STORED_AS`` changes that: a mapping gives the file's key of each field that
is stored, since stored keys stay as they are while fields are renamed; a name stores the class as that field alone.

A key that ends in "?" may be missing, in files of earlier versions, and is left out where its value is empty.

Instants, dates and texts with a ``parse`` method are stored as text, durations as seconds, and mappings whose keys are tuples as
rows. Loading checks every type, and that times can be calculated with: a damaged file raises ValueError and never puts a wrong type
into an object.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import (
    Any,
    NoReturn,
    TypeAliasType,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from ..api.values import EARLIEST_YEAR, LATEST_YEAR, check_year
from ..const import LOGGER

# No two times are further apart.
_LONGEST_DURATION = timedelta(days=366 * (LATEST_YEAR - EARLIEST_YEAR + 1))


def dump(value: object) -> Any:
    """Return a dataclass instance as JSON."""
    return _codec_of(cast("Any", type(value))).encode(value)


def load[T](cls: type[T], saved: object, **given: Any) -> T:
    """Return an instance of a dataclass from JSON; ``given``: fields that are not stored. Raises ValueError for invalid data."""
    try:
        return cast("T", _fields_codec(cast("Any", cls)).load(cls, saved, given))
    except (KeyError, TypeError, AttributeError, OverflowError) as err:
        raise ValueError(f"not a stored {cls.__name__}: {err!r}") from err


def load_or[T](default: T, part: str, load_part: Callable[[], T]) -> T:
    """Return a loaded part of a file; where it is damaged, log that by its name and return the default."""
    try:
        return load_part()
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
    ) as err:
        LOGGER.warning(
            "The saved %s cannot be used (%s): starting with an empty one",
            part,
            type(err).__name__,
        )
        return default


@dataclass(frozen=True, slots=True)
class _Codec:
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


@cache
def _codec_of(annotation: Any) -> _Codec:
    """Return the codec of a type."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _Codec(str, annotation)
    for base in getattr(annotation, "__mro__", (annotation,)):
        if base in _SCALARS:
            return _SCALARS[base]
    if isinstance(annotation, type) and issubclass(annotation, tuple):
        return _named_row(annotation)
    if dataclasses.is_dataclass(annotation):
        return _dataclass_codec(cast("type", annotation))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if NoneType in arguments:
        (inner,) = (_codec_of(one) for one in arguments if one is not NoneType)
        return _optional(inner)
    if origin in (list, deque):
        return _sequence(origin, _codec_of(arguments[0]))
    if origin is tuple:
        return _row([_codec_of(one) for one in arguments])
    if origin in (dict, Mapping):
        return _mapping(arguments[0], _codec_of(arguments[1]))
    if isinstance(annotation, TypeAliasType):
        return _codec_of(annotation.__value__)
    return _NONE_STORED


def _exactly[T](cls: type[T]) -> _Codec:
    def decode(saved: object) -> T:
        if type(saved) is not cls:
            raise TypeError(f"{saved!r} is no {cls.__name__}")
        return saved

    return _Codec(_same, decode)


def _same(value: Any) -> Any:
    return value


def _decode_float(saved: object) -> float:
    if type(saved) not in (int, float):
        raise TypeError(f"{saved!r} is no number")
    return float(cast("float", saved))


def _check_year[T: date](saved: T) -> T:
    """Return a date or time unless it leads out of the calendar. Raises ValueError."""
    check_year(saved.year)
    return saved


def _decode_duration(saved: object) -> timedelta:
    duration = timedelta(seconds=_decode_float(saved))
    if abs(duration) > _LONGEST_DURATION:
        raise ValueError(f"{duration} is too long")
    return duration


_SCALARS: dict[Any, _Codec] = {
    Any: _Codec(_same, _same),
    bool: _exactly(bool),
    int: _exactly(int),
    str: _exactly(str),
    float: _Codec(_same, _decode_float),
    datetime: _Codec(
        datetime.isoformat, lambda saved: _check_year(datetime.fromisoformat(saved))
    ),
    date: _Codec(date.isoformat, lambda saved: _check_year(date.fromisoformat(saved))),
    timedelta: _Codec(timedelta.total_seconds, _decode_duration),
}


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"a {type(value).__name__} cannot be stored")


# Types such as time zones: only None is stored of them.
_NONE_STORED = _Codec(_refuse, _refuse)


def _optional(inner: _Codec) -> _Codec:
    return _Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda saved: None if saved is None else inner.decode(saved),
    )


def _sequence(cls: Callable[[Iterable[Any]], Any], item: _Codec) -> _Codec:
    def decode(saved: object) -> Any:
        return cls(item.decode(one) for one in _checked_list(saved))

    return _Codec(lambda value: [item.encode(one) for one in value], decode)


def _row(items: list[_Codec]) -> _Codec:
    return _Codec(
        lambda value: [
            one.encode(part) for one, part in zip(items, value, strict=True)
        ],
        lambda saved: tuple(
            one.decode(part)
            for one, part in zip(items, _checked_list(saved), strict=True)
        ),
    )


def _named_row(cls: Any) -> _Codec:
    """Return the codec of a NamedTuple: a row, without the defaults at its end."""
    items = [_codec_of(one) for one in get_type_hints(cls).values()]
    defaults = tuple(cls._field_defaults.values())
    shortest = len(items) - len(defaults)
    rows = {length: _row(items[:length]) for length in range(shortest, len(items) + 1)}

    def encode(value: Any) -> list[Any]:
        length = len(value)
        for default in reversed(defaults):
            if value[length - 1] != default:
                break
            length -= 1
        encoded: list[Any] = rows[length].encode(value[:length])
        return encoded

    def decode(saved: object) -> Any:
        return cls(*rows[len(_checked_list(saved))].decode(saved))

    return _Codec(encode, decode)


def _mapping(key_type: Any, item: _Codec) -> _Codec:
    if get_origin(key_type) is tuple:
        key = _codec_of(key_type)
        return _Codec(
            lambda value: [[*key.encode(k), item.encode(v)] for k, v in value.items()],
            lambda saved: {
                key.decode(keys): item.decode(one)
                for *keys, one in map(_checked_list, _checked_list(saved))
            },
        )
    return _Codec(
        lambda value: {str(k): item.encode(v) for k, v in value.items()},
        lambda saved: {key_type(k): item.decode(v) for k, v in saved.items()},
    )


def _checked_list(saved: object) -> list[Any]:
    if not isinstance(saved, list):
        raise TypeError(f"{saved!r} is no list")
    return saved


def _dataclass_codec(cls: type) -> _Codec:
    if hasattr(cls, "parse"):
        return _Codec(str, cls.parse)
    fields = _fields_codec(cls)
    return _Codec(fields.encode, lambda saved: fields.load(cls, saved, {}))


@dataclass(frozen=True, slots=True)
class _Field:
    key: str
    name: str
    codec: _Codec
    is_optional: bool
    is_omitted_if_empty: bool
    # What a stored sequence is added to, so that a deque keeps its greatest length.
    empty: Callable[[], Any] | None


@dataclass(frozen=True, slots=True)
class _FieldsCodec:
    """The stored fields of a dataclass; ``is_single``: it is stored as its only one."""

    fields: tuple[_Field, ...]
    is_single: bool

    def encode(self, value: object) -> Any:
        encoded = {
            one.key: one.codec.encode(part)
            for one in self.fields
            if (part := getattr(value, one.name)) or not one.is_omitted_if_empty
        }
        return encoded[self.fields[0].key] if self.is_single else encoded

    def load(self, cls: type, saved: Any, given: Mapping[str, Any]) -> Any:
        if self.is_single:
            saved = {self.fields[0].key: saved}
        loaded = dict(given)
        for one in self.fields:
            if one.name in given or (one.is_optional and one.key not in saved):
                continue
            value = one.codec.decode(saved[one.key])
            if one.empty is not None:
                value, values = one.empty(), value
                value.extend(values)
            loaded[one.name] = value
        return cls(**loaded)


@cache
def _fields_codec(cls: Any) -> _FieldsCodec:
    fields = {one.name: one for one in dataclasses.fields(cls)}
    layout = getattr(cls, "STORED_AS", {name: name for name in fields})
    is_single = isinstance(layout, str)
    if is_single:
        layout = {layout: layout}
    hints = get_type_hints(cls)
    return _FieldsCodec(
        tuple(
            _Field(
                key.removesuffix("?"),
                name,
                _codec_of(hints[name]),
                is_optional=key.endswith("?") or NoneType in get_args(hints[name]),
                is_omitted_if_empty=key.endswith("?"),
                empty=cast("Any", fields[name].default_factory)
                if get_origin(hints[name]) is deque
                else None,
            )
            for key, name in layout.items()
        ),
        is_single,
    )
