"""Users (protocol of 2016, 4.1; pages 1.2 to 1.4)."""

from ..error_codes import ErrorCode
from .endpoint import TEN_A_DAY, Endpoint

USER_REGISTER = Endpoint(
    path="user/user_register",
    method="POST",
    interval=0,
    write=True,
    for_installers=True,
    error_codes={
        10002: ErrorCode.USER_NAME_EMPTY,
        10003: ErrorCode.USER_NAME_TAKEN,
        10004: ErrorCode.EMAIL_EMPTY,
        10006: ErrorCode.USER_TYPE_EMPTY,
        10008: ErrorCode.TOKEN_EMPTY,
        10010: ErrorCode.CONNECTION,
    },
)
USER_CHECK = Endpoint(
    path="user/check_user",
    method="POST",
    for_installers=True,
    error_codes={10002: ErrorCode.USER_NAME_EMPTY, 10003: ErrorCode.USER_NAME_TAKEN},
)
USER_MODIFY = Endpoint(
    path="user/modify",
    method="POST",
    interval=0,
    write=True,
    for_installers=True,
    error_codes={
        10002: ErrorCode.USER_ID_EMPTY,
        10003: ErrorCode.USER_NOT_FOUND,
        10004: ErrorCode.USER_NOT_YOURS,
        # On all other endpoints it means too many pages.
        10014: ErrorCode.INSTALLER_CODE_WRONG,
    },
)
USER_LIST = Endpoint(
    path="user/c_user_list", method="GET", per_day=TEN_A_DAY, for_installers=True
)
