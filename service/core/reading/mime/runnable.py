"""What a file can run, or fetch from elsewhere, when somebody opens it: told from its bytes, whatever its name says.

Patterns alone: nothing is opened as a document. Sources: MS-OVBA 2.2.1, MS-XLS 2.4.28 (macro sheets) and 2.4.117 (a
locked workbook, which Excel opens with a password of its own), MS-OFFCRYPTO 2.3.4.4, MS-PPT 2.4.10, MS-OLEDS 2.3.6
(Ole10Native: a file in a document), RTF 1.9.1 (objects, fields, templates), ECMA-376 part 2 section 6.5
(relationships), ISO 32000-1 sections 7.11.4 (embedded files) and 12.6.4.5 (launch actions).
"""

from __future__ import annotations

import html
import re
from typing import Final

COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAMS: Final = (b"MZ", b"\x7fELF", b"L\0\0\0\x01\x14\x02\0")
"""How programs and shortcuts begin."""
_BLANK = b" \t\r\n\f\0\xef\xbb\xbf"
_BEGINNING = 200


def is_rtf(content: bytes) -> bool:
    """Whether a reader takes it for RTF, also with blanks before it."""
    return content[:_BEGINNING].lstrip(_BLANK).startswith(b"{\\rt")


def runs_in_compound(content: bytes) -> bool:
    """Whether a document of the old kind has macros, or a file packed in it."""
    return bool(_IN_COMPOUND.search(content))


_IN_COMPOUND = re.compile(
    b"|".join(
        (
            "_VBA_PROJECT".encode("utf-16-le"),  # Word's and Excel's macros, by the name of their place
            "\x01Ole10Native".encode("utf-16-le"),
            rb"\x85\0[\x06-\xff]\0.{4}[\0-\x02]\x01",  # a sheet of Excel 4 macros
            rb"\x1f\0\xff\x03\x14\0{3}\x02\0\0\x04\x0c\0{3}.{4}\x01",  # PowerPoint: there are macros
        )
    ),
    re.DOTALL,
)


def is_locked(content: bytes) -> bool:
    """Whether a document of the old kind is encrypted as a whole: nobody sees what it holds."""
    return bool(_LOCKED.search(content))


_LOCKED = re.compile(
    re.escape("EncryptedPackage".encode("utf-16-le"))  # what is packed and locked as a whole
    + rb"|\x09\x08\x10\0\0\x06\x05\0.{12}(?:\x86\0\0\0)?\x2f\0[\x04-\xff]\0",  # FILEPASS behind a workbook's head
    re.DOTALL,
)


def runs_in_rtf(content: bytes) -> bool:
    """Whether the text holds an object, or a field that starts a program (DDE)."""
    return bool(_IN_RTF.search(content))


def rtf_fetches(content: bytes) -> bool:
    """Whether the text's template lies elsewhere, or its place is written so that nobody can see where."""
    return bool(_RTF_TEMPLATE.search(content))


_IN_RTF = re.compile(
    rb"\\obj(?:data|emb|ocx|html|link|autlink|update|sub|pub|icemb)(?![a-z])"
    rb"|\\fldinst(?![a-z])[\s{]{0,20}(?:\\[a-z]{1,20}-?\d{0,9}[\s{]{0,20}){0,9}DDE"
)
_RTF_TEMPLATE = re.compile(
    rb"\\template(?![a-z])[\s{]{0,20}(?:(?:https?|ftp|file|mhtml):|\\\\\\\\|//|\\'|\\u-?\d)", re.IGNORECASE
)


def fetches(relationships: bytes) -> bool:
    """Whether a part of an Office document is linked to an object or template that lies on another machine.

    An ordinary template (.dotx) holds no macros: firms keep theirs on a server.
    """
    named = next((coding for mark, coding in _MARKS if relationships.startswith(mark)), "utf-8")
    text = relationships.decode(named, "replace")
    return any(_leads_away(html.unescape(found[0])) for found in _RELATIONSHIP.finditer(text))


def _leads_away(link: str) -> bool:
    kind, target = _OBJECT.search(link), _TARGET.search(link)
    if not (kind and target):
        return False
    return kind[1] != "attachedTemplate" or not target[1].partition("?")[0].strip().lower().endswith(".dotx")


_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_RELATIONSHIP = re.compile(r"<(?:\w{1,20}:)?Relationship\s[^<>]{1,10000}>")
_OBJECT = re.compile(r"\bType\s*=\s*[\"'][^\"']{0,200}/(attachedTemplate|oleObject|frame|subDocument)[\"']")
_TARGET = re.compile(
    r"\bTarget\s*=\s*[\"']\s*((?:https?:|ftp:|mhtml:|ms-\w+:|//|\\\\|file:(?:/{0,4}\\{2,4}|/{2}[^/\\]|/{4,5}))[^\"']{0,4000})",
    re.IGNORECASE,
)


def runs_in_pdf(text: bytes) -> bool:
    """Whether a PDF, or what is unpacked of it, starts a program (a name's letters may be written as numbers)."""
    return bool(_LAUNCH.search(text))


def holds_files(text: bytes) -> bool:
    """Whether a PDF, or what is unpacked of it, has files of any kind packed in it, as signed ones have proofs."""
    return bool(_EMBEDDED.search(text))


def holds_scripts(text: bytes) -> bool:
    """Whether it has scripts, as forms have: with a file packed beside them they may open that."""
    return bool(_SCRIPT.search(text))


def _named(name: str) -> bytes:
    return "".join(f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in name).encode()


_GAP = rb"(?:[\s\0]|%[^\r\n]{0,200}[\r\n]){0,20}"  # a comment, too, is as a blank (7.2.3)
_LAUNCH = re.compile(rb"(?:/" + _named("S") + rb"|\bobj)" + _GAP + rb"/" + _named("Launch") + rb"(?![A-Za-z#])")
OBJECTS: Final = re.compile(rb"/" + _named("ObjStm") + rb"(?![A-Za-z#])")
"""Where a PDF begins to say of a stream that it is full of objects."""
_EMBEDDED = re.compile(rb"/" + _named("EmbeddedFile") + rb"(?![A-Za-rt-z#])")
_SCRIPT = re.compile(rb"/(?:" + _named("JavaScript") + rb"|" + _named("JS") + rb")(?![A-Za-z#])")
