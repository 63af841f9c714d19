"""`synpunkten run`: the daemon, or one pass."""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import structlog
import typer
from sqlalchemy.exc import SQLAlchemyError

from service import config as configuration
from service import daemon, logs
from service.cli.options import DEFAULT_CONFIG, ConfigFile
from service.config import Config
from service.desk.database import Database, exists
from service.desk.lookup import catalogue
from service.doors.manager import Manager

log = structlog.get_logger()


def _instant(text: str) -> datetime:
    """An instant with its offset, as `2026-05-04T09:12:00+02:00`."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise typer.BadParameter(f'"{text}" is not a time with offset; write for example 2026-05-04T09:12:00+02:00')
    return instant


def _one_pass(settings: Config, clock: Callable[[], datetime]) -> None:
    """One pass; what it did is the last event of the log, also where a mail server could not be reached."""
    before = _tally(settings.database)
    faults = 0
    try:
        daemon.run_once(settings, clock)
    except BaseExceptionGroup as group:
        faults = len(group.exceptions)
        raise
    except Exception:
        faults = 1
        raise
    finally:
        mails, letters, held = (
            after - earlier for after, earlier in zip(_tally(settings.database), before, strict=True)
        )
        log.info("pass-done", mails=mails, letters=letters, faults=faults + held)


def _tally(url: str) -> tuple[int, int, int]:
    """Mails taken in, letters sent and mails held back so far; zeros where there is no register yet."""
    if not exists(url):
        return 0, 0, 0
    database = Database(url)
    try:
        with database.reading() as s:
            return catalogue.tally(s)
    except (
        SQLAlchemyError
    ):  # no tables yet, or older ones: the pass itself brings them up to date or says what is wrong
        return 0, 0, 0
    finally:
        database.close()


def _log_as(settings: Config) -> None:
    """Log as the configuration wants it, and what it warns of."""
    logs.set_up(settings.log.format, settings.log.level)
    for warning in settings.warnings:
        log.warning("config-warning", warning=str(warning))


def run(
    config: ConfigFile = DEFAULT_CONFIG,
    once: Annotated[bool, typer.Option("--once", help="one complete pass, then end")] = False,
    now: Annotated[
        datetime | None,
        typer.Option(parser=_instant, metavar="TIME", help="with --once: the time that the pass believes it is"),
    ] = None,
) -> None:
    """Take care of the mailboxes until SIGTERM or SIGINT, or for one pass: poll, process, deadlines, deliver.

    The message in hand is finished before the end. With --once the status is 1 when a mail server could not be reached.

    Example: synpunkten run --config synpunkten.yaml --once
    """
    if now and not once:
        raise typer.BadParameter("--now is for --once only: a daemon needs a clock that goes")
    if not once:
        daemon.hold_reloads()
    settings = configuration.load(config)
    _log_as(settings)
    if once:
        _one_pass(settings, (lambda: now) if now else daemon.utc_now)
    else:
        faulthandler.enable()  # a watchdog ends what hangs by SIGABRT: the log then names the line where, and no values
        manager = Manager.of(os.environ)
        service = daemon.Daemon(settings, load=lambda: configuration.load(config), follow=_log_as, manager=manager)
        service.listen_to_signals()
        service.run()
