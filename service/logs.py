"""Logging, set up once at the start: one event a line on standard error, with the instant in UTC.

Events have constant names and short ids (mailbox, UID, letter), never a subject, a name, an address or a text. The
libraries' own logs go the same way; those that would tell what mails say are heard only when something is wrong.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

import structlog

from service.config import LogFormat

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

QUIET = (
    *("aiosmtplib", "alembic", "asyncio", "concurrent", "flufl.bounce", "fontTools", "imapclient", "mailparser"),
    *("matplotlib", "PIL", "sqlalchemy", "urllib3"),
)


def set_up(form: LogFormat, level: str) -> None:
    """From now on everything is logged in this form, from this level (`debug`, `info`, `warning`, `error`) upwards."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _without_words,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    threading.excepthook = _thread_failed
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _without_words(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Of an error, its sort and where it happened: its text may hold what a mail says."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = _places(error.__traceback__)
    return event


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    logging.getLogger(__name__).error("thread-failed", exc_info=failure.exc_value)


def _renderer(form: LogFormat) -> Processor:
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
