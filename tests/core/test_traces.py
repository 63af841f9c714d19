"""What a document holds that its reader may not see, within bounds whatever the file is."""

from __future__ import annotations

import io
import random
import zipfile
import zlib

import pytest

from service.core.reading.mime.traces import traces

W = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def packed(**parts: str | bytes) -> bytes:
    """A zip of such parts; a name's double underscores stand for slashes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as document:
        for name, content in parts.items():
            document.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"word__document": W.format("<w:p><w:r><w:t>Hej</w:t></w:r></w:p>")}, ()),
        ({"word__document": W.format('<w:p><w:ins w:id="1" w:author="Bo"><w:r/></w:ins></w:p>')}, ("changes",)),
        ({"word__document": W.format('<w:del w:id="1"><w:r><w:delText>nej</w:delText></w:r></w:del>')}, ("changes",)),
        ({"word__document": W.format('<w:tcBorders><w:insideH w:val="nil"/></w:tcBorders>')}, ()),
        ({"word__document": W.format("<w:rPr><w:vanish/></w:rPr>")}, ("hidden",)),
        ({"word__document": W.format('<w:rPr><w:vanish w:val="0"/><w:webHidden/></w:rPr>')}, ()),
        ({"word__document": W.format(""), "word__styles": "<w:vanish/>"}, ()),
        (
            {"word__document": W.format(""), "word__comments": '<w:comments><w:comment w:id="0"/></w:comments>'},
            ("comments",),
        ),
        ({"word__document": W.format(""), "word__comments": "<w:comments/>"}, ()),
        ({"xl__workbook": '<sheet name="A" sheetId="1" state="hidden" r:id="r1"/>'}, ("hidden",)),
        ({"xl__worksheets__sheet1": '<row r="3" hidden="1"><c/></row>'}, ("hidden",)),
        ({"xl__worksheets__sheet1": '<row r="3"><c/></row>'}, ()),
        ({"xl__comments1": '<comments><commentList><comment ref="A1"/></commentList></comments>'}, ("comments",)),
        ({"xl__threadedComments__threadedComment1": '<threadedComment ref="A1">'}, ("comments",)),
        ({"ppt__slides__slide2": '<p:sld xmlns:p="x" show="0">'}, ("hidden",)),
        ({"ppt__comments__comment1": '<p:cmLst><p:cm authorId="0"/></p:cmLst>'}, ("comments",)),
        ({"ppt__notesSlides__notesSlide1": "<a:t>Säg inte vad det kostar</a:t>"}, ("notes",)),
        ({"ppt__notesSlides__notesSlide1": "<a:t>1</a:t>"}, ()),
        ({"content": "<text:tracked-changes/><office:annotation office:name='a'>"}, ("changes", "comments")),
        ({"bilder__a": "<w:ins >"}, ()),
    ],
)
def test_what_office_documents_hold(parts: dict[str, str], found: tuple[str, ...]) -> None:
    assert traces(packed(**parts)) == found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Annot /Subtype /Highlight >>\nendobj", ("comments",)),
        (b"%PDF-1.7\n<</Subtype/Text/Contents(nej)>>", ("comments",)),
        (b"%PDF-1.7\n<< /Type /Annot /Subtype /Link >>\n<< /Subtype /TextBox >>", ()),
        (b"%PDF-1.7\n<< /Type /ObjStm /N 1 >>\nstream\r\n" + zlib.compress(b"<</Subtype /Stamp>>"), ("comments",)),
        (b"%PDF-1.7\n<< /Type /ObjStm /N 1 >>\nstream\r\nno stream at all", ("unseen",)),
        (b"no PDF << /Subtype /Highlight >>", ()),
    ],
)
def test_what_a_pdf_holds(content: bytes, found: tuple[str, ...]) -> None:
    assert traces(content) == found


def test_a_mark_that_two_pieces_share_is_found() -> None:
    for size in range((1 << 16) - 8, (1 << 16) + 2):
        assert traces(packed(word__document="x" * size + '<w:ins w:id="1">')) == ("changes",)


def test_a_bomb_is_looked_at_within_bounds() -> None:
    """200 MB of nothing in 200 kB, and a directory of forty thousand parts: the mark behind them is not reached."""
    assert traces(packed(word__document=b" " * (200 << 20) + b'<w:ins w:id="1">')) == ()
    many = packed(**{f"word__header{n}": "<w:ins >" for n in range(6_000)})
    assert traces(many) == ("unseen",)
    some = whole(*((f"word/a{n}.xml", b"") for n in range(1_800)))
    assert traces(whole(*((f"word/b{n}.docx", some) for n in range(3)))) == ("unseen",)
    bomb = [(f"word/header{n}.xml", bytes(9 << 20)) for n in range(5)]
    assert traces(whole(*bomb, ("word/vbaProject.bin", b"x"))) == ("unseen",)
    assert traces(whole(*bomb, ("word/embeddings/a.docm", whole(("word/vbaProject.bin", b"x"))))) == ("unseen",)
    assert traces(whole(("word/embeddings/a.docx", whole(("a", random.randbytes(9 << 20)))))) == ("unseen",)


@pytest.mark.parametrize("cut", [1, 30, 100, 200])
def test_a_broken_file_may_hide_anything(cut: int) -> None:
    whole = packed(word__document=W.format('<w:ins w:id="1">'))
    assert traces(whole[:-cut]) == ("unseen",)
    assert traces(whole[:40] + b"\0" * 60 + whole[100:]) == ("unseen",)


NATIVE = "\x01Ole10Native".encode("utf-16-le")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def whole(*parts: tuple[str, bytes]) -> bytes:
    """A zip of parts of any name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as document:
        for name, content in parts:
            document.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "runs"),
    [
        pytest.param(COMPOUND + "Root Entry".encode("utf-16-le") + "WordDocument".encode("utf-16-le"), False, id="doc"),
        pytest.param(COMPOUND + "_VBA_PROJECT".encode("utf-16-le"), True, id="doc with macros"),
        pytest.param(COMPOUND + "_VBA_PROJECT_CUR".encode("utf-16-le"), True, id="xls with macros"),
        pytest.param(
            COMPOUND + b"\x85\0\x0e\0\x10\x20\0\0\x02\x01\x06\0Makro1", True, id="xls with a hidden macro sheet"
        ),
        pytest.param(COMPOUND + b"\x85\0\x0d\0\x10\x20\0\0\0\0\x05\0Blad1", False, id="xls with a sheet"),
        pytest.param(
            COMPOUND + b"\x1f\0\xff\x03\x14\0\0\0\x02\0\0\x04\x0c\0\0\0\x07\0\0\0\x01\0\0\0", True, id="ppt with macros"
        ),
        pytest.param(
            COMPOUND + b"\x1f\0\xff\x03\x14\0\0\0\x02\0\0\x04\x0c\0\0\0\x07\0\0\0\0\0\0\0", False, id="ppt without"
        ),
        pytest.param(COMPOUND + NATIVE, True, id="doc with a file in it"),
        pytest.param(rb"{\rtf1\ansi Hej \object}", False, id="rtf"),
        pytest.param(rb"{\rtf1{\object\objemb Package evil.exe}}", True, id="rtf with an object"),
        pytest.param(rb"{\rt{\*\objdata 0105}}", True, id="rtf as Word reads it"),
        pytest.param(
            whole(("word/document.xml", b"<w:p/>"), ("word/vbaProject.bin", b"x")), True, id="docx with macros"
        ),
        pytest.param(whole(("xl/macrosheets/sheet1.xml", b"<x/>")), True, id="xlsx with a macro sheet"),
        pytest.param(whole(("word/embeddings/oleObject1.bin", COMPOUND + NATIVE)), True, id="docx with a file in it"),
        pytest.param(whole(("word/embeddings/oleObject1.bin", COMPOUND)), False, id="docx with a formula"),
        pytest.param(
            whole(("word/embeddings/Microsoft_Excel_Sheet.xlsx", whole(("xl/workbook.xml", b"<x/>")))),
            False,
            id="docx with a sheet",
        ),
        pytest.param(whole(("Basic/Standard/Module1.xml", b"<m/>")), True, id="odt with macros"),
        pytest.param(whole(("Basic/Standard/script-lb.xml", b"<m/>")), False, id="odt with an empty library"),
        pytest.param(whole(("Object 1", COMPOUND + NATIVE)), True, id="odt with a file in it"),
        pytest.param(whole(("Pictures/1.png", COMPOUND + NATIVE)), True, id="odt with a file in a picture's place"),
        pytest.param(whole(("word/media/a.dat", b"MZ\x90\0")), True, id="docx with a program"),
        pytest.param(
            whole(("word/embeddings/a.docm", whole(("word/vbaProject.bin", b"x")))), True, id="docx with a docm in it"
        ),
        pytest.param(whole(("word/chunk.rtf", rb"{\rtf1{\*\objdata 01}}")), True, id="docx with an rtf in it"),
        pytest.param(
            whole(("word/document.xml", b'<w:instrText xml:space="preserve"> DDEAUTO c:\\cmd')),
            True,
            id="docx with DDE",
        ),
        pytest.param(
            whole(("xl/externalLinks/externalLink1.xml", b'<x><ddeLink ddeService="cmd"/>')), True, id="xlsx DDE"
        ),
        pytest.param(b"\n {" + rb"\rtf1{\*\objdata 0105}}", True, id="rtf behind a blank"),
        pytest.param(rb'{\rtf1{\field{\*\fldinst {\rtlch DDEAUTO cmd "/k"}}}', True, id="rtf with DDE"),
        pytest.param(rb'{\rtf1{\field{\*\fldinst HYPERLINK "x"}}', False, id="rtf with a link"),
        pytest.param(b"%PDF-1.4\n<</OpenAction<</S /Launch/F(cmd.exe)>>>>", True, id="pdf that starts a program"),
        pytest.param(b"%PDF-1.4\n<</S/L#61unch/F(cmd.exe)>>", True, id="pdf that does so in numbers"),
        pytest.param(b"%PDF-1.4\n<</S\0/Launch/F(cmd.exe)>>", True, id="pdf that does so behind a blank"),
        pytest.param(b"%PDF-1.4\n<</S %x\n/Launch/F(cmd.exe)>>", True, id="pdf that does so behind a comment"),
        pytest.param(b"%PDF-1.4\n<</S 9 0 R>>\n9 0 obj\n/Launch\nendobj", True, id="pdf that says so elsewhere"),
        pytest.param(
            b"%PDF-1.7\n<</Type/Obj#53tm>>stream\n" + zlib.compress(b"<</S/Launch>>"),
            True,
            id="pdf with packed numbers",
        ),
        pytest.param(b"%PDF-1.4\n<</S/URI/URI(https://launch.example)>>", False, id="pdf with a link"),
        pytest.param(b"%PDF-1.4\n<</Names<</EmbeddedFiles 5 0 R>>>>", False, id="pdf with the proof of its signatures"),
        pytest.param(b"%PDF-1.4\n<</S/JavaScript/JS 5 0 R>>", False, id="pdf that is a form"),
        pytest.param(
            b"%PDF-1.7\n<</S/JavaScript/JS(x)>><</Type/ObjStm>>stream\n" + zlib.compress(b"<</Type/EmbeddedFile>>"),
            True,
            id="pdf that may open the file in it",
        ),
    ],
)
def test_what_can_run_in_a_document(content: bytes, runs: bool) -> None:
    assert ("runs" in traces(content)) is runs


def linked(kind: str, target: str, coding: str = "utf-8") -> bytes:
    """A text document that is linked to something so."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    link = f'<Relationship Id="r1" Target="{target}" TargetMode="External" Type="{kinds}{kind}"/>'
    rels = f"<?xml version='1.0'?><Relationships xmlns='x'>{link}</Relationships>"
    return whole(("word/document.xml", b"<w:p/>"), ("word/_rels/document.xml.rels", rels.encode(coding)))


@pytest.mark.parametrize(
    ("content", "fetches"),
    [
        (linked("attachedTemplate", "http://evil.example/x.dotm"), True),
        (linked("attachedTemplate", "http://evil.example/x.jpg?a.dotx"), True),
        (linked("attachedTemplate", "&#104;ttp://evil.example/x"), True),
        (linked("attachedTemplate", "http://evil.example/x", "utf-16"), True),
        (linked("attachedTemplate", "file:///\\\\evil.example\\x.dotm"), True),
        (linked("attachedTemplate", "file://evil.example/x.dotm"), True),
        (linked("attachedTemplate", "file:///C:\\Users\\Eva\\Normal.dotm"), False),
        (linked("attachedTemplate", "Normal.dotm"), False),
        (linked("attachedTemplate", "https://firma.sharepoint.com/mallar/Brev.dotx"), False),
        (linked("oleObject", "mhtml:https://evil.example/x.html!x-usc:https://evil.example/x.html"), True),
        (linked("oleObject", "file:///C:\\Users\\Eva\\lista.xlsx"), False),
        (linked("hyperlink", "https://www.ekvik.example/"), False),
        (linked("image", "https://www.ekvik.example/logo.png"), False),
        (rb"{\rtf1{\*\template http://evil.example/x.dotm}}", True),
        (rb"{\rtf1{\*\template \'68ttp://evil.example/x.dotm}}", True),
        (rb"{\rtf1{\*\template C:\\Users\\Eva\\Normal.dotm}}", False),
    ],
)
def test_what_is_fetched_from_elsewhere(content: bytes, fetches: bool) -> None:
    assert ("fetches" in traces(content)) is fetches


BOOK = b"\x09\x08\x10\0\0\x06\x05\0" + bytes(12)


STREAM = b"<</Type/ObjStm>>stream\n" + zlib.compress(b"1 0 <</Type/Page>>") + b"\nendstream\n"


@pytest.mark.parametrize(
    ("content", "unseen"),
    [
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), True),
        (COMPOUND + BOOK + b"\x2f\0\x36\0\x01\0\x01\0", True),
        (COMPOUND + BOOK + b"\x86\0\0\0\x2f\0\xc8\0\x01\0", True),
        (COMPOUND + BOOK + b"\xe1\0\x02\0\xb0\x04", False),
        (b"%PDF-1.7\n<</Names<</EmbeddedFiles 5 0 R>>>>", False),
        (b"%PDF-1.7\n<</Type/Font/FontFile2 5 0 R>>", False),
        (b"%PDF-1.7\n" + b"<</Type/ObjStm>>" * 1_001, True),
        (b"%PDF-1.7\n" + STREAM * 900, False),
        (b"%PDF-1.7\n<</Type/ObjStm>>stream\n1 0 <</Type/Page>>\nendstream", False),
        (b"%PDF-1.7\n<</Type/ObjStm" + b" " * 500 + b">>stream\n" + zlib.compress(b"<<>>"), True),
        (b"%PDF-1.7\n<</Type/ObjStm/Filter/ASCIIHexDecode>>stream\n3C3C2F532F4C61756E63683E3E>\nendstream", True),
        (b"%PDF-1.7\n<</Encrypt 5 0 R>><</Type/ObjStm>>stream\n\x07\x99\x12\nendstream", False),
        (b"%PDF-1.7\n<</Type/ObjStm>>stream\n" + zlib.compress(bytes(2 << 20)), True),
    ],
)
def test_what_is_locked_or_packed_cannot_be_seen(content: bytes, unseen: bool) -> None:
    assert ("unseen" in traces(content)) is unseen


def test_what_can_run_is_looked_for_behind_many_rows() -> None:
    rows = [(f"xl/worksheets/sheet{number}.xml", b"<row/>" * 1_500_000) for number in range(5)]
    links = ("xl/_rels/workbook.xml.rels", b"<Relationships/>")
    assert traces(whole(*rows, links)) == ()
    assert traces(whole(*rows, links, ("xl/vbaProject.bin", b"x"))) == ("runs",)
