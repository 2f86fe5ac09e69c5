"""Validation of the dates and periods of a request."""

from datetime import date, timedelta

from ..api.client.plants import TimeUnit
from ..error_messages import validation_error

# The vendor's limits: page 2.8, and the protocol of 2016 on histories.
MAX_DAYS = 7
MAX_YEARS = 20


def check_day(day: date, today: date) -> None:
    """Raise ServiceValidationError for a day in the future."""
    if day > today:
        raise validation_error("in_the_future", date=day.isoformat())


def check_days(start: date, end: date, today: date) -> None:
    """Raise ServiceValidationError for days that are reversed or in the future."""
    if end < start:
        raise validation_error("reversed", start=start.isoformat(), end=end.isoformat())
    check_day(start, today)
    if end > today:
        check_day(end, today)


def check_period(start: date, end: date, today: date, unit: TimeUnit = "day") -> None:
    """Raise ServiceValidationError for a period that is reversed, in the future, or longer than the cloud returns."""
    check_days(start, end, today)
    match unit:
        case "day" if end - start >= timedelta(days=MAX_DAYS):
            raise validation_error("too_many_days", limit=str(MAX_DAYS))
        case "month" if end.year - start.year > 1:
            raise validation_error("too_many_months")
        case "year" if end.year - start.year >= MAX_YEARS:
            raise validation_error("too_many_years", limit=str(MAX_YEARS))
