"""All pages of a shop's prices, facts, hours and bots."""

from __future__ import annotations

from typing import Any

from valera.dashboard.shop.bots.pages import HANDLERS as BOTS
from valera.dashboard.shop.facts.pages import HANDLERS as FACTS
from valera.dashboard.shop.prices.pages import HANDLERS as PRICES
from valera.dashboard.shop.schedule.pages import HANDLERS as SCHEDULE

HANDLERS: list[Any] = [*PRICES, *FACTS, *SCHEDULE, *BOTS]
