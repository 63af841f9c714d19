"""Which licences the installed libraries have: none binds the municipality more than the LGPL does.

`python -m tests.supply.licences` lists them and ends with status 1 where one is not known to be free enough.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

OWN = "synpunkten"
# By what the project says of itself: an SPDX expression, classifiers, or the field that came before both.
_FREE = re.compile(
    r"\b(?:MIT|BSD|0BSD|Apache|ISC|Zlib|CC0|PSF|Python Software Foundation|Unlicense|MPL|Mozilla Public License|LGPL"
    r"|Lesser General Public License|Public Domain|Historical Permission|HPND|W3C)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"(?<!L)GPL|\bGNU (?:Affero )?General Public|\bSSPL|\bEUPL|\bOSL|\bCC-BY-(?:SA|NC)|BUSL"
    r"|Business Source|Commons Clause|proprietary",
    re.IGNORECASE,
)
KNOWN = {
    "atheris": "Apache-2.0",  # its package says nothing; its file LICENSE does
    "imapclient": "BSD-3-Clause",  # its package says nothing; its file COPYING does
    "owlrl": "W3C",  # its classifier names no licence; its file LICENSE does
}


def licence_of(library: Distribution) -> str:
    """What the library says of its licence, in one line."""
    told = library.metadata
    classified = [line for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    words = told.get("License-Expression") or " | ".join(line.rpartition(" :: ")[2] for line in classified)
    return KNOWN.get(library.name.lower()) or words or " ".join((told.get("License") or "").split())[:200]


def is_free_enough(licence: str) -> bool:
    """Whether the service may use a library with it. Of a choice ("MIT OR GPL-2.0") the freest counts."""
    return any(_FREE.search(choice) and not _STRONG.search(choice) for choice in re.split(r"\bOR\b", licence))


def in_use() -> Iterator[tuple[str, str]]:
    """Every installed library but the service itself, and its licence."""
    for library in sorted(distributions(), key=lambda each: each.name.lower()):
        if library.name.lower() != OWN:
            yield library.name, licence_of(library)


def main() -> int:
    wrong = [name for name, licence in in_use() if not is_free_enough(licence)]
    for name, licence in in_use():
        print(f"{name:28} {licence or '(says nothing)'}{'   <- LOOK AT THIS' if name in wrong else ''}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
