"""Looks for words on which a look at a mail crashes or hangs: `python -m tests.fuzz.words -max_total_time=60`.

Every look that `tests/hostile/test_words.py` pumps is given the fuzzer's text: forms, rules, titles, commands, dates,
answers, letters. A crash or a text that takes more than ten seconds ends the run with status 1.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["service"]):
    from service.core.reading.mime.decoding import clean, guess
    from tests.hostile.test_words import LOOKS, PIECES


def one(raw: bytes) -> None:
    """Whatever the words, each look at them comes to an end and raises nothing."""
    text = clean(guess(raw))
    for look in LOOKS.values():
        look(text)


def main() -> None:
    """Hand the pieces and the looks to the fuzzer, which ends the process."""
    with tempfile.TemporaryDirectory() as folder:
        for number, piece in enumerate(PIECES):
            (Path(folder) / f"{number}.txt").write_text(piece * 5, encoding="utf-8", errors="replace")
        atheris.Setup([sys.argv[0], "-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", *sys.argv[1:], folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
