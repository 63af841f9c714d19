"""What strangers write stays words, in headers, templates and pages of letters; and no nesting is too deep to read."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from email.header import Header

import pytest
from lxml import html
from sqlalchemy import make_url

from service.core.message import contents, read_strictly
from service.safekeeping.postgres import _reached
from tests.conversations.town import ADDRESS, BO, Letter, Town
from tests.demands import HOUSE

WORDS = [
    "x\r\nBcc: victim@evil.example",
    "x\u2028Bcc: victim@evil.example\x00\x85y",
    "=?utf-8?q?x=0D=0ABcc:_victim=40evil.example?=",
    "{{ 7*7 }}{% for x in range(9) %}a{% endfor %}{{ ''.__class__.__mro__ }}",
    '<script>alert(1)</script><img src=x onerror=alert(1)>"><svg/onload=alert(1)>',
    "[k](javascript:alert(1)) data:text/html,x http://evil.example/x </p><style>*{background:url(//evil.example)}",
    "\x04a\x05http://evil.example\x06 | a | b |\n= y\n---\n$(id) %s {0}",
]
_ACTIVE = {"script", "svg", "img", "iframe", "object", "embed", "form", "link", "base", "video", "audio", "math"}


def hostile_mail(words: str) -> bytes:
    """A mail with the words in every place that a letter might repeat."""
    coded = f"=?utf-8?b?{base64.b64encode(words.encode()).decode()}?="
    text = base64.encodebytes(f"Hål i vägen på Storgatan. {words}\n\nMvh\n{words}".encode()).decode()
    return (
        f"From: {coded} <anna.ek@example.org>\r\nReply-To: {coded} <anna2@example.org>\r\nTo: {ADDRESS}\r\n"
        f"Subject: {coded}\r\nMessage-ID: <1@example.org>\r\nDate: Mon, 04 May 2026 09:00:00 +0200\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{text}\r\n--b\r\n"
        f'Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename="{coded}.jpg"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n--b--\r\n"
    ).encode()


def leads_away(address: str, letter: Letter) -> bool:
    """Whether it is a stranger's link; what an officer writes in an answer is the officer's."""
    return "evil.example" in address and not address.startswith("mailto:") and letter.kind != "answer"


def faults_of(letter: Letter) -> list[str]:
    """What in a letter is more than words."""
    head = letter.raw.partition(b"\r\n\r\n")[0]
    found = ["a header of a stranger's"] if re.search(rb"(?im)^bcc:|\r(?!\n)|(?<!\r)\n", head) else []
    if "49" in letter.text.replace("{{ 7*7 }}", "") and "7*7" not in letter.text:
        found.append("a template was filled in")
    for element in html.fromstring(letter.html).iter():
        if isinstance(element.tag, str):
            found += [f"<{element.tag}>"] if element.tag in _ACTIVE else []
            for key, value in element.attrib.items():
                is_active = key.startswith("on") or re.match(r"\s*(?:javascript|data|vbscript):", value, re.IGNORECASE)
                found += [f"{key}={value}"] if is_active or leads_away(value, letter) else []
    return [f"{letter.kind} to {letter.to}: {fault}" for fault in found]


@pytest.mark.parametrize("words", WORDS)
def test_words_of_a_stranger_are_words_in_every_letter(town: Town, words: str) -> None:
    town.receives(hostile_mail(words))
    assignment = town.letter("assignment")
    line = re.sub(r"[\r\n\x00\x85\u2028]+", " ", words)
    for order in (f"#RUBRIK {line}", f"#NYCKELORD {line}", f"#FÖRSENAD 20 maj {line}", f"#SVAR\nHej!\n{words}\n\nBo"):
        town.receives(town.mail(BO, order.replace("\0", ""), answers=assignment))
    town.passes(days=1)
    assert len(town.sent) > 5
    assert [fault for letter in town.sent for fault in faults_of(letter)] == []


def test_officers_words_are_no_header_of_the_subject_either(town: Town) -> None:
    town.receives(hostile_mail("x"))
    subject = Header("Sv: x\r\nBcc: victim@evil.example", "utf-8", header_name="Subject").encode().replace("\n", "\r\n")
    raw = town.mail(BO, "#SVAR\nLagat.", answers=town.letter("assignment"))
    town.receives(re.sub(rb"(?m)^Subject: .*\r\n(?:[ \t].*\r\n)*", f"Subject: {subject}\r\n".encode(), raw, count=1))
    assert [fault for letter in town.sent for fault in faults_of(letter)] == []


# --- bombs ------------------------------------------------------------------------------------------------------------


def nested(depth: int, kind: str) -> bytes:
    """A mail in a mail in a mail …, or parts in parts."""
    if kind == "mails":
        top = b"Content-Type: message/rfc822\r\n\r\n"
        return b"From: a@example.org\r\nSubject: x\r\n" + top * depth + b"Subject: innerst\r\n\r\nHej"
    tops = b"".join(
        f'Content-Type: multipart/mixed; boundary="b{number}"\r\n\r\n--b{number}\r\n'.encode()
        for number in range(depth)
    )
    return b"From: a@example.org\r\nSubject: x\r\n" + tops + b"\r\nHej"


@pytest.mark.parametrize("kind", ["mails", "parts"])
def test_a_thousand_mails_in_one_another_are_one_mail(kind: str) -> None:
    message = read_strictly(nested(1000, kind))
    assert (message.subject, message.sender and message.sender.address) == ("x", "a@example.org")
    assert len(contents(nested(1000, kind))) == len(message.attachments)


def test_a_page_with_a_hundred_thousand_elements_in_one_another_is_read(town: Town) -> None:
    page = "<div>" * 100_000 + "Hål i vägen på Storgatan"
    raw = f"From: a@example.org\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n{page}".encode("latin-1")
    assert "Storgatan" in read_strictly(raw).text
    town.receives(raw)
    assert town.case()


def test_a_zip_bomb_is_a_file_of_its_own_size(town: Town) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", b"0" * 100_000_000)
    town.writes("anna@example.org", "Hål i vägen", files=[("bomb.docx", packed.getvalue())])
    assert town.letter("assignment").files == ["bomb.docx"]
    assert len(town.letter("assignment").raw) < 3 * len(packed.getvalue())


# --- what reaches the outside, and what stays in memory ---------------------------------------------------------------


NETWORK = re.compile(
    r"^ *(?:import|from) (?:socket|ssl|urllib\.(?:request|error)|http\.client|imapclient|aiosmtplib|dns)\b",
    re.MULTILINE,
)


def test_only_the_doors_reach_other_machines() -> None:
    files = {
        str(file.relative_to(HOUSE / "service"))
        for file in (HOUSE / "service").rglob("*.py")
        if NETWORK.search(file.read_text("utf-8"))
    }
    outside = {name for name in files if not name.startswith(("doors/", "demo/"))}
    assert outside == {"config/reading.py", "seeing/listener.py"}  # loads certificates; listens, and asks nobody
    called = re.compile(r"(?:urlopen|HTTPSConnection|create_connection|open_connection)\([\"']")
    assert [name for name in files if called.search((HOUSE / "service" / name).read_text("utf-8"))] == []


def test_the_demo_knows_no_machine_but_this_one() -> None:
    hosts = set()
    for file in (HOUSE / "service" / "demo").rglob("*.py"):
        text = file.read_text("utf-8")
        assert not re.search(r"urllib\.request|http\.client|dns\.", text), file
        hosts |= set(re.findall(r"\bhost(?:name)?\s*=\s*[\"']([^\"']+)", text))
        hosts |= set(re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text))
    assert "127.0.0.1" in hosts
    assert {
        host for host in hosts if not re.match(r"127\.|localhost|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.", host)
    } == set()


def test_a_token_is_written_to_no_file() -> None:
    text = (HOUSE / "service" / "doors" / "tokens.py").read_text("utf-8")
    assert not re.search(r"write_text|write_bytes|Path\(|sqlalchemy|pickle|environ", text)


def test_a_passwords_way_to_another_program_is_no_command_line() -> None:
    text = (HOUSE / "service" / "safekeeping" / "postgres.py").read_text("utf-8")
    assert _reached(make_url("postgresql+psycopg://anna:ett-l%C3%B6senord@db/x"))["PGPASSWORD"] == "ett-lösenord"
    assert re.findall(r".*password.*", text, re.IGNORECASE) == ['        "PGPASSWORD": url.password,']
