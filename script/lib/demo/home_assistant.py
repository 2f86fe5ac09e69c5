"""Home Assistant as its own clients see it: REST and WebSocket."""

import asyncio
import itertools
from typing import Any

import aiohttp

USER, PASSWORD = "demo", "demo"


class HomeAssistantError(Exception):
    """It answered otherwise than it should."""


class HomeAssistant:
    """A running Home Assistant, and a user in it."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session
        self._token = ""
        self._ids = itertools.count(1)

    async def wait_until_up(self, patience: float) -> None:
        """Wait until it serves."""
        async with asyncio.timeout(patience):
            while True:
                try:
                    async with self._session.get(f"{self.url}/api/onboarding") as reply:
                        if reply.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.3)

    async def create_user(self) -> None:
        """Make the demo's user and log in as that."""
        client_id = f"{self.url}/"
        answer = await self._post(
            "/api/onboarding/users",
            {
                "client_id": client_id,
                "name": "Demo",
                "username": USER,
                "password": PASSWORD,
                "language": "en",
            },
        )
        async with self._session.post(
            f"{self.url}/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": answer["auth_code"],
                "client_id": client_id,
            },
        ) as reply:
            tokens = await reply.json()
        self._token = tokens["access_token"]

    async def use_24_hours(self) -> None:
        """Let the user read times as the house's country does."""
        await self.command(
            {
                "type": "frontend/set_user_data",
                "key": "language",
                "value": {
                    "language": "en",
                    "number_format": "language",
                    "time_format": "24",
                    "date_format": "language",
                    "time_zone": "server",
                    "first_weekday": "monday",
                },
            }
        )

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._session.post(
            self.url + path, json=body, headers=headers
        ) as reply:
            if reply.status >= 400:
                raise HomeAssistantError(f"{path}: {reply.status} {await reply.text()}")
            answer = await reply.json()
            return answer if isinstance(answer, dict) else {}

    async def configure(self, domain: str, steps: list[dict[str, Any]]) -> None:
        """Walk a config flow; raise HomeAssistantError where it does not end in an entry."""
        path = "/api/config/config_entries/flow"
        step = await self._post(path, {"handler": domain})
        for answers in steps:
            if step["type"] != "form":
                break
            step = await self._post(f"{path}/{step['flow_id']}", answers)
            if step.get("errors"):
                raise HomeAssistantError(f"{step['step_id']}: {step['errors']}")
        if step["type"] != "create_entry":
            raise HomeAssistantError(f"The config flow ended with {step}")

    async def call(self, domain: str, action: str, data: dict[str, Any]) -> None:
        """Perform an action."""
        await self._post(f"/api/services/{domain}/{action}", data)

    async def ask(self, domain: str, action: str, data: dict[str, Any]) -> Any:
        """Perform an action and return what it responds."""
        answer = await self._post(
            f"/api/services/{domain}/{action}?return_response", data
        )
        return answer["service_response"]

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return all states by entity id."""
        async with self._session.get(
            f"{self.url}/api/states", headers={"Authorization": f"Bearer {self._token}"}
        ) as reply:
            return {state["entity_id"]: state for state in await reply.json()}

    async def command(self, *commands: dict[str, Any]) -> list[Any]:
        """Send commands over a WebSocket and return their results."""
        async with self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0
        ) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            await socket.receive_json()
            results = []
            for command in commands:
                number = next(self._ids)
                await socket.send_json({"id": number, **command})
                answer = await socket.receive_json()
                if not answer.get("success"):
                    raise HomeAssistantError(f"{command['type']}: {answer}")
                results.append(answer["result"])
            return results
