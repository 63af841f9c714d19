"""What an error says at the command line: lines that a person can act on, and the exit status. Never a traceback.

No line holds the parameters of a database statement or the text of an unforeseen error: they may be personal data.
"""

from __future__ import annotations

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from service.desk.database import fault_words
from service.desk.occupancy import Occupied, Replaced
from service.doors.cage import CageBroken
from service.doors.filing import FilingError
from service.doors.link import InboxError
from service.doors.smtp import DeliveryError
from service.safekeeping.faults import SafekeepingFault
from service.seeing.listener import CannotListen
from service.yamlfile import YamlFault

FAILED, UNUSABLE = 1, 2
_EXTRAS = {"psycopg": "postgresql", "aiosmtpd": "demo", "pymap": "demo", "pysasl": "demo"}
"""Modules that not everybody has, and what to install them by."""


def explained(error: BaseException) -> tuple[int, list[str]]:
    """The exit status and the lines for standard error."""
    if isinstance(error, BaseExceptionGroup):
        parts = [explained(part) for part in error.exceptions]
        return max(status for status, _ in parts), [line for _, lines in parts for line in lines]
    if isinstance(error, YamlFault):
        return UNUSABLE, [f"synpunkten: {fault}" for fault in error.faults]
    status = UNUSABLE if isinstance(error, ModuleNotFoundError) else FAILED
    return status, [f"synpunkten: {_reason(error)}"]


def _reason(error: BaseException) -> str:
    match error:
        case InboxError() | DeliveryError():
            return f"{error.what}; {error.advice}" if error.advice else error.what
        case CageBroken() | Occupied() | Replaced() | FilingError() | SafekeepingFault() | CannotListen():
            return str(error)
        case SQLAlchemyError():
            return f"database: {database_reason(error)}"
        case CommandError():
            return "database: its schema is not one that this version knows; install the version that made it"
        case ModuleNotFoundError():
            name = str(error.name).partition(".")[0]
            return f"the Python module {name} is missing; install it{_by_extra(name)}"
        case FileExistsError() | NotADirectoryError():
            what = "is a file where a folder is needed; move it away, or correct the path in the configuration"
            return f"{error.filename}: {what}"
        case OSError():
            return f"{error.filename or 'input or output'}: {error.strerror or type(error).__name__}"
    return f"{type(error).__name__}: a fault in the program itself; --debug shows where"


def _by_extra(module: str) -> str:
    """How a module is had that comes with an extra: the package is in no index, so its file or clone is named."""
    if not (extra := _EXTRAS.get(module)):
        return ""
    return f": pip install 'FILE.whl[{extra}]' with the wheel's file, or pip install '.[{extra}]' in a clone"


def database_reason(error: SQLAlchemyError) -> str:
    """What the database itself says, in one line, without statement and parameters."""
    return fault_words(error)
