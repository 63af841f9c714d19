"""Looks for bytes on which the reader of mails crashes or hangs: `python -m tests.fuzz.reading -max_total_time=60`.

The function behind `read`, which has no net under it, is given to the fuzzer; a crash or a mail that takes more than
ten seconds ends the run with status 1 and leaves the bytes beside it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["service"]):
    from service.core.mail import Message
    from service.core.message import _read, contents

_SEEDS = (
    b"From: Anna <anna@example.org>\nTo: synpunkten@ekvik.example\nSubject: =?utf-8?q?H=C3=A5l?=\nMessage-ID: <1@x>\n\nHej!\n",
    b"Subject: Sv: [EKV-26-00123-K]\nIn-Reply-To: <a@b>\nContent-Type: text/html; charset=utf-8\n\n"
    b"<html><p>Svar</p><div id=divRplyFwdMsg>Fr\xc3\xa5n: Bo<br>Skickat: i dag</div></html>",
    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; format=flowed\n\nHej \nAnna\n'
    b"--b\nContent-Type: image/jpeg; name*=utf-8''h%C3%A5l.jpg\nContent-Transfer-Encoding: base64\n\n/9j/4AAQ\n--b--\n",
    b'From: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
    b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b\nAction: failed\n"
    b"Status: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@x>\n\n--b--\n",
    b"Subject: Autosvar\nAuto-Submitted: auto-replied\n\nJag har semester till den 14 december. Kontakta eva@ekvik.example.\n",
    b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgEA\n",
    b"Subject: uu\n\nbegin 644 a.txt\n#86)C\n`\nend\n",
    b"From: a\nSubject: x\n\nNy text\n\nDen tors 12 nov. 2026 kl 10:12 skrev Bo <bo@b.se>:\n> gammalt\n\nMvh\nAnna\n",
)


def one(raw: bytes) -> None:
    """Whatever the bytes, a message comes of them, and the files that it lists can be had."""
    message = _read(raw)
    assert isinstance(message, Message)
    assert len(contents(raw)) == len(message.attachments)
    assert "\0" not in message.text + message.new_text + message.subject


def main() -> None:
    """Hand the seeds and the reader to the fuzzer, which ends the process."""
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(_SEEDS):
            (Path(folder) / f"{number}.eml").write_bytes(seed)
        atheris.Setup([sys.argv[0], "-timeout=10", "-rss_limit_mb=2048", "-max_len=8192", *sys.argv[1:], folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
