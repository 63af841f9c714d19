"""Looks for officers' replies on which the reader of orders crashes, hangs or sends on what is ours.

`python -m tests.fuzz.replies -max_total_time=60`. The fuzzer's words stand above, below or within a letter of ours that
the reply quotes, as text or as a page. However they stand, reading ends, and what is ours gets into an answer only
where a warning or a question goes with it.
"""

from __future__ import annotations

import html
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["service"]):
    from service.core.message import read_strictly
    from service.core.reading.mime.decoding import clean, guess
    from service.core.speech import consent, orders
    from service.core.speech.commands import Word

_OURS = """Hej Bo!

Anna Ek har skrivit till kommunen. Svara på det här mejlet med #SVAR.

Det är hål i asfalten vid Storgatan 14.

Ärendet ska vara besvarat senast den 18 maj 2026."""
_OF_OURS = "Anna Ek har skrivit till kommunen"
_ABOVE = (
    "Från: Synpunkten <synpunkten@ekvik.example>\nSkickat: den 4 maj 2026 09:12\nTill: Bo\nÄmne: [EKV-26-00001-K]\n\n",
    "Den mån 4 maj 2026 kl 09:12 skrev Synpunkten <synpunkten@ekvik.example>:\n\n",
    "-----Ursprungligt meddelande-----\n",
    "",
)
SEEDS = (
    "#SVAR\nHej Anna, lagat.\n#AVSLUTA\n",
    "Ja tack\n",
    "#INTERNT ring mig\n",
    "#ÖVERLÄMNA Eva\n",
    "nej",
    "> x\nsvar\n> y",
    "# svar",
)


def reply(how: int, words: str) -> bytes:
    """The bytes of an officer's mail. how: which header block, where the words stand, quoted or not, text or page."""
    quoted = "\n".join(f"> {line}" for line in _OURS.split("\n")) if how & 4 else _OURS
    history = _ABOVE[how & 3] + quoted
    half = len(history) // 2
    text = (words + "\n\n" + history, history + "\n\n" + words, history[:half] + "\n" + words + "\n" + history[half:])[
        how // 8 % 3
    ]
    is_page = bool(how & 128)
    if is_page:
        text = "<html><body><p>" + html.escape(text).replace("\n", "<br>") + "</p></body></html>"
    kind = "html" if is_page else "plain"
    top = f"From: bo.ek@ekvik.example\nSubject: Sv: [EKV-26-00001-K]\nContent-Type: text/{kind}; charset=utf-8\n\n"
    return (top + text).encode("utf-8", "replace")


def one(raw: bytes) -> None:
    """Whatever the words, the orders of the reply are read; what is ours is in an answer only with a warning."""
    if not raw:
        return
    words = clean(guess(raw[1:]))
    message = read_strictly(reply(raw[0], words))
    found = orders.read_orders(message.new_text)
    consent.read_consent(message.new_text, "Bo Ek")
    answer = found.value(Word.ANSWER) or ""
    if found.doubts or found.faults:
        return
    assert not answer or "#" in words or "＃" in words
    assert _OF_OURS not in answer or _OF_OURS in words or message.warnings


def main() -> None:
    """Hand the seeds and the reader to the fuzzer, which ends the process."""
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(SEEDS):
            for how in (0, 5, 10, 129, 140):
                (Path(folder) / f"{number}-{how}").write_bytes(bytes((how,)) + seed.encode())
        atheris.Setup([sys.argv[0], "-timeout=10", "-rss_limit_mb=2048", "-max_len=2048", *sys.argv[1:], folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
