"""What a document holds that its reader may not see, within bounds whatever the file is."""

from __future__ import annotations

import io
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
        (b"%PDF-1.7\n<< /Type /ObjStm /N 1 >>\nstream\r\nno stream at all", ()),
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
    many = packed(**{f"word__header{n}": "<w:ins >" for n in range(3_000)})
    assert traces(many) == ()


@pytest.mark.parametrize("cut", [1, 30, 100, 200])
def test_a_broken_file_has_no_traces_that_we_know_of(cut: int) -> None:
    whole = packed(word__document=W.format('<w:ins w:id="1">'))
    assert traces(whole[:-cut]) == ()
    assert traces(whole[:40] + b"\0" * 60 + whole[100:]) == ()
