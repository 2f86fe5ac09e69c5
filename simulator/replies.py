"""JSON as the cloud sends it: UTF-8, and called text/html."""

import json
from typing import Any

from aiohttp import web


def make_response(envelope: dict[str, Any]) -> web.Response:
    """Return an envelope as the live service sends it."""
    return web.Response(
        text=json.dumps(envelope, ensure_ascii=False),
        content_type="text/html",
        charset="UTF-8",
    )
