"""The log of a broker: lines of text or of JSON on standard error, with the id of the request that caused them."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

from contracts.broker.settings import LogFormat, Settings


request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the current request; empty outside of requests."""


def configure(settings: Settings) -> None:
    """Log to standard error, in the format and from the level of *settings*."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format is LogFormat.JSON else TextLines())
    logging.basicConfig(handlers=[handler])
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # below, it logs the URLs of webhooks, with secrets in them
    logging.getLogger("contracts").setLevel(settings.log_level.upper())


def fields(**values: object) -> dict[str, object]:
    """Return *values* as the `extra` of a log call: members of a line of JSON."""
    return {"fields": values}


class TextLines(logging.Formatter):
    """`LEVEL: message [request ID]`; the id only during a request."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802, the name is logging's
        """Return the first line of *record*."""
        line = super().formatMessage(record)
        # texts of clients make no lines of their own
        line = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)
        current = request_id.get()
        return f"{line} [request {current}]" if current else line


class JsonLines(logging.Formatter):
    """One JSON object on each line: time, level, logger, message, the id of the request, exception, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as a line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if current := request_id.get():
            line["request_id"] = current
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
