"""An installer's end users (protocol of 2016, 4.1; pages 1.2 to 1.4)."""

from .. import encoding
from ..cloud import Cloud
from ..envelope import ApiError, Envelope, Parameters, ok, select_page
from ..users import User

END_USER = "1"


def register_user(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Register a user: 2016, 4.1.1."""
    name = parameters.get("user_name", "")
    if not name or not parameters.get("user_password"):
        raise ApiError(10002)
    if cloud.find_user_by_name(name):
        raise ApiError(10003)
    if not parameters.get("user_email"):
        raise ApiError(10004)
    if parameters.get("user_type") != END_USER:
        raise ApiError(10006)
    user = User(
        max((user.user_id for user in cloud.users), default=0) + 1,
        name,
        parameters["user_email"],
        parameters.get("user_country", ""),
        parameters.get("user_tel", ""),
        encoding.format_time(cloud.clock.now()),
    )
    cloud.users.append(user)
    return ok({"c_user_id": user.user_id})


def check_user_name(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Check that a name is free: 2016, 4.1.2, page 1.3."""
    name = parameters.get("user_name", "")
    if not name:
        raise ApiError(10002)
    if cloud.find_user_by_name(name):
        raise ApiError(10003)
    return ok("")


def modify_user(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change a user: 2016, 4.1.3, page 1.2."""
    user_id = parameters.get("c_user_id", "")
    if not user_id:
        raise ApiError(10002)
    user = cloud.find_user(user_id)
    if user is None:
        raise ApiError(10003)
    code = parameters.get("agentCode", parameters.get("agent_code", ""))
    if code and not (len(code) == 5 and code.isalnum()):
        raise ApiError(10014, "error_agentcode")
    user.phone = parameters.get("mobile", user.phone)
    user.installer_code = code or user.installer_code
    return ok("")


def list_users(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return the installer's users: 2016, 4.1.4, page 1.4."""
    rows = [
        {
            "c_user_id": user.user_id,
            "c_user_name": user.name,
            "c_user_email": user.email,
            "c_user_tel": user.phone,
            "c_user_regtime": user.registered,
        }
        for user in cloud.users
    ]
    return ok({"count": len(rows), "c_user": select_page(rows, parameters)})
