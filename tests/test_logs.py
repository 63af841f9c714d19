"""The log: one event a line, instants in UTC, and no words of what people write."""

from __future__ import annotations

import json
import logging
import threading
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import structlog

from service import logs
from service.config import LogFormat


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The log is set up for a whole process: each test gives it back as it was."""
    root, hook = logging.getLogger(), threading.excepthook
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    logging.captureWarnings(False)
    root.handlers[:], threading.excepthook = handlers, hook
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(LogFormat.JSON, "info")
    structlog.get_logger().info("mail-handled", mailbox="ekvik", uid=7)
    (line,) = lines(capsys)
    assert datetime.fromisoformat(line.pop("time")).utcoffset() is not None
    assert line == {
        "event": "mail-handled", "mailbox": "ekvik", "uid": 7, "level": "info", "logger": "tests.test_logs"
    }  # fmt: skip


def test_the_libraries_log_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(LogFormat.JSON, "info")
    logging.getLogger("some.library").warning("%d of %d", 1, 2)
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("1 of 2", "warning", "some.library")


@pytest.mark.parametrize("name", logs.QUIET)
def test_talkative_libraries_are_heard_only_when_something_is_wrong(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(LogFormat.JSON, "debug")
    logging.getLogger(f"{name}.part").info("a subject")
    logging.getLogger(f"{name}.part").warning("trouble")
    assert [line["event"] for line in lines(capsys)] == ["trouble"]


@pytest.mark.parametrize(("level", "heard"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)])
def test_the_level_decides(level: str, heard: int, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(LogFormat.JSON, level)
    log = structlog.get_logger()
    log.debug("a")
    log.info("b")
    log.warning("c")
    if heard == 0:
        logging.getLogger("matplotlib").warning("a library's too")
    assert len(lines(capsys)) == heard


def test_an_error_is_told_by_its_sort_and_place_not_by_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(LogFormat.JSON, "info")
    for log in (structlog.get_logger(), logging.getLogger("some.library")):
        try:
            int("Anna Ek skriver om sin granne")
        except ValueError:
            log.exception("failed")
    for line in lines(capsys):
        assert (line["event"], line["error"]) == ("failed", "ValueError")
        assert "test_logs.py" in line["at"][0]
        assert "granne" not in str(line)


def test_an_error_that_ends_a_thread_is_logged_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(LogFormat.JSON, "info")

    def fails() -> None:
        raise ValueError("Anna Ek")

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    (line,) = lines(capsys)
    assert (line["event"], line["error"]) == ("thread-failed", "ValueError")
    assert "Anna" not in str(line)


def test_warnings_go_to_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(LogFormat.JSON, "info")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", stacklevel=1)
    assert [line["logger"] for line in lines(capsys)] == ["py.warnings"]


def test_the_console_form_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(LogFormat.CONSOLE, "info")
    structlog.get_logger().info("mail-handled", mailbox="ekvik")
    out, err = capsys.readouterr()
    assert out == ""
    assert "mail-handled" in err
    assert "mailbox=ekvik" in err
    assert "\x1b" not in err
