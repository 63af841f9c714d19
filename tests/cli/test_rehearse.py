"""`synpunkten rehearse` on a real mailbox, which is as before, with one page that people can read."""

from __future__ import annotations

import email.policy
import re
import signal
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.doors.account import Security, Server
from service.rehearsal import found
from tests.cli.conftest import SECONDS, Installation
from tests.conftest import need
from tests.conversations.looks import looks
from tests.servers import browser
from tests.servers.dovecot import Dovecot
from tests.servers.dripping import Dripping

ZONE = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 9, 7, 9, 12, tzinfo=ZONE)
ANNA = "anna.ek@example.org"


def put(
    dovecot: Dovecot,
    to: str,
    text: str,
    subject: str,
    *,
    days: float = 0,
    sender: str = ANNA,
    folder: str = "INBOX",
    **headers: str,
) -> bytes:
    """A mail that came in so many days after Monday."""
    mail, when = EmailMessage(), MONDAY + timedelta(days=days)
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, subject, format_datetime(when)
    mail["Message-ID"] = f"<{abs(hash((text, subject, days)))}@example.org>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    raw = mail.as_bytes(policy=email.policy.SMTP)
    dovecot.put(to, raw, when=when, folder=folder)
    return raw


@contextmanager
def nobody_calls() -> Iterator[Server]:
    """A mail server that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        yield Server("127.0.0.1", listening.getsockname()[1], Security.NONE)
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.fixture
def lived_in(installation: Installation, dovecot: Dovecot) -> Installation:
    """A mailbox with some weeks' mail, partly sorted away by people."""
    box = installation.address
    with dovecot.client(box) as client:
        client.create_folder("Gammalt")
    put(dovecot, box, "Gungan på Lekvägen är trasig.", "Trasig gunga", days=-30)
    put(dovecot, box, "Det är ett stort hål i asfalten vid Storgatan 14.", "Hål i vägen")
    put(dovecot, box, "Något konstigt händer med bidraget.", "Undran", days=1, folder="Gammalt")
    put(dovecot, box, "Min orosanmälan om barnet på Ekgatan har inte tagits om hand.", "Orosanmälan", days=2)
    put(dovecot, box, "Köp nu!", "Rea", days=3, sender="rea@shop.example", Precedence="bulk")
    with dovecot.client(box) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search()[:2], [rb"\Seen", rb"\Flagged"])
    return installation


def rehearse(installation: Installation, dovecot: Dovecot, *options: str) -> str:
    """The page that is written."""
    with nobody_calls() as smtp:
        installation.configure(dovecot.account(installation.address), smtp)
        days = ("--since", "2026-09-07", "--until", "2026-09-28")
        done = installation.run("rehearse", *days, "--out", "sida.html", *options)
    assert done.returncode == 0, done.stderr
    page = installation.folder / "sida.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    return page.read_text("utf-8")


def test_every_case_with_its_way_and_letters_and_the_mailbox_is_as_before(
    lived_in: Installation, dovecot: Dovecot
) -> None:
    before = looks(dovecot, lived_in.address)
    page = rehearse(lived_in, dovecot, "--folder", "INBOX", "--folder", "Gammalt")
    assert looks(dovecot, lived_in.address) == before
    assert not (lived_in.folder / "var").exists(), "the register itself is not touched"
    assert "Sidan innehåller personuppgifter" in page
    assert page.index("Hål i vägen") < page.index("Något konstigt händer med bidraget</h3>")
    assert "regeln ”Gator och vägar” på ”Storgatan”" in page
    assert "Bo Ek, Gata och park" in page
    assert "måndag 21 september 2026" in page  # when the answer is due
    assert "Vi har tagit emot din synpunkt [EKV-26-00001" in page
    assert "Påminnelse, till bo.ek@ekvik.example" in page
    assert "Mejl om ett sent ärende, till eva.berg@ekvik.example" in page
    assert "från rea@shop.example: Rea. Det ser ut som ett massutskick." in page
    assert "<dt>Ärenden</dt><dd>3</dd>" in page
    assert re.search(r'<li><a href="#(EKV-26-00002-\w)">\1</a>: Något konstigt händer med bidraget</li>', page)
    assert "Trasig gunga" not in page  # of before
    assert ": sekretess</h3>" in page
    assert "Ekgatan" not in page
    assert "<dt>Med sekretess</dt><dd>1</dd>" in page
    assert "<script" not in page
    assert 'src="http' not in page


def test_what_a_secret_case_says_is_shown_to_who_asks_for_it(lived_in: Installation, dovecot: Dovecot) -> None:
    told = rehearse(lived_in, dovecot, "--secrets")
    assert "Min orosanmälan om barnet på Ekgatan" in told
    assert "Innehållet i ärenden med sekretess visas." in told


def test_an_officers_reply_of_those_days_is_obeyed_and_goes_to_nobody(
    installation: Installation, dovecot: Dovecot
) -> None:
    box = installation.address
    put(dovecot, box, "Det är ett stort hål i asfalten vid Storgatan 14.", "Hål i vägen")
    number = "EKV-26-00001-C"  # the first of a new register
    stamp = "from mail.ekvik.example by mx.ekvik.example; Tue, 08 Sep 2026 10:00:00 +0200"
    put(
        dovecot,
        box,
        "#SVAR\nHålet är lagat.",
        f"Sv: Hål i vägen [{number}]",
        days=1,
        sender="bo.ek@ekvik.example",
        Authentication_Results="mx.ekvik.example; dmarc=pass header.from=ekvik.example",
        Received=stamp,
    )
    page = rehearse(installation, dovecot)
    assert "Svar, till anna.ek@example.org" in page
    assert "Hålet är lagat." in page
    assert "Mejl om ett sent ärende" not in page


def test_what_does_not_fit_is_named(lived_in: Installation, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "MOST_CHARACTERS", 100)
    with nobody_calls() as smtp:
        lived_in.configure(dovecot.account(lived_in.address), smtp)
        done = lived_in.invoke("rehearse", "--since", "2026-09-07", "--until", "2026-09-09", "--out", "sida.html")
    assert done.exit_code == 0, done.output
    page = (lived_in.folder / "sida.html").read_text("utf-8")
    assert "Utelämnat:" in page
    assert "Ärende att svara på, till bo.ek@ekvik.example, måndag 7 september 2026 kl. 09.12: Svara senast" in page


@pytest.mark.parametrize(("out", "told"), [("nowhere/page.html", "there is no folder nowhere"), (".", "is a folder")])
def test_where_no_page_can_be_written_the_mailbox_is_not_read(
    lived_in: Installation, monkeypatch: pytest.MonkeyPatch, out: str, told: str
) -> None:
    with nobody_calls() as imap:
        lived_in.configure(imap=imap)
        done = lived_in.invoke("rehearse", "--since", "2026-09-07", "--out", out)
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_folder_that_is_named_twice_is_read_once(lived_in: Installation, dovecot: Dovecot) -> None:
    lived_in.configure(dovecot.account(lived_in.address))
    days = ("--since", "2026-09-07", "--until", "2026-09-08")
    done = lived_in.invoke("rehearse", *days, "--folder", "INBOX", "--folder", "inbox", "--out", "page.html")
    assert done.exit_code == 0, done.stderr
    assert "page.html: 1 mail," in done.stdout


def test_broken_off_it_leaves_no_half_page(
    lived_in: Installation, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ("--since", "2026-09-07", "--until", "2026-09-08")
    lived_in.configure(dovecot.account(lived_in.address))
    lost = lived_in.run("rehearse", *days, "--folder", "Finns inte", "--out", "sida.html")
    assert lost.returncode == 1
    assert len(lost.stderr.splitlines()) == 1

    def breaks(*_: object, **__: object) -> Iterator[None]:
        yield from ()
        raise OSError("no space left on device")

    monkeypatch.setattr(found, "outside_cases", breaks)  # the last thing on the page
    assert lived_in.invoke("rehearse", *days, "--out", "sida.html").exit_code == 1
    assert [path.name for path in lived_in.folder.iterdir() if "sida" in path.name] == []


def test_the_page_is_read_by_everybody(lived_in: Installation, dovecot: Dovecot, tmp_path: Path) -> None:
    need(browser.program(), browser.INSTALL)
    rehearse(lived_in, dovecot)
    seen = browser.look(lived_in.folder, ["sida.html"])
    assert [(page["width"], page["violations"]) for page in seen if page["violations"]] == []
    assert [(page["width"], page["scrolls"]) for page in seen if page["scrolls"] > page["width"]] == []


def test_broken_off_it_says_so(installation: Installation) -> None:
    with Dripping(is_silent=True) as slow:
        installation.configure(slow.account(), slow.account())
        command = installation.start("rehearse", "--since", "2026-09-01", "--out", "sida.html")
        ends = time.monotonic() + SECONDS
        while not slow.connections and time.monotonic() < ends:
            time.sleep(0.05)
        command.send_signal(signal.SIGINT)
        _, told = command.communicate(timeout=SECONDS)
    assert (command.returncode, told.strip().splitlines()[-1]) == (130, "synpunkten: broken off")
    assert not (installation.folder / "sida.html").exists()
