"""Bytes in, a message out: headers, kinds, attachments, broken and hostile mail."""

from __future__ import annotations

import base64
import hashlib
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service.core.message import Address, Authentication, Kind, Received, contents, read

HEAD = (
    "From: Anna Ek <anna@example.org>\r\nTo: synpunkten@ekvik.example\r\nSubject: Lampan\r\n"
    "Date: Mon, 4 May 2026 09:12:00 +0200\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
)


def mail(extra: str, body: str | bytes = "Hej", charset: str = "utf-8") -> bytes:
    """A mail with the fields of HEAD and `extra`."""
    data = body if isinstance(body, bytes) else body.encode(charset)
    return (HEAD + extra).encode(charset) + b"\r\n" + data


def multipart(*parts: str | bytes, subtype: str = "mixed") -> bytes:
    """A multipart mail; each part is its fields, an empty line and its body."""
    joined = b"".join(b"--grans\r\n" + (part if isinstance(part, bytes) else part.encode()) + b"\r\n" for part in parts)
    return mail(f'Content-Type: multipart/{subtype}; boundary="grans"\r\n', joined + b"--grans--\r\n")


PLAIN, HTML = "Content-Type: text/plain\r\n\r\n", "Content-Type: text/html\r\n\r\n"
IN_UTF_8 = "Content-Type: text/plain; charset=utf-8\r\n"


def head(fields: str | bytes) -> bytes:
    """A mail with these fields alone."""
    return (fields if isinstance(fields, bytes) else fields.encode()) + b"\n\nHej"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(mail(IN_UTF_8, "Åvägen – nu"), "Åvägen – nu", id="utf-8"),
        pytest.param(mail("", "Åvägen – nu", "cp1252"), "Åvägen – nu", id="cp1252 undeclared"),
        pytest.param(
            mail("Content-Type: text/plain; charset=iso-8859-1\r\n", "Åvägen – nu", "cp1252"),
            "Åvägen – nu",
            id="cp1252 called latin-1",
        ),
        pytest.param(
            mail("Content-Type: text/plain; charset=iso-8859-1\r\n", "Åvägen – “nu”"),
            "Åvägen – “nu”",
            id="utf-8 called latin-1",
        ),
        pytest.param(mail(IN_UTF_8, "Åvägen", "latin-1"), "Åvägen", id="latin-1 called utf-8"),
        pytest.param(
            mail("Content-Type: text/plain; charset=x-okänd\r\n", "Åvägen", "latin-1"), "Åvägen", id="unknown charset"
        ),
        pytest.param(
            mail("Content-Type: text/plain; charset=utf-16\r\n", "Åvägen".encode("utf-16") + b"x"),
            "Åvägen",
            id="odd UTF-16",
        ),
        pytest.param(mail('Content-Type: text/plain; charset="ut\0f-8"\r\n', "hej\0då"), "hejdå", id="NUL"),
        pytest.param(
            mail("Content-Type: text/html\r\n", "<meta charset=iso-8859-1><p>Åvägen</p>", "latin-1"),
            "Åvägen",
            id="charset in meta alone",
        ),
        pytest.param(
            mail(IN_UTF_8 + "Content-Transfer-Encoding: base64\r\n", "Det är ett hål i vägen."),
            "Det är ett hål i vägen.",
            id="base64 that is none",
        ),
        pytest.param(
            mail(IN_UTF_8 + "Content-Transfer-Encoding: quoted-printable\r\n", "h=C3=\r\n=A5l=2"),
            "hål=2",
            id="quoted-printable cut in a letter",
        ),
        pytest.param(
            mail("Content-Type: text/plain; format=flowed\r\n", "Det är \r\nett hål. \r\n\r\n> citat \r\n> mer\r\n"),
            "Det är ett hål.\n> citat mer",
            id="format=flowed",
        ),
        pytest.param(
            mail("Content-Type: text/plain; format=flowed; delsp=yes\r\n", "Gatu \r\nlampan\r\n"),
            "Gatulampan",
            id="delsp",
        ),
        pytest.param(
            multipart(PLAIN + "Hej", HTML + "<b>Hej</b>", subtype="alternative"),
            "Hej",
            id="plain before HTML",
        ),
        pytest.param(
            multipart(PLAIN + " \r\n", HTML + "<p>Hål</p>", subtype="alternative"),
            "Hål",
            id="HTML where the plain text is blank",
        ),
        pytest.param(
            multipart(
                PLAIN + "Din e-postklient kan inte visa HTML.",
                HTML + "<p>Hål</p>",
                subtype="alternative",
            ),
            "Hål",
            id="HTML where the plain text is an excuse",
        ),
        pytest.param(
            multipart(PLAIN + "Hej", HTML + "<p>Hej</p>"),
            "Hej",
            id="said twice",
        ),
        pytest.param(
            mail(
                "",
                "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n- - ett\n"
                "-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n",
            ),
            "- ett",
            id="PGP signed",
        ),
    ],
)
def test_text(raw: bytes, text: str) -> None:
    assert read(raw).text == text


@pytest.mark.parametrize(
    ("fields", "sender", "subject"),
    [
        pytest.param(
            "From: Åsa <a@b.se>\nSubject: Släckt".encode("latin-1"), ("Åsa", "a@b.se"), "Släckt", id="raw latin-1"
        ),
        pytest.param('From: "=?utf-8?q?=C3=85sa?=" <a@b.se>', ("Åsa", "a@b.se"), "", id="word in quotes"),
        pytest.param("From: =?utf-8?q?Ek=2C_Anna?= <a@b.se>", ("Ek, Anna", "a@b.se"), "", id="comma in word"),
        pytest.param("From: Ek, Anna <a@b.se>", ("Ek, Anna", "a@b.se"), "", id="comma without quotes"),
        pytest.param("From: =?utf-8?q?Anna Ek?= <a@b.se>", ("Anna Ek", "a@b.se"), "", id="blank in word"),
        pytest.param("From: a@b.se (Anna Ek)", ("Anna Ek", "a@b.se"), "", id="name as comment"),
        pytest.param("From: Anna Ek a@b.se", ("Anna Ek", "a@b.se"), "", id="no angle brackets"),
        pytest.param("Subject: =?utf-8?Q?H=C3?= =?utf-8?Q?=A5l?=", None, "Hål", id="letter split, Q"),
        pytest.param("Subject: =?utf-8?B?SMM=?=\n =?utf-8?B?pWw=?=", None, "Hål", id="letter split, B"),
        pytest.param("Subject: =?utf-8?B?SMO?= =?utf-8?B?lbA==?=", None, "Hål", id="base64 split anywhere"),
        pytest.param("Subject: =?us-ascii?Q?H=E5l?= =?x-y?Q?H=E5l?=", None, "HålHål", id="wrong charset"),
        pytest.param("Subject: =?iso-8859-1?Q?H=C3=A5l?=", None, "Hål", id="utf-8 called latin-1"),
        pytest.param("Subject: Re:=?utf-8?B?SMOlbA==?=!", None, "Re:Hål!", id="glued to text"),
        pytest.param("Subject: =?utf-8?Q?Varf=C3=B6r??=", None, "Varför?", id="question mark in word"),
        pytest.param("Subject: a\n \n\t b\nFrom: a@b.se", ("", "a@b.se"), "a b", id="blank folded line"),
        pytest.param("Subject: =?utf-8?B?SMOlb", None, "=?utf-8?B?SMOlb", id="word without end"),
    ],
)
def test_header_words(fields: str | bytes, sender: tuple[str, str] | None, subject: str) -> None:
    message = read(head(fields))
    assert message.sender == (Address(*sender) if sender else None)
    assert message.subject == subject


@pytest.mark.parametrize(
    ("value", "expected", "warned"),
    [
        ("Mon, 4 May 2026 09:12:00 +0200 (CEST)", "2026-05-04T09:12:00+02:00", False),
        ("Mon, 4 May 2026 09:12:00 CEST", "2026-05-04T09:12:00+02:00", False),
        ("Mon, 4 May 2026 09:12:00", "2026-05-04T09:12:00+00:00", True),
        ("mån, 4 maj 2026 09:12:00 +0200", "2026-05-04T09:12:00+02:00", False),
        ("den 4 maj 2026 kl. 09:12 +0200", "2026-05-04T09:12:00+02:00", False),
        ("2026-05-04T09:12:00+02:00", "2026-05-04T09:12:00+02:00", False),
        ("2026-05-04 09:12", "2026-05-04T09:12:00+00:00", True),
        ("Mon, 4 May 2026 09.12.00 +0200", "2026-05-04T09:12:00+02:00", False),
        ("i går", None, True),
        ("Mon, 4 May 2026 25:12:00 +0200", None, True),
    ],
)
def test_date(value: str, expected: str | None, warned: bool) -> None:
    message = read(head(f"Date: {value}"))
    assert (message.date.isoformat() if message.date else None) == expected
    assert bool(message.warnings) is warned


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("\u2067bild\u2069.jpg", "bild.jpg"),
        ("bi\u200bld\u200e\u00ad.png", "bild.png"),
        ("ritning\u2028två.pdf", "ritning två.pdf"),
    ],
)
def test_names_of_files_hold_nothing_that_turns_or_hides_writing(name: str, shown: str) -> None:
    disposition = f"attachment; filename*=utf-8''{quote(name)}"
    part = f"Content-Type: application/octet-stream\r\nContent-Disposition: {disposition}\r\n\r\nx"
    assert [item.filename for item in read(multipart(PLAIN + "Hej", part)).attachments] == [shown]


def test_names_of_people_hold_nothing_that_turns_or_hides_writing() -> None:
    sender = read("From: Anna\u202e kE\u200b <a@b.se>\nSubject: x\n\nHej".encode()).sender
    assert sender == Address("Anna kE", "a@b.se")


def test_names_and_subjects_are_cut_where_no_honest_one_is_so_long() -> None:
    message = read(f"From: {'Anna ' * 10_000}<a@b.se>\nSubject: {'Lampan ' * 10_000}\n\nHej".encode())
    assert message.sender
    assert len(message.sender.name) <= 500
    assert len(message.subject) <= 2000
    assert any("subject" in warning for warning in message.warnings)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (mail(""), Kind.NEW),
        (mail("In-Reply-To: <2@example.org>\r\n"), Kind.REPLY),
        (mail("References: <2@example.org>\r\n"), Kind.REPLY),
        (b"", Kind.EMPTY),
        (b"From: a@b.se\r\n\r\n \r\n", Kind.EMPTY),
        (b"From: a@b.se\r\nSubject: Lampan\r\n\r\n", Kind.NEW),
    ],
    ids=["new", "in reply", "references", "no bytes", "no text", "subject alone"],
)
def test_kind(raw: bytes, kind: Kind) -> None:
    assert read(raw).kind is kind


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"From a@b Mon May  4 09:12:00 2026\nFrom: a@b.se\n\nhej", "hej"),
        (b"From: a@b.se\rSubject: x\r\rhej\rd\xe5", "hej\ndå"),
        (b"From: a@b.se\r\r\nSubject: x\r\r\n\r\r\nhej", "hej"),
        (b"\xef\xbb\xbf\r\nFrom: a@b.se\r\n\r\nhej", "hej"),
        (b"From: a@b.se\nSubject: x\nHej du\nklockan: 12\n", "Hej du\nklockan: 12"),
        (b"From: a@b.se\nReceived: from x\nby y\nSubject: x\n\nhej", "hej"),
    ],
    ids=["mbox line", "CR only", "CR CR LF", "byte order mark", "no blank line", "fold without blank"],
)
def test_broken_framing(raw: bytes, text: str) -> None:
    message = read(raw)
    assert message.sender == Address("", "a@b.se")
    assert message.text == text


@pytest.mark.parametrize(
    "declared",
    ["multipart/mixed", "multipart/mixed; boundary=annan", "text/plain"],
    ids=["no boundary", "wrong boundary", "not declared"],
)
def test_lost_boundary_is_found(declared: str) -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nhej\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n--b--\r\n"
    )
    message = read(mail(f"Content-Type: {declared}\r\n", body))
    assert message.text == "hej"
    assert [item.filename for item in message.attachments] == ["a.png"]
    assert message.warnings


PNG = base64.b64encode(b"\x89PNG" * 10).decode()


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("Content-Disposition: attachment; filename*=utf-8''Bil%C3%A5ga.pdf", "Bilåga.pdf"),
        ("Content-Type: application/pdf; name*0*=utf-8''Bil%C3; name*1*=%A5ga.pdf", "Bilåga.pdf"),
        ('Content-Type: application/pdf; name="=?iso-8859-1?Q?Bil=E5ga=2Epdf?="', "Bilåga.pdf"),
        ('Content-Disposition: attachment; filename="Bil%C3%A5ga.pdf"', "Bilåga.pdf"),
        ("Content-Disposition: attachment; filename=Bilåga.pdf", "Bilåga.pdf"),
        ('Content-Disposition: attachment; filename="100% klart.pdf"', "100% klart.pdf"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "passwd"),
        ('Content-Disposition: attachment; filename="C:\\Temp\\karta.pdf"', "karta.pdf"),
        ("Content-Type: image/jpeg", "bild-1.jpg"),
        ("Content-Type: application/x-okand", "fil-1.bin"),
        ('Content-Disposition: attachment; filename=".."', "text-1.txt"),
    ],
)
def test_attachment_names(part: str, name: str) -> None:
    message = read(multipart(PLAIN + "Hej", f"{part}\r\n\r\nx"))
    assert [item.filename for item in message.attachments] == [name]


def test_attachment_has_type_size_hash_and_bytes() -> None:
    raw = multipart(
        PLAIN + "Hej",
        f"Content-Type: IMAGE/PNG; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n{PNG}",
        "Content-Type: text/csv; name=b.csv\r\n\r\n1;2\r\n",
    )
    picture, table = read(raw).attachments
    data = base64.b64decode(PNG)
    assert (picture.content_type, picture.size, picture.sha256) == ("image/png", 40, hashlib.sha256(data).hexdigest())
    assert contents(raw) == (data, b"1;2\r\n")
    assert table.size == 5


@pytest.mark.parametrize(
    ("encoded", "data"),
    [
        (b"QUJD\r\nREVG\r\n", b"ABCDEF"),
        (b"QUJDR\r\nA", b"ABCD"),
        (b"QQ==\r\nQkI=\r\n", b"ABB"),
        (b"QUJDREVGR0!hJSktMTU5PUFFSU1RVVldY", b"ABCDEFGHIJKLMNOPQRSTUVWX"),
        (b"QUJDRA==\r\n-- \r\nSent by the list server, all rights reserved\r\n", b"ABCD"),
    ],
    ids=["lines", "no padding", "portions", "stray characters", "footer"],
)
def test_base64_as_it_comes(encoded: bytes, data: bytes) -> None:
    part = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded
    assert contents(multipart(part)) == (data,)


@pytest.mark.parametrize(
    ("html", "fields", "inline"),
    [
        ('<img src="cid:logga@1">', "Content-ID: <logga@1>\r\nContent-Disposition: inline; filename=a.png", True),
        ("<p>Hej</p>", "Content-Disposition: inline; filename=IMG_1.jpeg", False),
        ("<p>Hej</p>", "Content-Disposition: attachment; filename=a.png", False),
        ("<p>Hej</p>", "Content-ID: <punkt@1>", True),
    ],
    ids=["referred to", "photo from a phone", "attached", "small and unused"],
)
def test_inline_pictures(html: str, fields: str, inline: bool) -> None:
    raw = multipart(
        f"Content-Type: text/html\r\n\r\n{html}",
        f"Content-Type: image/png\r\n{fields}\r\nContent-Transfer-Encoding: base64\r\n\r\n{PNG}",
        subtype="related",
    )
    assert [item.inline for item in read(raw).attachments] == [inline]


def test_picture_that_the_html_shows_is_inline_wherever_it_stands() -> None:
    raw = multipart(
        HTML + '<img src="cid:karta%401">',
        f"Content-Type: image/png\r\nContent-ID: <karta@1>\r\nContent-Transfer-Encoding: base64\r\n\r\n{PNG}",
    )
    assert [item.inline for item in read(raw).attachments] == [True]


def test_parts_beyond_the_limit_are_said_to_be_left() -> None:
    message = read(HOSTILE["many parts"])
    assert message.text.count("hej") < 1000
    assert "more than 1000 parts: the rest was left unread" in message.warnings


def test_attached_mail_is_one_file_untouched() -> None:
    inner = b"From: bo@example.org\r\nSubject: =?utf-8?q?L=C3=A5ng/ny?=\r\n\r\nInre text\r\n"
    raw = multipart("Content-Type: text/plain\r\n\r\nSe bifogat", b"Content-Type: message/rfc822\r\n\r\n" + inner)
    message = read(raw)
    assert message.text == "Se bifogat"
    assert [(item.filename, item.content_type) for item in message.attachments] == [("Lång-ny.eml", "message/rfc822")]
    assert contents(raw) == (inner,)


def test_uuencoded_block_becomes_a_file() -> None:
    raw = mail("", b"Hej\r\nbegin 644 bild.txt\r\n%:&5J(0``\r\n`\r\nend\r\nslut\r\n")
    assert read(raw).text == "Hej\nslut"
    assert contents(raw) == (b"hej!\0",)


def test_signatures_are_technical() -> None:
    raw = multipart(
        PLAIN + "Hej",
        "Content-Type: application/pgp-signature; name=signature.asc\r\n\r\nx",
        subtype="signed",
    )
    message = read(raw)
    assert message.text == "Hej"
    assert [(item.filename, item.technical) for item in message.attachments] == [("signature.asc", True)]


def tnef(*attributes: tuple[int, int, bytes]) -> bytes:
    """A winmail.dat of these (level, name and type, data)."""
    out = bytes.fromhex("789f3e22") + b"\1\0"
    for level, kind, data in attributes:
        out += bytes([level]) + kind.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data
        out += (sum(data) & 0xFFFF).to_bytes(2, "little")
    return out


WINMAIL = tnef(
    (1, 0x00069007, (1252).to_bytes(4, "little") + bytes(4)),
    (1, 0x0002800C, "Hål i gatan".encode("cp1252") + b"\0"),
    (2, 0x00069002, bytes(14)),
    (2, 0x00018010, b"karta.pdf\0"),
    (2, 0x0006800F, b"%PDF-1.4"),
)


def test_winmail_is_unpacked() -> None:
    part = "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = multipart(part + base64.b64encode(WINMAIL).decode())
    message = read(raw)
    assert message.text == "Hål i gatan"
    assert [(item.filename, item.content_type, item.technical) for item in message.attachments] == [
        ("winmail.dat", "application/ms-tnef", True),
        ("karta.pdf", "application/pdf", False),
    ]
    assert contents(raw) == (WINMAIL, b"%PDF-1.4")


def der(tag: int, *content: bytes) -> bytes:
    """One DER element."""
    data = b"".join(content)
    size = len(data)
    return bytes([tag]) + (bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")) + data


def indefinite(tag: int, *content: bytes) -> bytes:
    """One BER element of indefinite length, as streaming signers write it."""
    return bytes([tag, 0x80]) + b"".join(content) + b"\0\0"


SIGNED_DATA, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
INNER = "Content-Type: text/plain; charset=utf-8\r\n\r\nHål i gatan\r\n".encode()


@pytest.mark.parametrize(
    "wrapped",
    [
        der(
            0x30, SIGNED_DATA, der(0xA0, der(0x30, der(2, b"\1"), der(0x31), der(0x30, DATA, der(0xA0, der(4, INNER)))))
        ),
        indefinite(
            0x30,
            SIGNED_DATA,
            indefinite(
                0xA0,
                indefinite(
                    0x30,
                    der(2, b"\1"),
                    der(0x31),
                    indefinite(0x30, DATA, indefinite(0xA0, indefinite(0x24, der(4, INNER[:20]), der(4, INNER[20:])))),
                ),
            ),
        ),
    ],
    ids=["DER", "BER"],
)
def test_opaque_signed_mail_is_read(wrapped: bytes) -> None:
    encoded = base64.encodebytes(wrapped)
    fields = "Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n"
    message = read(mail(fields, encoded))
    assert message.text == "Hål i gatan"
    assert [(item.filename, item.technical) for item in message.attachments] == [("smime.p7m", True)]


def test_stamps_are_told_from_the_top() -> None:
    message = read(
        head(
            "Return-Path: <>\n"
            "Authentication-Results: mx.ekvik.example; dkim=pass\n"
            "Received: from a by mx.ekvik.example (x) with ESMTP; Mon, 4 May 2026 09:12:05 +0200\n"
            "Authentication-Results: mx.evil.example; dkim=pass\n"
            "Received: from b by A.example.org; nonsense\n"
        )
    )
    at = datetime(2026, 5, 4, 9, 12, 5, tzinfo=timezone(timedelta(hours=2)))
    own = Received("mx.ekvik.example", at, ("a",), protocol="esmtp")
    assert message.received == (own, Received("a.example.org", None, ("b",)))
    assert message.authentication == (
        Authentication("mx.ekvik.example", "mx.ekvik.example; dkim=pass", 0),
        Authentication("mx.evil.example", "mx.evil.example; dkim=pass", 1),
    )
    assert message.return_path == ""


def test_digest_is_the_same_over_two_roads() -> None:
    one = mail("", "Hej\r\nAnna\r\n")
    other = b"Received: from a by b; Mon, 4 May 2026 09:12:05 +0200\n" + one
    assert read(one).digest == read(other.replace(b"\r", b"")).digest
    assert read(one).digest != read(mail("", "Hej!")).digest


def test_original_date_keeps_its_offset() -> None:
    assert read(mail("")).date == datetime(2026, 5, 4, 7, 12, tzinfo=UTC)


HOSTILE = {
    "nested multiparts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)
    ),
    "nested mails": b"Content-Type: message/rfc822\n\n" * 2000,
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nhej\n" * 5000,
    "deep HTML": b"Content-Type: text/html\n\n" + b"<div>" * 50_000 + b"hej",
    "deep tables": b"Content-Type: text/html\n\n" + b"<table><tr><td>" * 100 + b"hej",
    "tall styles": b"Content-Type: text/html\n\n" + b"<p style='margin-top:9999999em'>hej</p>" * 50,
    "unfinished words": b"Subject: " + b"=?utf-8?q?abc" * 15_000 + b"\n\nhej",
    "words": b"Subject: " + b"=?utf-8?q?abc?= " * 15_000 + b"\n\nhej",
    "semicolons": b"Content-Type: text/plain" + b"; " * 100_000 + b"\n\nhej",
    "a megabyte of header": b"Subject: hej\nX-A: " + b"a" * 1_000_000 + b"\n\nhej",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_mail_ends(raw: bytes) -> None:
    message = read(raw)
    assert "could not be read" not in message.because
    assert len(message.text) < 100_000


def test_large_mail_is_read_in_little_memory() -> None:
    picture = base64.encodebytes(bytes(range(256)) * 40_000)
    raw = multipart(
        PLAIN + "Hej",
        b"Content-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + picture,
    )
    tracemalloc.start()
    message = read(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert message.attachments[0].size == 256 * 40_000
    assert peak < len(raw)  # besides the raw mail itself


def test_long_text_is_cut_and_kept_as_a_file() -> None:
    message = read(mail("", b"Hej du glade \r\n" * 200_000))
    assert len(message.text) < 2_100_000
    assert [item.size for item in message.attachments] == [3_000_000]
    assert message.warnings


SAMPLES = [
    multipart(
        "Content-Type: text/plain; charset=utf-8\r\n\r\nHål", "Content-Type: text/html\r\n\r\n<table><tr><td>a</table>"
    ),
    multipart(b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + WINMAIL),
    multipart("Content-Disposition: attachment; filename*0*=utf-8''a%20; filename*1=b\r\n\r\nx", subtype="report"),
    mail("Content-Type: text/html; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n", b"PGI+aGVq"),
    head(
        'From: =?utf-8?q?=C3=85sa?= <a@b.se>, "x" (y) <z>\nDate: Mon, 4 May 2026\nReceived: by x; 1\nSubject: =?a?b?c?='
    ),
]
CHANGES = [
    b"\0",
    b"\r\n\r\n",
    b"--grans",
    b"=?utf-8?q?",
    b"?=",
    b"\xff",
    b'"',
    b"<",
    b";",
    b"message/rfc822",
    b"base64",
    b"begin 644 x\n",
]


@given(
    sample=st.sampled_from(SAMPLES),
    edits=st.lists(
        st.tuples(st.integers(0, 600), st.integers(0, 20), st.sampled_from(CHANGES) | st.binary(max_size=8)), max_size=8
    ),
)
@example(sample=b"", edits=[])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_read_never_raises(sample: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for at, cut, added in edits:
        sample = sample[:at] + added + sample[at + cut :]
    message = read(sample)
    assert "could not be read" not in message.because
    assert [len(data) for data in contents(sample)] == [item.size for item in message.attachments]
    for text in (message.text, message.subject, message.new_text):
        assert "\0" not in text
        text.encode("utf-8")
