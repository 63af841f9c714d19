"""`python -m tests.simulation hjo --mails 1000 --seed 7`: a year there, and what became of everything."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.simulation import truths
from tests.simulation.begin import begun
from tests.simulation.year import Year


def main() -> int:
    """Run it; status 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("municipality")
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a new folder for the register")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = asked.keep or Path(folder)
        place.mkdir(exist_ok=True)
        town = begun(asked.municipality, place)
        began = time.monotonic()
        year = Year(town, asked.mails, asked.seed)
        year.happens()
        print(f"{asked.municipality}, seed {asked.seed}, {time.monotonic() - began:.0f} s")
        print("\n".join(truths.account(year).lines()))
        print("written: " + ", ".join(f"{count} {kind}" for kind, count in sorted(year.came.items())))
        faults = list(truths.broken(year))
        print("\n".join(faults) or "everything holds")
        town.database.close()
    return 1 if faults else 0


sys.exit(main())
