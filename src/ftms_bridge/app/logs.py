"""What the program says about itself: text for people on a terminal, JSON lines for a journal."""

from __future__ import annotations

import json
import logging
import sys
from typing import Final, Literal

CHATTY: Final = ("bleak", "dbus_fast")

LogFormat = Literal["auto", "text", "json"]


class JsonFormatter(logging.Formatter):
    """One JSON object per entry, with the trace when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry as one line."""
        entry: dict[str, str | float] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def set_up_logs(level: str, log_format: LogFormat) -> None:
    """Send log entries to the standard error stream."""
    to_stderr = logging.StreamHandler(sys.stderr)
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    to_stderr.setFormatter(
        JsonFormatter() if as_json else logging.Formatter("%(asctime)s %(levelname)-7s %(message)s")
    )
    logging.basicConfig(level=level.upper(), handlers=[to_stderr], force=True)
    logging.getLogger("bumble").setLevel(logging.CRITICAL)  # its errors come to us as exceptions
    for chatty in CHATTY:  # at debug they write every packet and every D-Bus signal
        logging.getLogger(chatty).setLevel(max(logging.getLogger().level, logging.INFO))
