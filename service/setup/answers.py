"""Who answers: a file with the answers, for those who script. (`cli/setup` asks a person.)"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, SecretStr

from service import yamlfile
from service.config.settings import Reference, Secret
from service.core.rules.fieldtypes import listed
from service.setup.interview import Stopped


class Answers(BaseModel):
    """The answers by the names of their questions; what is left out is answered by what would be proposed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    municipality: str | None = None
    imap: str | None = None
    smtp: str | None = None
    ca_file: str | None = None
    username: str | None = None
    login: str | None = None
    password: Secret | None = None
    tenant: str | None = None
    client_id: str | None = None
    client_secret: Secret | None = None
    expires: date | None = None
    certificate: str | None = None
    key: str | None = None
    trusted_authserv: Annotated[tuple[str, ...], listed(str)] | None = None
    alerts: str | None = None


@dataclass
class FromFile:
    """Answers from a file. A wrong one ends the setup: nobody is there to give another."""

    file: Path
    tell: Callable[[str], None]
    answers: Answers = field(init=False)
    is_patient: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Read the file; raises YamlFault with all that is wrong in it."""
        self.answers = yamlfile.read(self.file).validated(Answers)

    def say(self, line: str) -> None:
        """Tell something."""
        self.tell(line)

    def knows(self, key: str) -> bool:
        """Whether the file answers the question."""
        return getattr(self.answers, key) is not None

    def ask(self, key: str, _question: str, default: str = "") -> str:
        """The answer to a question, or the default."""
        if not self.knows(key):
            return default
        given = getattr(self.answers, key)
        return ", ".join(given) if isinstance(given, tuple) else str(given)

    def hidden(self, key: str, _question: str) -> str:
        """The secret itself, from wherever the answer says that it is."""
        given: Reference | SecretStr | None = getattr(self.answers, key)
        if isinstance(given, SecretStr):
            return given.get_secret_value()
        if given is None:
            raise Stopped(f"{self.file}: `{key}` is missing; write {key}: {{file: PATH}} or {{env: NAME}}")
        if given.env is not None:
            if given.env not in os.environ:
                raise Stopped(f"{self.file}: {key}: the environment variable {given.env} is not set")
            return os.environ[given.env]
        path = self.file.absolute().parent / str(given.file)
        try:
            return path.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise Stopped(f"{self.file}: {key}: {path} cannot be read: {type(error).__name__}") from None
