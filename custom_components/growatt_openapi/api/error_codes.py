"""The meanings of the vendor's error codes, as one enumeration for all endpoints, since each numbers them differently."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """A meaning of one of the vendor's codes 10001 to 10014."""

    # The cloud
    SYSTEM = "system"
    SERVER = "server"
    CONNECTION = "connection"
    TOKEN_EMPTY = "token_empty"  # noqa: S105 - a word, not a token
    # Users
    USER_NOT_FOUND = "user_not_found"
    USER_NOT_YOURS = "user_not_yours"
    USER_ID_EMPTY = "user_id_empty"
    USER_NAME_EMPTY = "user_name_empty"
    USER_NAME_TAKEN = "user_name_taken"
    USER_TYPE_EMPTY = "user_type_empty"
    EMAIL_EMPTY = "email_empty"
    INSTALLER_CODE_WRONG = "installer_code_wrong"
    # Plants
    PLANT_NOT_FOUND = "plant_not_found"
    PLANT_ID_EMPTY = "plant_id_empty"
    PLANT_NAME_EMPTY = "plant_name_empty"
    PLANT_NAME_TAKEN = "plant_name_taken"
    PEAK_POWER_EMPTY = "peak_power_empty"
    # Dataloggers
    DATALOGGER_NOT_FOUND = "datalogger_not_found"
    DATALOGGER_TAKEN = "datalogger_taken"
    DATALOGGER_SERIAL_WRONG = "datalogger_serial_wrong"
    DATALOGGER_UNKNOWN = "datalogger_unknown"
    DATALOGGER_OFFLINE = "datalogger_offline"
    DATALOGGER_LINK = "datalogger_link"
    CHECK_CODE_WRONG = "check_code_wrong"
    PLANT_OR_SERIAL_WRONG = "plant_or_serial_wrong"
    # Devices
    DEVICE_NOT_FOUND = "device_not_found"
    DEVICE_OFFLINE = "device_offline"
    DEVICE_TYPE_EMPTY = "device_type_empty"
    SERIAL_WRONG = "serial_wrong"
    SERIAL_EMPTY = "serial_empty"
    # Settings
    NO_SUCH_PARAMETER = "no_such_parameter"
    VALUE_EMPTY = "value_empty"
    OUT_OF_RANGE = "out_of_range"
    END_BEFORE_START = "end_before_start"
    READING_FAILED = "reading_failed"
    NOT_READABLE = "not_readable"
    # Periods and pages
    BAD_DATE = "bad_date"
    PERIOD_TOO_LONG = "period_too_long"
    PAGE_TOO_LONG = "page_too_long"
    TOO_MANY_PAGES = "too_many_pages"
    UNKNOWN = "unknown"
