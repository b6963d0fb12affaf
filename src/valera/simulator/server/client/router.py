"""All of `/api`."""

from __future__ import annotations

from litestar import Router

from valera.simulator.server.client.bots import BOTS
from valera.simulator.server.client.chats import CHATS
from valera.simulator.server.client.groups import GROUPS

client_api = Router("/api", route_handlers=[*BOTS, *CHATS, *GROUPS])
