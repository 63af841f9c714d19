"""`python -m service.reference DOCS RULES`: write the reference, and the schemas beside the rules that ship."""

import sys
from pathlib import Path

from service.reference.editors import texts
from service.reference.pages import pages

if __name__ == "__main__":
    for folder, written in zip(map(Path, sys.argv[1:]), (pages(), texts()), strict=True):
        for name, text in written.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
            sys.stdout.write(f"{folder / name}\n")
