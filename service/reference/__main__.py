"""`python -m service.reference DIR`: write the reference into the folder of documents."""

import sys
from pathlib import Path

from service.reference.pages import pages

if __name__ == "__main__":
    docs = Path(sys.argv[1])
    for name, text in pages().items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{docs / name}\n")
