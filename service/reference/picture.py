"""`python -m service.reference.picture FILE.svg`: what `synpunkten demo` shows on a terminal (`make picture`).

The beginning of the timeline and the register at its end. Takes as long as the demo, about a minute.
"""

import os
import re
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

_COLUMNS = 100
_DAYS = 3  # of the timeline, before the register
_RULE = "──"


def drawn(shown: str) -> str:
    """The SVG of a terminal that shows these lines, which may hold ANSI colours."""
    console = Console(record=True, width=_COLUMNS, file=Path(os.devnull).open("w"), force_terminal=True)  # noqa: SIM115
    console.print(Text.from_ansi("\n".join(_told(shown.splitlines()))))
    svg = console.export_svg(title="synpunkten demo", theme=MONOKAI, unique_id="demo")
    svg = re.sub(r"<!--.*?-->\s*", "", svg).replace("Fira Code, monospace", "monospace")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # typefaces of somebody else's server


def _told(lines: list[str]) -> list[str]:
    """The first days, then the register."""
    days = 0

    def early(line: str) -> bool:
        nonlocal days
        days += _RULE in line
        return days <= _DAYS

    begin = list(takewhile(early, lines))
    end = next(place for place, line in enumerate(lines) if "Registret" in line)
    return [*begin, "…", "", *takewhile(str.strip, lines[end:])]


if __name__ == "__main__":
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS), "COLORTERM": "truecolor"}
    program = Path(sys.executable).with_name("synpunkten")
    done = subprocess.run(  # noqa: S603  # the program beside this Python
        [program, "demo"], env=environment, capture_output=True, text=True, check=True
    )
    Path(sys.argv[1]).write_text(drawn(done.stdout), encoding="utf-8")
