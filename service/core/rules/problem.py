"""A thing in a rules folder that does not fit, before it is known on which line it stands."""

from dataclasses import dataclass

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not fit, and where. `right` are the words of which the nearest may be meant."""

    file: str
    at: Location
    message: str
    suggestion: str = ""
    right: tuple[str, ...] = ()
    word: str = ""
    warning: bool = False
