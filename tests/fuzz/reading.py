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
    from service.core.message import contents, read_strictly

_SEEDS = [
    """
From: Anna <anna@example.org>
To: synpunkten@ekvik.example
Subject: =?utf-8?q?H=C3=A5l?=
Message-ID: <1@x>

Hej!
""",
    """
Subject: Sv: [EKV-26-00123-K]
In-Reply-To: <a@b>
Content-Type: text/html; charset=utf-8

<html><p>Svar</p><div id=divRplyFwdMsg>Från: Bo<br>Skickat: i dag</div></html>
""",
    """
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain; format=flowed

Hej
Anna
--b
Content-Type: image/jpeg; name*=utf-8''h%C3%A5l.jpg
Content-Transfer-Encoding: base64

/9j/4AAQ
--b--
""",
    """
From: <>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; x

Final-Recipient: rfc822; a@b
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <1@x>

--b--
""",
    """
Subject: Autosvar
Auto-Submitted: auto-replied

Jag har semester till den 14 december. Kontakta eva@ekvik.example.
""",
    """
Content-Type: application/ms-tnef; name=winmail.dat
Content-Transfer-Encoding: base64

eJ8+IgEA
""",
    """
Subject: uu

begin 644 a.txt
#86)C
`
end
""",
    """
From: a
Subject: x

Ny text

Den tors 12 nov. 2026 kl 10:12 skrev Bo <bo@b.se>:
> gammalt

Mvh
Anna
""",
]


def one(raw: bytes) -> None:
    """Whatever the bytes, a message comes of them, and the files that it lists can be had."""
    message = read_strictly(raw)
    assert isinstance(message, Message)
    assert len(contents(raw)) == len(message.attachments)
    assert "\0" not in message.text + message.new_text + message.subject


def main() -> None:
    """Hand the seeds and the reader to the fuzzer, which ends the process."""
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(_SEEDS):
            (Path(folder) / f"{number}.eml").write_bytes(seed.lstrip().encode())
        atheris.Setup([sys.argv[0], "-timeout=10", "-rss_limit_mb=2048", "-max_len=8192", *sys.argv[1:], folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
