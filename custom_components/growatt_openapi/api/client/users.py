"""End users of an installer's account (protocol of 2016, 4.1; pages 1.2 to 1.4)."""

from .. import values
from ..endpoints.users import USER_CHECK, USER_LIST, USER_MODIFY, USER_REGISTER
from ..error_codes import ErrorCode
from ..errors import RequestError
from ..models import Reply, User
from ..request_options import FOR_USER, RequestOptions
from .endpoint_group import EndpointGroup, drop_empty

END_USER = "1"


class Users(EndpointGroup):
    """The end users of an installer. Open to installers' tokens only."""

    async def register(
        self, *, name: str, password: str, email: str, country: str, phone: str = ""
    ) -> str:
        """Register an end user and return the id (4.1.1; no limit documented).

        Raises RequestError: USER_NAME_EMPTY, USER_NAME_TAKEN, EMAIL_EMPTY, USER_TYPE_EMPTY, TOKEN_EMPTY, CONNECTION.
        """
        return await self._create(
            USER_REGISTER,
            {
                "user_email": email,
                "user_password": password,
                "user_type": END_USER,
                "user_name": name,
                "user_country": country,
                **drop_empty(user_tel=phone),
            },
            "c_user_id",
        )

    async def is_free(self, name: str, options: RequestOptions = FOR_USER) -> bool:
        """Return True if the user name is not taken (4.1.2, page 1.3; once in 5 minutes).

        Raises RequestError: USER_NAME_EMPTY.
        """
        try:
            await self._gateway.read(USER_CHECK, {"user_name": name}, options)
        except RequestError as err:
            if err.meaning is not ErrorCode.USER_NAME_TAKEN:
                raise
            return False
        return True

    async def modify(
        self, user_id: str, *, mobile: str, installer_code: str = ""
    ) -> None:
        """Change a user's mobile number and installer (4.1.3, page 1.2; no limit documented).

        Raises RequestError: USER_ID_EMPTY, USER_NOT_FOUND, USER_NOT_YOURS, INSTALLER_CODE_WRONG.
        """
        await self._gateway.write(
            USER_MODIFY,
            {
                "c_user_id": user_id,
                "mobile": mobile,
                **drop_empty(agentCode=installer_code),
            },
        )

    async def list_users(self, options: RequestOptions = FOR_USER) -> Reply[list[User]]:
        """Return all end users of the installer (4.1.4, page 1.4; once in 5 minutes, 10 times a day)."""
        reply = await self._rows(USER_LIST, {}, "c_user", options)
        users = []
        for row in reply.value:
            if (user_id := values.text(row.get("c_user_id"))) is None:
                continue
            users.append(
                User(
                    user_id=user_id,
                    name=values.text(row.get("c_user_name")),
                    email=values.text(row.get("c_user_email")),
                    phone=values.text(row.get("c_user_tel")),
                    registered=values.wall_time(row.get("c_user_regtime")),
                )
            )
        return reply.with_value(users)
