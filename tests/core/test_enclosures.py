"""Files that pass on: what stays in the mailbox, what is asked about, under what name the rest goes along."""

from __future__ import annotations

import pytest

from service.core.mail import Attachment
from service.core.publicity import enclosures


def file(name: str, content_type: str = "application/octet-stream") -> Attachment:
    return Attachment(name, content_type, 1000, "0" * 64, inline=False)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.exe", "application/octet-stream"), ("a.EXE", "image/jpeg"), ("a.exe.", "image/jpeg"),
        ("a.exe ", "image/jpeg"),
        ("a.ｅｘｅ", "image/jpeg"), ("a.e\u200bxe", "image/jpeg"), ("a.exe::$DATA", "image/jpeg"),
        ("a.docm", "application/msword"), ("a.xlsm", "application/octet-stream"), ("a.html", "text/html"),
        ("a.pdf", "text/html"), ("a.jpg", "application/x-msdownload"), ("a.svg", "image/svg+xml"),
        ("a.iso", "application/octet-stream"), ("a.lnk", "application/octet-stream"), ("a.js", "text/plain"),
        ("a.pdf.zip", "application/zip"), ("a", "application/zip"), ("bild.jpg   .abc", "image/jpeg"),
        ("faktura\u202efdp.abc", "application/pdf"),
        ("fråga.dqy", "text/plain"), ("fråga.oqy", "text/plain"), ("fråga.rqy", "text/plain"),
        ("skrivare.webpnp", "text/plain"), ("lista.odc", "text/plain"), ("lista.txt", "text/x-ms-iqy"),
        ("x.txt", "text/html; charset=utf-8"), ("a.jpg", "Application/X-MSDownload; x=y"),
        ("a", "application/zip; b=c"),
    ],
)  # fmt: skip
def test_what_stays_in_the_mailbox(name: str, content_type: str) -> None:
    assert enclosures.fault(file(name, content_type))


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("bild.jpg", "image/jpeg"), ("IMG_0012.HEIC", "image/heic"), ("brev.pdf", "application/pdf"),
        ("brev.docx", "application/octet-stream"), ("lista.xlsx", "application/octet-stream"),
        ("film.mov", "video/mp4"),
        ("karta 2.1 (kopia).pdf", "application/pdf"), ("bild.jpg.jpeg", "image/jpeg"), ("utan ändelse", "image/png"),
        ("1.5 meter.jpg", "image/jpeg"), ("www.ekvik.se.pdf", "application/pdf"), ("mejl.eml", "message/rfc822"),
        ("brev.pdf.p7m", "application/pkcs7-mime"),
    ],
)  # fmt: skip
def test_what_people_send_goes_along(name: str, content_type: str) -> None:
    assert enclosures.fault(file(name, content_type)) == ""


@pytest.mark.parametrize(
    ("name", "content_type", "asked"),
    [
        ("mejl.eml", "application/octet-stream", True),
        ("mejl", "message/rfc822", True),
        ("mejl.msg", "application/octet-stream", True),
        ("winmail.dat", "application/ms-tnef", True),
        ("brev.pdf", "application/pdf", False),
    ],
)
def test_a_mail_goes_with_no_answer_unasked(name: str, content_type: str, asked: bool) -> None:
    assert enclosures.to_ask([file(name, content_type)]) == ((name,) if asked else ())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bild.jpg", "bild.jpg"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("a\r\nBcc: x@y.jpg", "a Bcc: x@y.jpg"),
        ("intyg 19121212-1212.pdf", "intyg [personnummer].pdf"),
        ("\u202e\u200b", "fil"),
        ("x" * 300 + ".jpg", "x" * 96 + ".jpg"),
    ],
)
def test_the_name_that_a_file_goes_under(name: str, shown: str) -> None:
    assert enclosures.shown_name(name) == shown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hej!\n[cid:image001.png@01DB2F3A.7B0C1D20]\nHej då", "Hej!\nHej då"),
        ("Se [cid:karta] här", "Se här"),
        ("Ring cid: 0500-100 00", "Ring cid: 0500-100 00"),
        ("Hej!\n\nHej då", "Hej!\n\nHej då"),
    ],
)
def test_the_place_of_a_picture_is_no_text(text: str, left: str) -> None:
    assert enclosures.without_picture_places(text) == left


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_a_document_in_which_something_can_run_stays() -> None:
    fine, runs = (Attachment("a.doc", "application/msword", 9, "0" * 64, False, traces=t) for t in ((), ("runs",)))
    assert (enclosures.fault(fine), enclosures.fault(runs)) == ("", "innehåller makron eller inbäddade program")


def test_what_nobody_can_see_stays_and_a_colleagues_own_template_does_not_matter() -> None:
    """The municipality's templates lie on its own servers: a colleague's answer goes out with its document."""
    fetches, unseen = (
        Attachment("a.docx", "application/msword", 9, "0" * 64, False, traces=(t,)) for t in ("fetches", "unseen")
    )
    assert "från internet" in enclosures.fault(fetches)
    assert enclosures.fault(fetches, own=True) == ""
    assert "går inte att se" in enclosures.fault(unseen)
    assert "går inte att se" in enclosures.fault(unseen, own=True)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param("bilder.dat", b"PK\x03\x04\x14", "är packad", id="an archive under another name"),
        pytest.param("foto.jpg", b"7z\xbc\xaf\x27\x1c\0", "är packad", id="another archive"),
        pytest.param("bilder", b"Rar!\x1a\x07\x01\0", "är packad", id="without an ending"),
        pytest.param("faktura.pdf", b"MZ\x90\0\x03\0", "är ett program", id="a program of Windows"),
        pytest.param("bild.png", b"\x7fELF\x02\x01", "är ett program", id="a program of Linux"),
        pytest.param("ATT00001", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "är av ett annat slag", id="Outlook's own mail"),
        pytest.param("karta.odt", b"PK\x03\x04\x14", "", id="a document that is packed"),
        pytest.param("brev.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", id="an old document"),
        pytest.param("lista.txt", b"MZ-gruppen har mycket att ta upp", "", id="a text"),
        pytest.param("bild.jpg", b"\xff\xd8\xff\xe0", "", id="a picture"),
        pytest.param("tom.txt", b"", "", id="nothing"),
        pytest.param("lista.xls", b"\xef\xbb\xbf <html><table>", "är en webbsida", id="a page called a sheet"),
        pytest.param(
            "brev.doc", b"MIME-Version: 1.0\r\n", "är en webbsida", id="a page with its parts called a letter"
        ),
        pytest.param(
            "brev.doc", "\ufeff <html>".encode("utf-16-le"), "är en webbsida", id="a page in two bytes a letter"
        ),
        pytest.param("brev.doc", "\ufeff<?xml".encode("utf-16-be"), "är en webbsida", id="the other way round"),
        pytest.param("lista.csv", "\ufeffid;namn".encode("utf-16-le"), "", id="a list in two bytes a letter"),
        pytest.param("lista.csv", b"ID;PWXL;N;E\r\n", "är en webbsida", id="a list with formulas"),
        pytest.param("lista.csv", b"id;namn\r\n1;Anna", "", id="a list"),
        pytest.param("brev.doc", b"Ett brev", "", id="a text called a letter"),
        pytest.param("sida.txt", b"<html>", "", id="a page that opens as text"),
        pytest.param("mejl.msg", COMPOUND + "__substg1.0_0037001F".encode("utf-16-le"), "", id="Outlook's mail"),
        pytest.param(
            "mejl.msg",
            COMPOUND + "__attach_version1.0_#0000".encode("utf-16-le"),
            "är ett mejl",
            id="with a file in it",
        ),
        pytest.param("mejl.mbox", b"From a@b", "är ett mejl", id="many mails"),
        pytest.param("mejl.eml", b"From: a@b", "", id="a mail as it was sent"),
    ],
)
def test_what_the_first_bytes_show(name: str, content: bytes, expected: str) -> None:
    found = enclosures.fault_of_content(file(name), content)
    assert found.startswith(expected)
    assert bool(found) == bool(expected)
