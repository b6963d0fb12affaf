"""Logs: events with keys, no personal data, no tokens. Text for people, JSON for machines."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

TOKEN = re.compile(r"\b\d{6,12}:[A-Za-z0-9_-]{30,}\b|\b(?:sk-|AIza|AQVN)[A-Za-z0-9_-]{16,}\b")
"""Of Telegram's bots; keys of model providers."""


def set_up_logs(level: str, form: str) -> None:
    """For structlog and for the libraries that use logging; both end on standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        _hide_tokens,
    ]
    end: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, end],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True)


def _hide_tokens(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The second layer: no token and no key should get here at all."""
    return {key: TOKEN.sub("•••", text) if isinstance(text, str) else text for key, text in event.items()}
