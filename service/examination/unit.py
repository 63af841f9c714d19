"""The systemd unit that starts the service with a configuration: as whom, and what it hands over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME = "synpunkten.service"
SYSTEM = Path("/etc/systemd/system")
_STATE = Path("/var/lib")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit file with what was written beside it (`systemctl edit`)."""

    file: Path
    values: dict[str, list[str]]

    @property
    def user(self) -> str:
        """As whom the service runs; empty: as root."""
        return "".join(self.values["User"][-1:])

    @property
    def group(self) -> str:
        """The service's group; empty: its user's own."""
        return "".join(self.values["Group"][-1:])

    @property
    def credentials(self) -> dict[str, Path]:
        """What systemd hands over, by name, and the file that it is read from."""
        pairs = (value.partition(":") for value in self.values["LoadCredential"])
        return {name: Path(source or name) for name, _, source in pairs}

    @property
    def covered(self) -> list[Path]:
        """Folders in whose place the service sees those that are handed over, and nothing else."""
        pairs = (each.partition(":") for value in self.values["BindReadOnlyPaths"] for each in value.split())
        return [Path(target) for source, _, target in pairs if source == "%d" and target]

    @property
    def state(self) -> list[Path]:
        """The service's own folders for data, which systemd makes, and gives to its user at each start."""
        return [_STATE / each for value in self.values["StateDirectory"] for each in value.split()]

    @property
    def writable(self) -> list[Path] | None:
        """Where alone the service may write; None: wherever its user may."""
        if self.values["ProtectSystem"][-1:] != ["strict"]:
            return None
        return self.state + [
            Path(each.lstrip("-+")) for value in self.values["ReadWritePaths"] for each in value.split()
        ]

    def hides(self, path: Path) -> bool:
        """Whether the service cannot see the file, whoever may read it: below people's homes, or covered."""
        homes = (Path("/home"), Path("/root"))
        is_at_home = self.values["ProtectHome"][-1:] == ["true"] and any(map(path.is_relative_to, homes))
        return is_at_home or any(map(path.is_relative_to, self.covered))


def of(configuration: Path, system: Path = SYSTEM) -> Unit | None:
    """The unit that starts the service with this configuration, among the machine's or beside it; None: none does."""
    configuration = configuration.resolve()
    for file in (system / NAME, configuration.parent / NAME):
        try:
            texts = [each.read_text("utf-8") for each in (file, *sorted((system / f"{NAME}.d").glob("*.conf")))]
        except (OSError, UnicodeDecodeError):
            continue
        unit = Unit(file, _values(line for text in texts for line in text.splitlines()))
        if any(word == str(configuration) for command in unit.values["ExecStart"] for word in command.split()):
            return unit
    return None


def _values(lines: Iterable[str]) -> dict[str, list[str]]:
    """The values of each key; an empty one takes back what came before (systemd.syntax(7))."""
    values: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        key, is_one, value = line.strip().partition("=")
        if not is_one or key.startswith(("#", ";")):
            continue
        if value:
            values[key].append(value)
        else:
            values[key].clear()
    return values
