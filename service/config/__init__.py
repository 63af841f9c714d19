"""The configuration file: read, checked whole, and turned into the values that the parts are built from.

`settings` holds the keys as they are written, `values` what is made of them, `reading` the way from one to the other.
Relative paths are relative to the file.
"""

from service.config.reading import database_of, examine, load, places, salvaged
from service.config.settings import Alerts, FolderNames, Log, LogFormat, Metrics, Settings
from service.config.values import Alarming, Config, Examined, Mailbox, Part

__all__ = [
    "Alarming",
    "Alerts",
    "Config",
    "Examined",
    "FolderNames",
    "Log",
    "LogFormat",
    "Mailbox",
    "Metrics",
    "Part",
    "Settings",
    "database_of",
    "examine",
    "load",
    "places",
    "salvaged",
]
